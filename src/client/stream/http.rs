//! HTTP CONNECT (RFC 9110 section 9.3.6), with Basic authentication (RFC 7617).

use data_encoding::BASE64;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

use crate::client::stream::proxy_request::{
    ProxyRequest, SHOWN, check_name, failed, login_refused, nonsense, refused,
};
use crate::error::Result;
use crate::say;
use crate::text;

/// The most bytes of an answer's head; proxies send a few hundred.
const MAX_HEAD: usize = 8 * 1024;

/// Asks for the connection and reads the answer, without reading beyond it.
pub(crate) async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &ProxyRequest<'_>,
) -> Result<()> {
    let asked = head(request)?;
    stream.write_all(asked.as_bytes()).await.map_err(|error| failed(&error))?;
    stream.flush().await.map_err(|error| failed(&error))?;
    let answer = answer(stream).await?;
    let line = answer.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let shown = text::line_bytes(line, SHOWN);
    match status(line) {
        Some(200..=299) => Ok(()),
        Some(407) => Err(login_refused(request)),
        Some(_) => {
            Err(refused(say!(route_proxy_refused, said = shown))
                .hint(say!(route_proxy_may_not_allow)))
        }
        None => Err(nonsense("HTTP")),
    }
}

fn head(request: &ProxyRequest<'_>) -> Result<Zeroizing<String>> {
    let ProxyRequest { host, port, .. } = request;
    check_name(host)?;
    let place = match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    };
    let mut head = Zeroizing::new(format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n"));
    if let Some(user) = &request.server.user {
        let password = request.password.map_or("", |secret| secret.expose());
        let pair = Zeroizing::new(format!("{user}:{password}"));
        let pair = Zeroizing::new(BASE64.encode(pair.as_bytes()));
        head.push_str("Proxy-Authorization: Basic ");
        head.push_str(&pair);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    Ok(head)
}

/// Reads up to the empty line, byte by byte, because what follows belongs to the SSH server.
async fn answer<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    while head.len() < MAX_HEAD {
        head.push(stream.read_u8().await.map_err(|error| failed(&error))?);
        if head.ends_with(b"\r\n\r\n") || head.ends_with(b"\n\n") {
            return Ok(head);
        }
        // A peer whose first bytes are not HTTP is refused at once, instead of waiting for an empty
        // line.
        let begin = head.len().min(5);
        if head[..begin] != b"HTTP/"[..begin] {
            break;
        }
    }
    Err(nonsense("HTTP"))
}

/// The status code of `HTTP/1.1 200 text`.
fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line).ok()?;
    let (version, rest) = line.split_once(' ')?;
    let code = rest.split(' ').next()?;
    let digits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    (version.starts_with("HTTP/1.") && digits).then(|| code.parse().ok()).flatten()
}
