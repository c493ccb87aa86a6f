//! The requests to proxies, byte for byte, and the errors for invalid answers.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::config::AddressFamily;
use crate::config::ProxyServer;
use crate::secret::{Secret, SecretBytes};

fn server(text: &str) -> ProxyServer {
    ProxyServer::parse(text).unwrap()
}

/// Runs a request against a proxy that sends its whole answer at once; returns the outcome, what
/// the proxy received, and what was left of its answer for SSH. A password that begins with
/// "opening " is what a Telnet proxy is sent.
async fn talk(
    url: &str,
    password: &str,
    host: &str,
    answers: &[u8],
) -> (Result<()>, Vec<u8>, Vec<u8>) {
    let (mut ours, mut theirs) = tokio::io::duplex(64 * 1024);
    theirs.write_all(answers).await.unwrap();
    theirs.shutdown().await.unwrap();
    let (server, password) = (server(url), Secret::new(password.to_owned()));
    let opening = password.expose().strip_prefix("opening ");
    let opening = opening.map(|bytes| SecretBytes::new(bytes.as_bytes().to_vec()));
    let request = ProxyRequest {
        server: &server,
        password: Some(&password),
        opening: opening.as_ref(),
        host,
        port: 22,
        family: AddressFamily::Any,
    };
    let result = match server.kind {
        ProxyKind::Http => http::connect(&mut ours, &request).await,
        ProxyKind::Socks4 | ProxyKind::Socks4a => socks::four(&mut ours, &request).await,
        ProxyKind::Socks5 | ProxyKind::Socks5h => socks::five(&mut ours, &request).await,
        ProxyKind::Telnet => telnet::connect(&mut ours, &request).await,
    };
    let mut rest = Vec::new();
    ours.read_to_end(&mut rest).await.unwrap();
    drop(ours);
    let mut heard = Vec::new();
    theirs.read_to_end(&mut heard).await.unwrap();
    (result, heard, rest)
}

#[tokio::test]
async fn http_asks_for_the_name_and_leaves_what_follows() {
    let answer = b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\nSSH-2.0-x\r\n";
    let (result, heard, rest) = talk("http://p:1", "", "host.example", answer).await;
    result.unwrap();
    let heard = String::from_utf8(heard).unwrap();
    assert_eq!(heard, "CONNECT host.example:22 HTTP/1.1\r\nHost: host.example:22\r\n\r\n");
    assert_eq!(rest, b"SSH-2.0-x\r\n");
    let (_, heard, _) = talk("http://me@p:1", "open sesame", "::1", answer).await;
    let heard = String::from_utf8(heard).unwrap();
    assert!(heard.starts_with("CONNECT [::1]:22 HTTP/1.1\r\n"), "{heard}");
    // printf 'me:open sesame' | base64
    assert!(heard.contains("Basic bWU6b3BlbiBzZXNhbWU=\r\n"), "{heard}");
}

#[tokio::test]
async fn what_http_refuses_is_said_in_its_words() {
    let endless = [b"HTTP/1.1 200 ok\r\n".to_vec(), vec![b'a'; 20_000]].concat();
    for (url, answer, words) in [
        ("http://p:1", &b"HTTP/1.1 403 Forbidden \x1b[2J\r\n\r\n"[..], "403 Forbidden"),
        ("http://p:1", b"HTTP/1.0 407 Login\r\n\r\n", "wants a user name"),
        ("http://p:1", b"HTTP/1.0 407 Login\r\n\r\n", "--proxy http://USER@p:1"),
        ("http://me@p:1", b"HTTP/1.0 407 Login\r\n\r\n", "did not accept"),
        ("http://p:1", b"SSH-2.0-OpenSSH_9.2\r\n", "not speak HTTP"),
        ("http://p:1", b"HTTP/1.1 2000 x\r\n\r\n", "not speak HTTP"),
        ("http://p:1", b"HTTP/1.1\r\n\r\n", "not speak HTTP"),
        ("http://p:1", b"HTTP/1.1 200 ok\r\nno end", "closed"),
        ("http://p:1", b"", "closed"),
        ("http://p:1", &endless, "not speak HTTP"),
    ] {
        let (result, ..) = talk(url, "", "h", answer).await;
        let error = result.unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains('\x1b'), "{error}");
    }
    let (result, heard, _) = talk("http://p:1", "", "h\r\nX: y", b"").await;
    assert!(result.is_err() && heard.is_empty(), "a line end in a name is not sent");
}

