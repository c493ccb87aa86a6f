//! A shared connection whose master is OpenSSH's ssh and whose client is tessh: the result is
//! the one that a connection of its own would give.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;
#[path = "mux_client/no_master.rs"]
mod no_master;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lab::{
    Bed, Home, Output, Pty, Run, Running, Sshd, TESSH, arg, echo, exchange, fingerprint, free_port,
    noise, tool, try_exchange, wait_until,
};

/// Larger than every window and buffer on the way.
const LARGE: usize = 5_000_000;

/// A server, a home whose configuration leads to it as `there`, and a place for the socket.
struct Sharing {
    sshd: Sshd,
    home: Home,
}

impl Sharing {
    fn new(lines: &[&str]) -> Sharing {
        let bed = Bed::new(lines);
        let control = format!("ControlPath {}", arg(&bed.home.path("shared")));
        bed.home.write(".ssh/config", &bed.host_block("there", &["BatchMode yes", &control]));
        let Bed { sshd, home, .. } = bed;
        Sharing { sshd, home }
    }

    fn socket(&self) -> PathBuf {
        self.home.path("shared")
    }

    /// OpenSSH's master with these options, once it listens.
    fn master(&self, options: &[&str]) -> Running {
        let config = self.home.path(".ssh/config");
        let fixed = ["-F", arg(&config), "-M", "-N", "there"];
        let words = [options, &fixed].concat();
        let master = self.home.run(Path::new("/usr/bin/ssh"), &words).start();
        wait_until("the master listens", || self.socket().exists());
        master
    }

    fn run(&self, words: &[&str]) -> Run {
        self.home.tessh(words)
    }

    fn control(&self, command: &str, words: &[&str]) -> Output {
        self.run(&[&["-O", command], words, &["there"]].concat()).output()
    }

