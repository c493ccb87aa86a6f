//! Tests of the demo server through a real client over loopback.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, AuthResult, KeyboardInteractiveAuthResponse};
use russh::keys::ssh_key::PublicKey;
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{Channel, ChannelMsg, Pty, Sig};

use super::{DemoOptions, DemoServer};

/// The deadline of each wait: long enough for a loaded machine, so exceeding it is a failure.
const DEADLINE: Duration = Duration::from_secs(60);

struct TestClient {
    expected: PublicKey,
}

impl client::Handler for TestClient {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = key else { return Ok(false) };
        Ok(key.key_data() == self.expected.key_data())
    }
}

type TestSession = client::Handle<TestClient>;

fn server() -> (DemoServer, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let server = DemoServer::start(DemoOptions {
        shell: PathBuf::from("/bin/sh"),
        home: home.path().to_owned(),
        user: "someone".into(),
        run_as: None,
        env: vec![("PATH".into(), "/usr/bin:/bin".into()), ("FROM_SERVER".into(), "yes".into())],
        address: "127.0.0.1:0".parse().unwrap(),
    });
    (server.unwrap(), home)
}

async fn connect(server: &DemoServer) -> TestSession {
    let expected = server.host_key().clone();
    let config = Arc::new(client::Config::default());
    client::connect(config, server.address(), TestClient { expected }).await.unwrap()
}

async fn log_in(server: &DemoServer) -> TestSession {
    let mut session = connect(server).await;
    let password = server.password().expose();
    let result = session.authenticate_password("someone", password).await.unwrap();
    assert!(matches!(result, AuthResult::Success));
    session
}

#[derive(Debug, Default, PartialEq)]
struct ProgramOutcome {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    status: Option<u32>,
    signal: Option<String>,
}

/// Reads a channel until it closes, and returns its output and exit status.
async fn collect(mut from: impl AsyncFnMut() -> Option<ChannelMsg>) -> ProgramOutcome {
    let mut outcome = ProgramOutcome::default();
    let read = async {
        while let Some(message) = from().await {
            match message {
                ChannelMsg::Data { data } => outcome.stdout.extend_from_slice(&data),
                ChannelMsg::ExtendedData { data, ext: 1 } => {
                    outcome.stderr.extend_from_slice(&data);
                }
                ChannelMsg::ExitStatus { exit_status } => outcome.status = Some(exit_status),
                ChannelMsg::ExitSignal { signal_name, .. } => {
                    outcome.signal = Some(format!("{signal_name:?}"));
                }
                ChannelMsg::Failure => panic!("a request was refused"),
                _ => {}
            }
        }
    };
    tokio::time::timeout(DEADLINE, read).await.expect("the channel ends");
    outcome
}

async fn finish(mut channel: Channel<client::Msg>) -> ProgramOutcome {
    collect(async || channel.wait().await).await
}

async fn exec(session: &TestSession, command: &str) -> ProgramOutcome {
    let channel = session.channel_open_session().await.unwrap();
    channel.exec(true, command).await.unwrap();
    channel.eof().await.unwrap();
    finish(channel).await
}

/// Waits for the answer to a channel request and returns whether it was granted.
async fn granted(channel: &mut Channel<client::Msg>) -> bool {
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => return true,
            Some(ChannelMsg::Failure) => return false,
            Some(_) => {}
            None => panic!("the channel ended instead of an answer"),
        }
    }
}

/// Collects output until it contains this text.
async fn until(channel: &mut Channel<client::Msg>, text: &str) -> String {
    let mut seen = Vec::new();
    let read = async {
        while let Some(message) = channel.wait().await {
            if let ChannelMsg::Data { data } = message {
                seen.extend_from_slice(&data);
                if String::from_utf8_lossy(&seen).contains(text) {
                    return;
                }
            }
        }
        panic!("the channel ended before {text:?}");
    };
    tokio::time::timeout(DEADLINE, read).await.expect("the text appears");
    String::from_utf8_lossy(&seen).into_owned()
}

