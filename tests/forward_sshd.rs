//! Forwarding to OpenSSH's server and back: every flag and keyword, in ssh's words, and the
//! server's settings that refuse it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::{Duration, Instant};

use lab::{
    Agent, Bed, DEADLINE, Pty, Running, arg, echo, exchange, fingerprint, free_port, noise, tool,
    wait_until,
};

/// In the background without a session, until it says `ready` at `-v`.
fn background(bed: &Bed, options: &[&str], ready: &str) -> Running {
    let client = bed.run(&[&["-v", "-N"], options].concat(), &[]).start();
    client.wait_for(ready);
    client
}

const PROCESSED: &str = "All remote forwarding requests processed";

#[test]
#[ignore = "needs peers: tests/run"]
fn a_chain_of_local_and_remote_forwards_carries_bytes_as_they_are() {
    let bed = Bed::new(&[]);
    let (first, second, target) = (free_port(), free_port(), echo());
    let local = format!("127.0.0.1:{first}:127.0.0.1:{second}");
    let remote = format!("{second}:127.0.0.1:{target}");
    let client = background(&bed, &["-L", &local, "-R", &remote], PROCESSED);
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
    let bed = Bed::new(&["StreamLocalBindUnlink yes"]);
    let here = bed.home.path("local");
    // The server listens as its user.
    let there = bed.sshd.path("home").join("s");
    let (end, first) = (bed.home.path("end"), free_port());
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
    let client = background(&bed, &options, PROCESSED);
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
    let bed = Bed::new(&[]);
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
    let client = background(&bed, &["-D", &here, "-R", &there], PROCESSED);
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
    let bed = Bed::new(&[]);
    let (port, target) = (free_port(), echo());
    let there = format!("127.0.0.1:{port}");
    let place = format!("PermitRemoteOpen=127.0.0.1:{target}");
    let client = background(&bed, &["-R", &there, "-o", &place], PROCESSED);
    let request = |to: u16| [&[4, 1][..], &to.to_be_bytes(), &[127, 0, 0, 1, 0], b"hello"].concat();
    assert_eq!(exchange(port, &request(target)), b"\0\x5a\0\0\0\0\0\0hello");
    let other = echo();
    assert_eq!(exchange(port, &request(other)), b"\0\x5b\0\0\0\0\0\0");
    client.wait_for(&format!("connect_to 127.0.0.1 port {other}: not permitted"));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_port_that_the_server_chose_is_told_as_ssh_tells_it() {
    let bed = Bed::new(&[]);
    let target = echo();
    let client = background(&bed, &["-R", &format!("0:127.0.0.1:{target}")], PROCESSED);
    let said = client.said();
    let words = format!(" for remote forward to 127.0.0.1:{target}");
    let line = said.lines().find(|line| line.ends_with(&words)).expect(&said);
    let port = line.split("Allocated port ").nth(1).unwrap().split(' ').next().unwrap();
    assert_eq!(exchange(port.parse().unwrap(), b"hello"), b"hello", "{said}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn standard_input_and_output_lead_to_the_other_side() {
    let bed = Bed::new(&[]);
    let target = format!("127.0.0.1:{}", echo());
    let said = noise(1_000_000);
    let output = bed.run(&["-W", &target], &[]).stdin(said.clone()).output();
    assert!(output.expect_quiet_success().stdout == said);
    let nobody = format!("127.0.0.1:{}", free_port());
    let output = bed.run(&["-W", &nobody], &[]).output();
    output.expect_last_line(&["stdio forwarding failed"]);
    assert!(output.stderr.contains("open failed: connect failed: "), "{}", output.stderr);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn standard_output_ends_with_the_data_of_the_other_side() {
    let bed = Bed::new(&[]);
    output_ends_with_the_data(&bed, &[]);
    let socket = bed.home.path("ctl");
    let share = ["-S", arg(&socket)];
    let _master = bed.run(&[&share[..], &["-M", "-N"]].concat(), &[]).start();
    wait_until("the master listens", || socket.exists());
    output_ends_with_the_data(&bed, &share);
}

fn output_ends_with_the_data(bed: &Bed, options: &[&str]) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let heard = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        stream.write_all(b"all").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut heard = String::new();
        stream.read_to_string(&mut heard).unwrap();
        heard
    });
    let mut client = bed.run(&[options, &["-W", &target]].concat(), &[]).start();
    let (mut stdin, mut stdout) = (client.stdin(), client.stdout());
    let (seen, is_seen) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut output = String::new();
        stdout.read_to_string(&mut output).unwrap();
        let _ = seen.send(output);
    });
    assert_eq!(is_seen.recv_timeout(DEADLINE).unwrap(), "all");
    // The other direction goes on.
    stdin.write_all(b"late").unwrap();
    drop(stdin);
    assert_eq!(heard.join().unwrap(), "late");
    assert_eq!(client.ended().0, Some(0));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_through_standard_input_and_output_of_another() {
    let bed = Bed::new(&[]);
    let port = bed.sshd.port();
    let through = format!(
        "ProxyCommand={} -q -F none -o BatchMode=yes --auth publickey -i {} -p {port} -l tester -W %h:%p 127.0.0.1",
        env!("CARGO_BIN_EXE_tessh"),
        arg(&bed.key)
    );
    let output = bed.run(&["-o", &through], &["cat"]).stdin("hello").output();
    assert_eq!(output.expect_quiet_success().text(), "hello");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_cannot_be_listened_on_is_said_in_sshs_words() {
    let bed = Bed::new(&[]);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let spec = format!("127.0.0.1:{port}:127.0.0.1:9");
    let words = [
        &format!("bind [127.0.0.1]:{port}: Address already in use")[..],
        &format!("channel_setup_fwd_listener_tcpip: cannot listen to port: {port}"),
        "Could not request local forwarding.",
    ];
    let output = bed.run(&["-L", &spec], &["true"]).output();
    output.expect_code(0);
    for word in words {
        assert!(output.stderr.contains(&format!("{word}\n")), "{word:?}: {}", output.stderr);
    }
    // Of the two addresses of a port alone, one that another user may have is said all the same.
    let taken_v6 = TcpListener::bind("[::1]:0").unwrap();
    let half = taken_v6.local_addr().unwrap().port();
    let output = bed.run(&["-L", &format!("{half}:127.0.0.1:9")], &["true"]).output();
    output.expect_code(0);
    let word = format!("bind [::1]:{half}: Address already in use\n");
    assert!(output.stderr.contains(&word), "{}", output.stderr);
    let strict = ["-o", "ExitOnForwardFailure=yes"];
    let output = bed.run(&[&["-D", &format!("127.0.0.1:{port}")], &strict[..]].concat(), &["true"]);
    output.output().expect_last_line(&["Could not request local forwarding."]);

    let output = bed.run(&["-R", &spec], &["true"]).output();
    output.expect_code(0);
    let word = format!("Warning: remote port forwarding failed for listen port {port}\n");
    assert!(output.stderr.contains(&word), "{}", output.stderr);
    let output = bed.run(&[&["-R", &spec], &strict[..]].concat(), &["true"]).output();
    let word = format!("Error: remote port forwarding failed for listen port {port}");
    output.expect_last_line(&[&word]);

    let cleared = ["-L", &spec, "-o", "ClearAllForwardings=yes"];
    bed.run(&cleared, &["true"]).output().expect_quiet_success();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_that_allows_no_forwarding_is_quoted() {
    let bed = Bed::new(&["AllowTcpForwarding no"]);
    let (port, target) = (free_port(), echo());
    let local = format!("127.0.0.1:{port}:127.0.0.1:{target}");
    let client = background(&bed, &["-L", &local], PROCESSED);
    assert_eq!(exchange(port, b"hello"), b"");
    client.wait_for("open failed: administratively prohibited: open failed");
    let output = bed.run(&["-R", &format!("{}:127.0.0.1:1", free_port())], &["true"]).output();
    assert!(output.stderr.contains("Warning: remote port forwarding failed"), "{}", output.stderr);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn connections_that_cannot_be_forwarded_do_not_flood_the_terminal() {
    let bed = Bed::new(&[]);
    let (port, nobody) = (free_port(), free_port());
    let local = format!("127.0.0.1:{port}:127.0.0.1:{nobody}");
    let client = bed.run(&["-N", "-L", &local], &[]).start();
    let connect = || TcpStream::connect(("127.0.0.1", port)).ok();
    wait_until("the port is there", || connect().is_some());
    for _ in 0..40 {
        assert_eq!(exchange(port, b"hello"), b"");
    }
    client.wait_for("(10 failures so far; ");
    let said = client.said();
    assert_eq!(said.matches("open failed: connect failed").count(), 10, "{said}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn other_machines_may_connect_only_where_that_was_asked_for() {
    let bed = Bed::new(&[]);
    let target = echo();
    let listens = |options: &[&str], place: &str, port: u16| {
        let client = background(&bed, options, PROCESSED);
        let spec = format!("ss -Hltn 'sport = :{port}' | awk '{{print $4}}'");
        let listening = tool("/bin/sh", &["-c", &spec]);
        let mut found: Vec<_> = listening.lines().map(str::to_owned).collect();
        found.sort();
        assert!(found.iter().any(|it| it.starts_with(place)), "{found:?} {}", client.said());
        found.len()
    };
    let port = free_port();
    let spec = format!("{port}:127.0.0.1:{target}");
    // Both addresses of this machine, whatever the name service says of `localhost`.
    assert_eq!(listens(&["-L", &spec], "127.0.0.1:", port), 2);
    assert_eq!(listens(&["-L", &format!("localhost:{spec}")], "[::1]:", port), 2);
    assert_eq!(listens(&["-D", &port.to_string()], "[::1]:", port), 2);
    assert_eq!(listens(&["-L", &format!("127.0.0.1:{spec}")], "127.0.0.1:", port), 1);
    listens(&["-g", "-L", &spec], "0.0.0.0:", port);
    listens(&["-L", &format!("*:{spec}")], "0.0.0.0:", port);
    assert_eq!(listens(&["-4", "-L", &spec], "127.0.0.1:", port), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_agent_is_forwarded_where_that_is_asked_for() {
    let bed = Bed::new(&["AllowAgentForwarding yes"]);
    let agent = Agent::start(&[&bed.key]);
    let socket = agent.socket();
    let list = "ssh-add -l";
    let fingerprint = &fingerprint(&bed.key);
    let run = |options: &[&str]| {
        let run = bed.run(options, &[list]).env("SSH_AUTH_SOCK", &socket).env("MINE", &socket);
        run.output()
    };
    for options in [&["-A"][..], &["-o", "ForwardAgent=$MINE"]] {
        assert!(run(options).text().contains(fingerprint), "{options:?}");
    }
    let path = format!("ForwardAgent={}", arg(&socket));
    let output = bed.run(&["-o", &path], &[list]).output();
    assert!(output.text().contains(fingerprint), "{output:?}");
    for options in [&[][..], &["-a"], &["-A", "-a"]] {
        assert!(!run(options).text().contains(fingerprint), "{options:?}");
    }
}

/// Programs on the server then see that there is no agent, and not one that does not answer.
#[test]
#[ignore = "needs peers: tests/run"]
fn an_agent_that_is_not_there_is_not_forwarded() {
    let bed = Bed::new(&["AllowAgentForwarding yes"]);
    let shows = "echo ${SSH_AUTH_SOCK:+forwarded}";
    for path in ["/nonexistent/agent", arg(&bed.home.write("file", ""))] {
        // As in ssh, an agent that nobody named is not missed.
        for options in [&["-A"][..], &["-A", "-o", "ExitOnForwardFailure=yes"]] {
            let output = bed.run(options, &[shows]).env("SSH_AUTH_SOCK", path).output();
            assert_eq!(output.expect_quiet_success().text(), "\n", "{path}");
        }
        let named = format!("ForwardAgent={path}");
        let said = format!("Cannot forward agent socket path \"{path}\": ");
        let output = bed.run(&["-o", &named], &[shows]).output();
        output.expect_code(0);
        assert_eq!(output.text(), "\n", "{output:?}");
        assert!(output.stderr.contains(&said), "{output:?}");
        let strict = ["-o", &named, "-o", "ExitOnForwardFailure=yes"];
        let step = "start the agent, or name its socket in ForwardAgent";
        bed.run(&strict, &[shows]).output().expect_failure(&[&said, step]);
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
    let bed = Bed::new(&["AllowAgentForwarding yes"]);
    let agent = Agent::start(&[&bed.key]);
    let socket = agent.socket();
    let identity = format!("IdentityFile={}", arg(&bed.key));
    let fingerprint = &fingerprint(&bed.key);
    let off = "[ ] Forward the agent";
    let on = "[x] Forward the agent";
    // Whatever the configuration says, the box begins with it and then counts more.
    for (options, first, then, forwarded) in [
        (&[][..], off, None, false),
        (&[], off, Some(on), true),
        (&["-A"], on, None, true),
        (&["-A"], on, Some(off), false),
    ] {
        let options = [&["--auth", "ask", "-o", &identity][..], options].concat();
        let env = [("LANG", "C.UTF-8"), ("SSH_AUTH_SOCK", arg(&socket))];
        let pty = bed.home.connect_on_pty(&bed.sshd, &options, &env);
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
    let env = [("LANG", "C.UTF-8")];
    let options = ["--auth", "ask", "-o", &identity];
    let pty = bed.home.connect_on_pty(&bed.sshd, &options, &env);
    pty.resize(40, 100);
    pty.wait_for("Forward the agent (none is running)");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_key_for_this_host_alone_logs_in_from_the_agent() {
    let bed = Bed::new(&[]);
    let agent = Agent::start(&[]);
    let known = bed.home.path(".ssh/known_hosts");
    let add = |to: &str| {
        let arguments = ["-q", "-H", arg(&known), "-h", to, arg(&bed.key)];
        let output = bed.home.run(Path::new("/usr/bin/ssh-add"), &arguments);
        output.env("SSH_AUTH_SOCK", agent.socket()).output()
    };
    let place = format!("[127.0.0.1]:{}", bed.sshd.port());
    add(&place).expect_code(0);
    let login = ["-o", "BatchMode=yes", "--auth", "agent"];
    let run = || {
        let run = bed.home.connect(&bed.sshd, &login, &["echo hello"]);
        run.env("SSH_AUTH_SOCK", agent.socket()).output()
    };
    assert_eq!(run().expect_quiet_success().text(), "hello\n");
    // Without a word about whom the connection is for, the agent would not sign.
    bed.sshd.wait_for_log("Accepted publickey for tester");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_display_is_reached_with_its_own_cookie_and_no_other() {
    const REAL: &str = "00112233445566778899aabbccddeeff";
    let bed = Bed::new(&["X11Forwarding yes", "XAuthLocation /usr/bin/xauth"]);
    // A display is a TCP port from 6000 on.
    let (listener, display) = (0..50)
        .find_map(|at| {
            let display = 200 + at;
            let listener = TcpListener::bind(("127.0.0.1", 6000 + display)).ok()?;
            Some((listener, display))
        })
        .expect("a free display");
    let name = format!("127.0.0.1:{display}");
    let authority = bed.home.path("authority");
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
        let run = bed.run(&["-Y"], &[&command]).env("DISPLAY", &name);
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
    let bed = Bed::new(&["X11Forwarding yes"]);
    let show = "echo x${DISPLAY}x";
    assert_eq!(bed.run(&["-X"], &[show]).output().expect_quiet_success().text(), "xx\n");
    let with = |options: &[&str]| bed.run(options, &[show]).env("DISPLAY", ":77").output();
    assert_eq!(with(&["-x"]).expect_quiet_success().text(), "xx\n");
    let untrusted = with(&["-X", "-o", "ForwardX11Trusted=no", "-o", "XAuthLocation=/nowhere"]);
    assert_eq!(untrusted.text(), "xx\n");
    let words = "Warning: untrusted X11 forwarding setup failed: xauth key data not generated";
    assert!(untrusted.stderr.contains(words), "{untrusted:?}");
    // One that hangs is waited for, and that is told.
    let hangs = bed.home.write("hangs", "#!/bin/sh\nexec sleep 1000\n");
    std::fs::set_permissions(&hangs, std::fs::Permissions::from_mode(0o700)).unwrap();
    let hangs = format!("XAuthLocation={}", arg(&hangs));
    let waited = with(&["-X", "-o", "ForwardX11Trusted=no", "-o", &hangs]);
    assert_eq!(waited.text(), "xx\n");
    let told = "tessh: xauth does not answer; it is waited for up to 10 seconds: check DISPLAY";
    assert!(waited.stderr.starts_with(told) && waited.stderr.contains(words), "{waited:?}");
    let trusted = with(&["-Y", "-o", "XAuthLocation=none"]);
    let words = "Warning: No xauth data; using fake authentication data for X11 forwarding.";
    assert!(trusted.stderr.contains(words), "{trusted:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn forwards_are_added_and_listed_in_a_session() {
    let bed = Bed::new(&[]);
    let (port, target) = (free_port(), echo());
    let pty = bed.on_pty(&["-t", "-o", "EnableEscapeCommandline=yes"], &[]);
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
    let bed = Bed::new(&[]);
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, target) = (free_port(), deaf.local_addr().unwrap().port());
    let spec = format!("127.0.0.1:{port}:127.0.0.1:{target}");
    let mut client = bed.run(&["-L", &spec], &["cat"]).start();
    let (mut keys, mut screen) = (client.stdin(), client.stdout());
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
    // A machine may be busy; a key that is held up takes for ever.
    assert!(longest < Duration::from_secs(10), "a key took {longest:?}");
}
