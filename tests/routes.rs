//! Ways to a server: jump hosts, proxy servers, proxy commands, local addresses.
//!
//! Each jump host is a server with its own key and its own block of the configuration. Its log
//! says who logged in and what it was asked to connect to.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "routes/gate.rs"]
mod gate;
mod lab;
#[path = "routes/proxies.rs"]
mod proxies;

use std::io::Read;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, mpsc};

use gate::Gate;
use lab::{Home, Output, Setup, USER, arg, raw_server};

const KEY: &str = include_str!("data/keys/made/ed25519.openssh");

/// A home that knows these, logs in with one key, and has a block for each.
fn home(gates: &[(&Gate, &str)]) -> Home {
    let home = Home::new();
    home.write("id", KEY);
    let known: String = gates.iter().map(|(gate, _)| gate.known_hosts()).collect();
    home.write(".ssh/known_hosts", &known);
    let blocks: String = gates.iter().map(|(gate, more)| gate.block(more)).collect();
    home.write(
        ".ssh/config",
        &format!("{blocks}Host *\n IdentityFile ~/id\n PreferredAuthentications publickey\n"),
    );
    home
}

fn forward(to: &Gate) -> String {
    format!("forward 127.0.0.1:{}", to.port())
}

fn run(home: &Home, arguments: &[&str]) -> Output {
    home.tessh(arguments).output()
}

#[test]
fn every_jump_host_is_logged_in_to_as_its_own_configuration_says() {
    let (a, b, c) = (Gate::start("a"), Gate::start("b"), Gate::start("c"));
    let home = home(&[(&a, ""), (&b, ""), (&c, "")]);
    let output = run(&home, &["-J", "a,b", "-l", "me", "c", "where"]).expect_quiet_success();
    assert_eq!(output.text(), "c as me\n");
    // What was typed for the destination is not for the hosts on the way.
    assert_eq!(a.log(), ["login a-user", &forward(&b)]);
    assert_eq!(b.log(), ["login b-user", &forward(&c)]);
    assert_eq!(c.log(), ["login me", "exec where"]);
}

#[test]
fn users_and_ports_of_a_jump_host_can_be_named() {
    let (a, b) = (Gate::start("a"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "")]);
    let jump = format!("root@127.0.0.1:{}", a.port());
    run(&home, &["-J", &jump, "b", "where"]).expect_quiet_success();
    let jump = format!("ssh://admin@127.0.0.1:{}", a.port());
    run(&home, &["-o", &format!("ProxyJump={jump}"), "b", "where"]).expect_quiet_success();
    assert_eq!(a.log(), ["login root", &forward(&b), "login admin", &forward(&b)]);
}

#[test]
fn jump_hosts_of_the_configuration_have_jump_hosts_of_their_own() {
    let (a, b, c) = (Gate::start("a"), Gate::start("b"), Gate::start("c"));
    let home = home(&[(&a, ""), (&b, "ProxyJump a"), (&c, "ProxyJump b")]);
    assert_eq!(run(&home, &["c", "where"]).expect_quiet_success().text(), "c as c-user\n");
    assert_eq!(a.log(), ["login a-user", &forward(&b)]);
    assert_eq!(b.log(), ["login b-user", &forward(&c)]);
    run(&home, &["-o", "ProxyJump=none", "c", "where"]).expect_quiet_success();
    assert_eq!(b.log().len(), 2, "none is none");
    // -F is for the hosts on the way, too.
    home.write(
        "other",
        &format!("{}{}Host *\n IdentityFile ~/id\n", b.block(""), c.block("ProxyJump b")),
    );
    run(&home, &["-F", arg(&home.path("other")), "c", "where"]).expect_quiet_success();
    assert_eq!(a.log().len(), 2, "in that file b has no jump host");
    assert_eq!(b.log().len(), 4);
}

#[test]
fn tokens_of_a_jump_host_are_those_of_the_destination() {
    let (a, b) = (Gate::start("gate-of-b"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "ProxyJump %r@gate-of-%n")]);
    run(&home, &["b", "where"]).expect_quiet_success();
    assert_eq!(a.log(), ["login b-user", &forward(&b)]);
    run(&home, &["-J", "x%q", "b", "true"]).expect_failure(&["ProxyJump", "%q"]);
    // What a token stands for is a name like any other.
    run(&home, &["-J", "-%n", "b", "true"]).expect_failure(&["ProxyJump"]);
}

