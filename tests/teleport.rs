//! Teleport: what tsh keeps and prints, against a stand-in for tsh.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

use lab::teleport::{LEAF, NODE, OPENSSH_NODE, PROXY, TeleportBed, UUID};
use lab::wait_until;
use serde_json::Value as Json;

#[test]
#[ignore = "needs peers: tests/run"]
fn status_is_read_from_the_files_alone() {
    let bed = TeleportBed::new();
    let shown = bed.home.tessh(&["teleport", "status"]).output().expect_quiet_success().text();
    for text in ["> teleport.example.com:443", "alice", "tester, nobody", "valid until", "left)"] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    assert!(!shown.contains("-teleport-internal"), "{shown}");
    assert_eq!(bed.tessh(&["teleport"]).output().expect_quiet_success().text(), shown);
    assert!(bed.calls().is_empty());

    let json = bed.tessh(&["teleport", "status", "--json"]).output().expect_quiet_success();
    let json: Json = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["active"]["username"], "alice");
    assert_eq!(json["active"]["state"], "valid");
    assert_eq!(json["active"]["logins"][0], "tester");
    assert!(json["active"]["valid_until"].as_str().unwrap().ends_with('Z'));

    bed.certify("+30m");
    let soon = bed.tessh(&["teleport", "status"]).output();
    soon.expect_code(0);
    assert!(soon.stderr.contains("m; renew it: tessh teleport login --proxy="), "{soon:?}");

    bed.certify("-1s");
    let expired = bed.tessh(&["teleport", "status"]).output();
    assert!(expired.text().contains("(expired)"), "{expired:?}");
    expired.expect_code(255);
    expired.expect_last_line(&["expired", "tessh teleport login --proxy=teleport.example.com"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn broken_profiles_are_named_and_the_others_shown() {
    let bed = TeleportBed::new();
    let other = bed.home.path(&format!(".tsh/{PROXY}.yaml"));
    bed.home.write(".tsh/half.example.com.yaml", "web_proxy_addr: \"half.exam");
    bed.home.write(".tsh/list.example.com.yaml", "- a\n- b\n");
    symlink(&other, bed.home.path(".tsh/link.example.com.yaml")).unwrap();
    fs::create_dir(bed.home.path(".tsh/dir.example.com.yaml")).unwrap();
    let status = bed.tessh(&["teleport", "status"]).output();
    status.expect_code(0);
    assert!(status.text().contains("> teleport.example.com:443"), "{status:?}");
    let lines: Vec<&str> = status.stderr.lines().collect();
    assert_eq!(lines.len(), 4, "{status:?}");
    for (line, word) in lines.iter().zip([
        "regular",
        "half.example.com.yaml: line 1",
        "symbolic link",
        "no mapping",
    ]) {
        assert!(line.starts_with("tessh: ") && line.contains(word), "{word}: {line}");
    }

    fs::remove_file(bed.certificate()).unwrap();
    fs::create_dir(bed.certificate()).unwrap();
    bed.tessh(&["teleport", "status", "--proxy", PROXY])
        .output()
        .expect_last_line(&["cert.pub", "tessh teleport login"]);
    fs::remove_dir(bed.certificate()).unwrap();
    bed.tessh(&["teleport", "ls"]).output().expect_failure(&[
        "not logged in",
        "cert.pub",
        "tessh teleport login",
    ]);
    fs::remove_file(bed.home.path(".tsh/current-profile")).unwrap();
    bed.tessh(&["teleport", "ls"])
        .output()
        .expect_failure(&["no Teleport proxy is named", "--proxy"]);
    bed.tessh(&["teleport", "ls", "--proxy", "other.example.com"])
        .output()
        .expect_failure(&["not logged in", "tessh teleport login --proxy=other.example.com"]);
    assert!(bed.calls().is_empty(), "{:?}", bed.calls());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn nodes_and_clusters_are_listed_and_searched() {
    let bed = TeleportBed::new();
    let shown = bed.tessh(&["teleport", "ls"]).output().expect_quiet_success().text();
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[0].starts_with("Node Name") && lines[0].ends_with("Labels"), "{shown}");
    assert_eq!(lines.len(), 7, "{shown}");
    let line = |name: &str| *lines.iter().find(|line| line.starts_with(name)).unwrap();
    assert!(line(NODE).ends_with("Tunnel         access=open,arch=x86_64"), "{shown}");
    assert!(line(OPENSSH_NODE).contains("172.31.8.63:22 type=openssh"), "{shown}");
    let count = |words: &[&str]| {
        let words = [&["teleport", "ls"], words].concat();
        bed.tessh(&words).output().text().lines().skip(2).count()
    };
    assert_eq!(count(&["twin"]), 2);
    assert_eq!(count(&["TWIN", "env=two"]), 1);
    assert_eq!(count(&["acmecorp", "twin"]), 0);
    assert_eq!(count(&["--leaf", LEAF]), 1);
    assert_eq!(count(&["--cluster", LEAF, "build"]), 1);

    let json = bed.tessh(&["teleport", "ls", "--json"]).output().expect_quiet_success();
    let json: Json = serde_json::from_slice(&json.stdout).unwrap();
    let node = json.as_array().unwrap().iter().find(|node| node["hostname"] == NODE).unwrap();
    assert_eq!((&node["id"], &node["tunnel"]), (&UUID.into(), &true.into()));

    let shown = bed.tessh(&["teleport", "clusters"]).output().expect_quiet_success().text();
    for text in [
        "teleport.example.com online  root",
        "example.teleport.sh  online  leaf",
        "away.teleport.sh     offline",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let calls = bed.calls();
    assert!(calls.contains(&format!("ls --format=json --proxy={PROXY}")), "{calls:?}");
    assert!(
        calls.contains(&format!("ls --format=json --proxy={PROXY} --cluster={LEAF}")),
        "{calls:?}"
    );
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_list_counts_whatever_follows_it() {
    let bed = TeleportBed::new();
    bed.mode("remind");
    assert_eq!(
        bed.tessh(&["teleport", "ls"]).output().expect_quiet_success().text().lines().count(),
        7
    );
    bed.write("says", "ERROR: Not logged in.\n");
    bed.mode("after");
    assert_eq!(
        bed.tessh(&["teleport", "ls"]).output().expect_quiet_success().text().lines().count(),
        7
    );
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_tsh_that_misbehaves_is_said_in_one_line() {
    let bed = TeleportBed::new();
    let ls = || bed.tessh(&["teleport", "ls"]).output();
    bed.mode("hang");
    let hung = ls();
    hung.expect_failure(&["did not answer within 10 seconds", "tsh status"]);
    assert!(hung.took < Duration::from_secs(15), "{:?}", hung.took);
    bed.mode("flood");
    ls().expect_failure(&["more than 64 MiB"]);
    bed.mode("die");
    ls().expect_failure(&["tsh failed", "signal 9"]);
    bed.fails("something \x1b[2J else");
    ls().expect_failure(&["tsh failed (exit status 1): something \\x1b[2J else"]);
    bed.fails("ERROR: Active profile expired.");
    ls().expect_failure(&["expired", "tessh teleport login"]);
    bed.fails("ERROR: No proxy address specified, missed --proxy flag?");
    ls().expect_failure(&["no Teleport proxy", "--proxy"]);
    bed.mode("none");
    bed.write("ls.json", "{\"not\": \"a list\"}");
    ls().expect_failure(&["did not print a list in JSON"]);
    bed.write("ls.json", "[{\"kind\":");
    ls().expect_failure(&["not complete"]);
    bed.write("tsh", "no program");
    fs::set_permissions(bed.tools.join("tsh"), std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .unwrap();
    ls().expect_failure(&["does not start"]);
    fs::remove_file(bed.tools.join("tsh")).unwrap();
    ls().expect_failure(&["tsh, Teleport's client, is not in PATH", "config.toml"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_login_is_made_in_the_same_terminal() {
    let bed = TeleportBed::new();
    bed.certify("-1s");
    bed.mode("ask");
    let pty = bed.on_pty(&["teleport", "login", "--", "--auth=github"]);
    pty.wait_for("Enter password for Teleport user alice:");
    pty.send("secret<enter>");
    assert_eq!(pty.exit_code(), 0, "{}", pty.screen());
    assert_eq!(bed.calls(), [format!("login --proxy={PROXY} --auth=github")]);
    bed.tessh(&["teleport", "status"]).output().expect_quiet_success();
    let failed = bed.on_pty(&["teleport", "login", "--proxy", "other.example.com"]);
    failed.wait_for("Enter password");
    failed.send("wrong<enter>");
    failed.wait_for("tsh login ended with");
    assert_eq!(failed.exit_code(), 255);
    wait_until("the second call", || bed.calls().len() == 2);
    assert_eq!(bed.calls()[1], "login --proxy=other.example.com");
}
