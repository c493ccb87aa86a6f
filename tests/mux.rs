//! A shared connection whose master is tessh and whose client is OpenSSH's ssh: sessions,
//! terminals, forwards, proxy mode, how long the master stays, who may use it, and clients that
//! misbehave.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use lab::{Bed, DEADLINE, Home, Output, Pty, Run, Running, Sshd, arg, free_port, wait_until};
use rustix::process::Signal;
use tessh::client::mux::{MasterConnection, MasterRefusal};
use tessh::config::Connect;
use tessh::os::AsDescriptor;

const SSH: &str = "/usr/bin/ssh";

/// A server, a home, and one configuration for both programs.
struct Sharing {
    sshd: Sshd,
    home: Home,
    config: PathBuf,
}

impl Sharing {
    fn new(lines: &[&str]) -> Sharing {
        let bed = Bed::new(lines);
        let control = format!("ControlPath {}", arg(&bed.home.path("ctl")));
        let lines = ["BatchMode yes", "IdentitiesOnly yes", "SendEnv MUX_*", &control];
        let config = bed.home.write("config", &bed.host_block("h", &lines));
        let Bed { sshd, home, .. } = bed;
        Sharing { sshd, home, config }
    }

    fn socket(&self) -> PathBuf {
        self.home.path("ctl")
    }

    fn with(&self, program: &Path, words: &[&str]) -> Run {
        let fixed = ["-F", arg(&self.config)];
        self.home.run(program, &[&fixed[..], words].concat()).env("TESSH_AS_SSH", "1")
    }

    /// OpenSSH's client.
    fn ssh(&self, words: &[&str]) -> Output {
        self.with(Path::new(SSH), words).output()
    }

    /// Ours.
    fn tessh(&self, words: &[&str]) -> Run {
        self.with(Path::new(env!("CARGO_BIN_EXE_tessh")), words)
    }

    /// A master of ours without a session.
    fn master(&self, words: &[&str]) -> Running {
        self.listening(self.tessh(&[&["-MN"], words, &["h"]].concat()))
    }

    /// Starts a master and waits until it listens.
    fn listening(&self, run: Run) -> Running {
        let master = run.start();
        wait_until("the master listens", || self.socket().exists());
        master
    }

    /// How long a whole session takes.
    fn round(&self) -> Duration {
        let output = self.ssh(&["h", "echo round"]);
        assert_eq!(output.text(), "round\n", "{output:?}");
        output.took
    }

    fn pid(&self) -> Option<String> {
        let said = self.ssh(&["-O", "check", "h"]).stderr;
        let pid = said.split("Master running (pid=").nth(1)?;
        pid.split(')').next().map(str::to_owned)
    }
}

/// What an SSH server says first, through this port.
fn greeting(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut said = [0; 8];
    stream.read_exact(&mut said).ok()?;
    Some(String::from_utf8_lossy(&said).into_owned())
}