#[test]
fn a_saved_session_names_its_jump_host() {
    let (a, b) = (Gate::start("a"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "")]);
    std::fs::create_dir_all(home.path(".config/tessh/sessions")).unwrap();
    home.write(".config/tessh/sessions/web.toml", "host = 'b'\njump = 'a'\n");
    run(&home, &["web", "where"]).expect_quiet_success();
    assert_eq!(a.log(), ["login a-user", &forward(&b)]);
}

#[test]
fn jump_hosts_that_lead_to_themselves_are_refused() {
    let (a, b) = (Gate::start("a"), Gate::start("b"));
    let home = home(&[(&a, "ProxyJump b"), (&b, "ProxyJump a")]);
    run(&home, &["a", "true"]).expect_failure(&["jumphost loop via", "ProxyJump none"]);
    home.write("all", "Host gate\n HostName 127.0.0.1\nHost *\n ProxyJump gate\n");
    run(&home, &["-F", arg(&home.path("all")), "x", "true"])
        .expect_failure(&["jumphost loop via gate"]);
    home.write("deep", "Match exec \"true\"\n ProxyJump x%h\n");
    let many: Vec<String> =
        (0..20).map(|n| format!("Host h{n}\n ProxyJump h{}\n", n + 1)).collect();
    home.write("deep", &many.concat());
    run(&home, &["-F", arg(&home.path("deep")), "h0", "true"]).expect_failure(&["more than 16"]);
    assert!(a.log().is_empty() && b.log().is_empty());
}

#[test]
fn a_jump_host_with_another_key_ends_it_and_is_named() {
    let (a, b) = (Gate::start("a"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "")]);
    let other = b.known_hosts().replace(&b.port().to_string(), &a.port().to_string());
    home.write(".ssh/known_hosts", &format!("{other}{}", b.known_hosts()));
    run(&home, &["-J", "a", "b", "true"]).expect_last_line(&["jump host a", "changed"]);
    assert!(a.log().is_empty() && b.log().is_empty(), "nobody logged in anywhere");
    // The destination's key is judged as if there was nothing between.
    let other = a.known_hosts().replace(&a.port().to_string(), &b.port().to_string());
    home.write(".ssh/known_hosts", &format!("{}{other}", a.known_hosts()));
    let output = run(&home, &["-J", "a", "b", "true"]);
    assert!(!output.expect_last_line(&["changed"]).contains("jump host"));
    assert!(b.log().is_empty());
}

#[test]
fn an_unknown_jump_host_is_asked_about_by_its_name() {
    let (a, b) = (Gate::start("a"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "")]);
    home.write(".ssh/known_hosts", &b.known_hosts());
    let pty = home.on_pty(&["--plain", "-J", "a", "b", "where"]);
    pty.wait_written("a (jump host on the way to b)");
    assert!(a.log().is_empty());
    pty.wait_for("fingerprint");
    pty.send("yes<enter>");
    pty.wait_for("b as b-user");
    assert_eq!(pty.exit_code(), 0);
    assert_eq!(a.log(), ["login a-user", &forward(&b)]);
    // It is known from now on.
    run(&home, &["-J", "a", "b", "where"]).expect_quiet_success();
}

#[test]
fn the_dialogs_name_the_jump_host_and_where_it_leads() {
    let (a, b) = (Gate::start("a"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "ProxyJump a")]);
    home.write(".ssh/known_hosts", &b.known_hosts());
    for (locale, words) in
        [("C.UTF-8", "a (jump host on the way to b)"), ("ja_JP.UTF-8", "への踏み台")]
    {
        let pty = home.on_pty_with(&["b", "where"], &[("LC_ALL", locale)]);
        pty.wait_until(words, |screen| screen.replace('\n', "").contains(words));
        assert!(pty.on_alternate_screen());
        pty.send("<esc>");
        assert_eq!(pty.exit_code(), 255);
        pty.expect_restored();
    }
    assert!(a.log().is_empty() && b.log().is_empty(), "Esc is no");
}

