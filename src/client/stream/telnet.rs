//! A proxy that is told in plain text where to connect, as PuTTY's Telnet proxy: nothing of the
//! Telnet protocol is spoken. What it answers before the SSH server's greeting is text, which the
//! greeting skips within its bounds.

use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::client::stream::proxy_request::{ProxyRequest, check_name, failed};
use crate::error::Result;

/// Sends what the proxy is to be told.
pub(crate) async fn connect<S: AsyncWrite + Unpin>(
    stream: &mut S,
    request: &ProxyRequest<'_>,
) -> Result<()> {
    check_name(request.host)?;
    let usual = format!("connect {} {}\n", request.host, request.port);
    let told = request.opening.map_or(usual.as_bytes(), |opening| opening.expose());
    stream.write_all(told).await.map_err(|error| failed(&error))?;
    stream.flush().await.map_err(|error| failed(&error))
}