#[tokio::test]
async fn password_logs_in_and_only_the_right_one() {
    let (server, _home) = server();
    let mut session = connect(&server).await;
    let password = server.password().expose();
    assert_eq!(password.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
    for (user, presented) in [("someone", "wrong"), ("someone", ""), ("else", password)] {
        let result = session.authenticate_password(user, presented).await.unwrap();
        let AuthResult::Failure { remaining_methods, .. } = result else { panic!("{user}") };
        // A refusal names every method again, so that the client may retry the same one.
        assert_eq!(remaining_methods[..], super::connection::METHODS);
    }
    let result = session.authenticate_password("someone", password).await.unwrap();
    assert!(matches!(result, AuthResult::Success));
}

#[tokio::test]
async fn identity_logs_in_and_no_other_key() {
    let (server, _home) = server();
    let mut session = connect(&server).await;
    let other = super::credentials::fresh_key("other").unwrap();
    for (key, expected) in [(&other, false), (server.identity(), true)] {
        let key = PrivateKeyWithHashAlg::new(Arc::new(key.clone()), None);
        let result = session.authenticate_publickey("someone", key).await.unwrap();
        assert_eq!(matches!(result, AuthResult::Success), expected);
    }
}

#[tokio::test]
async fn keyboard_interactive_asks_for_the_password_without_echo() {
    let (server, _home) = server();
    let mut session = connect(&server).await;
    for (answer, expected) in [("wrong", false), (server.password().expose(), true)] {
        let asked = session.authenticate_keyboard_interactive_start("someone", None).await.unwrap();
        let KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } = asked else {
            panic!("no question: {asked:?}");
        };
        assert_eq!(prompts.len(), 1);
        assert_eq!((prompts[0].prompt.as_str(), prompts[0].echo), ("Password: ", false));
        let answers = vec![answer.to_owned()];
        let result = session.authenticate_keyboard_interactive_respond(answers).await.unwrap();
        assert_eq!(matches!(result, KeyboardInteractiveAuthResponse::Success), expected);
    }
}

#[tokio::test]
async fn guessing_ends_after_six_attempts() {
    let (server, _home) = server();
    let mut session = connect(&server).await;
    let mut refused = 0;
    while let Ok(AuthResult::Failure { remaining_methods, .. }) =
        session.authenticate_password("someone", "guess").await
    {
        // russh reports a lost connection as a refusal that leaves no method.
        if remaining_methods.is_empty() {
            break;
        }
        refused += 1;
        assert!(refused <= 6, "the server still answers");
    }
    assert_eq!(refused, 6);
}

