//! Sessions for nodes of a Teleport cluster: saved, and connected to through a stand-in for tsh.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::time::Duration;

use lab::teleport::{LEAF, LEAF_NODE, NODE, OFFLINE_NODE, OPENSSH_NODE, PROXY, TeleportBed, UUID};
use lab::{Output, USER, echo, exchange, free_port, strs, wait_until};

/// Saves a session, and gives the name that was said.
#[track_caller]
fn save(bed: &TeleportBed, words: &[&str]) -> String {
    let saved = bed.tessh(&[&["teleport", "save"], words].concat()).output();
    saved.expect_code(0);
    assert_eq!(saved.text(), "", "{saved:?}");
    let name = saved.stderr.trim_end().strip_prefix("Added session ");
    name.unwrap_or_else(|| panic!("{saved:?}")).to_owned()
}

/// Runs a command in a session.
fn connect(bed: &TeleportBed, session: &str, command: &[&str]) -> Output {
    bed.tessh(&[&["-o", "BatchMode=yes", session], command].concat()).output()
}

fn file(bed: &TeleportBed, name: &str) -> String {
    let directory = bed.home.path(".config/tessh/sessions");
    let found = fs::read_dir(directory).unwrap().flatten().find(|entry| {
        let text = entry.file_name().into_string().unwrap();
        text.starts_with(&name.replace('@', "%40").replace(' ', "%20"))
    });
    fs::read_to_string(found.unwrap().path()).unwrap()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn sessions_have_the_names_ports_and_clusters_of_the_guide() {
    let bed = TeleportBed::new();
    let proxied = |login: &str, node: &str| format!("{login}@{node} [proxy:{PROXY}]");
    assert_eq!(save(&bed, &[&format!("ubuntu@{NODE}")]), proxied("ubuntu", NODE));
    let saved = file(&bed, "ubuntu@");
    for line in [
        format!("host = \"{NODE}\""),
        "user = \"ubuntu\"".to_owned(),
        format!("proxy = \"{PROXY}\""),
        format!("cluster = \"{PROXY}\""),
        format!("uuid = \"{UUID}\""),
    ] {
        assert!(saved.lines().any(|it| it == line), "{line}: {saved}");
    }
    assert!(!saved.contains("\nport"), "the cluster decides: {saved}");

    for words in [
        &[&format!("one@{OPENSSH_NODE}")[..]][..],
        &["--port", "22", &format!("two@{OPENSSH_NODE}")],
        &[&format!("three@{OPENSSH_NODE}:22")],
        &["-p", "22", &format!("four@{OPENSSH_NODE}:2222")],
    ] {
        let login = words.last().unwrap().split('@').next().unwrap();
        assert_eq!(save(&bed, words), proxied(login, OPENSSH_NODE));
        assert!(file(&bed, &format!("{login}@")).contains("port = 22\n"));
    }
    assert_eq!(
        save(&bed, &["--leaf", LEAF, &format!("ec2-user@{LEAF_NODE}")]),
        format!("ec2-user@{LEAF_NODE} [leaf:{LEAF},proxy:{PROXY}]")
    );
    assert!(file(&bed, "ec2-user@").contains(&format!("cluster = \"{LEAF}\"")));
    let local = lab::tool("/usr/bin/id", &["-un"]);
    assert_eq!(save(&bed, &[NODE]), proxied(local.trim_end(), NODE));
    let several = bed.tessh(&["teleport", "save", "a@ip-172-31-30-140", &format!("b@{NODE}")]);
    assert_eq!(several.output().stderr.lines().count(), 2);
    let list = bed.tessh(&["sessions", "list"]).output();
    assert!(list.text().contains(&proxied("ubuntu", NODE)), "{list:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn saving_again_changes_only_what_teleport_owns() {
    let bed = TeleportBed::new();
    save(&bed, &[&format!("ubuntu@{OPENSSH_NODE}")]);
    let path = fs::read_dir(bed.home.path(".config/tessh/sessions"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let text = fs::read_to_string(&path).unwrap();
    let own = "# my own\nnote = \"the old one\"\ntags = [\"work\"]\ncommand = \"tmux attach\"\nunknown = 1\n";
    let text = text.replace("port = 22", "port = 2022");
    fs::write(&path, format!("{own}{text}")).unwrap();
    save(&bed, &[&format!("ubuntu@{OPENSSH_NODE}")]);
    let now = fs::read_to_string(&path).unwrap();
    assert!(now.starts_with(own) && now.contains("port = 22\n"), "{now}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_cannot_be_saved_is_said_and_nothing_is_written() {
    let bed = TeleportBed::new();
    let fails = |words: &[&str], expected: &[&str]| {
        let words = [&["teleport", "save"], words].concat();
        bed.tessh(&words).output().expect_failure(expected);
    };
    fails(&[], &["wants a node"]);
    fails(&["root@nowhere"], &["no matching hosts found", "nowhere", "tessh teleport ls"]);
    fails(&["root@twin"], &["multiple matching hosts found", "u-4", "u-5", "UUID"]);
    fails(&["root@-x"], &["host name"]);
    fails(&["root@a..b"], &["host name"]);
    fails(&["--port", "70000", "root@web"], &["port"]);
    fails(
        &["--leaf", "other.example.com", "root@web"],
        &["other.example.com", "tessh teleport clusters"],
    );
    fails(&[&format!("ok@{NODE}"), "root@nowhere"], &["no matching hosts found"]);
    fails(&["--browse", "root@web"], &["--browse"]);
    fails(&["--proxy", "other.example.com", "root@web"], &["not logged in"]);
    fs::remove_file(bed.tools.join("tsh")).unwrap();
    fails(&[&format!("ok@{NODE}")], &["tsh", "not in PATH"]);
    assert!(!bed.home.path(".config/tessh/sessions").exists());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn sessions_run_through_tsh_with_one_spawn() {
    let bed = TeleportBed::with_servers();
    let (root, leaf) = bed.servers.as_ref().unwrap();
    let tester = |node: &str| format!("{USER}@{node}");
    save(&bed, &[&tester(NODE)]);
    save(&bed, &[&tester(OPENSSH_NODE)]);
    let in_leaf = save(&bed, &["--leaf", LEAF, &tester(LEAF_NODE)]);
    let before = bed.calls().len();
    let ran = connect(&bed, &TeleportBed::session(NODE), &["echo", "$LOGNAME"]);
    assert_eq!(ran.expect_quiet_success().text(), "tester\n");
    let calls = bed.calls();
    assert_eq!(
        calls[before..],
        [format!("proxy ssh --cluster={PROXY} --proxy={PROXY} tester@{NODE}")],
        "one spawn, and the cluster decides about the port"
    );
    root.wait_for_log("Accepted publickey for tester");
    assert!(root.log().contains("ED25519-CERT"), "{}", root.log());
    assert!(root.methods_tried().iter().all(|method| method == "publickey"));
    assert!(!bed.home.path(".ssh/known_hosts").exists(), "the cluster's authority is all there is");

    connect(&bed, &TeleportBed::session(OPENSSH_NODE), &["true"]).expect_quiet_success();
    let call = format!("proxy ssh --cluster={PROXY} --proxy={PROXY} tester@{OPENSSH_NODE}:22");
    assert_eq!(bed.calls().last(), Some(&call));

    connect(&bed, &in_leaf, &["true"]).expect_quiet_success();
    leaf.wait_for_log("Accepted publickey for tester");
    let call = format!("proxy ssh --cluster={LEAF} --proxy={PROXY} tester@{LEAF_NODE}");
    assert_eq!(bed.calls().last(), Some(&call));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_settings_name_tsh_and_a_forward_shares_its_connection() {
    let bed = TeleportBed::with_servers();
    save(&bed, &[&format!("{USER}@{NODE}")]);
    let before = bed.calls().len();
    fs::create_dir_all(bed.home.path(".config/tessh")).unwrap();
    let tsh = bed.tools.join("tsh");
    bed.home.write(
        ".config/tessh/config.toml",
        &format!("[teleport]\ntsh = {:?}\n", tsh.to_str().unwrap()),
    );
    let (here, there) = (free_port(), echo());
    let forward = format!("{here}:127.0.0.1:{there}");
    let session = TeleportBed::session(NODE);
    let words = ["-o", "BatchMode=yes", "-L", &forward, &session, "echo ready; read line"];
    let mut running = bed.home.tessh(&words).start();
    wait_until("the forward", || std::net::TcpStream::connect(("127.0.0.1", here)).is_ok());
    assert_eq!(exchange(here, b"through the same connection"), b"through the same connection");
    drop(running.stdin());
    running.ended();
    assert_eq!(bed.calls().len(), before + 1);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn keys_of_all_suites_log_in() {
    let bed = TeleportBed::with_servers();
    save(&bed, &[&format!("{USER}@{NODE}")]);
    let key = bed.home.path(&format!(".tsh/keys/{PROXY}/alice"));
    // Teleport writes RSA keys as PKCS #1 in PEM, the others as OpenSSH does.
    for how in [&["rsa", "-b", "2048", "-m", "PEM"][..], &["ecdsa", "-b", "256"], &["ed25519"]] {
        fs::remove_file(&key).unwrap();
        bed.home.key(&format!(".tsh/keys/{PROXY}/alice"), how, "");
        bed.certify("+1h");
        connect(&bed, &TeleportBed::session(NODE), &["true"]).expect_quiet_success();
    }
    let log = bed.servers.as_ref().unwrap().0.log();
    for kind in ["RSA-CERT", "ECDSA-CERT", "ED25519-CERT"] {
        assert!(log.contains(&format!("ssh2: {kind}")), "{kind}: {log}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn files_go_through_tsh_too_and_by_the_session_s_name() {
    let bed = TeleportBed::with_servers();
    save(&bed, &[&format!("{USER}@{NODE}")]);
    let root = &bed.servers.as_ref().unwrap().0;
    fs::write(root.path("home/a file"), "through tsh").unwrap();
    let place = format!("{}:a file", TeleportBed::session(NODE));
    let words = ["get", "-o", "BatchMode=yes", "-P", "2", &place, "copy"];
    bed.tessh(&words).output().expect_quiet_success();
    assert_eq!(bed.home.read("copy"), "through tsh");
    assert_eq!(root.log().matches("Accepted publickey for tester").count(), 2);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn only_the_authority_of_the_sessions_cluster_counts() {
    let bed = TeleportBed::with_servers();
    save(&bed, &[&format!("{USER}@{NODE}")]);
    let known = bed.home.read(".tsh/known_hosts");
    let session = TeleportBed::session(NODE);
    let leaf_line = known.lines().nth(1).unwrap();
    // The right authority, but for the leaf cluster.
    let (ours, theirs) = (known.lines().next().unwrap(), leaf_line);
    let key = |line: &str| line.split(' ').skip(2).take(2).collect::<Vec<_>>().join(" ");
    let swapped = format!(
        "@cert-authority {PROXY},{PROXY},*.{PROXY} {} type=host\n@cert-authority {PROXY},{LEAF},*.{LEAF} {} type=host\n",
        key(theirs),
        key(ours)
    );
    bed.home.write(".tsh/known_hosts", &swapped);
    connect(&bed, &session, &["true"]).expect_last_line(&[PROXY, LEAF]);
    // The host key itself on record does not help.
    let (root, _) = bed.servers.as_ref().unwrap();
    let line = format!("{NODE} {}", root.public("host_ed25519.pub"));
    bed.home.write(".ssh/known_hosts", &line);
    connect(&bed, &session, &["true"]).expect_code(255);
    bed.home.write(".tsh/known_hosts", "");
    connect(&bed, &session, &["true"]).expect_last_line(&["tessh teleport login"]);
    fs::remove_file(bed.home.path(".tsh/known_hosts")).unwrap();
    connect(&bed, &session, &["true"]).expect_last_line(&["tessh teleport login"]);
    assert!(!root.log().contains("userauth-request"), "{}", root.log());
    assert_eq!(bed.home.read(".ssh/known_hosts"), line);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn each_trouble_of_the_guide_has_its_cause_and_next_step() {
    let bed = TeleportBed::with_servers();
    for node in [NODE, OFFLINE_NODE] {
        save(&bed, &[&format!("{USER}@{node}")]);
        save(&bed, &[&format!("nobody@{node}")]);
    }
    save(&bed, &["--port", "0", &format!("{USER}@{OPENSSH_NODE}")]);
    save(&bed, &[&format!("nobody@{OPENSSH_NODE}")]);
    let proxied = |login: &str, node: &str| format!("{login}@{node} [proxy:{PROXY}]");
    let fails = |session: &str, words: &[&str]| {
        let failed = connect(&bed, session, &["true"]);
        failed.expect_last_line(words);
        failed.stderr
    };
    let said = fails(
        &proxied("nobody", NODE),
        &["does not allow the login nobody", "tessh teleport save LOGIN@", "tessh teleport status"],
    );
    assert!(said.contains("access denied to nobody connecting to"), "tsh's own words: {said}");
    fails(
        &proxied("nobody", OPENSSH_NODE),
        &["OpenSSH", "nobody", "tessh teleport save --port 22 LOGIN@"],
    );
    fails(&proxied(USER, OFFLINE_NODE), &["cannot reach", "offline", "tessh teleport ls"]);
    fails(
        &proxied(USER, OPENSSH_NODE),
        &["on its own port", &format!("tessh teleport save --port 22 {USER}@{OPENSSH_NODE}")],
    );
    let session = proxied(USER, NODE);
    bed.fails("ERROR: Not logged in.");
    fails(&session, &["not logged in", "tessh teleport login"]);
    bed.fails("ERROR: No proxy address specified, missed --proxy flag?");
    fails(&session, &["no Teleport proxy", "--proxy"]);
    bed.fails("ERROR: no matching hosts found");
    fails(&session, &["no matching hosts found", "tessh teleport ls"]);

    let spawns = bed.calls().len();
    bed.certify("-1s");
    fails(&session, &["expired", "tessh teleport login --proxy=teleport.example.com"]);
    bed.certify("+1h");
    fs::rename(bed.certificate(), bed.home.path("away")).unwrap();
    fails(&session, &["not logged in", "no certificate", "cert.pub", "tessh teleport login"]);
    fs::rename(bed.home.path("away"), bed.certificate()).unwrap();
    let key = bed.home.path(&format!(".tsh/keys/{PROXY}/alice"));
    let kept = fs::read(&key).unwrap();
    fs::write(&key, "-----BEGIN PIV YUBIKEY PRIVATE KEY-----\nAAAA\n").unwrap();
    fails(&session, &["hardware token", "tsh ssh"]);
    fs::remove_file(&key).unwrap();
    fails(&session, &["no key", "tessh teleport login"]);
    fs::write(&key, kept).unwrap();
    fs::rename(bed.tools.join("tsh"), bed.tools.join("gone")).unwrap();
    fails(&session, &["tsh", "not in PATH", "config.toml"]);
    assert_eq!(bed.calls().len(), spawns, "none of these starts anything");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_outlives_its_certificate_and_a_new_login_mends_the_next() {
    let bed = TeleportBed::with_servers();
    save(&bed, &[&format!("{USER}@{NODE}")]);
    let session = TeleportBed::session(NODE);
    bed.certify("+5m");
    let soon = connect(&bed, &session, &["true"]);
    soon.expect_code(0);
    assert!(soon.stderr.contains("m; renew it: tessh teleport login"), "{soon:?}");

    bed.certify("+4s");
    let pty = bed.on_pty(&["--plain", &session]);
    pty.wait_for("$");
    let status = || bed.tessh(&["teleport", "status"]).output().status.code();
    lab::wait_within(Duration::from_secs(20), "the certificate expires", || status() == Some(255));
    connect(&bed, &session, &["true"]).expect_last_line(&["expired", "tessh teleport login"]);
    pty.send("echo still $LOGNAME<enter>");
    pty.wait_for("still tester");
    bed.tessh(&["teleport", "login"]).output().expect_quiet_success();
    connect(&bed, &session, &["true"]).expect_quiet_success();
    pty.leave_shell(0);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_config_does_not_lead_a_node_elsewhere() {
    let bed = TeleportBed::with_servers();
    save(&bed, &[&format!("{USER}@{NODE}")]);
    bed.home.key("other", &["ed25519"], "");
    let other = bed.home.path("other");
    bed.home.write(
        ".ssh/config",
        &format!(
            "Host *\n HostName 192.0.2.1\n Port 2222\n ProxyCommand false\n IdentityFile {}\n",
            other.display()
        ),
    );
    connect(&bed, &TeleportBed::session(NODE), &["true"]).expect_quiet_success();
    let call = format!("proxy ssh --cluster={PROXY} --proxy={PROXY} tester@{NODE}");
    assert_eq!(bed.calls().last(), Some(&call));
    assert_eq!(bed.servers.as_ref().unwrap().0.keys_shown().len(), 1, "no other key is shown");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_browser_finds_a_node_and_connects() {
    let bed = TeleportBed::with_servers();
    let pty = bed.on_pty(&["teleport"]);
    pty.wait_for(OPENSSH_NODE);
    pty.wait_for("of 5 nodes");
    pty.send("access=open");
    pty.wait_for("1 of 5 nodes");
    pty.send("<enter>");
    pty.wait_for("$");
    pty.send("echo I am $LOGNAME<enter>");
    pty.wait_for("I am tester");
    pty.leave_shell(3);
    let list = bed.tessh(&["sessions", "list"]).output();
    assert!(list.text().contains(&TeleportBed::session(NODE)), "{list:?}");

    let pty = bed.on_pty(&["teleport", "ls", "--browse", "--leaf", LEAF]);
    pty.wait_for(LEAF_NODE);
    pty.send("<tab>s");
    pty.wait_for("Added session");
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 130);
    pty.expect_restored();
    let words = [format!("{USER}@{LEAF_NODE} [leaf:{LEAF},proxy:{PROXY}]"), "true".to_owned()];
    bed.tessh(&strs(&words)).output().expect_code(0);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ten_thousand_nodes_are_browsed_in_japanese_too() {
    let bed = TeleportBed::new();
    let node = |at: usize| {
        let env = if at.is_multiple_of(1000) { "prod" } else { "dev" };
        format!(
            r#"{{"kind":"node","metadata":{{"name":"u-{at}","labels":{{"env":"{env}"}}}},"spec":{{"addr":"10.0.0.1:3022","hostname":"node-{at:05}"}}}}"#
        )
    };
    let nodes: Vec<String> = (0..10_000).map(node).collect();
    bed.write("ls.json", &format!("[{}]", nodes.join(",\n")));
    let path = bed.search_path();
    let variables = [("PATH", path.as_str()), ("LANG", "ja_JP.UTF-8")];
    let pty = bed.home.on_pty_with(&["teleport", "ls", "--browse"], &variables);
    pty.wait_for("10000 件中 10000 件");
    pty.send("env=prod");
    pty.wait_for("10000 件中 10 件");
    pty.send("<tab>as");
    pty.wait_for("10 件のセッションを保存しました");
    pty.send("<esc>");
    assert_eq!(pty.exit_code(), 130);
    let list = bed.tessh(&["sessions", "list"]).output().expect_quiet_success().text();
    assert_eq!(list.lines().count(), 10, "{list}");
    let list = bed.tessh(&["teleport", "ls"]).output().expect_quiet_success();
    assert_eq!(list.text().lines().count(), 10_002);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn explain_and_show_say_how_a_node_is_reached() {
    let bed = TeleportBed::new();
    save(&bed, &[&format!("{USER}@{NODE}")]);
    let session = TeleportBed::session(NODE);
    let explained = bed.tessh(&["explain", &session]).output().expect_quiet_success().text();
    let way = format!("tsh proxy ssh --cluster={PROXY} --proxy={PROXY} {USER}@{NODE}");
    assert!(explained.contains(&way), "{explained}");
    assert!(explained.contains("keys/teleport.example.com/alice"), "{explained}");
    let shown = bed.tessh(&["sessions", "show", &session]).output().expect_quiet_success().text();
    for line in ["teleport.proxy", "teleport.cluster", "teleport.uuid"] {
        assert!(shown.lines().any(|it| it.starts_with(line) && it.len() > 20), "{line}: {shown}");
    }
    assert_eq!(bed.calls().len(), 1, "only saving has started tsh");
    bed.certify("-1s");
    let explained = bed.tessh(&["explain", &session]).output().text();
    assert!(explained.contains("has expired"), "{explained}");
    bed.tessh(&["sessions", "show", &session]).output().expect_code(0);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_shared_connection_is_one_spawn_and_one_of_its_cluster() {
    let bed = TeleportBed::with_servers();
    save(&bed, &[&format!("{USER}@{NODE}")]);
    let socket = bed.home.path("%h");
    bed.home.write(
        ".ssh/config",
        &format!(
            "Host *\n ControlMaster auto\n ControlPath {}\n ControlPersist 60\n",
            socket.display()
        ),
    );
    let session = TeleportBed::session(NODE);
    let before = bed.calls().len();
    for _ in 0..2 {
        let ran = connect(&bed, &session, &["echo", "$LOGNAME"]);
        assert_eq!(ran.text(), "tester\n", "{ran:?}");
    }
    assert_eq!(bed.calls().len(), before + 1);
    let sockets: Vec<_> = fs::read_dir(bed.home.path(""))
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.starts_with(NODE))
        .collect();
    assert!(sockets.len() == 1 && sockets[0].len() == NODE.len() + 9, "{sockets:?}");
    bed.tessh(&["-O", "exit", &session]).output().expect_code(0);
}
