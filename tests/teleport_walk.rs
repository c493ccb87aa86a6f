//! Teleport's guide to PuTTY and WinSCP from top to bottom with tessh alone, and the cases of its
//! troubleshooting, as one transcript.
//!
//! `TESSH_WALK=write cargo test --test teleport_walk -- --ignored`, after tests/run, writes the
//! transcript into docs/teleport.md. Without the variable the test only asserts what matters.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;

use lab::teleport::{LEAF, LEAF_NODE, NODE, OFFLINE_NODE, OPENSSH_NODE, PROXY, TeleportBed};
use lab::{USER, arg};

const PAGE: &str = "docs/teleport.md";
const BEGINS: &str = "<!-- transcript -->\n";
const ENDS: &str = "<!-- /transcript -->\n";
/// The login in the transcript, in place of the laboratory's.
const LOGIN: &str = "ubuntu";

/// What was typed and seen, one part after another.
struct Transcript {
    bed: TeleportBed,
    text: String,
}

impl Transcript {
    /// Begins a part.
    fn part(&mut self, title: &str) {
        let end = if self.text.is_empty() { "" } else { "```\n\n" };
        self.text.push_str(&format!("{end}{title}\n\n```text\n"));
    }

    /// Runs a command line, in which tessh finds the stand-in, and takes down what is seen.
    /// Asserts the exit code and words of it.
    #[track_caller]
    fn types(&mut self, line: &str, code: i32, words: &[&str]) {
        let program = arg(std::path::Path::new(lab::TESSH).parent().unwrap()).to_owned();
        let shell = self
            .bed
            .home
            .run(std::path::Path::new("/bin/sh"), &["-c", &format!("exec 2>&1; {line}")]);
        let path = format!("{program}:{}", self.bed.search_path());
        let output = shell.env("PATH", path).env("TZ", "UTC").output();
        let seen = output.text();
        assert_eq!(output.status.code(), Some(code), "{line}\n{seen}");
        for word in words {
            assert!(seen.contains(word), "{line}: no {word:?} in\n{seen}");
        }
        let shown = self.named(&format!("$ {line}\n{seen}"));
        self.text.push_str(&shown);
    }