    /// How many have logged in.
    fn logins(&self) -> usize {
        self.sshd.log().matches("Accepted publickey").count()
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_through_a_master_is_as_one_of_its_own() {
    let shared = Sharing::new(&["AcceptEnv LC_*"]);
    let _master = shared.master(&["-o", "SendEnv=LC_*"]);

    let data = noise(LARGE);
    let output = shared.run(&["there", "cat; echo said >&2; exit 7"]).stdin(data.clone()).output();
    output.expect_code(7);
    assert!(output.stdout == data, "{} bytes came back", output.stdout.len());
    assert_eq!(output.stderr, "said\n");

    let command = "echo $LC_ONE $LC_TWO";
    let words = ["-o", "SendEnv=LC_ONE", "-o", "SetEnv=LC_TWO=two", "there", command];
    let output = shared.run(&words).env("LC_ONE", "one").env("LC_THREE", "three").output();
    assert_eq!(output.expect_quiet_success().text(), "one two\n");

    // In ssh's words, on whatever there is.
    let output = shared.run(&["-tt", "there", "exit 5"]).output();
    output.expect_code(5);
    assert!(output.stderr.ends_with("Shared connection to 127.0.0.1 closed.\r\n"), "{output:?}");

    // As through OpenSSH's own client: the master knows no more than that there is no status.
    shared.run(&["there", "kill -9 $$"]).output().expect_code(255);
    let output = shared.run(&["-n", "there", "cat; echo end"]).stdin("not read").output();
    assert_eq!(output.expect_quiet_success().text(), "end\n");
    assert_eq!(shared.logins(), 1);

    // The socket of somebody else's choice, or none.
    let output = shared.run(&["-S", "none", "there", "echo own"]).output();
    assert_eq!(output.expect_quiet_success().text(), "own\n");
    assert_eq!(shared.logins(), 2);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn standard_output_through_a_master_ends_before_the_session() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    for options in [&[][..], &["-O", "proxy"]] {
        let command = "echo all; exec >&- 2>&-; read line; exit 3";
        let mut client = shared.run(&[options, &["there", command]].concat()).start();
        let (mut stdout, stdin) = (client.stdout(), client.stdin());
        let (seen, is_seen) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut output = String::new();
            stdout.read_to_string(&mut output).unwrap();
            let _ = seen.send(output);
        });
        // The command runs until its input ends.
        let output = is_seen.recv_timeout(lab::DEADLINE).unwrap();
        assert_eq!(output, "all\n");
        drop(stdin);
        assert_eq!(client.ended().0, Some(3));
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_terminal_through_a_master_has_its_size_and_is_given_back() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    let screen: Pty = shared.home.on_pty(&["there"]);
    screen.send("PS1='now: '; stty size; tty<enter>");
    screen.wait_for("24 80");
    screen.wait_for("/dev/pts/");
    assert!(screen.modes_differ(), "not in raw mode");
    screen.resize(30, 100);
    // The size takes its way by two signals.
    screen.send("until [ \"$(stty size)\" = '30 100' ]; do :; done; echo it ca''me<enter>");
    screen.wait_for("it came");
    // A key, not a signal to the client.
    screen.send("sh -c 'echo rea''dy; exec sleep 100'<enter>");
    screen.wait_for("ready");
    screen.send("<c-c>");
    // What is typed before the prompt is there is thrown away with the signal.
    screen.wait_for("^C");
    screen.wait_until("a prompt", |screen| screen.lines().any(|line| line.trim_end() == "now:"));
    screen.send("exit 5<enter>");
    assert_eq!(screen.exit_code(), 5);
    assert!(screen.written().contains("Shared connection to 127.0.0.1 closed.\r"));
    screen.expect_restored();
    assert_eq!(shared.logins(), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn without_a_terminal_of_the_servers_the_local_one_is_as_before() {
    let shared = Sharing::new(&["PermitTTY no"]);
    let _master = shared.master(&[]);
    let screen = shared.home.on_pty(&["there"]);
    screen.send("echo seen; exit 3<enter>");
    screen.wait_for("seen");
    assert_eq!(screen.exit_code(), 3);
    screen.expect_restored();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn tools_move_files_over_one_login() {
    let shared = Sharing::new(&["Subsystem sftp /usr/lib/openssh/sftp-server"]);
    let _master = shared.master(&[]);
    let data = noise(LARGE);
    let far = shared.sshd.path("home").join("far");
    fs::write(&far, &data).unwrap();
    fs::set_permissions(&far, PermissionsExt::from_mode(0o644)).unwrap();
    fs::create_dir(shared.home.path("bin")).unwrap();
    symlink(TESSH, shared.home.path("bin/ssh")).unwrap();
    let path = format!("{}:/usr/bin:/bin", arg(&shared.home.path("bin")));

    let from = format!("there:{}", arg(&far));
    let get = format!("get {} by-sftp\n", arg(&far));
    let config = shared.home.path(".ssh/config");
    let sftp = ["-q", "-S", TESSH, "-F", arg(&config), "-b", "-", "there"];
    let scp = ["-q", "-S", TESSH, "-F", arg(&config), &from, "by-scp"];
    for (program, words, name) in [
        ("/usr/bin/sftp", &sftp[..], "by-sftp"),
        ("/usr/bin/scp", &scp, "by-scp"),
        ("/usr/bin/rsync", &["-e", "ssh", &from, "by-rsync"], "by-rsync"),
    ] {
        let run = shared.home.run(Path::new(program), words).env("PATH", &path);
        run.stdin(get.clone()).output().expect_code(0);
        assert!(fs::read(shared.home.path(name)).unwrap() == data, "{name}");
    }

    let repository = shared.sshd.path("home").join("repository");
    tool("/usr/bin/git", &["init", "-q", "--bare", arg(&repository)]);
    tool("/usr/bin/chmod", &["-R", "a+rwX", arg(&repository)]);
    let trusted = "git config --global safe.directory '*'";
    shared.run(&["there", trusted]).output().expect_quiet_success();
    let url = format!("there:{}", arg(&repository));
    let clone = ["clone", "-q", &url, "copy"];
    let git = shared.home.run(Path::new("/usr/bin/git"), &clone).env("PATH", &path);
    git.env("GIT_CONFIG_NOSYSTEM", "1").output().expect_code(0);
    assert!(shared.home.path("copy/.git/HEAD").exists());
    assert_eq!(shared.logins(), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn each_control_command_says_what_ssh_says() {
    let shared = Sharing::new(&[]);
    let mut master = shared.master(&[]);
    let checked = shared.control("check", &[]);
    checked.expect_code(0);
    assert_eq!(checked.stderr, format!("Master running (pid={})\r\n", master.id()));

    let (to, port) = (echo(), free_port());
    let spec = format!("127.0.0.1:{port}:127.0.0.1:{to}");
    shared.control("forward", &["-L", &spec]).expect_quiet_success();
    assert_eq!(exchange(port, b"there and back"), b"there and back");
    shared.control("cancel", &["-L", &spec]).expect_quiet_success();
    assert!(try_exchange(port, b"x").is_err(), "nobody listens any more");

    // ssh goes on, and so does this.
    let again = shared.control("cancel", &["-L", &spec]);
    again.expect_code(0);
    assert_eq!(
        again.stderr,
        "tessh: mux_client_forward: forwarding request failed: port not forwarded\n\
         tessh: muxclient: master cancel forward request failed\n"
    );

    let spec = format!("0:127.0.0.1:{to}");
    let forwarded = shared.control("forward", &["-R", &spec]).expect_quiet_success();
    let chosen = forwarded.text().trim().parse().unwrap();
    assert_eq!(exchange(chosen, b"from there"), b"from there");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let spec = format!("127.0.0.1:{}:127.0.0.1:{to}", taken.local_addr().unwrap().port());
    let refused = shared.control("forward", &["-L", &spec]);
    refused.expect_last_line(&["muxclient: master forward request failed"]);
    assert!(refused.stderr.contains("forwarding request failed: Port forwarding failed\n"));

    let exit = shared.control("exit", &[]);
    exit.expect_code(0);
    assert_eq!(exit.stderr, "Exit request sent.\r\n");
    master.ended();
    let gone = shared.control("check", &[]);
    let path = shared.socket();
    let words = format!("Control socket connect({}): No such file or directory", arg(&path));
    gone.expect_failure(&[&words]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn stop_leaves_the_session_that_is_there() {
    let shared = Sharing::new(&[]);
    let mut master = shared.master(&[]);
    let mut session = shared.run(&["there", "echo begun; read word; echo $word"]).spawn();
    let mut said = [0; 6];
    session.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    let stopped = shared.control("stop", &[]);
    stopped.expect_code(0);
    assert_eq!(stopped.stderr, "Stop listening request sent.\r\n");
    wait_until("the socket is gone", || !shared.socket().exists());
    session.stdin.take().unwrap().write_all(b"still\n").unwrap();
    let output = session.wait_with_output().unwrap();
    assert_eq!(output.stdout, b"still\n");
    master.ended();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn forwards_subsystems_and_standard_input_go_through_the_master() {
    let shared = Sharing::new(&["Subsystem count /usr/bin/wc -c"]);
    let _master = shared.master(&[]);
    let to = echo();
    let place = format!("127.0.0.1:{to}");
    let output = shared.run(&["-W", &place, "there"]).stdin(noise(LARGE)).output();
    assert!(output.expect_quiet_success().stdout == noise(LARGE));

    let output = shared.run(&["-s", "there", "count"]).stdin("12345").output();
    assert_eq!(output.expect_quiet_success().text().trim(), "5");

    // A forward that the invocation brings, and that stays with the master.
    let port = free_port();
    let spec = format!("127.0.0.1:{port}:{place}");
    shared.run(&["-L", &spec, "there", "true"]).output().expect_quiet_success();
    assert_eq!(exchange(port, b"still"), b"still");
    // Once more is no failure: the master has it already.
    shared.run(&["-L", &spec, "there", "true"]).output().expect_quiet_success();

    // Only the forwards: no shell is run, and it stays until the master ends.
    let port = free_port();
    let spec = format!("127.0.0.1:{port}:{place}");
    let mut waiting = shared.run(&["-N", "-L", &spec, "there"]).spawn();
    wait_until("the forward is there", || {
        try_exchange(port, b"now").is_ok_and(|heard| heard == b"now")
    });
    waiting.stdin.take().unwrap().write_all(b"echo a shell has read this\n").unwrap();
    shared.control("exit", &[]).expect_code(0);
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(output.status.code(), Some(255));
    assert_eq!(shared.logins(), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_master_in_proxy_mode_passes_a_session_on() {
    let shared = Sharing::new(&["Subsystem count /usr/bin/wc -c", "AcceptEnv LC_*"]);
    let _master = shared.master(&[]);
    let data = noise(LARGE);
    let command = "cat; echo $LC_ONE >&2; exit 7";
    let words = ["-O", "proxy", "-o", "SetEnv=LC_ONE=one", "there", command];
    let output = shared.run(&words).stdin(data.clone()).output();
    output.expect_code(7);
    assert!(output.stdout == data, "{} bytes came back", output.stdout.len());
    assert_eq!(output.stderr, "one\n");

    let output = shared.run(&["-O", "proxy", "-s", "there", "count"]).stdin("12345").output();
    assert_eq!(output.expect_quiet_success().text().trim(), "5");
    shared.run(&["-O", "proxy", "there", "kill -9 $$"]).output().expect_code(137);
    let refused = shared.run(&["-O", "proxy", "-s", "there", "nothing"]).output();
    refused.expect_failure(&["subsystem request failed on channel 0"]);

    let screen = shared.home.on_pty(&["-O", "proxy", "there"]);
    screen.send("stty size<enter>");
    screen.wait_for("24 80");
    screen.resize(30, 100);
    // The size takes its way by two signals.
    screen.send("until [ \"$(stty size)\" = '30 100' ]; do :; done; exit 4<enter>");
    assert_eq!(screen.exit_code(), 4);
    screen.expect_restored();

    // A reader that goes away, and a master that does.
    let words = format!("{TESSH} -O proxy there yes | head -1");
    let headed = shared.home.run(Path::new("/bin/sh"), &["-c", &words]).output();
    assert_eq!(headed.expect_quiet_success().text(), "y\n");
    let mut session = shared.run(&["-O", "proxy", "there", "echo begun; cat"]).spawn();
    let mut said = [0; 6];
    session.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    shared.control("exit", &[]).expect_code(0);
    let output = session.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "tessh: the master of the shared connection went away\n");
    assert_eq!(output.status.code(), Some(255));
    assert_eq!(shared.logins(), 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_that_the_master_cannot_open_is_made_without_it() {
    let shared = Sharing::new(&["MaxSessions 1"]);
    let _master = shared.master(&[]);
    let mut first = shared.run(&["there", "echo begun; cat"]).spawn();
    let mut said = [0; 6];
    first.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    let second = shared.run(&["there", "echo went"]).output();
    second.expect_code(0);
    assert_eq!(second.text(), "went\n");
    let refused = "tessh: mux_client_request_session: session request failed: \
                   Session open refused by peer\n";
    assert_eq!(second.stderr, refused);
    assert_eq!(shared.logins(), 2);
    drop(first.stdin.take());
    assert!(first.wait().unwrap().success());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_is_to_be_done_with_the_output_here_has_a_connection_of_its_own() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    let log = shared.home.path("session.log");
    let output = shared.run(&["--log", arg(&log), "there", "echo kept"]).output();
    output.expect_code(0);
    assert!(output.stderr.contains("--log needs a connection of its own"), "{output:?}");
    assert!(fs::read_to_string(&log).unwrap().contains("kept"));
    assert_eq!(shared.logins(), 2);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_pinned_key_is_not_bypassed_by_a_master() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    let own = &fingerprint(&shared.sshd.path("host_ed25519.pub"));
    let wrong = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let sessions = ".config/tessh/sessions";
    fs::create_dir_all(shared.home.path(sessions)).unwrap();
    let saved = format!("host = \"there\"\nfingerprints = [\"{wrong}\"]\n");
    shared.home.write(&format!("{sessions}/web.toml"), &saved);

    for (words, who) in
        [(&["--host-key", wrong, "there"][..], "--host-key"), (&["web"], "the saved session web")]
    {
        for persist in [&[][..], &["-o", "ControlMaster=auto", "-o", "ControlPersist=yes"]] {
            let output = shared.run(&[persist, words, &["echo ran"]].concat()).output();
            let pinned = format!("is none of those that are pinned by {who}");
            output.expect_last_line(&[&pinned]);
            assert_eq!(output.text(), "", "{output:?}");
        }
        // What is asked of the master itself and not of the host goes on.
        shared.run(&[&["-O", "check"], words].concat()).output().expect_code(0);
        for command in [&["-O", "forward", "-L", "1:h:1"][..], &["-O", "proxy"]] {
            let output = shared.run(&[command, words].concat()).output();
            output.expect_failure(&["names the host's key", "is refused"]);
        }
    }
    assert_eq!(shared.logins(), 1);
    let output = shared.run(&["--host-key", own, "there", "echo ran"]).output();
    output.expect_code(0);
    assert_eq!(output.text(), "ran\n");
    assert!(output.stderr.contains("--host-key needs a connection of its own"), "{output:?}");
    assert_eq!(shared.logins(), 2);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_signal_ends_the_session_and_nothing_is_left() {
    let shared = Sharing::new(&[]);
    let _master = shared.master(&[]);
    let mut session = shared.run(&["there", "echo begun; cat; echo over >&2"]).spawn();
    let mut said = [0; 6];
    session.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    // Only the signal ends it: waiting for it would end its input.
    let _input = session.stdin.take();
    let pid = rustix::process::Pid::from_child(&session);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(session.wait().unwrap().code(), Some(143));
    // The master is none the worse.
    shared.run(&["there", "true"]).output().expect_quiet_success();
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_master_of_somebody_else_is_refused() {
    let shared = Sharing::new(&[]);
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let path = directory.path().join("theirs");
    let listen = "use IO::Socket::UNIX; umask 0; \
                  my $s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 5); \
                  while (my $c = $s->accept) { sysread($c, my $heard, 100) and exit 1 }";
    let mut other = Command::new("/usr/bin/setpriv")
        .args(["--reuid=65534", "--clear-groups", "/usr/bin/perl", "-e", listen, arg(&path)])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    // The path is there a little before anybody can connect.
    wait_until("it listens", || UnixStream::connect(&path).is_ok());
    for words in [&["there", "true"][..], &["-O", "check", "there"]] {
        let output = shared.run(&[&["-S", arg(&path)], words].concat()).output();
        output.expect_failure(&["belongs to the user with number 65534", "-S none"]);
    }
    // Not a word was said to it.
    assert!(other.try_wait().unwrap().is_none());
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(shared.logins(), 0);
}
