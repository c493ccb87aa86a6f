//! Limits of the process: open files, sizes of files, memory for threads.

use std::fs;

use super::lab::{Bed, DemoBed, Home, Output, Sshd, TESSH, arg, exchange, strs, tool, wait_until};
use super::{IDLE, after, files_bed, used, words};

/// Few as the descriptors are, a session needs no more.
const FEW: &str = "ulimit -n 20";

#[test]
fn too_few_descriptors_are_one_line_that_says_so() {
    let bed = DemoBed::new();
    let with = |limit: usize, options: &[&str]| {
        let limit = format!("ulimit -n {limit}");
        after(&bed.home, &limit, &strs(&words(&bed, options, &["echo in"]))).output()
    };
    let mut failed = 0;
    // Below this the system's loader cannot start the program.
    for limit in 5..=20 {
        for options in [&[][..], &["-tt"]] {
            let output = with(limit, options);
            if output.status.success() {
                assert!(output.text().contains("in"), "{output:?}");
                continue;
            }
            output.expect_failure(&["Too many open files", "ulimit -n"]);
            failed += 1;
        }
    }
    assert!(failed > 4, "the limit is not met at all");
    with(20, &[]).expect_quiet_success();
    let shared = ["-M", "-S", "socket"];
    with(20, &shared).expect_quiet_success();
    let many: Vec<String> = (0..12)
        .flat_map(|_| ["-L".to_owned(), format!("{}:x:1", super::lab::free_port())])
        .collect();
    with(20, &strs(&many)).expect_last_line(&["Too many open files", "ulimit -n"]);
}