#[tokio::test]
async fn command_has_its_output_errors_and_status_apart() {
    let (server, home) = server();
    let session = log_in(&server).await;
    let outcome = exec(&session, "printf out; printf err >&2; exit 7").await;
    let expected = ProgramOutcome {
        stdout: b"out".to_vec(),
        stderr: b"err".to_vec(),
        status: Some(7),
        signal: None,
    };
    assert_eq!(outcome, expected);
    let outcome = exec(&session, "kill -TERM $$").await;
    assert_eq!((outcome.status, outcome.signal), (None, Some(format!("{:?}", Sig::TERM))));
    let outcome = exec(&session, "pwd -P; echo $USER $FROM_SERVER; env | wc -l").await;
    let text = String::from_utf8(outcome.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(Path::new(lines[0]), home.path().canonicalize().unwrap());
    assert_eq!(lines[1], "someone yes");
    assert!(lines[2].trim().parse::<usize>().unwrap() < 12, "inherited too much: {text}");
}

#[tokio::test]
async fn many_commands_follow_each_other_on_one_connection() {
    let (server, _home) = server();
    let session = log_in(&server).await;
    for _ in 0..25 {
        assert_eq!(exec(&session, "exit 0").await.status, Some(0));
    }
}

#[tokio::test]
async fn five_megabytes_of_any_bytes_come_back_equal() {
    let (server, _home) = server();
    let session = log_in(&server).await;
    let sent: Vec<u8> =
        (0..5_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let channel = session.channel_open_session().await.unwrap();
    channel.exec(true, "cat").await.unwrap();
    let (mut read, write) = channel.split();
    let send = async {
        write.data(&sent[..]).await.unwrap();
        write.eof().await.unwrap();
    };
    let ((), outcome) = tokio::join!(send, collect(async || read.wait().await));
    assert_eq!(outcome.status, Some(0));
    assert!(outcome.stdout == sent, "{} bytes differ from those sent", outcome.stdout.len());
}

#[tokio::test]
async fn client_that_does_not_read_is_not_buffered_for() {
    let (server, _home) = server();
    let session = log_in(&server).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().display();
    let mut channel = session.channel_open_session().await.unwrap();
    // The program records how much it wrote; the pipe and the channel window bound that.
    let command = format!(
        "i=0; while [ $i -lt 400 ]; do head -c 100000 /dev/zero; i=$((i+1)); echo $i >{path}; done"
    );
    channel.exec(true, command).await.unwrap();
    let mut read = 0;
    while let Some(message) = channel.wait().await {
        if let ChannelMsg::Data { data } = message {
            read += data.len();
            let written: usize =
                std::fs::read_to_string(file.path()).unwrap().trim().parse().unwrap_or(0);
            let ahead = (written * 100_000).saturating_sub(read);
            assert!(ahead < 24 << 20, "{ahead} bytes wait somewhere");
        }
    }
    assert_eq!(read, 40_000_000);
}

#[tokio::test]
async fn shell_on_a_terminal_has_name_size_modes_and_status() {
    let (server, _home) = server();
    let session = log_in(&server).await;
    let mut channel = session.channel_open_session().await.unwrap();
    let modes = [(Pty::VINTR, 24), (Pty::ECHOE, 0)];
    channel.request_pty(true, "xterm-256color", 91, 31, 0, 0, &modes).await.unwrap();
    assert!(granted(&mut channel).await);
    for (name, value, expected) in [("LC_ALL", "C", true), ("LD_PRELOAD", "/x", false)] {
        channel.set_env(true, name, value).await.unwrap();
        assert_eq!(granted(&mut channel).await, expected, "{name}");
    }
    channel.request_shell(true).await.unwrap();
    assert!(granted(&mut channel).await);
    channel
        .data(&b"tty; echo $0 $TERM $LC_ALL; stty size; stty -a; echo do''ne\n"[..])
        .await
        .unwrap();
    let seen = until(&mut channel, "done").await;
    for expected in ["/dev/pts/", "-sh xterm-256color C", "31 91", "intr = ^X", "-echoe"] {
        assert!(seen.contains(expected), "no {expected:?} in {seen}");
    }
    channel.window_change(100, 40, 0, 0).await.unwrap();
    channel.data(&b"stty size; exit 3\n"[..]).await.unwrap();
    let outcome = finish(channel).await;
    assert!(String::from_utf8_lossy(&outcome.stdout).contains("40 100"));
    assert_eq!(outcome.status, Some(3));
}

#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let (server, _home) = server();
    let session = log_in(&server).await;
    let mut channel = session.channel_open_session().await.unwrap();
    channel.request_subsystem(true, "sftp").await.unwrap();
    assert!(!granted(&mut channel).await);
    assert!(session.channel_open_direct_tcpip("127.0.0.1", 1, "127.0.0.1", 2).await.is_err());
    let outside = DemoOptions {
        shell: "/bin/sh".into(),
        home: "/".into(),
        user: "someone".into(),
        run_as: None,
        env: Vec::new(),
        address: "0.0.0.0:0".parse().unwrap(),
    };
    assert!(DemoServer::start(outside).is_err());
}

/// Waits until a program's file lock is released, which happens when the program exits.
async fn is_gone(lock: PathBuf) {
    let wait = tokio::task::spawn_blocking(move || std::fs::File::open(lock).unwrap().lock());
    tokio::time::timeout(DEADLINE, wait).await.expect("the program ends").unwrap().unwrap();
}

#[tokio::test]
async fn programs_end_with_their_connection_and_with_the_server() {
    for stop_server in [false, true] {
        for terminal in [false, true] {
            let (server, home) = server();
            let session = log_in(&server).await;
            let mut channel = session.channel_open_session().await.unwrap();
            if terminal {
                channel.request_pty(false, "vt100", 80, 24, 0, 0, &[]).await.unwrap();
            }
            let lock = home.path().join("lock");
            let command = "exec 9>lock; flock 9; trap '' HUP TERM; echo ready; sleep 600; true";
            channel.exec(true, command).await.unwrap();
            until(&mut channel, "ready").await;
            let mut stopped = None;
            if stop_server {
                server.stop();
            } else {
                drop((session, channel));
                stopped = Some(server);
            }
            is_gone(lock).await;
            drop(stopped);
        }
    }
}
