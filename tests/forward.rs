//! Forwarding through the client's public functions, against a server that makes every fault a
//! forward can meet: floods, local ends that do not read, refusals, and a lost connection.
//! `tests/forward_sshd.rs` tests forwarding against OpenSSH's server.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "lab/free_port.rs"]
mod free_port;
#[path = "gaps/honest.rs"]
#[allow(dead_code)]
mod honest;
#[path = "gaps/ours.rs"]
#[allow(dead_code)]
mod ours;
#[path = "forward/restricted.rs"]
mod restricted;
#[path = "forward/server.rs"]
mod server;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use russh::ChannelMsg;
use tessh::client::Session;
use tessh::client::flow::{Exit, MAX_KEPT};
use tessh::client::forward::{Connect, Forward, ForwardDirection, ForwardSettings, Listen};
use tessh::client::session::{
    Console, LocalSide, ProgramRequest, SessionRequest, WindowSize, open, relay, stdio,
};
use tessh::config::Method;
use tessh::error::Kind;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use free_port::free_port;
use server::{Asked, BANNER, CHOSEN, POURED, Server};

/// For what does not depend on time; on a loaded machine it may take some.
const REAL: Duration = Duration::from_secs(60);
/// A key's echo. On an idle machine it is far below 200 ms, which the benches measure; here
/// it must not hang.
const PROMPT: Duration = Duration::from_secs(10);

/// Waits for it, but not for ever.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    timeout(REAL, work).await.expect("it hangs")
}

/// Waits until something is so that announces itself nowhere.
async fn until(mut met: impl FnMut() -> bool) {
    soon(async {
        while !met() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

async fn begin(server: &Server) -> Session {
    soon(ours::session(server.address, Method::None)).await.unwrap()
}

fn to(host: &str) -> Connect {
    Connect::Tcp { host: host.to_owned(), port: 7 }
}

fn on(port: u16) -> Listen {
    Listen::Tcp { host: Some("127.0.0.1".to_owned()), port }
}

/// A port that nobody listens on.
/// A local forward to this place; gives its port.
async fn forwarded(session: &Session, connect: Connect) -> u16 {
    let port = free_port();
    let forward = Forward { listen: on(port), connect };
    session.forwards().add(ForwardDirection::Local, &forward).await.unwrap();
    port
}

async fn connected(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

/// Says something and nothing more; gives all that comes back.
async fn exchange(
    stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin),
    said: &[u8],
) -> Vec<u8> {
    soon(async {
        stream.write_all(said).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).await.unwrap();
        all
    })
    .await
}

/// Waits for a forwarded connection.
async fn opened(session: &Session) {
    until(|| !session.forwards().connections().is_empty()).await;
}

struct Silent;

impl Console for Silent {
    fn say(&mut self, _: &str) {}
    fn suspend(&mut self) {}
    fn verbosity(&mut self, _: bool) -> String {
        String::new()
    }
}

/// A shell that echoes; one side types, the other shows.
struct Shell {
    keys: DuplexStream,
    screen: DuplexStream,
    _task: JoinHandle<()>,
}

impl Shell {
    async fn start(session: Arc<Session>) -> Shell {
        let (keys, typed) = duplex(64);
        let (shown, screen) = duplex(64);
        let program = ProgramRequest::Exec(b"echo".to_vec());
        let request =
            SessionRequest { pty: None, env: Vec::new(), program, agent: false, x11: None };
        let sinks = (Box::new(shown), Box::new(tokio::io::sink()));
        let channel = soon(open(&session, request, sinks.0, sinks.1)).await.unwrap();
        let task = tokio::spawn(async move {
            let (_resize, resized) = watch::channel(WindowSize::default());
            let mut console = Silent;
            let without_pty = &|| {};
            let (input, escape, paste) = (Some(typed), None, None);
            let (is_typed, console) = (true, &mut console);
            let local = LocalSide { input, is_typed, escape, paste, resized, console, without_pty };
            let _ = relay(&session, channel, local).await;
        });
        Shell { keys, screen, _task: task }
    }

    /// Types a key and waits for its echo; gives the time that took.
    async fn key(&mut self) -> Duration {
        let typed = Instant::now();
        soon(async {
            self.keys.write_all(b"k").await.unwrap();
            assert_eq!(self.screen.read_u8().await.unwrap(), b'k');
        })
        .await;
        typed.elapsed()
    }

    /// The longest of so many.
    async fn keys(&mut self, count: usize) -> Duration {
        let mut longest = Duration::ZERO;
        for _ in 0..count {
            longest = longest.max(self.key().await);
        }
        longest
    }
}

#[tokio::test]
async fn a_connection_is_forwarded_and_each_direction_ends_by_itself() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let port = forwarded(&session, to("echo")).await;
    let mut one = connected(port).await;
    let mut other = connected(port).await;
    assert_eq!(exchange(&mut one, b"hello").await, b"hello");
    let much = vec![b'y'; 5_000_000];
    let (mut read, mut write) = other.split();
    let mut back = vec![0; much.len()];
    let (read, written) =
        soon(async { tokio::join!(read.read_exact(&mut back), write.write_all(&much)) }).await;
    read.unwrap();
    written.unwrap();
    assert!(back == much);
    assert_eq!(server.asked(), [Asked::Direct("echo".into(), 7), Asked::Direct("echo".into(), 7)]);
}

#[tokio::test]
async fn nothing_is_lost_that_the_server_says_first() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let port = forwarded(&session, to("banner")).await;
    for _ in 0..20 {
        let mut stream = connected(port).await;
        let mut all = Vec::new();
        soon(stream.read_to_end(&mut all)).await.unwrap();
        assert_eq!(all, BANNER);
    }
}

