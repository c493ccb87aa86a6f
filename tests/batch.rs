//! `tessh files --batch`: scripts as sftp(1) and psftp have them, against OpenSSH's server.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;

use lab::{Bed, Output, Sshd, noise};

fn bed() -> Bed {
    let bed = Bed::of(Sshd::start(&["Subsystem sftp /usr/lib/openssh/sftp-server"]));
    let block = bed.host_block("srv", &["PreferredAuthentications publickey"]);
    bed.home.write(".ssh/config", &block);
    bed
}

fn run(bed: &Bed, script: &str) -> Output {
    bed.home.write("todo", script);
    bed.home.tessh(&["files", "--batch", "todo", "srv"]).output()
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_script_does_what_its_lines_say() {
    let bed = bed();
    let there = |name: &str| bed.sshd.path("home").join(name);
    let data = noise(300_000);
    fs::write(bed.home.path("big"), &data).unwrap();
    fs::create_dir_all(bed.home.path("tree/in")).unwrap();
    bed.home.write("tree/in/*odd name", "x");
    let output = run(
        &bed,
        "# first\n\
         mkdir a \"b c\"\n\
         cd a\n\
         put big\n\
         put -r tree\n\
         lcd tree/in\n\
         put '*odd name' ../copy\n\
         lpwd\n\
         pwd\n\
         chmod 640 big\n\
         chmod u+x,g-r big\n\
         rename big ../b\\ c\n\
         ln -s copy ../link\n\
         cd ..\n\
         ls\n\
         rm cop*\n\
         -rmdir nothing\n\
         !echo of the shell\n\
         lmkdir new\n\
         get 'b c/big' new/back\n\
         quit\n\
         mkdir never\n",
    );
    output.expect_code(0);
    let text = output.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with("/tree/in") && lines[1].ends_with("/home/a"), "{text}");
    assert_eq!(lines[2..], ["a", "b c", "copy", "link", "of the shell"], "{text}");
    assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    assert!(output.stderr.contains("todo, line 17: "), "{}", output.stderr);
    assert!(fs::read(there("b c/big")).unwrap() == data);
    assert_eq!(fs::metadata(there("b c/big")).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(there("a/tree/in/*odd name").exists() && !there("copy").exists());
    assert!(there("link").is_symlink() && !there("never").exists());
    assert!(fs::read(bed.home.path("tree/in/new/back")).unwrap() == data);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_first_failure_ends_a_script_and_a_mistake_is_found_before_anything() {
    let bed = bed();
    let there = |name: &str| bed.sshd.path("home").join(name);
    let output = run(&bed, "mkdir one\ncd nowhere\nmkdir two\n");
    output.expect_code(1);
    assert!(output.stderr.contains("/nowhere: no such"), "{}", output.stderr);
    assert!(there("one").exists() && !there("two").exists());
    // A file that fails stops it as well.
    let output = run(&bed, "\nget none*\nmkdir two\n");
    output.expect_code(1);
    assert!(output.stderr.contains("todo, line 2: "), "{}", output.stderr);
    assert!(!there("two").exists());

    let output = run(&bed, "mkdir two\nfrob x\n");
    assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    assert!(output.stderr.contains("todo, line 2: there is no command \"frob\""));
    assert!(!there("two").exists());
    bed.home.tessh(&["files", "--batch", "none", "srv"]).output().expect_failure(&["none: "]);
    bed.home.tessh(&["files", "--batch", "todo"]).output().expect_failure(&["one server"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn reget_and_reput_continue_what_is_there() {
    let bed = bed();
    let data = noise(2_000_000);
    fs::write(bed.home.path("big"), &data).unwrap();
    run(&bed, "put big\n").expect_code(0);
    fs::write(bed.home.path("back.filepart"), &data[..1_000_000]).unwrap();
    run(&bed, "reget big back\n").expect_code(0);
    assert!(fs::read(bed.home.path("back")).unwrap() == data);
    // What is no beginning of the file is not kept.
    fs::write(bed.home.path("other.filepart"), vec![7; 1_000_000]).unwrap();
    run(&bed, "reget big other\n").expect_code(0);
    assert!(fs::read(bed.home.path("other")).unwrap() == data);
    assert!(!bed.home.path("other.filepart").exists());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn names_of_all_bytes_and_of_full_length_are_words_of_a_script() {
    let bed = bed();
    // A line ends at a line feed.
    let every: Vec<u8> = (1..=255).filter(|byte| !matches!(byte, b'/' | b'\n')).collect();
    let names = [every.clone(), every[..100].to_vec(), vec![b'l'; 255], vec![0xff; 255]];
    let mut script = b"mkdir far\nlmkdir back\n".to_vec();
    for (number, name) in names.iter().enumerate() {
        fs::write(bed.home.path("").join(OsString::from_vec(name.clone())), name).unwrap();
        let escaped = |byte: &u8| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => vec![*byte],
            _ => vec![b'\\', *byte],
        };
        let word: Vec<u8> = name.iter().flat_map(escaped).collect();
        for line in [
            &[b"put ", &word[..]][..],
            &[b"rename ", &word, b" far/", &word],
            &[b"get far/", &word, b" back/"],
            &[b"ls far/", &word],
            &[b"rename far/", &word, format!(" far/{number}").as_bytes()],
            &[b"put ", &word],
            &[b"rm ", &word],
        ] {
            script.extend([&line.concat()[..], b"\n"].concat());
        }
    }
    fs::write(bed.home.path("todo"), script).unwrap();
    let output = bed.home.tessh(&["files", "--batch", "todo", "srv"]).output();
    let output = output.expect_quiet_success();
    let text = output.text();
    assert_eq!(text.lines().count(), names.len(), "{text}");
    for (number, name) in names.iter().enumerate() {
        let back = bed.home.path("back").join(OsString::from_vec(name.clone()));
        assert!(fs::read(back).unwrap() == *name, "{name:?}");
        let far = bed.sshd.path("home").join(format!("far/{number}"));
        assert!(fs::read(far).unwrap() == *name, "{name:?}");
        let left = bed.sshd.path("home").join(OsString::from_vec(name.clone()));
        assert!(!left.exists(), "{name:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn what_the_server_has_no_code_for_is_told_and_names_are_listed_as_typed() {
    let bed = bed();
    let output = run(
        &bed,
        "mkdir full full/in full/out\nln -s nowhere dangling\nln -s dizzy dizzy\n\
         -mkdir full\n-rmdir full\n-ln -s x full\n-ln dangling full\n\
         ls dangling\nls d*\nls full/*\n",
    );
    output.expect_code(0);
    let told: Vec<&str> = output.stderr.lines().collect();
    let (taken, not_empty) = ("this already exists", "the directory is not empty");
    let wanted = [taken, not_empty, taken, taken];
    assert_eq!(told.len(), wanted.len(), "{told:?}");
    for (line, wanted) in told.iter().zip(wanted) {
        assert!(line.contains("/full: ") && line.contains(wanted), "{told:?}");
    }
    assert_eq!(output.text(), "dangling\ndangling\ndizzy\nfull/in\nfull/out\n");
}
