//! Forwarding to a real sshd and back: every flag and keyword of it, in ssh's words, and its
//! settings that refuse.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lab::{Agent, DEADLINE, Home, Pty, Run, Setup, Sshd, arg, tool};

/// A server with a home that knows it and a key that it takes.
struct Bench {
    sshd: Sshd,
    home: Home,
    key: PathBuf,
}

/// A client in the background; it is ended when dropped.
struct Client {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Bench {
    fn new(lines: &[&str]) -> Bench {
        let sshd = Setup::new().start(lines);
        let home = Home::knowing(&sshd);
        let key = home.key("id", &["ed25519"], "");
        sshd.authorize(&key, "");
        Bench { sshd, home, key }
    }

    fn run(&self, options: &[&str], command: &[&str]) -> Run {
        let login = ["-o", "BatchMode=yes", "--auth", "publickey", "-i", arg(&self.key)];
        let words = self.sshd.to(&[&login, options].concat(), command);
        self.home.tessh(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// In the background without a session, until it says `ready` at `-v`.
    fn background(&self, options: &[&str], ready: &str) -> Client {
        let mut child = self.run(&[&["-v", "-N"], options].concat(), &[]).spawn();
        let said = Arc::new(Mutex::new(String::new()));
        collect(child.stderr.take().unwrap(), Arc::clone(&said));
        let client = Client { child, said };
        client.wait_for(ready);
        client
    }
}

fn collect(stderr: ChildStderr, said: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            said.lock().unwrap().push_str(&(line + "\n"));
        }
    });
}