#[tokio::test]
async fn unix_sockets_are_forwarded_at_either_end() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s");
    let text = path.to_str().unwrap().to_owned();
    let server = Server::start().await;
    let session = begin(&server).await;
    let connect = Connect::Path("/echo".to_owned());
    let forward = Forward { listen: Listen::Path(text), connect };
    session.forwards().add(ForwardDirection::Local, &forward).await.unwrap();
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others could connect");
    let mut stream = UnixStream::connect(&path).await.unwrap();
    assert_eq!(exchange(&mut stream, b"hello").await, b"hello");
    assert_eq!(server.asked(), [Asked::DirectPath("/echo".to_owned())]);
    // A second one finds the first, unless it may remove it.
    session.forwards().add(ForwardDirection::Local, &forward).await.unwrap_err();
    session
        .forwards()
        .configure(ForwardSettings { bind_unlink: true, ..ForwardSettings::default() });
    session.forwards().add(ForwardDirection::Local, &forward).await.unwrap();
    drop(session);
    until(|| !path.exists()).await;
}

#[tokio::test]
async fn a_dynamic_forward_leads_where_the_client_says_and_tells_it_when_it_cannot() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let port = free_port();
    let forward = Forward { listen: on(port), connect: Connect::Socks };
    session.forwards().add(ForwardDirection::Dynamic, &forward).await.unwrap();
    for (request, answer) in [
        (
            &b"\x05\x01\x00\x05\x01\x00\x03\x04echo\x00\x07"[..],
            &b"\x05\0\x05\0\0\x01\0\0\0\0\0\0"[..],
        ),
        (b"\x04\x01\x00\x07\0\0\0\x01me\0echo\0", b"\0\x5a\0\0\0\0\0\0"),
    ] {
        let mut stream = connected(port).await;
        let said = [request, b"hello"].concat();
        assert_eq!(exchange(&mut stream, &said).await, [answer, b"hello"].concat());
    }
    for (request, answer) in [
        (
            &b"\x05\x01\x00\x05\x01\x00\x03\x06refuse\x00\x07"[..],
            &b"\x05\0\x05\x01\0\x01\0\0\0\0\0\0"[..],
        ),
        (b"\x04\x01\x00\x07\0\0\0\x01me\0refuse\0", b"\0\x5b\0\0\0\0\0\0"),
        (b"GET / HTTP/1.0\r\n\r\n", b""),
    ] {
        let mut stream = connected(port).await;
        stream.write_all(request).await.unwrap();
        let mut all = Vec::new();
        // Hanging up with something unread may reset the connection.
        let _ = soon(stream.read_to_end(&mut all)).await;
        assert_eq!(all, answer, "{request:?}");
    }
}

#[tokio::test]
async fn a_flood_that_nobody_reads_is_cut_off_and_stops_neither_shell_nor_forward() {
    let server = Server::start().await;
    let session = Arc::new(begin(&server).await);
    let mut shell = Shell::start(Arc::clone(&session)).await;
    let port = forwarded(&session, to("echo")).await;
    let flood = forwarded(&session, to("flood")).await;
    let mut unread = connected(flood).await;
    opened(&session).await;
    let mut longest = Duration::ZERO;
    let cut = async {
        while !session.forwards().connections().is_empty() {
            longest = longest.max(shell.key().await);
        }
    };
    soon(cut).await;
    assert!(longest < PROMPT, "a key took {longest:?}");
    let mut stream = connected(port).await;
    assert_eq!(exchange(&mut stream, b"hello").await, b"hello");
    // The local end learns it by the end of the connection.
    let mut taken = 0;
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = soon(unread.read(&mut buffer)).await {
        taken += count;
    }
    assert!(taken < MAX_KEPT, "{taken} bytes were in the socket");
}

