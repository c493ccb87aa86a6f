//! `-O conninfo` and `-O channels`: what our master answers, and what our client makes of a
//! master that does not know the question or lies. The words are those of OpenSSH 10.6's own
//! test suite.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "gaps/honest.rs"]
#[allow(dead_code)]
mod honest;
mod lab;

use std::os::unix::net::UnixListener;

use honest::{ED25519, Honest, key};
use lab::mux::{HELLO, INFO, INFO_REPLY, Mux, counted, numbers};
use lab::{Home, Output, arg, wait_until};

/// What OpenSSH 10.6 says first as a master.
const INFORMS: &[u8] = b"\0\0\0\x04info\0\0\0\x010";
const FAILURE: u32 = 0x8000_0003;

fn control(home: &Home, command: &str) -> Output {
    let socket = home.path("ctl");
    home.tessh(&["-F", "none", "-S", arg(&socket), "-O", command, "there"]).output()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_tells_of_its_connection_and_its_channels() {
    let (server, _acts) = Honest::new();
    let address = server.running(|_, _| std::future::pending()).listen().await;
    tokio::task::spawn_blocking(move || {
        let home = Home::new();
        let public = key(ED25519).public_key().to_openssh().unwrap();
        let port = address.port().to_string();
        home.write(".ssh/known_hosts", &format!("[127.0.0.1]:{port} {public}\n"));
        let socket = home.path("ctl");
        let words =
            ["-o", "BatchMode=yes", "-o", "RekeyLimit=1M 1h", "--auth", "none", "-p", &port];
        let algorithms = ["-c", "aes128-ctr", "-m", "hmac-sha2-256", "-MN", "-S", arg(&socket)];
        let words = [&words[..], &algorithms, &["u@127.0.0.1"]].concat();
        let master = home.tessh(&words).start();
        wait_until("the master listens", || socket.exists());
        let told = control(&home, "conninfo").expect_quiet_success().text();
        let lines: Vec<&str> = told.split("\r\n").collect();
        assert!(lines[0].starts_with("Connection information for "), "{told}");
        assert!(lines[0].ends_with(&format!(" pid {}", master.id())), "{told}");
        for wanted in [
            &format!(" -> 127.0.0.1:{port}\r\n") as &str,
            "\r\n  kexalgorithm ",
            "\r\n  hostkeyalgorithm ssh-ed25519\r\n  cipher aes128-ctr\r\n  mac hmac-sha2-256\r\n",
            "\r\n  rekey limit 1.0MB interval 01:00:00\r\n  traffic ",
            "\r\n  duration 00:0",
        ] {
            assert!(told.contains(wanted), "{wanted}: {told}");
        }
        let none = control(&home, "channels").expect_quiet_success().text();
        assert_eq!(none, "The following connections are open:\r\n");
        let mut client = Mux::proxy(&socket);
        assert_eq!(client.open("session", 1 << 20, &[]), 91);
        let one = control(&home, "channels").expect_quiet_success().text();
        assert_eq!(one.lines().count(), 2, "{one}");
        assert!(one.lines().nth(1).unwrap().starts_with("  #"), "{one}");

        // On the wire it is as with OpenSSH 10.6.
        let (mut client, hello) = Mux::greet(&socket);
        assert_eq!(hello[..8], numbers(&[HELLO, 4]));
        let informs = hello.windows(INFORMS.len()).any(|window| window == INFORMS);
        assert!(informs, "{hello:?}");
        for what in ["nonsense", ""] {
            client.send(&[numbers(&[INFO, 7]), counted(what.as_bytes())].concat());
            let reason = counted(b"info request type not supported");
            let refused = [numbers(&[INFO_REPLY, 7, 0]), reason].concat();
            assert_eq!(client.receive().unwrap(), refused);
        }
        client.send(&[numbers(&[INFO, 8]), counted(b"channels")].concat());
        assert_eq!(client.receive().unwrap()[..12], numbers(&[INFO_REPLY, 8, 1]));
        // One that asks for nothing ends its own connection, not the master.
        client.send(&numbers(&[INFO, 9]));
        assert!(client.receive().is_err());
        control(&home, "check").expect_code(0);
    })
    .await
    .unwrap();
}

/// Has a client of ours meet a master that says this first, and answers so; what the client was
/// told and said.
fn meet(hello: &[u8], answer: Option<&[u8]>) -> (Output, bool) {
    let home = Home::new();
    let listener = UnixListener::bind(home.path("ctl")).unwrap();
    let (hello, answer) = (hello.to_vec(), answer.map(<[u8]>::to_vec));
    let master = std::thread::spawn(move || {
        let mut client = Mux::accept(&listener);
        client.send(&hello);
        let mut asked = false;
        // Its hello, and what it asks.
        while let Ok(said) = client.receive() {
            asked |= said[..4] == INFO.to_be_bytes();
            if let (true, Some(answer)) = (asked, &answer) {
                client.send(answer);
            }
        }
        asked
    });
    let output = control(&home, "conninfo");
    (output, master.join().unwrap())
}

#[test]
fn what_a_master_tells_is_shown_without_its_control_characters() {
    let hello = [numbers(&[HELLO, 4]), INFORMS.to_vec()].concat();
    let text = counted(b"one\x1b[2J\r\n  two\xe2\x80\xae\r\n");
    let (output, asked) = meet(&hello, Some(&[numbers(&[INFO_REPLY, 0, 1]), text].concat()));
    assert!(asked);
    assert_eq!(output.expect_quiet_success().text(), "one\\x1b[2J\r\n  two\\u{202e}\r\n");
    // Its reason, too.
    let reason = counted(b"no\x1b[2J");
    for refusal in [numbers(&[INFO_REPLY, 0, 0]), numbers(&[FAILURE, 0])] {
        let (output, _) = meet(&hello, Some(&[refusal, reason.clone()].concat()));
        output.expect_failure(&["master returned error: no\\x1b[2J"]);
    }
}

#[test]
fn a_master_that_lies_in_its_hello_is_refused_in_one_line_or_passed_over() {
    let plain = numbers(&[HELLO, 4]);
    let after = |more: &[u8]| [&plain, more].concat();
    let word = |name: &[u8], value: &[u8]| [counted(name), counted(value)].concat();
    // One that does not say that it tells is not asked.
    for hello in [
        after(b""),
        after(&word(b"unknown", b"1")),
        after(&word(b"INFO", b"0")),
        after(&word(b"", b"")),
        after(&word(b"name", &vec![b'x'; 200_000])),
        after(&(0..300).flat_map(|_| word(b"x@example.org", b"")).collect::<Vec<u8>>()),
    ] {
        let (output, asked) = meet(&hello, None);
        output.expect_failure(&["mux server does not support info request"]);
        assert!(!asked);
    }
    // Whatever the value is, the name is what counts, as for ssh.
    for value in [&b""[..], b"1", b"999999999999999999999", b"\xff\0", &[b'9'; 100_000]] {
        let answer = [numbers(&[INFO_REPLY, 0, 1]), counted(b"told\r\n")].concat();
        let (output, asked) = meet(&after(&word(b"info", value)), Some(&answer));
        assert!(asked);
        assert_eq!(output.expect_quiet_success().text(), "told\r\n");
    }
    // What is no hello.
    for hello in [
        after(&[0xff; 4]),
        after(&[0, 0, 0]),
        after(&counted(b"name alone")),
        after(&[&numbers(&[u32::MAX])[..], b"info"].concat()),
        after(&word(b"in\0fo", b"0")),
        numbers(&[HELLO]),
        numbers(&[INFO, 4]),
        Vec::new(),
    ] {
        let (output, asked) = meet(&hello, None);
        output.expect_failure(&["muxclient: master hello exchange failed"]);
        assert!(!asked);
    }
    // What is no answer.
    let hello = [plain, INFORMS.to_vec()].concat();
    for answer in [
        numbers(&[INFO_REPLY, 0]),
        numbers(&[INFO_REPLY, 0, 1]),
        numbers(&[INFO_REPLY, 0, 1, u32::MAX]),
        [numbers(&[INFO_REPLY, 9, 1]), counted(b"of another request")].concat(),
        numbers(&[0x8000_0001, 0]),
        Vec::new(),
    ] {
        let (output, _) = meet(&hello, Some(&answer));
        output.expect_failure(&["what listens on the control socket is not the master"]);
    }
}