    /// What is another one each time, or of the laboratory, as it would be elsewhere.
    fn named(&self, text: &str) -> String {
        let home = self.bed.home.path("");
        let text = text.replace(arg(&home).trim_end_matches('/'), "/home/gus").replace(USER, LOGIN);
        let times = |line: &str| match line.split_once("valid until   ") {
            Some((before, after)) if after.contains("left)") => {
                format!("{before}valid until   2026-03-09 20:00:00 +00:00 (11h 59m left)")
            }
            Some((before, _)) => {
                format!("{before}valid until   2026-03-09 08:00:00 +00:00 (expired)")
            }
            None => line.to_owned(),
        };
        text.lines().map(|line| times(line) + "\n").collect()
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_guide_from_top_to_bottom() {
    let mut seen = Transcript { bed: TeleportBed::with_servers(), text: String::new() };
    the_flow(&mut seen);
    the_troubles(&mut seen);
    seen.text.push_str("```\n");
    if std::env::var_os("TESSH_WALK").is_none_or(|value| value != "write") {
        return;
    }
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGINS).unwrap();
    let (_, after) = rest.split_once(ENDS).unwrap();
    fs::write(PAGE, format!("{before}{BEGINS}{}{ENDS}{after}", seen.text)).unwrap();
}

fn the_flow(seen: &mut Transcript) {
    let session = |node: &str| format!("{USER}@{node} [proxy:{PROXY}]");
    seen.part("Log in, list the nodes, save one, connect:");
    seen.bed.certify("-1s");
    seen.types("tessh teleport status", 255, &["expired", "tessh teleport login"]);
    seen.types(&format!("tessh teleport login --proxy={PROXY}"), 0, &[]);
    seen.types("tessh teleport status", 0, &["valid until"]);
    seen.types("tessh teleport ls", 0, &["Tunnel", "172.31.8.63:22 type=openssh"]);
    seen.types("tessh teleport ls env=aws", 0, &["company=acmecorp,env=aws"]);
    seen.types(&format!("tessh teleport save {USER}@{NODE}"), 0, &["Added session"]);
    seen.types(&format!("tessh '{}' 'echo $LOGNAME'", session(NODE)), 0, &[USER]);

    seen.part("A leaf cluster:");
    seen.types("tessh teleport clusters", 0, &["example.teleport.sh  online  leaf"]);
    seen.types(&format!("tessh teleport ls --leaf {LEAF}"), 0, &[LEAF_NODE]);
    seen.types(
        &format!("tessh teleport save --leaf {LEAF} {USER}@{LEAF_NODE}"),
        0,
        &[&format!("[leaf:{LEAF},proxy:{PROXY}]")],
    );
    let leaf = format!("{USER}@{LEAF_NODE} [leaf:{LEAF},proxy:{PROXY}]");
    seen.types(&format!("tessh '{leaf}' 'echo $LOGNAME'"), 0, &[USER]);

    seen.part("A registered OpenSSH node; its port is found, or given as in the guide:");
    seen.types(&format!("tessh teleport save {USER}@{OPENSSH_NODE}"), 0, &["Added session"]);
    seen.types(&format!("tessh teleport save --port 22 {USER}@{OPENSSH_NODE}"), 0, &["Added"]);
    seen.types(&format!("tessh '{}' 'echo $LOGNAME'", session(OPENSSH_NODE)), 0, &[USER]);

    seen.part("Files over SFTP:");
    seen.bed.home.write("report.txt", "all is well\n");
    let sftp = format!("sftp -q -b - -D \"tessh -s '{}' sftp\"", session(NODE));
    seen.types(
        &format!("printf 'put report.txt\\nget report.txt copy.txt\\n' | {sftp}"),
        0,
        &["sftp> get report.txt copy.txt"],
    );
    assert_eq!(seen.bed.home.read("copy.txt"), "all is well\n");
}

/// Each heading of the guide's troubleshooting that can come up, made to happen.
fn the_troubles(seen: &mut Transcript) {
    let save = |seen: &Transcript, words: &[&str]| {
        seen.bed.tessh(&[&["teleport", "save"], words].concat()).output().expect_code(0);
    };
    let types = |seen: &mut Transcript, login: &str, node: &str, words: &[&str]| {
        seen.types(&format!("tessh '{login}@{node} [proxy:{PROXY}]' true"), 255, words);
    };
    seen.part("A login that Teleport, or the OpenSSH server of a node, does not allow:");
    save(seen, &[&format!("nobody@{NODE}"), &format!("nobody@{OPENSSH_NODE}")]);
    types(seen, "nobody", NODE, &["access denied to nobody", "save LOGIN@"]);
    types(seen, "nobody", OPENSSH_NODE, &["unable to authenticate", "save --port 22 LOGIN@"]);

    seen.part("A node that is off, and an OpenSSH node without its port:");
    save(seen, &[&format!("{USER}@{OFFLINE_NODE}")]);
    types(seen, USER, OFFLINE_NODE, &["subsystem request failed", "offline"]);
    save(seen, &["--port", "0", &format!("{USER}@{OPENSSH_NODE}")]);
    types(seen, USER, OPENSSH_NODE, &["direct dialing", "--port 22"]);

    seen.part("Names that no node has, or that several have:");
    seen.types("tessh teleport save root@nowhere", 255, &["no matching hosts found"]);
    seen.types("tessh teleport save root@twin", 255, &["multiple matching hosts found"]);
    seen.types(
        "tessh teleport save --leaf other.example.com root@web",
        255,
        &["tessh teleport clusters"],
    );

    seen.part("Logins that are over, not there, or not said which, and no tsh:");
    seen.bed.certify("-1s");
    types(seen, USER, NODE, &["expired"]);
    fs::remove_file(seen.bed.certificate()).unwrap();
    types(seen, USER, NODE, &["no certificate"]);
    fs::remove_file(seen.bed.home.path(".tsh/current-profile")).unwrap();
    seen.types("tessh teleport ls", 255, &["no Teleport proxy is named"]);
    seen.bed.certify("+12h");
    fs::remove_file(seen.bed.tools.join("tsh")).unwrap();
    seen.types(&format!("tessh teleport ls --proxy={PROXY}"), 255, &["not in PATH"]);
}

/// The page has what the test walks through, and names every heading of the guide.
#[test]
fn the_page_has_the_whole_way() {
    let page = fs::read_to_string(PAGE).unwrap();
    for text in [
        "$ tessh teleport login",
        "$ tessh teleport ls",
        "$ tessh teleport clusters",
        "Added session ubuntu@",
        "| `proxy: ERROR: access denied to",
        "| `Connect failed [ssh: handshake failed",
        "| `proxy: ERROR: ssh: subsystem request failed`",
        "| `proxy: direct dialing to nodes not found",
        "| `Unable to use certificate file",
        "| `ERROR: No proxy address specified",
        "| `ERROR: validity string for",
        "| WinSCP shows `Server unexpectedly closed",
    ] {
        assert!(page.contains(text), "{text} is not in {PAGE}: write it again");
    }
}