#[tokio::test]
async fn a_flood_that_is_read_leaves_the_shell_its_turn() {
    let server = Server::start().await;
    let session = Arc::new(begin(&server).await);
    let mut shell = Shell::start(Arc::clone(&session)).await;
    let flood = forwarded(&session, to("flood")).await;
    let mut stream = connected(flood).await;
    let reader = tokio::spawn(async move {
        let (mut buffer, mut all) = (vec![0; 256 * 1024], 0);
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            all += count;
        }
        all
    });
    let longest = shell.keys(100).await;
    assert!(longest < PROMPT, "a key took {longest:?}");
    assert_eq!(session.forwards().connections().len(), 1, "the flood goes on");
    drop((shell, session));
    server.die();
    assert!(soon(reader).await.unwrap() > 0);
}

/// Reads everything, with a pause after each so many bytes.
async fn read_slowly(mut stream: TcpStream, step: usize, pause: Duration) -> usize {
    let (mut buffer, mut all, mut since) = (vec![0; 64 * 1024], 0, 0);
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        all += count;
        since += count;
        if since >= step {
            since = 0;
            sleep(pause).await;
        }
    }
    all
}

#[tokio::test]
async fn a_slow_reader_gets_everything_where_it_is_alone() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let port = forwarded(&session, to("pour")).await;
    let stream = connected(port).await;
    // 40 MB a second at most: on loopback the server could do much more.
    let all = soon(read_slowly(stream, 1 << 20, Duration::from_millis(25))).await;
    assert_eq!(all, POURED);
}

#[tokio::test]
async fn a_slow_reader_gets_everything_beside_a_shell() {
    let server = Server::start().await;
    let session = Arc::new(begin(&server).await);
    let mut shell = Shell::start(Arc::clone(&session)).await;
    let port = forwarded(&session, to("pour")).await;
    let stream = connected(port).await;
    let reader = tokio::spawn(read_slowly(stream, 1 << 20, Duration::from_millis(25)));
    // Nobody types: what the shell would say by itself waits a little.
    sleep(Duration::from_secs(1)).await;
    let longest = shell.keys(3).await;
    assert!(longest < PROMPT, "a key took {longest:?}");
    assert_eq!(soon(reader).await.unwrap(), POURED);
}

#[tokio::test]
async fn a_stalled_forward_does_not_stop_another_one_that_begins_later() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let flood = forwarded(&session, to("flood")).await;
    let port = forwarded(&session, to("echo")).await;
    let unread = connected(flood).await;
    opened(&session).await;
    // By now the connection stands still for want of a reader.
    sleep(Duration::from_millis(300)).await;
    let mut stream = connected(port).await;
    assert_eq!(exchange(&mut stream, b"hello").await, b"hello");
    drop(unread);
}

#[tokio::test]
async fn a_refusal_closes_the_connection_and_nothing_else() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let refused = forwarded(&session, to("refuse")).await;
    let port = forwarded(&session, to("echo")).await;
    let mut stream = connected(refused).await;
    let mut all = Vec::new();
    assert_eq!(soon(stream.read_to_end(&mut all)).await.unwrap_or(0), 0);
    let mut stream = connected(port).await;
    assert_eq!(exchange(&mut stream, b"hello").await, b"hello");
}

#[tokio::test]
async fn a_port_in_use_is_refused_and_ends_it_all_where_that_is_wanted() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let server = Server::start().await;
    let session = begin(&server).await;
    let forward = Forward { listen: on(port), connect: to("echo") };
    let wanted = [(ForwardDirection::Local, forward)];
    session.forwards().begin(&wanted).await.unwrap();
    assert!(session.forwards().list().is_empty());
    session
        .forwards()
        .configure(ForwardSettings { exit_on_failure: true, ..ForwardSettings::default() });
    let error = session.forwards().begin(&wanted).await.unwrap_err();
    assert_eq!(error.to_string(), "Could not request local forwarding.");
    assert_eq!(error.kind(), Kind::Channel);
    let remote = [(ForwardDirection::Remote, Forward { listen: on(1), connect: to("echo") })];
    let error = session.forwards().begin(&remote).await.unwrap_err();
    let said = "Error: remote port forwarding failed for listen port 1";
    assert!(error.to_string().starts_with(said), "{error}");
}