#[test]
fn a_jump_host_that_does_not_pass_on_says_so() {
    let (a, b) = (Gate::closed("a"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "")]);
    let place = format!("port {}", b.port());
    run(&home, &["-J", "a", "b", "true"]).expect_failure(&[
        "jump host a refused",
        "127.0.0.1",
        &place,
        "Prohibited",
    ]);
    // And one that is not there at all.
    let gone = a.block("");
    drop(a);
    home.write("config", &format!("{gone}{}", b.block("")));
    run(&home, &["-F", arg(&home.path("config")), "-J", "a", "b", "true"])
        .expect_failure(&["jump host a", "Connection refused"]);
}

#[test]
fn a_host_on_the_way_is_named_once() {
    let home = Home::new();
    for (way, says) in [
        (["-J", "127.0.0.1:1"], "jump host: connect to host 127.0.0.1 port 1: "),
        (["--proxy", "socks5://127.0.0.1:1"], "socks5 proxy: connect to host 127.0.0.1 port 1: "),
    ] {
        let output = run(&home, &[&way[..], &["host", "true"]].concat());
        let line = output.expect_failure(&[says]);
        assert_eq!(line.matches("127.0.0.1").count(), 1, "{line}");
    }
}

#[test]
fn a_jump_host_that_dies_in_the_middle_is_named() {
    let (a, b, c) = (Gate::start("a"), Gate::start("b"), Gate::start("c"));
    let home = home(&[(&a, ""), (&b, ""), (&c, "")]);
    for victim in [&a, &b] {
        let name = if std::ptr::eq(victim, &a) { "a" } else { "b" };
        let mut child = home.tessh(&["-J", "a,b", "c", "stay"]).spawn();
        let mut said = vec![0; b"c as c-user\n".len()];
        child.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
        victim.cut();
        let output = child.wait_with_output().unwrap();
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(255), "{line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains(&format!("the jump host {name} went away: ")), "{line}");
        a.cut();
    }
    // The destination's own end is its own.
    let mut child = home.tessh(&["-J", "a,b", "c", "stay"]).spawn();
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 12]).unwrap();
    c.cut();
    let output = child.wait_with_output().unwrap();
    let line = String::from_utf8(output.stderr).unwrap();
    assert!(!line.contains("jump host") && line.lines().count() == 1, "{line}");
}

#[test]
fn much_comes_through_two_jump_hosts_whole() {
    const MUCH: usize = 8 * 1024 * 1024;
    let (a, b, c) = (Gate::start("a"), Gate::start("b"), Gate::start("c"));
    let home = home(&[(&a, ""), (&b, ""), (&c, "")]);
    let output = run(&home, &["-J", "a,b", "c", &format!("flood {MUCH}")]).expect_quiet_success();
    assert!(output.stdout.len() == MUCH && output.stdout.iter().all(|&byte| byte == b'x'));
}

#[test]
fn explain_shows_the_hosts_on_the_way() {
    let (a, b) = (Gate::start("a"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "ProxyJump a")]);
    let text = run(&home, &["explain", "b"]).text();
    let hop = format!("a is a-user@127.0.0.1 port {}", a.port());
    assert!(text.contains(&hop), "{text}");
    let text = run(&home, &["explain", "--proxy", "socks5h://p", "b"]).text();
    assert!(text.contains("through the proxy socks5h://p:1080"), "{text}");
    assert!(a.log().is_empty() && b.log().is_empty());
}

#[test]
fn a_proxy_command_that_is_no_connection_is_said_in_one_line() {
    let home = Home::new();
    let proxied = |command: &str, words: &[&str]| {
        let option = format!("ProxyCommand={command}");
        let output = run(&home, &["-o", &option, "-o", "ConnectTimeout=2", "host.example", "true"]);
        output.expect_failure(words);
    };
    proxied("true", &["proxy command ended before", "status 0"]);
    proxied("sh -c 'exit 7'", &["proxy command ended before", "status 7"]);
    proxied("/nowhere/proxy 2>/dev/null", &["proxy command ended before", "status 127"]);
    proxied("sleep 60", &["timed out"]);
    proxied("echo no route today; sleep 60", &["no route today"]);
    proxied("yes", &["not an SSH server"]);
}