#[test]
fn a_small_stack_is_enough() {
    let bed = DemoBed::new();
    let small = "ulimit -s 64";
    after(&bed.home, small, &["-G", "web"]).output().expect_code(0);
    for options in [&[][..], &["-tt"], &["-f"]] {
        let ran = after(&bed.home, small, &strs(&words(&bed, options, &["echo in"]))).output();
        ran.expect_code(0);
        assert!(ran.text().contains("in"), "{ran:?}");
    }
    let failed = after(&bed.home, small, &strs(&words(&bed, &[], &["exit 7"]))).output();
    failed.expect_code(7);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn few_descriptors_are_enough_for_many_files() {
    let bed = files_bed();
    let there = bed.sshd.path("home/many");
    fs::create_dir(&there).unwrap();
    for n in 0..150 {
        fs::write(there.join(n.to_string()), [b'x'; 3000]).unwrap();
    }
    tool("/bin/chown", &["-R", "--reference", arg(&bed.sshd.path("home")), arg(&there)]);
    // Those of the connection and of one or two files at a time.
    let few = "ulimit -n 44";
    let get = after(&bed.home, few, &["get", "-r", "srv:many", "."]).output();
    get.expect_code(0);
    assert_eq!(get.stderr, "");
    assert_eq!(fs::read_dir(bed.home.path("many")).unwrap().count(), 150);
    let put = after(&bed.home, few, &["put", "-r", "many", "srv:again"]).output();
    put.expect_code(0);
    assert_eq!(put.stderr, "");
    assert_eq!(fs::read_dir(bed.sshd.path("home/again")).unwrap().count(), 150);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_forward_without_descriptors_waits_and_works_again() {
    let bed = Bed::new(&[]);
    let (port, to) = (super::lab::free_port(), super::lab::echo());
    let forward = format!("{port}:127.0.0.1:{to}");
    let words = bed.words(&["-o", "BatchMode=yes", "-N", "-L", &forward], &[]);
    let running = after(&bed.home, FEW, &strs(&words)).start();
    wait_until("the forward works", || {
        super::lab::try_exchange(port, b"a").is_ok_and(|it| it == b"a")
    });
    let connections: Vec<_> =
        (0..40).map(|_| std::net::TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    running.wait_for("accept: Too many open files; further connections wait");
    running.wait_for("ulimit -n");
    let (before, _) = used(running.id());
    std::thread::sleep(std::time::Duration::from_secs(2));
    let (then, over) = used(running.id());
    assert!(!over && then - before < IDLE / 3, "{:?}", then - before);
    drop(connections);
    wait_until("the forward works again", || exchange(port, b"again") == b"again");
}

#[test]
fn a_limit_of_file_sizes_is_one_line_and_no_file_is_cut_short() {
    let bed = DemoBed::new();
    let small = "ulimit -f 0";
    let keygen = ["keygen", "-q", "-t", "ed25519", "-N", "", "-f", "new"];
    let output = after(&bed.home, small, &keygen).output();
    output.expect_failure(&["new", "File too large", "ulimit -f"]);
    assert!(!bed.home.path("new").exists() && !bed.home.path("new.pub").exists());
    assert_nothing_temporary(&bed.home, ".");

    bed.home.write(".ssh/known_hosts", "# mine\n");
    let options = ["-o", "StrictHostKeyChecking=accept-new"];
    let output = after(&bed.home, small, &strs(&words(&bed, &options, &["echo in"]))).output();
    output.expect_code(0);
    assert_eq!(output.text(), "in\n");
    assert!(output.stderr.contains("File too large") && output.stderr.contains("ulimit -f"));
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    assert_eq!(bed.home.read(".ssh/known_hosts"), "# mine\n");

    let save = ["sessions", "save", "web", "someone@127.0.0.1"];
    bed.home.tessh(&save).output().expect_code(0);
    let file = ".config/tessh/sessions/web.toml";
    let before = bed.home.read(file);
    let again = ["sessions", "save", "--force", "web", "other@127.0.0.1"];
    let output = after(&bed.home, small, &again).output();
    output.expect_failure(&["web.toml", "it is as it was", "ulimit -f"]);
    assert_eq!(bed.home.read(file), before);
    assert_nothing_temporary(&bed.home, ".config/tessh/sessions");
}

#[track_caller]
fn assert_nothing_temporary(home: &Home, directory: &str) {
    let names = fs::read_dir(home.path(directory)).unwrap();
    let names: Vec<_> = names.map(|it| it.unwrap().file_name()).collect();
    let temporary = |name: &std::ffi::OsString| name.to_string_lossy().starts_with(".tessh-");
    assert!(!names.iter().any(temporary), "{names:?}");
}

#[test]
fn standard_output_with_a_limit_is_one_line() {
    let bed = DemoBed::new();
    let script = "ulimit -f 1; exec \"$0\" \"$@\" >out";
    let words = words(&bed, &[], &["head -c 100000 /dev/zero"]);
    let words = [&["-c", script, TESSH][..], &strs(&words)].concat();
    let output = bed.home.run(std::path::Path::new("/bin/sh"), &words).output();
    output.expect_failure(&["standard output", "File too large"]);
}

/// What comes of a limit of the address space, in KiB.
fn within_memory(bed: &DemoBed, kib: u64) -> Output {
    let limit = format!("ulimit -v {kib}");
    after(&bed.home, &limit, &strs(&words(bed, &[], &["echo in"]))).output()
}

#[test]
fn too_little_memory_is_no_panic() {
    let bed = DemoBed::new();
    let (mut fails, mut works) = (10_000, 4_000_000);
    assert!(within_memory(&bed, works).status.success());
    while works - fails > 512 {
        let middle = fails.midpoint(works);
        match within_memory(&bed, middle).status.success() {
            true => works = middle,
            false => fails = middle,
        }
    }
    // What is missing there is a thread's stack, or other memory, for which the standard library
    // ends the program; but never in the words of a fault of its own.
    for less in 0..8 {
        let output = within_memory(&bed, fails - less * 200);
        assert!(!output.stderr.contains("panicked"), "{output:?}");
        if output.status.code().is_some_and(|code| code == 255) {
            output.expect_last_line(&["ulimit -v"]);
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_user_without_processes_left_is_told_so() {
    let sshd = Sshd::start(&[]);
    let home = Home::knowing(&sshd);
    // Another user than root, for whom there is no limit.
    let program = sshd.program();
    let user = ["--reuid=64124", "--regid=64124", "--clear-groups", "bash", "-c"];
    let script = "ulimit -u 1; exec \"$0\" \"$@\"";
    let known = arg(&home.path(".ssh/known_hosts")).to_owned();
    let open: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    for place in ["", ".ssh", ".ssh/known_hosts"] {
        fs::set_permissions(home.path(place), open.clone()).unwrap();
    }
    let options = [format!("UserKnownHostsFile={known}"), sshd.port().to_string()];
    let login = ["-o", "BatchMode=yes", "-o", &options[0], "-p", &options[1], "someone@127.0.0.1"];
    let words = [&user[..], &[script, arg(&program)], &login, &["true"]].concat();
    let output = home.run(std::path::Path::new("/usr/bin/setpriv"), &words).output();
    // The key exchange comes first, which needs no thread; the login may need none either.
    let line = output.expect_failure(&[]);
    assert!(line.contains("no more threads") || line.contains("denied"), "{line}");
}
