//! No text of a user chooses `none`: with it nothing would be checked, encrypted or authenticated,
//! and the SSH library would take it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::sync::mpsc;
use std::time::Duration;

use super::lab::{
    Home, Output, RawServer, kexinit, next_payload, packet, raw_server, send, ssh_string, strs,
};
use super::{GREETING, SOON};

/// Names that mean no protection, in this library or in others.
const NO_PROTECTION: [&str; 6] = ["none", "clear", "null", "NONE", "none@openssh.com", "Clear"];
/// Patterns that match them.
const PATTERNS: [&str; 6] = ["*", "n*", "?one", "no?e,*", "*,!aes*", "c*,none"];

/// A server that agrees to `none` for everything and tells what it was offered: the lists of its
/// client's KEXINIT but compression's and languages'.
fn willing() -> (RawServer, mpsc::Receiver<Vec<String>>) {
    let (say, heard) = mpsc::channel();
    let server = raw_server(move |mut stream| {
        send(&mut stream, GREETING);
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let _ = reader.read_line(&mut String::new());
        send(&mut stream, &packet(&kexinit("none", "ssh-ed25519", "none", "none", "none")));
        let Some(theirs) = next_payload(&mut reader) else { return };
        let mut rest = &theirs[17..];
        let mut lists = Vec::new();
        for _ in 0..6 {
            let (length, after) = rest.split_first_chunk::<4>().unwrap();
            let (names, after) = after.split_at(u32::from_be_bytes(*length) as usize);
            lists.push(String::from_utf8(names.to_vec()).unwrap());
            rest = after;
        }
        say.send(lists).unwrap();
        // A client that took it would go on with these.
        send(&mut stream, &packet(&[21]));
        send(&mut stream, &packet(&[&[6][..], &ssh_string("ssh-userauth")].concat()));
        send(&mut stream, &packet(&[52]));
        while next_payload(&mut reader).is_some() {}
    });
    (server, heard)
}

/// Asserts that these words do not lead to a connection without protection, in this home.
#[track_caller]
fn expect_protected(home: &Home, words: &[&str]) -> Output {
    let (server, heard) = willing();
    let port = server.port().to_string();
    let fixed = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=2", "--auth", "none", "-p", &port];
    let host: &[&str] = if words.contains(&"weak") { &[] } else { &["someone@127.0.0.1"] };
    let all = [&fixed, words, host, &["true"][..]].concat();
    let output = home.tessh(&all).deadline(SOON).output();
    output.expect_code(255);
    assert_eq!(output.text(), "", "{words:?}");
    for lists in heard.try_iter() {
        for list in &lists {
            for name in list.split(',') {
                let bare = name.to_lowercase();
                let is_bad = NO_PROTECTION.iter().any(|it| bare == it.to_lowercase());
                assert!(!is_bad, "{words:?} lead to {list}");
            }
            assert!(!list.is_empty(), "{words:?} lead to an empty list: {lists:?}");
        }
    }
    assert!(server.connections() < 2);
    output
}

const KEYWORDS: [&str; 5] =
    ["KexAlgorithms", "Ciphers", "MACs", "HostKeyAlgorithms", "PubkeyAcceptedAlgorithms"];

#[test]
fn options_cannot_choose_none() {
    let home = Home::new();
    for keyword in KEYWORDS {
        for name in NO_PROTECTION {
            for list in [
                name.to_owned(),
                format!("+{name}"),
                format!("^{name}"),
                format!("-{name}"),
                format!("{name},{name}"),
            ] {
                expect_protected(&home, &["-o", &format!("{keyword}={list}")]);
            }
        }
        // Nor where they stand beside a good one.
        let good = match keyword {
            "KexAlgorithms" => "curve25519-sha256",
            "Ciphers" => "aes128-ctr",
            "MACs" => "hmac-sha2-256",
            _ => "ssh-ed25519",
        };
        expect_protected(&home, &["-o", &format!("{keyword}={good},none")]);
        expect_protected(&home, &["-o", &format!("{keyword}=none,{good}")]);
    }
}

#[test]
fn a_pattern_does_not_bring_none_in() {
    let home = Home::new();
    for keyword in KEYWORDS {
        for pattern in PATTERNS {
            for operator in ["", "+", "^", "-"] {
                expect_protected(&home, &["-o", &format!("{keyword}={operator}{pattern}")]);
            }
        }
    }
}

#[test]
fn flags_cannot_choose_none() {
    let home = Home::new();
    for flag in ["-c", "-m"] {
        for name in NO_PROTECTION {
            let output = expect_protected(&home, &[flag, name]);
            output.expect_failure(&[name]);
        }
    }
    // All of it at once, which is what the server agrees to.
    expect_protected(&home, &["-c", "none", "-m", "none", "-o", "KexAlgorithms=none"]);
}

#[test]
fn a_configuration_file_cannot_choose_none() {
    let home = Home::new();
    for keyword in KEYWORDS {
        for name in ["none", "+none", "^none", "*", "\"none\"", "none none"] {
            let file = home.write("config", &format!("Host *\n  {keyword} {name}\n"));
            expect_protected(&home, &["-F", file.to_str().unwrap()]);
            // In the user's own place, where a Match block sets it.
            home.write(".ssh/config", &format!("Match host 127.0.0.1\n  {keyword} {name}\n"));
            expect_protected(&home, &[]);
            fs::remove_file(home.path(".ssh/config")).unwrap();
        }
    }
}

#[test]
fn a_saved_session_cannot_choose_none() {
    let home = Home::new();
    let sessions = ".config/tessh/sessions";
    fs::create_dir_all(home.path(sessions)).unwrap();
    for keyword in ["kex", "cipher", "mac", "host_key"] {
        for value in ["[\"none\"]", "[\"+none\"]", "[\"^none\"]", "[\"*\"]", "\"none\""] {
            let text = format!("host = \"127.0.0.1\"\n[algorithms]\n{keyword} = {value}\n");
            home.write(&format!("{sessions}/weak.toml"), &text);
            expect_protected(&home, &["weak"]);
        }
    }
}

#[test]
fn every_way_into_the_program_is_as_strict() {
    // The verbs that connect read the same options.
    let home = Home::new();
    let (server, heard) = willing();
    let port = server.port().to_string();
    let target = format!("someone@127.0.0.1:{port}");
    let fixed = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=2", "-c", "none"];
    for words in [
        vec!["get".to_owned(), format!("{target}:x"), "y".to_owned()],
        vec!["trust".to_owned(), "check".to_owned(), target.clone()],
    ] {
        let all = [&fixed[..], &strs(&words)].concat();
        let output = home.tessh(&all).deadline(Duration::from_secs(10)).output();
        output.expect_code(255);
        assert!(output.stderr.contains("none"), "{output:?}");
    }
    assert!(heard.try_recv().is_err(), "connected in spite of it");
}