/// tinysshd passes over what it does not know without the answer that RFC 4254 section 4 asks
/// for.
#[tokio::test]
async fn a_port_that_the_server_does_not_name_ends_it_all() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let listen = Listen::Tcp { host: Some("no-port".to_owned()), port: 0 };
    let wanted = [(ForwardDirection::Remote, Forward { listen, connect: to("echo") })];
    let error = soon(session.forwards().begin(&wanted)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Channel);
    assert!(error.to_string().contains("has not said which"), "{error}");
    // On the command line of a session it is only not made.
    assert!(soon(session.forwards().add(ForwardDirection::Remote, &wanted[0].1)).await.is_err());
    assert!(session.forwards().list().is_empty());
}

#[tokio::test]
async fn a_server_that_does_not_answer_a_request_to_listen_is_not_waited_for_for_ever() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let wanted = [(ForwardDirection::Remote, Forward { listen: on(2), connect: to("echo") })];
    // Nothing but the deadline is waited for from here on, and it is at once.
    tokio::time::pause();
    timeout(REAL, session.forwards().begin(&wanted)).await.expect("it hangs").unwrap();
    assert!(session.forwards().list().is_empty());
    session
        .forwards()
        .configure(ForwardSettings { exit_on_failure: true, ..ForwardSettings::default() });
    let error = timeout(REAL, session.forwards().begin(&wanted)).await.expect("it hangs");
    let said = "Error: remote port forwarding failed for listen port 2";
    assert!(error.unwrap_err().to_string().starts_with(said));
}

#[tokio::test]
async fn the_server_opens_what_it_was_asked_for_and_nothing_else() {
    let here = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = here.local_addr().unwrap();
    let server = Server::start().await;
    let session = begin(&server).await;
    let handle = server.handle().await;
    for port in [CHOSEN, 9] {
        let opened = handle.channel_open_forwarded_tcpip("127.0.0.1", port, "10.0.0.1", 5).await;
        assert!(opened.is_err(), "unasked");
    }
    assert!(handle.channel_open_agent().await.is_err(), "unasked");
    assert!(handle.channel_open_x11("10.0.0.1", 5).await.is_err(), "unasked");
    assert!(handle.channel_open_forwarded_streamlocal("/s").await.is_err(), "unasked");

    let connect = Connect::Tcp { host: place.ip().to_string(), port: place.port() };
    let listen = Listen::Tcp { host: None, port: 0 };
    let forward = Forward { listen: listen.clone(), connect: connect.clone() };
    let port = session.forwards().add(ForwardDirection::Remote, &forward).await.unwrap();
    assert_eq!(port, Some(CHOSEN as u16));
    assert!(handle.channel_open_forwarded_tcpip("localhost", 9, "10.0.0.1", 5).await.is_err());
    let (opened, accepted) = tokio::join!(
        handle.channel_open_forwarded_tcpip("localhost", CHOSEN, "10.0.0.1", 5),
        here.accept()
    );
    let (mut channel, (mut stream, _)) = (opened.unwrap(), accepted.unwrap());
    channel.data_bytes(&b"hello"[..]).await.unwrap();
    channel.eof().await.unwrap();
    let mut all = Vec::new();
    soon(stream.read_to_end(&mut all)).await.unwrap();
    assert_eq!(all, b"hello");
    stream.write_all(b"goodbye").await.unwrap();
    drop(stream);
    let mut back = Vec::new();
    while let Some(message) = soon(channel.wait()).await {
        match message {
            ChannelMsg::Data { data } => back.extend_from_slice(&data),
            ChannelMsg::Eof => break,
            _ => {}
        }
    }
    assert_eq!(back, b"goodbye");

    assert!(session.forwards().cancel(ForwardDirection::Remote, &listen).await);
    assert!(!session.forwards().cancel(ForwardDirection::Remote, &listen).await);
    let opened = handle.channel_open_forwarded_tcpip("localhost", CHOSEN, "10.0.0.1", 5).await;
    assert!(opened.is_err(), "cancelled");
    assert_eq!(
        server.asked(),
        [Asked::Listen("localhost".into(), 0), Asked::Cancel("localhost".into(), CHOSEN)]
    );
}