#[test]
fn nothing_that_a_shell_reads_gets_into_a_proxy_command() {
    let home = Home::new();
    let mark = home.path("mark");
    let option = format!("ProxyCommand=echo %h %r; touch {}", arg(&mark));
    for user in
        ["-oProxyCommand=x", "a;id", "a`id`", "$(id)", "a b\nc", "a|b", "a' -x", "x -y", "a\\"]
    {
        let output = run(&home, &["-o", &option, "-l", user, "host", "true"]);
        output.expect_code(255);
        assert!(!mark.exists(), "{user:?} came through: {output:#?}");
    }
    for host in ["a;id", "a`id`", "$(id)", "a|b", "a b", "a\nb", "ssh://-x", "a&b", "a>b", "[a;id]"]
    {
        let output = run(&home, &["-o", &option, "--", host, "true"]);
        output.expect_code(255);
        assert!(!mark.exists(), "{host:?} came through: {output:#?}");
    }
    // And where the files name them.
    for line in ["HostName a;id", "HostName -x", "HostName \"a b\""] {
        home.write("config", &format!("{line}\nProxyCommand echo %h; touch {}\n", arg(&mark)));
        run(&home, &["-F", arg(&home.path("config")), "x", "true"]).expect_code(255);
        assert!(!mark.exists(), "{line:?}");
    }
    run(&home, &["-o", "ProxyUseFdpass=yes", "-o", "ProxyCommand=x", "h", "true"])
        .expect_failure(&["ProxyUseFdpass"]);
}

#[test]
fn the_local_address_and_family_are_the_ones_asked_for() {
    let (seen, from) = mpsc::channel();
    let server = raw_server(move |stream| {
        seen.send(stream.peer_addr().unwrap().ip()).unwrap();
    });
    let home = Home::new();
    let port = server.port().to_string();
    let to = |options: &[&str], host: &str| {
        let output = run(&home, &[options, &["-p", &port, host, "true"]].concat());
        output.expect_code(255);
        from.try_recv().ok().map(|address| address.to_string())
    };
    assert_eq!(to(&["-b", "127.0.0.9"], "127.0.0.1").as_deref(), Some("127.0.0.9"));
    let bind = ["-o", "BindAddress=127.0.0.8"];
    assert_eq!(to(&bind, "127.0.0.1").as_deref(), Some("127.0.0.8"));
    assert_eq!(to(&["-4"], "localhost").as_deref(), Some("127.0.0.1"));
    assert_eq!(to(&["-6"], "127.0.0.1"), None);
    assert_eq!(to(&["-o", "AddressFamily=inet6"], "127.0.0.1"), None);
    assert_eq!(to(&["-b", "192.0.2.1"], "127.0.0.1"), None);
    #[cfg(target_os = "linux")]
    {
        let interface = ["-o", "BindInterface=lo"];
        assert_eq!(to(&interface, "127.0.0.1").as_deref(), Some("127.0.0.1"));
        assert_eq!(to(&["-B", "no-such-one"], "127.0.0.1"), None);
        run(&home, &["-B", "no-such-one", "127.0.0.1", "true"])
            .expect_failure(&["interface (-B, BindInterface): No such device; name one"]);
    }
}

