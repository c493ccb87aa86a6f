//! Tests of pseudo-terminal modes, by hand and against what ssh(1) sends.

use super::*;
use crate::os::terminal::testing::pty;

fn value(modes: &[(Pty, u32)], name: Pty) -> u32 {
    modes.iter().find(|(n, _)| *n == name).unwrap().1
}

/// Makes settings that differ from the defaults in every part.
fn make_odd(tty: &std::os::fd::OwnedFd) {
    let mut tio = tcgetattr(tty).unwrap();
    tio.special_codes[SpecialCodeIndex::VERASE] = 8;
    tio.special_codes[SpecialCodeIndex::VSUSP] = POSIX_VDISABLE;
    tio.input_modes.insert(InputModes::IUTF8 | InputModes::IXANY);
    tio.local_modes.insert(LocalModes::TOSTOP);
    tio.output_modes.insert(OutputModes::OCRNL);
    tio.control_modes.insert(ControlModes::PARODD);
    tio.set_speed(19_200).unwrap();
    tcsetattr(tty, OptionalActions::Now, &tio).unwrap();
}

#[test]
fn each_part_of_the_terminal_is_told_in_openssh_order() {
    let (tty, _person) = pty();
    make_odd(&tty);
    let modes = modes(&tty);
    let names: Vec<u8> = modes.iter().map(|(name, _)| *name as u8).collect();
    let expected: Vec<u8> = [129, 128]
        .into_iter()
        .chain(1..=10)
        .chain([12, 13, 14, 18])
        .chain(30..=42)
        .chain(50..=62)
        .chain(70..=75)
        .chain(90..=93)
        .collect();
    assert_eq!(names, expected);
    for (name, expected) in [
        (Pty::TTY_OP_OSPEED, 19_200),
        (Pty::TTY_OP_ISPEED, 19_200),
        (Pty::VINTR, 3),
        (Pty::VERASE, 8),
        (Pty::VSUSP, 255),
        (Pty::VEOL, 255),
        (Pty::IUTF8, 1),
        (Pty::IXANY, 1),
        (Pty::IXOFF, 0),
        (Pty::ICRNL, 1),
        (Pty::ECHO, 1),
        (Pty::TOSTOP, 1),
        (Pty::ONLCR, 1),
        (Pty::OCRNL, 1),
        (Pty::CS7, 1),
        (Pty::CS8, 1),
        (Pty::PARODD, 1),
        (Pty::PARENB, 0),
    ] {
        assert_eq!(value(&modes, name), expected, "{name:?}");
    }
}

#[test]
fn a_speed_without_a_name_is_9600_and_no_terminal_has_no_modes() {
    let (tty, _person) = pty();
    let mut tio = tcgetattr(&tty).unwrap();
    tio.set_speed(12_345).unwrap();
    tcsetattr(&tty, OptionalActions::Now, &tio).unwrap();
    assert_eq!(value(&modes(&tty), Pty::TTY_OP_OSPEED), 9_600);
    assert_eq!(modes(std::fs::File::open("/dev/null").unwrap()), []);
}

mod peer {
    use std::sync::Arc;
    use std::time::Duration;

    use russh::keys::ssh_key::private::Ed25519Keypair;
    use russh::server::{Auth, Config, Handler, Msg, Session};
    use russh::{Channel, ChannelId, keys::PrivateKey};

    use super::*;

    type Modes = Vec<(Pty, u32)>;

    /// A server that accepts every login and keeps the modes of the first pty-req.
    struct ModesServer(Option<tokio::sync::oneshot::Sender<Modes>>);

    impl Handler for ModesServer {
        type Error = russh::Error;

        async fn auth_none(&mut self, _: &str) -> Result<Auth, Self::Error> {
            Ok(Auth::Accept)
        }

        async fn channel_open_session(
            &mut self,
            _: Channel<Msg>,
            reply: russh::server::ChannelOpenHandle,
            _: &mut Session,
        ) -> Result<(), Self::Error> {
            reply.accept().await;
            Ok(())
        }

        async fn pty_request(
            &mut self,
            _: ChannelId,
            _: &str,
            _: u32,
            _: u32,
            _: u32,
            _: u32,
            modes: &[(Pty, u32)],
            _: &mut Session,
        ) -> Result<(), Self::Error> {
            if let Some(sender) = self.0.take() {
                let _ = sender.send(modes.to_vec());
            }
            Ok(())
        }
    }

    #[test]
    #[ignore = "needs peers: tests/run"]
    fn ssh_sends_the_same_modes() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let theirs = runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(20), modes_of_ssh())
                .await
                .expect("ssh answers")
        });
        assert_eq!(theirs.0, theirs.1);
    }

    /// The modes that ssh(1) sends and those that tessh would send, from one terminal.
    async fn modes_of_ssh() -> (Modes, Modes) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tty, _person) = pty();
        make_odd(&tty);
        let ours = modes(&tty);
        let home = tempfile::tempdir().unwrap();
        let mut ssh = tokio::process::Command::new("ssh")
            .args(["-F", "none", "-tt", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR"])
            .args(["-o", "UserKnownHostsFile=/dev/null", "-p", &port.to_string(), "x@127.0.0.1"])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", home.path())
            .env("TERM", "dumb")
            .stdin(tty.try_clone().unwrap())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let key = PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]));
        let config = Arc::new(Config { keys: vec![key], ..Config::default() });
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let server =
            russh::server::run_stream(config, stream, ModesServer(Some(sender))).await.unwrap();
        let serving = tokio::spawn(server);
        let theirs = receiver.await.unwrap();
        serving.abort();
        ssh.kill().await.unwrap();
        (theirs, ours)
    }
}
