//! A whole conversation: this client, from the greeting to the end of a session, with a server that
//! says what the input says.

use std::sync::Arc;
use std::time::Duration;

use tessh::client::algorithms::Lists;
use tessh::client::deadline::Budget;
use tessh::client::handshake::{TransportOptions, verify};
use tessh::client::host_key::{DnsCheck, HostPolicy, SettledKey};
use tessh::client::login::{Login, authenticate};
use tessh::client::session::{
    Console, LocalSide, ProgramRequest, PtyRequest, SessionRequest, WindowSize, close, open, relay,
};
use tessh::client::stream::ByteStream;
use tessh::client::{Session, Stream};
use tessh::config::{Method, UpdateHostKeys};
use tessh::error::Error;
use tessh::prompt::{
    Answer, Challenge, HostKeyAnswer, HostKeyQuestion, LoginAnswer, LoginQuestion, Notice, Prompt,
};
use tessh::secret::Secret;
use tessh::trust::{Policy, Requirements, Sources, Subject};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex};
use tokio::sync::watch;
use tokio::time::timeout;

use super::made;
use super::server::Server;

/// Longer than all deadlines of a connection together; the clock is not a real one.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// The first byte says how far the server is honest: not at all, up to the greeting, up to the
/// exchange of keys, or up to the login; and how the client logs in. What follows is what the
/// server does then.
pub fn conversation(input: &[u8]) {
    let [first, script @ ..] = input else { return };
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let (ours, theirs) = duplex(64 * 1024);
        let methods = [Method::None, Method::Password, Method::KeyboardInteractive];
        let method = methods[usize::from(first / 4) % methods.len()];
        let both = async { tokio::join!(client(ours, method), serve(theirs, first % 4, script)) };
        let (outcome, _) = timeout(LONG, both).await.expect("the client hangs");
        if let Err(error) = outcome {
            made::one_safe_line(error.cause());
            made::one_safe_line(error.next_step().unwrap_or_default());
        }
    });
    // What still asks somebody on another thread is not waited for.
    runtime.shutdown_background();
}

async fn serve(mut stream: DuplexStream, honest: u8, script: &[u8]) -> Option<()> {
    if honest == 0 {
        let _ = stream.write_all(script).await;
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        let reading = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest);
        let _ = timeout(Duration::from_secs(600), reading).await;
        return None;
    }
    let mut server = Server::greet(stream).await?;
    if honest > 1 {
        server.exchange().await?;
    }
    if honest > 2 {
        for message in [SERVICE_ACCEPT, USERAUTH_SUCCESS] {
            server.next().await?;
            server.send(message).await?;
        }
    }
    act(&mut server, script).await?;
    server.wait().await;
    Some(())
}

const SERVICE_ACCEPT: &[u8] = b"\x06\0\0\0\x0cssh-userauth";
const USERAUTH_SUCCESS: &[u8] = b"\x34";
/// An answer to the first session channel of the client: open, with room.
const CONFIRMATION: &[u8] = b"\x5b\0\0\0\0\0\0\0\0\0\x20\0\0\0\0\x80\0";
const CHANNEL_SUCCESS: &[u8] = b"\x63\0\0\0\0";
const EXIT_STATUS: &[u8] = b"\x62\0\0\0\0\0\0\0\x0bexit-status\0\0\0\0\x07";
const CLOSE: &[u8] = b"\x61\0\0\0\0";

/// Does what the script says: a letter each, and after `m` the length of a message and the message.
async fn act(server: &mut Server, mut script: &[u8]) -> Option<()> {
    // So many messages are more than any bound.
    for _ in 0..20_000 {
        let (&act, rest) = script.split_first()?;
        script = rest;
        match act {
            b'w' => server.listen().await,
            b'a' => server.send(SERVICE_ACCEPT).await?,
            b'y' => server.send(USERAUTH_SUCCESS).await?,
            b'c' => server.send(CONFIRMATION).await?,
            b's' => server.send(CHANNEL_SUCCESS).await?,
            b'e' => server.send(EXIT_STATUS).await?,
            b'x' => server.send(CLOSE).await?,
            b'k' => server.exchange().await?,
            b'r' => {
                let (piece, rest) = counted(script);
                script = rest;
                server.raw(piece).await?;
            }
            _ => {
                let (message, rest) = counted(script);
                script = rest;
                server.send(message).await?;
            }
        }
        if script.is_empty() {
            break;
        }
    }
    Some(())
}