#[tokio::test]
async fn socks5_asks_with_a_name_or_an_address_and_leaves_what_follows() {
    let answer = b"\x05\x00\x05\x00\x00\x03\x02ab\x00\x16SSH";
    let (result, heard, rest) = talk("socks5h://p", "", "host.example", answer).await;
    result.unwrap();
    assert_eq!(heard, b"\x05\x01\x00\x05\x01\x00\x03\x0chost.example\x00\x16");
    assert_eq!(rest, b"SSH");
    let (result, heard, _) = talk("socks5://p", "", "127.0.0.1", answer).await;
    result.unwrap();
    assert_eq!(heard, b"\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x16");
    // The name is resolved here and not sent to the proxy.
    let (_, heard, _) = talk("socks5://p", "", "localhost", answer).await;
    assert!(matches!(heard[6], 1 | 4), "{heard:?}");
    let answer = b"\x05\x02\x01\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00";
    let (result, heard, _) = talk("socks5h://me@p", "pw", "h", answer).await;
    result.unwrap();
    assert_eq!(heard, b"\x05\x02\x00\x02\x01\x02me\x02pw\x05\x01\x00\x03\x01h\x00\x16");
}

#[tokio::test]
async fn what_socks5_refuses_is_named() {
    for (url, answer, words) in [
        ("socks5://p", &b"\x05\xff"[..], "wants a user name"),
        ("socks5://p", b"\x05\xff", "--proxy socks5://USER@p:1080"),
        ("socks5://me@p", b"\x05\xff", "did not accept"),
        ("socks5://me@p", b"\x05\x02\x01\x01", "did not accept"),
        ("socks5://p", b"\x05\x00\x05\x05\x00\x01", "Connection refused"),
        ("socks5://p", b"\x05\x00\x05\x63\x00\x01", "reason 99"),
        // A method that was not offered, another protocol, an address of no known kind.
        ("socks5://p", b"\x05\x02", "not speak SOCKS 5"),
        ("socks5://p", b"HTTP/1.1 400\r\n\r\n", "not speak SOCKS 5"),
        ("socks5://p", b"\x05\x00\x05\x00\x00\x09", "not speak SOCKS 5"),
        ("socks5://p", b"\x05\x00\x05\x00\x00\x03\xffab", "closed"),
        ("socks5://p", b"\x05", "closed"),
    ] {
        let (result, ..) = talk(url, "", "127.0.0.1", answer).await;
        let error = result.unwrap_err().to_string();
        assert!(error.contains(words), "{answer:?}: {error}");
    }
    let (result, ..) = talk("socks5h://p", "", &"a".repeat(256), b"\x05\x00").await;
    assert!(result.is_err(), "a name that is longer than its length byte can say");
    let (result, ..) = talk("socks5://me@p", &"a".repeat(256), "h", b"\x05\x02").await;
    assert!(result.is_err());
}

#[tokio::test]
async fn socks4_asks_with_an_address_and_4a_with_a_name() {
    let granted = b"\x00\x5a\x00\x00\x00\x00\x00\x00SSH";
    let (result, heard, rest) = talk("socks4a://me@p", "", "host.example", granted).await;
    result.unwrap();
    assert_eq!(heard, b"\x04\x01\x00\x16\x00\x00\x00\x01me\x00host.example\x00");
    assert_eq!(rest, b"SSH");
    let (result, heard, _) = talk("socks4://p", "", "localhost", granted).await;
    result.unwrap();
    assert_eq!(heard, b"\x04\x01\x00\x16\x7f\x00\x00\x01\x00");
    for (host, answer, words) in [
        ("127.0.0.1", &b"\x00\x5b\x00\x00\x00\x00\x00\x00"[..], "refused"),
        ("127.0.0.1", b"\x00\x5d\x00\x00\x00\x00\x00\x00", "did not accept"),
        ("127.0.0.1", b"SSH-2.0-x", "not speak SOCKS 4"),
        ("127.0.0.1", b"\x00", "closed"),
        ("::1", granted, "only IPv4"),
    ] {
        let (result, ..) = talk("socks4a://p", "", host, answer).await;
        let error = result.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn telnet_is_sent_a_line_and_leaves_the_answer_to_the_greeting() {
    let answer = b"connecting\r\nSSH-2.0-x\r\n";
    let (result, heard, rest) = talk("telnet://p", "", "host.example", answer).await;
    result.unwrap();
    assert_eq!(heard, b"connect host.example 22\n");
    assert_eq!(rest, answer);
    let (result, heard, _) = talk("telnet://p", "opening go\r\n", "host.example", answer).await;
    result.unwrap();
    assert_eq!(heard, b"go\r\n");
    let (result, heard, _) = talk("telnet://p", "", "h\nrm", answer).await;
    assert!(result.is_err() && heard.is_empty(), "a line end in a name is not sent");
}
