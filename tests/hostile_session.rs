//! Servers that prove their key and then do what no server should: in the login, on channels, with
//! keepalives and new keys. Each ends in a line that names the cause and the next step, or does no
//! harm. docs/security.md has what is said.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "hostile_session/channels.rs"]
mod channels;
#[path = "hostile_session/endurance.rs"]
mod endurance;
#[path = "hostile_session/floods.rs"]
mod floods;
mod lab;
#[path = "hostile_session/login.rs"]
mod login;
#[path = "hostile_session/strange.rs"]
mod strange;
#[path = "hostile_session/subsystem.rs"]
mod subsystem;
#[path = "hostile_session/terminal.rs"]
mod terminal;

use russh::keys::key::safe_rng;
use russh::keys::ssh_key::{Algorithm, LineEnding, PrivateKey};

use lab::conversation::{Conversation, Conversations, KEX, Talk, conversing};
use lab::{Output, Peer, Row, Run};

/// What `--password-fd` hands over; it may not appear anywhere.
const PASSWORD: &str = "correct horse battery";

/// A server with a script, and a home that knows it.
struct Server {
    // Dropped with the server that it belongs to.
    _talks: Conversations,
    peer: Peer,
}

impl Server {
    fn new(script: impl Fn(&mut Conversation) -> Talk + Send + Sync + 'static) -> Server {
        let talks = conversing(script);
        let peer = Peer::of(talks.port(), &talks.known_hosts());
        Server { _talks: talks, peer }
    }

    /// The client with these options, `more` first, and the command `true`.
    fn client(&self, more: &[&str], options: &[&str]) -> Run {
        let options = [more, &["-o", KEX], options].concat();
        let run = self.peer.command(&options, "true");
        match options.contains(&"--password-fd") {
            true => run.password(PASSWORD),
            false => run,
        }
    }

    /// Has the client meet it as a row says.
    #[track_caller]
    fn met(&self, row: &Row, options: &[&str]) -> Output {
        row.met(|more| self.client(more, options))
    }
}

/// The inputs that stand in docs/security.md; the others are met in the same way.
const LISTED: &[&str] = &[
    "a banner of 225 KB",
    "10,000 banners",
    "a banner with ESC, OSC, C1 and RTL override",
    "a banner of 1 MB",
    "a banner in Latin-1",
    "a text that claims 4 GiB, in any message of the login",
    "banners without end",
    "SSH_MSG_IGNORE without end",
    "`--auth password`, the server takes hostbased",
    "partial success each time, 1000 times",
    "password change",
    "a million prompts claimed",
    "50,000 prompts",
    "endless empty rounds",
    "success with no question asked",
    "server-sig-algs with 100,000 names",
    "a refusal after 60 s",
    "end of the connection after the password",
    "disconnect, code 2, in the login",
    "disconnect, code 100",
    "disconnect, text in Latin-1",
    "disconnect without a language",
    "success before the login was asked for",
    "channel data in the login",
    "session, agent, X11, forwarded and direct channels, unasked",
    "10,000 channels opened at once",
    "64 MB without waiting for a window",
    "a largest packet of 0",
    "a text that claims 4 GiB, in any message of the session",
    "noise in place of packets",
    "CLOSE before the exit status",
    "end of the connection before CLOSE",
    "exit status 2^32-1",
    "exit-signal with a name of escapes",
    "refuses a command",
    "refuses the channel",
    "never answers the request for a command",
    "success and failure for requests that nobody made",
    "a refusal of a channel that was confirmed",
    "no answer to keepalives, 1 s apart and 2 of them",
    "takes nothing of 64 MB that are sent, keepalives as above",
    "256 MB of standard error while standard output is not read",
    "the server wants new keys every 32 KiB",
    "the server begins to exchange keys and stops, keepalives as above",
    "the client begins to exchange keys and has no answer",
];

/// An input of a row.
fn fault(row: u8, input: &'static str) -> Row {
    let row = Row::new(row, input);
    if LISTED.contains(&input) { row } else { row.unlisted() }
}

const NONE: &[&str] = &["--auth", "none"];
const HANDED_OVER: &[&str] = &["--auth", "password", "--password-fd", "3"];
const QUESTIONS: &[&str] = &["--auth", "keyboard-interactive", "--password-fd", "3"];

/// A client that logs in with `none` meets a server that does this.
#[track_caller]
fn met(row: &Row, script: impl Fn(&mut Conversation) -> Talk + Send + Sync + 'static) -> Output {
    Server::new(script).met(row, NONE)
}

/// A client that has a password meets a server that does this to its attempt.
#[track_caller]
fn met_login(
    row: Row,
    script: impl Fn(&mut Conversation) -> Talk + Send + Sync + 'static,
) -> Output {
    let row = row.secret(PASSWORD);
    let server = Server::new(move |talk| {
        talk.attempt()?;
        script(talk)
    });
    server.met(&row, HANDED_OVER)
}

/// An identity in this home, made here.
fn login_key(home: &lab::Home) -> std::path::PathBuf {
    let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
    home.write("identity", &key.to_openssh(LineEnding::LF).unwrap())
}