/// As many bytes as the next two say, or all that are left.
fn counted(script: &[u8]) -> (&[u8], &[u8]) {
    let [high, low, rest @ ..] = script else { return (&[], &[]) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    rest.split_at(length.min(rest.len()))
}

async fn client(stream: DuplexStream, method: Method) -> Result<(), Error> {
    let stream = Stream::Other(Box::new(Pipe(stream)));
    let options = TransportOptions {
        lists: Lists::default(),
        warn_weak_crypto: true,
        rekey_bytes: None,
        rekey_time: None,
        alive_interval: Some(Duration::from_secs(60)),
        alive_count_max: 3,
        version_addendum: None,
        is_subsystem: false,
    };
    let transport = verify(stream, host(), &options, Budget::start(None), Arc::new(Person)).await?;
    let session = authenticate(transport, login(method)).await?;
    let ended = run(&session).await;
    close(session).await;
    ended
}

/// A session on a terminal, with all that comes with one.
async fn run(session: &Session) -> Result<(), Error> {
    let pty = PtyRequest {
        term: "xterm".to_owned(),
        size: WindowSize { columns: 80, rows: 24, width: 0, height: 0 },
        modes: Vec::new(),
    };
    let request = SessionRequest {
        pty: Some(pty),
        env: vec![("LANG".to_owned(), "C".to_owned())],
        program: ProgramRequest::Exec(b"run".to_vec()),
        agent: false,
        x11: None,
    };
    let sink = || Box::new(tokio::io::sink());
    let channel = open(session, request, sink(), sink()).await?;
    let (resize, resized) = watch::channel(WindowSize::default());
    let _ = resize.send(WindowSize { columns: 100, rows: 30, width: 0, height: 0 });
    let mut console = Quiet;
    let local = LocalSide {
        input: Some(&b"typed\n"[..]),
        is_typed: false,
        escape: None,
        paste: None,
        resized,
        console: &mut console,
        without_pty: &|| {},
    };
    relay(session, channel, local).await.map(drop)
}

fn host() -> HostPolicy {
    HostPolicy {
        subject: Subject { name: "server".to_owned(), port: 22, alias: false },
        shown: "server".to_owned(),
        sources: Sources::default(),
        policy: Policy::AcceptNew,
        hash: false,
        command: None,
        revoked: Vec::new(),
        authorities: None,
        authority_places: Vec::new(),
        cluster: None,
        requirements: Requirements::default(),
        pins: Vec::new(),
        update: UpdateHostKeys::No,
        any_at_loopback: false,
        visual: false,
        dns: DnsCheck::default(),
        first_seen: None,
        settled: SettledKey::default(),
    }
}

fn login(method: Method) -> Login {
    Login {
        user: "user".to_owned(),
        label: "user@server".to_owned(),
        chain: vec![method],
        host_bound: true,
        warn_weak_crypto: true,
        tries: 2,
        signatures: vec!["ssh-ed25519".to_owned()],
        ..Login::default()
    }
}

/// One end of a pipe.
struct Pipe(DuplexStream);

impl ByteStream for Pipe {
    fn watch(&self) -> Box<dyn Fn() -> bool + Send + Sync> {
        Box::new(|| false)
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::pin::Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// A person who has a password and answers whatever is asked; what is said is safe to show.
struct Person;

impl Prompt for Person {
    fn host_key(&self, _: &HostKeyQuestion<'_>) -> Answer<HostKeyAnswer> {
        Answer::CannotAsk
    }

    fn secret(&self, label: &str) -> Answer<Secret> {
        made::one_safe_line(label);
        Answer::Given(Secret::new("password".to_owned()))
    }

    fn login(&self, _: LoginQuestion) -> Answer<LoginAnswer> {
        Answer::CannotAsk
    }

    fn challenge(&self, challenge: Challenge) -> Answer<Vec<Secret>> {
        assert!(challenge.prompts.len() <= 32);
        Answer::Given(challenge.prompts.iter().map(|_| Secret::new("1".to_owned())).collect())
    }

    fn notice(&self, notice: Notice<'_>) {
        let (Notice::Banner(text) | Notice::Warning(text) | Notice::Error(text)) = notice;
        let kept = |c: char| matches!(c, '\n' | '\t');
        assert!(!text.contains(|c: char| c.is_control() && !kept(c)), "{text:?}");
    }
}

struct Quiet;

impl Console for Quiet {
    fn say(&mut self, _: &str) {}

    fn suspend(&mut self) {}

    fn verbosity(&mut self, _: bool) -> String {
        String::new()
    }
}