#[test]
#[ignore = "needs peers: tests/run"]
fn sessions_of_openssh_run_on_our_connection() {
    let shared = Sharing::new(&["AcceptEnv MUX_* OTHER", "Subsystem sftp internal-sftp"]);
    let mut master = shared.master(&[]);
    assert_eq!(fs::metadata(shared.socket()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(shared.pid().unwrap(), master.id().to_string());

    let output = shared.ssh(&["h", "echo out; echo err >&2; exit 7"]);
    assert_eq!((output.text().as_str(), output.stderr.as_str()), ("out\n", "err\n"));
    output.expect_code(7);

    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let output = shared.with(Path::new(SSH), &["h", "cat"]).stdin(bytes.clone()).output();
    output.expect_code(0);
    assert!(output.stdout == bytes, "what came back is not what was sent");

    let run = shared.with(Path::new(SSH), &["-o", "SendEnv=OTHER", "h", "echo $MUX_A,$OTHER"]);
    let output = run.env("MUX_A", "one").env("OTHER", "two").output();
    assert_eq!(output.text(), "one,\n", "the master's SendEnv says what may pass");

    let home = shared.sshd.path("home");
    fs::write(home.join("from"), &bytes).unwrap();
    let to = shared.home.path("to");
    let words = ["-q", "-F", arg(&shared.config), "h:from", arg(&to)];
    shared.home.run(Path::new("/usr/bin/sftp"), &words).output().expect_code(0);
    assert!(fs::read(&to).unwrap() == bytes);

    shared.ssh(&["h", "kill -9 $$"]).expect_code(137);
    let logins = shared.sshd.log().matches("Accepted publickey").count();
    assert_eq!(logins, 1, "one login for all of them");

    let output = shared.ssh(&["-O", "exit", "h"]);
    assert_eq!(output.stderr, "Exit request sent.\r\n");
    assert!(!shared.socket().exists(), "the socket is gone before the answer");
    assert_eq!(master.ended(), (Some(255), String::new()));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_on_a_terminal_has_its_own_size_and_escapes() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    let config = arg(&shared.config).to_owned();
    let pty = Pty::spawn(|| {
        let command = pty_process::blocking::Command::new(SSH);
        let command = command.args(["-F", &config, "-tt", "h", "PS1='ready> ' sh -i"]);
        command.env_clear().env("TERM", "xterm-mux")
    });
    pty.wait_for("ready>");
    pty.send("stty size; echo is $TERM<enter>");
    pty.wait_for("24 80");
    pty.wait_for("is xterm-mux");
    pty.resize(30, 100);
    let changed = || {
        pty.send("stty size<enter>");
        pty.screen().contains("30 100")
    };
    wait_until("the new size is known", changed);
    pty.send("<enter>~?");
    let screen = pty.wait_for("this message");
    assert!(!screen.contains("suspend"), "what only the master's terminal could do:\n{screen}");
    pty.send("<enter>~C");
    pty.wait_for("~C: not available");
    let other = shared.with(Path::new(SSH), &["h", "cat"]).spawn();
    pty.send("<enter>~.");
    pty.exit_code();
    pty.expect_restored();
    let output = finish(other);
    assert_eq!(output, "still here", "~. ends one session alone");
    shared.round();
}

/// Says something to `cat` and takes what comes back.
fn finish(mut child: Child) -> String {
    child.stdin.take().unwrap().write_all(b"still here").unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn forwards_are_begun_and_cancelled_by_clients() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    let (port, there) = (free_port(), shared.sshd.port());
    let local = format!("{port}:127.0.0.1:{there}");
    shared.ssh(&["-O", "forward", "-L", &local, "h"]).expect_code(0);
    shared.ssh(&["-O", "forward", "-L", &local, "h"]).expect_code(0);
    assert_eq!(greeting(port).as_deref(), Some("SSH-2.0-"));
    shared.ssh(&["-O", "cancel", "-L", &local, "h"]).expect_code(0);
    assert_eq!(greeting(port), None, "nobody listens any more");
    let again = shared.ssh(&["-O", "cancel", "-L", &local, "h"]).stderr;
    assert!(again.contains("port not forwarded"), "{again}");

    let chosen = shared.ssh(&["-O", "forward", "-R", &format!("0:127.0.0.1:{there}"), "h"]).text();
    let chosen: u16 = chosen.trim().parse().expect("the port is told");
    assert_eq!(greeting(chosen).as_deref(), Some("SSH-2.0-"));

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().port();
    let output = shared.ssh(&["-O", "forward", "-L", &format!("127.0.0.1:{taken}:h:1"), "h"]);
    assert!(output.stderr.contains("Port forwarding failed"), "{output:?}");

    let path = shared.home.path("unix");
    let unix = format!("{}:127.0.0.1:{there}", arg(&path));
    shared.ssh(&["-O", "forward", "-L", &unix, "h"]).expect_code(0);
    let mut said = [0; 8];
    UnixStream::connect(&path).unwrap().read_exact(&mut said).unwrap();
    assert_eq!(&said, b"SSH-2.0-");
    shared.ssh(&["-O", "cancel", "-L", &unix, "h"]).expect_code(0);
    assert!(!path.exists());

    let mut child =
        shared.with(Path::new(SSH), &["-W", &format!("127.0.0.1:{there}"), "h"]).spawn();
    child.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    assert_eq!(&said, b"SSH-2.0-");
    drop(child.stdin.take());
    child.kill().unwrap();
    child.wait().unwrap();
    let output = shared.ssh(&["-W", "127.0.0.1:1", "h"]);
    assert!(output.stderr.contains("Session open refused by peer"), "{output:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_client_in_proxy_mode_has_a_session() {
    let shared = Sharing::new(&[]);
    let mut master = shared.master(&[]);
    let proxy = ["-O", "proxy", "h"];
    let output = shared.ssh(&[&proxy[..], &["echo out; echo err >&2; exit 9"]].concat());
    assert_eq!((output.text().as_str(), output.stderr.as_str()), ("out\n", "err\n"));
    output.expect_code(9);
    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let run = shared.with(Path::new(SSH), &[&proxy[..], &["cat"]].concat());
    let output = run.stdin(bytes.clone()).output();
    assert!(output.stdout == bytes, "windows are given back in both directions");

    let port = free_port();
    let forward = format!("{port}:127.0.0.1:{}", shared.sshd.port());
    let run = shared.with(Path::new(SSH), &["-O", "proxy", "-N", "-L", &forward, "h"]);
    let mut child = run.spawn();
    wait_until("its forward works", || greeting(port).as_deref() == Some("SSH-2.0-"));
    child.kill().unwrap();
    child.wait().unwrap();

    // One that goes in the middle of a flood leaves nothing behind.
    let mut child = shared.with(Path::new(SSH), &[&proxy[..], &["cat /dev/zero"]].concat()).spawn();
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 100_000]).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    shared.ssh(&["-O", "stop", "h"]).expect_code(0);
    assert_eq!(master.ended().0, Some(255));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_master_waits_for_its_clients_and_keeps_its_own_status() {
    let shared = Sharing::new(&[]);
    let mut master = shared.listening(shared.tessh(&["-M", "h", "read x; exit 3"]));
    let mut client = shared.with(Path::new(SSH), &["h", "echo begun; cat"]).spawn();
    let mut begun = [0; 6];
    client.stdout.as_mut().unwrap().read_exact(&mut begun).unwrap();
    drop(master.stdin());
    shared.ssh(&["-O", "stop", "h"]).expect_code(0);
    assert!(!shared.socket().exists());
    assert_eq!(finish(client), "still here", "its own end is not the clients'");
    assert_eq!(master.ended().0, Some(3));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_master_that_persists_serves_until_it_is_idle() {
    let shared = Sharing::new(&[]);
    let auto = ["-o", "ControlMaster=auto", "-o", "ControlPersist=2", "h"];
    let first = shared.tessh(&[&auto[..], &["echo first; exit 5"]].concat()).output();
    assert_eq!(first.text(), "first\n");
    first.expect_code(5);
    let pid = shared.pid().expect("there is a master");
    let second = shared.tessh(&[&auto[..], &["sleep 3; echo second"]].concat()).output();
    assert_eq!(second.text(), "second\n", "a client keeps the master");
    assert_eq!(shared.pid(), Some(pid));
    assert_eq!(shared.sshd.log().matches("Accepted publickey").count(), 1);
    wait_until("the master ends", || !shared.socket().exists());

    let forever = ["-o", "ControlMaster=auto", "-o", "ControlPersist=yes", "-f", "h", "true"];
    let output = shared.tessh(&forever).output();
    output.expect_code(0);
    assert!(shared.pid().is_some());
    shared.ssh(&["-O", "exit", "h"]).expect_code(0);
    wait_until("it is told to end", || shared.pid().is_none());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_client_that_does_not_read_stops_nobody() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    let stalled = shared.with(Path::new(SSH), &["h", "cat /dev/zero"]).spawn();
    let deaf = shared.with(Path::new(SSH), &["h", "cat /dev/zero >&2"]).spawn();
    let proxied = shared.with(Path::new(SSH), &["-O", "proxy", "h", "cat /dev/zero"]).spawn();
    let mut clients = [stalled, deaf, proxied];
    for _ in 0..20 {
        let took = shared.round();
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
    for client in &mut clients {
        client.kill().unwrap();
        client.wait().unwrap();
    }
    shared.round();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_is_no_client_is_turned_away_and_stops_nobody() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    let packet = |body: &[u32]| -> Vec<u8> {
        let length = [body.len() as u32 * 4];
        length.iter().chain(body).flat_map(|number| number.to_be_bytes()).collect()
    };
    let hello = packet(&[1, 4]);
    let after = |more: &[u8]| [&hello, more].concat();
    let connect = || {
        let stream = UnixStream::connect(shared.socket()).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    };
    // What the master says first, to whomever.
    let mut greeting = vec![0; 4];
    let mut stream = connect();
    stream.read_exact(&mut greeting).unwrap();
    let length = u32::from_be_bytes(greeting[..4].try_into().unwrap()) as usize;
    greeting.resize(4 + length, 0);
    stream.read_exact(&mut greeting[4..]).unwrap();
    assert_eq!(greeting[4..12], hello[4..]);
    drop(stream);
    for said in [
        b"GET / HTTP/1.0\r\n\r\n".to_vec(),
        u32::MAX.to_be_bytes().to_vec(),
        packet(&[1, 3]),
        packet(&[2, 4]),
        after(&u32::MAX.to_be_bytes()),
        after(&packet(&[0x1000_0002])),
        after(&packet(&[0x1000_0002, 0, 9, 9, 9])),
        // A session whose descriptors are bytes.
        after(&[&packet(&[0x1000_0002, 0, 0, 0, 0, 0, 0, 0, 0, 0]), &b"abc"[..]].concat()),
    ] {
        let mut stream = connect();
        // It may be closed before everything is written.
        let _ = stream.write_all(&said);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert_eq!(answer, greeting, "{said:?}");
    }
    let mut unknown = connect();
    unknown.write_all(&after(&packet(&[0x1000_0099, 7]))).unwrap();
    let mut answer = [0; 20];
    unknown.read_exact(&mut vec![0; greeting.len()]).unwrap();
    unknown.read_exact(&mut answer).unwrap();
    assert_eq!(answer[4..12], packet(&[0x8000_0003, 7])[4..], "a request not known is refused");

    let mut crowd: Vec<_> = (0..140).map(|_| connect()).collect();
    let mut turned_away = 0;
    for stream in crowd.iter_mut().rev() {
        // Those who are admitted are greeted.
        turned_away += usize::from(stream.read_exact(&mut [0; 12]).is_err());
    }
    assert!((12..20).contains(&turned_away), "{turned_away}");
    drop((crowd, unknown));
    wait_until("there is room again", || shared.pid().is_some());

    // Nobody waits for ever for what a silent one does not say.
    let mut silent = connect();
    let start = Instant::now();
    silent.read_to_end(&mut Vec::new()).unwrap();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    shared.round();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn only_the_person_whose_master_it_is_may_use_it() {
    let shared = Sharing::new(&[]);
    let mut master = shared.master(&[]);
    // As if the mode had been changed by hand.
    let parent = shared.socket().parent().unwrap().to_owned();
    fs::set_permissions(parent, Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(shared.socket(), Permissions::from_mode(0o666)).unwrap();
    let socket = shared.socket();
    let stranger = ["--reuid=65534", "--regid=65534", "--clear-groups", SSH, "-F", "none"];
    let words = [&stranger[..], &["-S", arg(&socket), "-O", "check", "h"]].concat();
    let output = shared.home.run(Path::new("/usr/bin/setpriv"), &words).output();
    assert!(!output.stderr.contains("Master running"), "{output:?}");
    output.expect_code(255);
    shared.round();
    shared.ssh(&["-O", "exit", "h"]).expect_code(0);
    let (_, said) = master.ended();
    assert!(said.contains("multiplex uid mismatch: peer euid 65534 != uid 0"), "{said}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_place_that_is_taken_is_left_and_what_a_killed_master_left_is_replaced() {
    let shared = Sharing::new(&[]);
    let mut killed = shared.master(&[]);
    let second = shared.tessh(&["-M", "h", "echo alone"]).output();
    assert_eq!(second.text(), "alone\n");
    assert!(second.stderr.contains("already exists, disabling multiplexing"), "{second:?}");
    second.expect_code(0);
    assert!(shared.pid().is_some(), "the first one's socket is still its own");

    killed.signal(Signal::KILL);
    killed.ended();
    assert!(shared.socket().exists() && shared.pid().is_none());
    let master = shared.tessh(&["-MN", "h"]).start();
    wait_until("the stale one is replaced", || shared.pid() == Some(master.id().to_string()));

    shared.ssh(&["-O", "exit", "h"]).expect_code(0);

    // Whatever ends it, the socket goes with it.
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut master = shared.master(&[]);
        master.signal(signal);
        master.ended();
        assert!(!shared.socket().exists(), "{signal:?}");
    }
    fs::write(shared.socket(), "a file").unwrap();
    let third = shared.tessh(&["-M", "h", "true"]).output();
    assert!(third.stderr.contains("already exists"), "{third:?}");
    assert_eq!(shared.home.read("ctl"), "a file");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_lost_connection_ends_the_clients_and_removes_the_socket() {
    let shared = Sharing::new(&[]);
    let mut master = shared.master(&[]);
    let mut client = shared.with(Path::new(SSH), &["h", "echo begun; sleep 60"]).spawn();
    client.stdout.as_mut().unwrap().read_exact(&mut [0; 6]).unwrap();
    let Sharing { sshd, home, .. } = shared;
    drop(sshd);
    assert_eq!(client.wait().unwrap().code(), Some(255));
    assert_eq!(master.ended().0, Some(255));
    assert!(!home.path("ctl").exists());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_display_of_one_client_is_not_another_ones() {
    let shared = Sharing::new(&[]);
    let run = shared.tessh(&["-MN", "-X", "-o", "ForwardX11Trusted=no", "h"]).env("DISPLAY", ":1");
    let _master = shared.listening(run);
    let logins = || shared.sshd.log().matches("Accepted publickey").count();
    let mut expected = 1;
    for (words, display, own) in [
        (&["-X", "-o", "ForwardX11Trusted=no"][..], ":1", false),
        (&["-x"], ":2", false),
        (&["-X", "-o", "ForwardX11Trusted=no"], ":2", true),
        (&["-Y"], ":1", true),
    ] {
        let run = shared.tessh(&[words, &["h", "echo ran"]].concat()).env("DISPLAY", display);
        let output = run.output();
        assert_eq!(output.text(), "ran\n", "{output:?}");
        let said = output.stderr.contains("X11 forwarding needs a connection of its own");
        assert_eq!(said, own, "{words:?} {display}: {output:?}");
        expected += usize::from(own);
        assert_eq!(logins(), expected, "{words:?} {display}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_person_at_the_master_may_say_no() {
    let shared = Sharing::new(&[]);
    let asked = shared.home.path("asked");
    let script = format!("#!/bin/sh\necho \"$1\" >>{}\ncat {0}.answer\n", arg(&asked));
    let ask = shared.home.write("ask", &script);
    fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
    shared.home.write("asked.answer", "no\n");
    let run = shared.tessh(&["-MMN", "-o", "BatchMode=no", "h"]);
    let run = run.env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force");
    let _master = shared.listening(run);
    let output = shared.ssh(&["-O", "exit", "h"]);
    assert!(output.stderr.contains("Permission denied"), "{output:?}");
    assert!(shared.home.read("asked").contains("Terminate shared connection to"));
    let port = free_port().to_string();
    let output = shared.ssh(&["-O", "forward", "-D", &port, "h"]);
    assert!(output.stderr.contains("Permission denied"), "{output:?}");
    // What a client wants is the client's words, and shown as such.
    let forged = Connect::Tcp { host: "a\x1b[2J\nAllow?\u{202e}".to_owned(), port: 1 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let refused = runtime.block_on(async {
        let stream = tessh::client::mux::connect(&shared.socket()).unwrap();
        let mut client = MasterConnection::greet(stream).await.unwrap();
        let null = fs::File::open("/dev/null").unwrap();
        client.stdio_forward(&forged, [null.as_descriptor(), null.as_descriptor()]).await
    });
    assert!(matches!(refused, Err(MasterRefusal::Denied(_))), "{refused:?}");
    let said = shared.home.read("asked");
    let last = said.lines().last().unwrap();
    assert!(last.contains("Allow forward to [a\\x1b[2J Allow?\\u{202e}]:1 through"), "{said}");
    shared.home.write("asked.answer", "yes\n");
    shared.round();
    assert!(shared.home.read("asked").contains("Allow shared connection to"));
}

/// The client has told its own person that nothing came of it.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_request_whose_client_has_left_is_withdrawn_while_the_person_thinks() {
    let shared = Sharing::new(&[]);
    let [asked, answer] = ["asked", "answer"].map(|name| shared.home.path(name));
    assert!(Command::new("mkfifo").arg(&answer).status().unwrap().success());
    let (question, pipe) = (arg(&asked), arg(&answer));
    let script =
        format!("#!/bin/sh\necho \"$1\" >{question}.\nmv {question}. {question}\ncat {pipe}\n");
    let question = || {
        wait_until("a question", || asked.exists());
        let question = fs::read_to_string(&asked).unwrap();
        fs::remove_file(&asked).unwrap();
        question
    };
    let ask = shared.home.write("ask", &script);
    fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
    let run = shared.tessh(&["-MMN", "-o", "BatchMode=no", "h"]);
    let run = run.env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force");
    let _master = shared.listening(run);
    let mut client = shared.tessh(&["-O", "exit", "h"]).spawn();
    assert!(question().contains("Terminate shared connection to"));
    client.kill().unwrap();
    client.wait().unwrap();
    fs::write(&answer, "yes\n").unwrap();
    // The next question comes after that answer, and the master is there to ask it.
    let output = std::thread::scope(|scope| {
        let next = scope.spawn(|| shared.tessh(&["h", "echo there"]).output());
        let question = question();
        assert!(question.contains("Allow shared connection to"), "{question}");
        fs::write(&answer, "yes\n").unwrap();
        next.join().unwrap()
    });
    assert_eq!(output.text(), "there\n", "{output:?}");
}
