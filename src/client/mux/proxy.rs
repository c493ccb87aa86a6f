//! Proxy (PROTOCOL.mux section 3): not yet.

use std::io;

use super::Response;
use super::master::Client;

pub(super) async fn run(client: &mut Client<'_>, id: u32) -> io::Result<()> {
    client.answer(id, Response::Failure("unsupported request".to_owned())).await
}
