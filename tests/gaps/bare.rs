//! The library alone: a handler that records what it is told and decides nothing.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use russh::client::{self, Config, DisconnectReason, Handle, Handler, Session};
use russh::keys::PublicKeyOrCertificate;
use russh::{Names, Preferred, cipher, kex, mac};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};

/// What the handler was told.
#[derive(Default)]
pub struct Told {
    /// Host keys it was asked about.
    pub keys: usize,
    /// Key exchanges that were completed.
    pub exchanges: usize,
    pub banners: usize,
    /// What the server said when it ended the connection, or the error.
    pub ended: Option<Result<String, russh::Error>>,
}

#[derive(Clone, Default)]
pub struct Bare(Arc<Mutex<Told>>);

impl Bare {
    pub fn told<T>(&self, look: impl FnOnce(&Told) -> T) -> T {
        look(&self.0.lock().unwrap())
    }
}

impl Handler for Bare {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        self.0.lock().unwrap().keys += 1;
        Ok(true)
    }

    async fn kex_done(
        &mut self,
        _: Option<&[u8]>,
        _: &Names,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        self.0.lock().unwrap().exchanges += 1;
        Ok(())
    }

    async fn auth_banner(&mut self, _: &str, _: &mut Session) -> Result<(), russh::Error> {
        self.0.lock().unwrap().banners += 1;
        Ok(())
    }

    async fn disconnected(
        &mut self,
        reason: DisconnectReason<russh::Error>,
    ) -> Result<(), russh::Error> {
        self.0.lock().unwrap().ended = Some(match reason {
            DisconnectReason::ReceivedDisconnect(info) => Ok(info.message),
            DisconnectReason::Error(error) => Err(error),
        });
        Ok(())
    }
}

/// A configuration that takes the unprotected server in `plain`.
pub fn unprotected() -> Config {
    Config {
        preferred: Preferred {
            kex: Cow::Borrowed(&[kex::NONE, kex::ECDH_SHA2_NISTP256]),
            cipher: Cow::Borrowed(&[cipher::NONE]),
            mac: Cow::Borrowed(&[mac::NONE]),
            ..Preferred::default()
        },
        ..Config::default()
    }
}

/// Connects to an unprotected server.
pub async fn connect(stream: DuplexStream) -> Result<(Handle<Bare>, Bare), russh::Error> {
    connect_with(unprotected(), stream).await
}

/// Connects.
pub async fn connect_with<S>(
    config: Config,
    stream: S,
) -> Result<(Handle<Bare>, Bare), russh::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let bare = Bare::default();
    let handle = client::connect_stream(Arc::new(config), stream, bare.clone()).await?;
    Ok((handle, bare))
}
