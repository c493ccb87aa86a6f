//! A connection to a host whose key has changed, with StrictHostKeyChecking `no`: the
//! forwarding code itself refuses, whoever asks.

use tessh::client::forward::{LocalDisplay, x11};
use tessh::client::login::authenticate;

use super::*;

#[tokio::test]
async fn restricted_mode_restricts_in_the_lowest_layer() {
    let server = Server::start().await;
    let options = ours::Options { changed: true, ..ours::Options::default() };
    let transport = ours::transport_for(server.address, Arc::default(), options).await.unwrap();
    assert!(transport.is_restricted());
    let session = soon(authenticate(transport, ours::login(Method::None))).await.unwrap();
    let forwards = session.forwards();
    let port = free_port();
    for (way, listen, connect) in [
        (ForwardDirection::Local, on(port), to("echo")),
        (ForwardDirection::Local, Listen::Path("/nowhere/socket".to_owned()), to("echo")),
        (ForwardDirection::Dynamic, on(port), Connect::Socks),
        (ForwardDirection::Remote, on(80), to("echo")),
        (ForwardDirection::Remote, Listen::Path("/s".to_owned()), to("echo")),
    ] {
        let forward = Forward { listen, connect };
        assert!(forwards.add(way, &forward).await.is_err(), "{forward:?}");
        forwards.begin(&[(way, forward.clone())]).await.unwrap();
        forwards.configure(ForwardSettings { exit_on_failure: true, ..ForwardSettings::default() });
        let error = forwards.begin(&[(way, forward)]).await.unwrap_err();
        let said = "Error: forwarding disabled due to host key check failure";
        assert!(error.to_string().starts_with(said), "{error}");
        forwards.configure(ForwardSettings::default());
    }
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    assert!(forwards.list().is_empty());
    assert!(!forwards.forward_agent("/nowhere/agent".into()));
    let sink = Box::new(tokio::io::sink());
    assert!(soon(stdio::relay(&session, &to("echo"), Some(&b"x"[..]), sink)).await.is_err());
    let wanted = LocalDisplay {
        display: Some(":77".to_owned()),
        xauth: None,
        trusted: true,
        timeout: Duration::ZERO,
    };
    assert_eq!(x11::prepare(session.forwards(), &wanted).await, None);

    let handle = server.handle().await;
    for port in [80, CHOSEN] {
        let opened = handle.channel_open_forwarded_tcpip("127.0.0.1", port, "10.0.0.1", 5).await;
        assert!(opened.is_err());
    }
    assert!(handle.channel_open_forwarded_streamlocal("/s").await.is_err());
    assert!(handle.channel_open_agent().await.is_err());
    assert!(handle.channel_open_x11("10.0.0.1", 5).await.is_err());

    // A session is what is left, and nothing but a session is asked for.
    let program = ProgramRequest::Exec(b"echo".to_vec());
    let request = SessionRequest { pty: None, env: Vec::new(), program, agent: true, x11: None };
    let sinks = (Box::new(tokio::io::sink()), Box::new(tokio::io::sink()));
    soon(open(&session, request, sinks.0, sinks.1)).await.unwrap();
    assert_eq!(server.asked(), []);
}