#[tokio::test]
async fn where_a_remote_forward_leads_must_be_reached_before_the_server_hears_yes() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let handle = server.handle().await;
    let listen = Listen::Tcp { host: None, port: 80 };
    let connect = Connect::Tcp { host: "127.0.0.1".to_owned(), port: free_port() };
    session.forwards().add(ForwardDirection::Remote, &Forward { listen, connect }).await.unwrap();
    let opened = handle.channel_open_forwarded_tcpip("localhost", 80, "10.0.0.1", 5).await;
    assert!(opened.is_err());
    assert!(session.forwards().connections().is_empty());
}

#[tokio::test]
async fn the_agent_is_told_who_asks_and_then_reached_byte_for_byte() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("agent");
    let agent = UnixListener::bind(&socket).unwrap();
    let server = Server::start().await;
    let session = begin(&server).await;
    let handle = server.handle().await;
    session.forwards().forward_agent(socket);
    let answer = async {
        let (mut stream, _) = agent.accept().await.unwrap();
        let mut message = vec![0; stream.read_u32().await.unwrap() as usize];
        stream.read_exact(&mut message).await.unwrap();
        // SSH_AGENTC_EXTENSION, its name, and at the end: it is a forwarded connection.
        assert_eq!(message[0], 27);
        assert_eq!(&message[5..29], b"session-bind@openssh.com");
        assert_eq!(message.last(), Some(&1));
        stream.write_all(&[0, 0, 0, 1, 6]).await.unwrap();
        stream
    };
    let (opened, mut stream) =
        soon(async { tokio::join!(handle.channel_open_agent(), answer) }).await;
    let mut channel = opened.unwrap();
    let bytes: Vec<u8> = (0..=255).collect();
    channel.data_bytes(bytes.clone()).await.unwrap();
    let mut seen = vec![0; bytes.len()];
    soon(stream.read_exact(&mut seen)).await.unwrap();
    assert_eq!(seen, bytes);
    stream.write_all(&bytes).await.unwrap();
    loop {
        if let ChannelMsg::Data { data } = soon(channel.wait()).await.unwrap() {
            break assert_eq!(&data[..], bytes);
        }
    }
}

#[tokio::test]
async fn a_server_that_goes_takes_its_forwards_with_it() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let port = forwarded(&session, to("hang")).await;
    let mut stream = connected(port).await;
    opened(&session).await;
    server.die();
    let mut all = Vec::new();
    assert_eq!(soon(stream.read_to_end(&mut all)).await.unwrap_or(0), 0);
    drop(session);
    until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_err()).await;
}

#[tokio::test]
async fn standard_input_and_output_are_forwarded() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let (sink, mut shown) = duplex(1 << 20);
    let input = Some(&b"hello"[..]);
    let exit = soon(stdio::relay(&session, &to("echo"), input, Box::new(sink))).await;
    assert_eq!(exit.unwrap(), Exit::Status(0));
    let mut all = Vec::new();
    soon(shown.read_to_end(&mut all)).await.unwrap();
    assert_eq!(all, b"hello");
    let nothing: Option<&[u8]> = None;
    let sink = Box::new(tokio::io::sink());
    let error = soon(stdio::relay(&session, &to("unreachable"), nothing, sink)).await.unwrap_err();
    assert_eq!(error.to_string(), "stdio forwarding failed");
}

#[tokio::test]
async fn the_command_line_of_a_session_adds_and_cancels() {
    let server = Server::start().await;
    let session = begin(&server).await;
    let forwards = session.forwards();
    let port = free_port();
    for (typed, said) in [
        ("", ""),
        ("-X", "Invalid command."),
        ("-L nonsense", "Bad local forwarding specification."),
        ("-R 1:2:3:4:5:6", "Bad remote forwarding specification."),
        ("-KL x:y:z", "Bad forwarding close specification."),
        (&format!("-L 127.0.0.1:{port}:echo:7"), "Forwarding port."),
        (&format!("-L 127.0.0.1:{port}:echo:7"), "Port forwarding failed."),
        ("-R 1:echo:7", "Port forwarding failed."),
        ("-R 80:echo:7", "Forwarding port."),
        ("-KR 80", "Canceled forwarding."),
        ("-KR 80", "Unknown port forwarding."),
    ] {
        assert_eq!(forwards.command(typed).await.join("\n"), said, "{typed}");
    }
    assert_eq!(forwards.list(), [format!("-L [127.0.0.1]:{port} to [echo]:7")]);
    let mut stream = connected(port).await;
    assert_eq!(exchange(&mut stream, b"hello").await, b"hello");
    assert_eq!(forwards.command(&format!("KL127.0.0.1:{port}")).await, ["Canceled forwarding."]);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    assert!(forwards.command("?").await.len() == 7);
}