/// A connection that is lost under a question is made again through the same jump host, or not at
/// all: another key is refused even where known_hosts has it.
#[test]
fn a_jump_host_that_is_entered_again_has_the_key_of_the_first_time() {
    let (first, other, c) = (Gate::start("first"), Gate::start("other"), Gate::start("c"));
    let behind = Arc::new(AtomicU16::new(first.port()));
    let led_to = Arc::clone(&behind);
    let (ends, ended) = mpsc::channel();
    let way = raw_server(move |from| {
        let to = TcpStream::connect(("127.0.0.1", led_to.load(Ordering::SeqCst))).unwrap();
        pass_on(&from, &to);
        // At the end of the test nobody listens.
        let _ = ends.send(());
    });
    let locked = include_str!("data/keys/made/ed25519.openssh-enc");
    let home = Home::new();
    home.write("id", KEY);
    home.write("locked", locked);
    let at_way =
        |gate: &Gate| gate.known_hosts().replace(&gate.port().to_string(), &way.port().to_string());
    let known = [at_way(&first), at_way(&other), c.known_hosts()].concat();
    home.write(".ssh/known_hosts", &known);
    let config = format!(
        "Host way\n HostName 127.0.0.1\n Port {}\n User w\n IdentityFile ~/id\n{}",
        way.port(),
        c.block("IdentityFile ~/locked\n PreferredAuthentications publickey\n ProxyJump way"),
    );
    home.write(".ssh/config", &config);
    for (again, is_let_in) in [(&first, true), (&other, false)] {
        behind.store(first.port(), Ordering::SeqCst);
        let pty = home.on_pty(&["--plain", "c", "where"]);
        pty.wait_for("Enter passphrase");
        behind.store(again.port(), Ordering::SeqCst);
        first.cut();
        ended.recv().unwrap();
        pty.send("correct horse<enter>");
        if is_let_in {
            assert_eq!(pty.exit_code(), 0, "{}", pty.screen());
            pty.wait_for("c as c-user");
            ended.recv().unwrap();
        } else {
            assert_eq!(pty.exit_code(), 255);
            let told = pty.unbroken();
            assert!(told.contains("another key than a moment ago"), "{told}");
        }
    }
    assert!(other.log().is_empty(), "{:?}", other.log());
}

/// Copies both directions until one of them ends.
fn pass_on(from: &TcpStream, to: &TcpStream) {
    let copy = |mut from: &TcpStream, mut to: &TcpStream| {
        // A connection that is cut has ended all the same.
        let _ = std::io::copy(&mut from, &mut to);
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    };
    std::thread::scope(|scope| {
        scope.spawn(|| copy(from, to));
        copy(to, from);
    });
}

#[test]
#[ignore = "needs peers: tests/run"]
fn two_jump_hosts_lead_to_the_server() {
    let servers = [Setup::new().start(&[]), Setup::new().start(&[]), Setup::new().start(&[])];
    let home = Home::new();
    let key = home.key("id", &["ed25519"], "");
    let (mut known, mut config) = (String::new(), String::new());
    for (name, sshd) in ["one", "two", "three"].iter().zip(&servers) {
        sshd.authorize(&key, "");
        known.push_str(&sshd.known_hosts());
        let port = sshd.port();
        config.push_str(&format!(
            "Host {name}\n HostName 127.0.0.1\n Port {port}\n User {USER}\n IdentityFile ~/id\n"
        ));
    }
    home.write(".ssh/known_hosts", &known);
    home.write(".ssh/config", &config);
    let output = run(&home, &["-J", "one,two", "three", "echo $SSH_CONNECTION"]);
    let port = format!(" 127.0.0.1 {}\n", servers[2].port());
    assert!(output.expect_quiet_success().text().ends_with(&port));
    for sshd in &servers {
        sshd.wait_for_log("Accepted publickey");
    }
    let input = vec![b'y'; 24 * 1024 * 1024];
    let output = home.tessh(&["-J", "one,two", "three", "cat"]).stdin(input.clone()).output();
    assert!(output.expect_quiet_success().stdout == input);
    // Both directions full, neither made by the other.
    let both = "head -c 25165824 /dev/zero & cat >/dev/null; wait";
    let output = home.tessh(&["-J", "one,two", "three", both]).stdin(input.clone()).output();
    assert_eq!(output.expect_quiet_success().stdout.len(), input.len());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_real_jump_host_refuses_in_its_own_words() {
    let sshd = Setup::new().start(&["AllowTcpForwarding no"]);
    let home = Home::knowing(&sshd);
    let key = home.key("id", &["ed25519"], "");
    sshd.authorize(&key, "");
    let jump = format!("{USER}@127.0.0.1:{}", sshd.port());
    home.write(".ssh/config", "IdentityFile ~/id\n");
    run(&home, &["-J", &jump, "127.0.0.1", "true"]).expect_failure(&[
        "jump host 127.0.0.1 refused",
        "Prohibited",
        "open failed",
    ]);
}