impl Client {
    /// Waits until it has said this.
    #[track_caller]
    fn wait_for(&self, text: &str) {
        let start = Instant::now();
        while !self.said.lock().unwrap().contains(text) {
            let said = self.said.lock().unwrap().clone();
            assert!(start.elapsed() < DEADLINE, "{text:?} was not said:\n{said}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const PROCESSED: &str = "All remote forwarding requests processed";

/// Sends back what each connection sends, from a port of this machine.
fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut from = stream.try_clone().unwrap();
                let _ = std::io::copy(&mut from, &mut stream);
                let _ = stream.shutdown(Shutdown::Write);
            });
        }
    });
    port
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Says something and nothing more, in pieces; gives all that comes back.
fn exchange(port: u16, said: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut to = stream.try_clone().unwrap();
    let said = said.to_vec();
    let sender = std::thread::spawn(move || {
        let _ = to.write_all(&said);
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut all = Vec::new();
    // A connection that is refused may be reset.
    let _ = stream.read_to_end(&mut all);
    sender.join().unwrap();
    all
}

/// Bytes that no copying mistake survives.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_chain_of_local_and_remote_forwards_carries_bytes_as_they_are() {
    let bench = Bench::new(&[]);
    let (first, second, target) = (free_port(), free_port(), echo());
    let local = format!("127.0.0.1:{first}:127.0.0.1:{second}");
    let remote = format!("{second}:127.0.0.1:{target}");
    let client = bench.background(&["-L", &local, "-R", &remote], PROCESSED);
    let said = noise(3_000_000);
    assert!(exchange(first, &said) == said, "{}", client.said());
    // Several at once, and short ones.
    let several: Vec<_> = (0..20)
        .map(|at| std::thread::spawn(move || exchange(first, &[at; 10_000]) == [at; 10_000]))
        .collect();
    assert!(several.into_iter().all(|one| one.join().unwrap()));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn unix_sockets_stand_at_either_end_of_both() {
    let bench = Bench::new(&["StreamLocalBindUnlink yes"]);
    let here = bench.home.path("local");
    // The server listens as its user.
    let there = bench.sshd.path("home").join("s");
    let (end, first) = (bench.home.path("end"), free_port());
    let listener = UnixListener::bind(&end).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut from = stream.try_clone().unwrap();
            let _ = std::io::copy(&mut from, &mut stream);
        }
    });
    let local = format!("{}:{}", arg(&here), arg(&there));
    let remote = format!("{}:{}", arg(&there), arg(&end));
    let port = format!("127.0.0.1:{first}:{}", arg(&there));
    let options = ["-L", &local, "-L", &port, "-R", &remote, "-o", "StreamLocalBindMask=0117"];
    let client = bench.background(&options, PROCESSED);
    let mode = here.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    let mut stream = UnixStream::connect(&here).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"hello").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert_eq!(all, "hello", "{}", client.said());
    assert_eq!(exchange(first, b"hello"), b"hello", "{}", client.said());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn curl_goes_through_both_dynamic_forwards() {
    let bench = Bench::new(&[]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let web = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        }
    });
    let (local, remote) = (free_port(), free_port());
    let (here, there) = (format!("127.0.0.1:{local}"), format!("127.0.0.1:{remote}"));
    let client = bench.background(&["-D", &here, "-R", &there], PROCESSED);
    for port in [local, remote] {
        for scheme in ["socks4", "socks4a", "socks5", "socks5h"] {
            let proxy = format!("{scheme}://127.0.0.1:{port}");
            let url = format!("http://127.0.0.1:{web}/");
            let arguments = ["-q", "-s", "-S", "-m", "20", "--noproxy", "", "-x", &proxy, &url];
            assert_eq!(tool("/usr/bin/curl", &arguments), "hello", "{proxy} {}", client.said());
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_remote_dynamic_forward_leads_only_where_it_may() {
    let bench = Bench::new(&[]);
    let (port, target) = (free_port(), echo());
    let there = format!("127.0.0.1:{port}");
    let place = format!("PermitRemoteOpen=127.0.0.1:{target}");
    let client = bench.background(&["-R", &there, "-o", &place], PROCESSED);
    let request = |to: u16| [&[4, 1][..], &to.to_be_bytes(), &[127, 0, 0, 1, 0], b"hello"].concat();
    assert_eq!(exchange(port, &request(target)), b"\0\x5a\0\0\0\0\0\0hello");
    let other = echo();
    assert_eq!(exchange(port, &request(other)), b"\0\x5b\0\0\0\0\0\0");
    client.wait_for(&format!("connect_to 127.0.0.1 port {other}: not permitted"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_port_that_the_server_chose_is_told_as_ssh_tells_it() {
    let bench = Bench::new(&[]);
    let target = echo();
    let client = bench.background(&["-R", &format!("0:127.0.0.1:{target}")], PROCESSED);
    let said = client.said();
    let words = format!(" for remote forward to 127.0.0.1:{target}");
    let line = said.lines().find(|line| line.ends_with(&words)).expect(&said);
    let port = line.split("Allocated port ").nth(1).unwrap().split(' ').next().unwrap();
    assert_eq!(exchange(port.parse().unwrap(), b"hello"), b"hello", "{said}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn standard_input_and_output_lead_to_the_other_side() {
    let bench = Bench::new(&[]);
    let target = format!("127.0.0.1:{}", echo());
    let said = noise(1_000_000);
    let output = bench.run(&["-W", &target], &[]).stdin(said.clone()).output();
    assert!(output.expect_quiet_success().stdout == said);
    let nobody = format!("127.0.0.1:{}", free_port());
    let output = bench.run(&["-W", &nobody], &[]).output();
    output.expect_last_line(&["stdio forwarding failed"]);
    assert!(output.stderr.contains("open failed: connect failed: "), "{}", output.stderr);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_through_standard_input_and_output_of_another() {
    let bench = Bench::new(&[]);
    let port = bench.sshd.port();
    let through = format!(
        "ProxyCommand={} -q -F none -o BatchMode=yes --auth publickey -i {} -p {port} -l tester -W %h:%p 127.0.0.1",
        env!("CARGO_BIN_EXE_tessh"),
        arg(&bench.key)
    );
    let output = bench.run(&["-o", &through], &["cat"]).stdin("hello").output();
    assert_eq!(output.expect_quiet_success().text(), "hello");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_cannot_be_listened_on_is_said_in_sshs_words() {
    let bench = Bench::new(&[]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let spec = format!("127.0.0.1:{port}:127.0.0.1:9");
    let words = [
        &format!("bind [127.0.0.1]:{port}: Address already in use")[..],
        &format!("channel_setup_fwd_listener_tcpip: cannot listen to port: {port}"),
        "Could not request local forwarding.",
    ];
    let output = bench.run(&["-L", &spec], &["true"]).output();
    output.expect_code(0);
    for word in words {
        assert!(output.stderr.contains(&format!("{word}\n")), "{word:?}: {}", output.stderr);
    }
    let strict = ["-o", "ExitOnForwardFailure=yes"];
    let output =
        bench.run(&[&["-D", &format!("127.0.0.1:{port}")], &strict[..]].concat(), &["true"]);
    output.output().expect_last_line(&["Could not request local forwarding."]);

    let output = bench.run(&["-R", &spec], &["true"]).output();
    output.expect_code(0);
    let word = format!("Warning: remote port forwarding failed for listen port {port}\n");
    assert!(output.stderr.contains(&word), "{}", output.stderr);
    let output = bench.run(&[&["-R", &spec], &strict[..]].concat(), &["true"]).output();
    let word = format!("Error: remote port forwarding failed for listen port {port}");
    output.expect_last_line(&[&word]);

    let cleared = ["-L", &spec, "-o", "ClearAllForwardings=yes"];
    bench.run(&cleared, &["true"]).output().expect_quiet_success();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_that_allows_no_forwarding_is_quoted() {
    let bench = Bench::new(&["AllowTcpForwarding no"]);
    let (port, target) = (free_port(), echo());
    let local = format!("127.0.0.1:{port}:127.0.0.1:{target}");
    let client = bench.background(&["-L", &local], PROCESSED);
    assert_eq!(exchange(port, b"hello"), b"");
    client.wait_for("open failed: administratively prohibited: open failed");
    let output = bench.run(&["-R", &format!("{}:127.0.0.1:1", free_port())], &["true"]).output();
    assert!(output.stderr.contains("Warning: remote port forwarding failed"), "{}", output.stderr);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn other_machines_may_connect_only_where_that_was_asked_for() {
    let bench = Bench::new(&[]);
    let target = echo();
    let listens = |options: &[&str], place: &str, port: u16| {
        let client = bench.background(options, PROCESSED);
        let spec = format!("ss -Hltn 'sport = :{port}' | awk '{{print $4}}'");
        let listening = tool("/bin/sh", &["-c", &spec]);
        let mut found: Vec<_> = listening.lines().map(str::to_owned).collect();
        found.sort();
        assert!(found.iter().any(|it| it.starts_with(place)), "{found:?} {}", client.said());
        found.len()
    };
    let port = free_port();
    let spec = format!("{port}:127.0.0.1:{target}");
    listens(&["-L", &spec], "127.0.0.1:", port);
    listens(&["-g", "-L", &spec], "0.0.0.0:", port);
    listens(&["-L", &format!("*:{spec}")], "0.0.0.0:", port);
    assert_eq!(listens(&["-4", "-L", &spec], "127.0.0.1:", port), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_agent_is_forwarded_where_that_is_asked_for() {
    let bench = Bench::new(&["AllowAgentForwarding yes"]);
    let agent = Agent::start(&[&bench.key]);
    let socket = agent.socket();
    let list = "ssh-add -l";
    let held = tool("/usr/bin/ssh-keygen", &["-l", "-f", arg(&bench.key)]);
    let fingerprint = held.split_whitespace().nth(1).unwrap();
    let run = |options: &[&str]| {
        let run = bench.run(options, &[list]).env("SSH_AUTH_SOCK", &socket).env("MINE", &socket);
        run.output()
    };
    for options in [&["-A"][..], &["-o", "ForwardAgent=$MINE"]] {
        assert!(run(options).text().contains(fingerprint), "{options:?}");
    }
    let path = format!("ForwardAgent={}", arg(&socket));
    let output = bench.run(&["-o", &path], &[list]).output();
    assert!(output.text().contains(fingerprint), "{output:?}");
    for options in [&[][..], &["-a"], &["-A", "-a"]] {
        assert!(!run(options).text().contains(fingerprint), "{options:?}");
    }
}

/// Presses the left button on a text of the screen.
fn click(pty: &Pty, text: &str) {
    let screen = pty.wait_for(text);
    let row = screen.lines().position(|line| line.contains(text)).unwrap();
    let line = screen.lines().nth(row).unwrap();
    let column = line[..line.find(text).unwrap()].chars().count();
    pty.send(&format!("<esc>[<lt>0;{};{}M", column + 1, row + 1));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_box_of_the_authentication_dialog_forwards_the_agent_or_not() {
    let bench = Bench::new(&["AllowAgentForwarding yes"]);
    let agent = Agent::start(&[&bench.key]);
    let socket = agent.socket();
    let identity = format!("IdentityFile={}", arg(&bench.key));
    let held = tool("/usr/bin/ssh-keygen", &["-l", "-f", arg(&bench.key)]);
    let fingerprint = held.split_whitespace().nth(1).unwrap();
    let off = "[ ] Forward the agent";
    let on = "[x] Forward the agent";
    // Whatever the configuration says, the box begins with it and then counts more.
    for (options, first, then, forwarded) in [
        (&[][..], off, None, false),
        (&[], off, Some(on), true),
        (&["-A"], on, None, true),
        (&["-A"], on, Some(off), false),
    ] {
        let words = bench.sshd.to(&[&["-o", &identity][..], options].concat(), &[]);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let env = [("LANG", "C.UTF-8"), ("SSH_AUTH_SOCK", arg(&socket))];
        let pty = bench.home.on_pty_with(&words, &env);
        pty.resize(40, 100);
        pty.wait_for(first);
        if let Some(then) = then {
            click(&pty, first);
            pty.wait_for(then);
        }
        click(&pty, "OK");
        pty.wait_until("the shell", |screen| screen.trim_end().ends_with(['$', '#']));
        pty.send("ssh-add -l; echo st''atus $?<enter>");
        let shown = pty.wait_for("status ");
        assert_eq!(shown.contains(fingerprint), forwarded, "{options:?} {then:?}: {shown}");
        pty.send("exit<enter>");
        pty.exit_code();
    }
    // Without an agent there is nothing to forward.
    let words = bench.sshd.to(&["-o", &identity], &[]);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let pty = bench.home.on_pty_with(&words, &[("LANG", "C.UTF-8")]);
    pty.resize(40, 100);
    pty.wait_for("Forward the agent (none is running)");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_for_this_host_alone_logs_in_from_the_agent() {
    let bench = Bench::new(&[]);
    let agent = Agent::start(&[]);
    let known = bench.home.path(".ssh/known_hosts");
    let add = |to: &str| {
        let arguments = ["-q", "-H", arg(&known), "-h", to, arg(&bench.key)];
        let output = bench.home.run(Path::new("/usr/bin/ssh-add"), &arguments);
        output.env("SSH_AUTH_SOCK", agent.socket()).output()
    };
    let place = format!("[127.0.0.1]:{}", bench.sshd.port());
    add(&place).expect_code(0);
    let login = ["-o", "BatchMode=yes", "--auth", "agent"];
    let words = bench.sshd.to(&login, &["echo hello"]);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let run = || bench.home.tessh(&words).env("SSH_AUTH_SOCK", agent.socket()).output();
    assert_eq!(run().expect_quiet_success().text(), "hello\n");
    // Without a word about whom the connection is for, the agent would not sign.
    bench.sshd.wait_for_log("Accepted publickey for tester");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_display_is_reached_with_its_own_cookie_and_no_other() {
    const REAL: &str = "00112233445566778899aabbccddeeff";
    let bench = Bench::new(&["X11Forwarding yes", "XAuthLocation /usr/bin/xauth"]);
    // A display is a TCP port from 6000 on.
    let (listener, display) = (0..50)
        .find_map(|at| {
            let display = 200 + at;
            let listener = TcpListener::bind(("127.0.0.1", 6000 + display)).ok()?;
            Some((listener, display))
        })
        .expect("a free display");
    let name = format!("127.0.0.1:{display}");
    let authority = bench.home.path("authority");
    tool("/usr/bin/xauth", &["-q", "-f", arg(&authority), "add", &name, ".", REAL]);
    // What a program on the server sends, with the cookie that the server was told.
    let script = "cookie=$(xauth list $DISPLAY | awk '{print $3}'); port=$((6000 + $(echo ${DISPLAY#*:} | cut -d. -f1)))
exec perl -MIO::Socket::INET -e '
my ($port, $cookie) = @ARGV;
my $s = IO::Socket::INET->new(PeerAddr => \"127.0.0.1\", PeerPort => $port) or die \"$!\";
syswrite $s, pack(\"A1 x n n n n x2\", \"B\", 11, 0, 18, 16) . \"MIT-MAGIC-COOKIE-1\" . \"\\0\\0\" . pack(\"H*\", $cookie);
my $answer; sysread $s, $answer, 100; print $answer;' $port";
    let accept = std::thread::spawn(move || {
        loop {
            let (mut stream, _) = listener.accept().unwrap();
            let mut setup = Vec::new();
            while setup.len() < 12 + 20 + 16 {
                let mut byte = [0];
                match stream.read(&mut byte) {
                    Ok(1) => setup.push(byte[0]),
                    _ => break,
                }
            }
            // The connection with the wrong cookie ends without a byte.
            if !setup.is_empty() {
                stream.write_all(b"welcome").unwrap();
                return setup[32..].to_vec();
            }
        }
    });
    let run = |with: &str| {
        let command = format!("{script} {with}");
        let run = bench.run(&["-Y"], &[&command]).env("DISPLAY", &name);
        run.env("XAUTHORITY", arg(&authority)).output()
    };
    // A wrong cookie first: it must not reach the display.
    let refused = run("ffffffffffffffffffffffffffffffff");
    assert!(refused.stderr.contains("wrong authentication"), "{refused:?}");
    let output = run("$cookie");
    assert_eq!(output.text(), "welcome", "{output:?}");
    let seen = accept.join().unwrap();
    let hex: String = seen.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, REAL);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn without_a_display_or_xauth_the_session_goes_on_as_with_ssh() {
    let bench = Bench::new(&["X11Forwarding yes"]);
    let show = "echo x${DISPLAY}x";
    assert_eq!(bench.run(&["-X"], &[show]).output().expect_quiet_success().text(), "xx\n");
    let with = |options: &[&str]| bench.run(options, &[show]).env("DISPLAY", ":77").output();
    assert_eq!(with(&["-x"]).expect_quiet_success().text(), "xx\n");
    let untrusted = with(&["-X", "-o", "ForwardX11Trusted=no", "-o", "XAuthLocation=/nowhere"]);
    assert_eq!(untrusted.text(), "xx\n");
    let words = "Warning: untrusted X11 forwarding setup failed: xauth key data not generated";
    assert!(untrusted.stderr.contains(words), "{untrusted:?}");
    let trusted = with(&["-Y", "-o", "XAuthLocation=none"]);
    let words = "Warning: No xauth data; using fake authentication data for X11 forwarding.";
    assert!(trusted.stderr.contains(words), "{trusted:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn forwards_are_added_and_listed_in_a_session() {
    let bench = Bench::new(&[]);
    let (port, target) = (free_port(), echo());
    let login = ["-o", "EnableEscapeCommandline=yes", "--auth", "publickey", "-i", arg(&bench.key)];
    let words = bench.sshd.to(&login, &[]);
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let pty: Pty = bench.home.on_pty(&[&["-t"], &words[..]].concat());
    pty.wait_for("$");
    pty.send("\r~C");
    pty.wait_for("ssh>");
    pty.send(&format!("-L127.0.0.1:{port}:127.0.0.1:{target}\r"));
    pty.wait_for("Forwarding port.");
    assert_eq!(exchange(port, b"hello"), b"hello");
    pty.send("\r~#");
    pty.wait_for(&format!("-L [127.0.0.1]:{port} to [127.0.0.1]:{target}"));
    pty.send("\r~C");
    pty.wait_until("another prompt", |screen| screen.matches("ssh>").count() == 2);
    pty.send(&format!("-KL127.0.0.1:{port}\r"));
    pty.wait_for("Canceled forwarding.");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    pty.send("\r~.");
}

/// The uploading side: the target does not read, and the shell goes on.
#[test]
#[ignore = "needs peers: tests/run"]
fn a_target_that_does_not_read_holds_up_only_its_channel() {
    let bench = Bench::new(&[]);
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, target) = (free_port(), deaf.local_addr().unwrap().port());
    let spec = format!("127.0.0.1:{port}:127.0.0.1:{target}");
    let mut child = bench.run(&["-L", &spec], &["cat"]).spawn();
    let (mut keys, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut key = || {
        let typed = Instant::now();
        keys.write_all(b"k").unwrap();
        screen.read_exact(&mut [0]).unwrap();
        typed.elapsed()
    };
    key();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nonblocking(true).unwrap();
    let (mut sent, mut longest) = (0, Duration::ZERO);
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        sent += stream.write(&[0; 65_536]).unwrap_or(0);
        longest = longest.max(key());
    }
    assert!(sent < 64 << 20, "{sent} bytes went nowhere");
    assert!(longest < Duration::from_secs(1), "a key took {longest:?}");
    let _ = child.kill();
    let _ = child.wait();
}
