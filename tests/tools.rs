//! Programs that call ssh, with tessh in its place and nothing else changed: files arrive
//! whole, and exit codes and errors are those of the other end.
//!
//! Where a tool needs more than a test machine has (a Docker engine, an editor), the test gives
//! the command line that the tool is known to use.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lab::{Bed, Home, Output, PASSWORD, Pty, Run, Sshd, TESSH, USER, arg, noise, tool};

/// Interpreters and package tools start slowly on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// Larger than every window and buffer on the way.
const LARGE: usize = 5_000_000;

/// A server, and a home whose ssh configuration leads to it as `there`.
struct Tools {
    bed: Bed,
}

impl Tools {
    fn new() -> Tools {
        Tools::with(&["Subsystem sftp /usr/lib/openssh/sftp-server", "AcceptEnv GIT_PROTOCOL"])
    }

    fn with(lines: &[&str]) -> Tools {
        let tools = Tools { bed: Bed::new(lines) };
        // Where a URL leads past the configuration, the key is found at its usual place.
        fs::copy(&tools.bed.key, tools.bed.home.path(".ssh/id_ed25519")).unwrap();
        tools.configure("there", "");
        // The name ssh, as a person would give it: a link in a directory on the PATH.
        fs::create_dir(tools.bed.home.path("bin")).unwrap();
        symlink(TESSH, tools.bed.home.path("bin/ssh")).unwrap();
        tools
    }

    /// Adds hosts of these names to the configuration.
    fn configure(&self, names: &str, more: &str) {
        let before = fs::read_to_string(self.bed.home.path(".ssh/config")).unwrap_or_default();
        let text = format!("{before}{}{more}", self.bed.host_block(names, &[]));
        self.bed.home.write(".ssh/config", &text);
    }

    /// A tool in the home, with tessh on its PATH as `ssh`.
    fn run(&self, program: &str, arguments: &[&str]) -> Run {
        let path = format!("{}:/usr/bin:/bin:/usr/sbin:/sbin", arg(&self.bed.home.path("bin")));
        self.bed
            .home
            .run(Path::new(program), arguments)
            .env("PATH", path)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C.UTF-8")
            .deadline(PATIENCE)
    }

    /// A directory on the server that the user owns.
    fn there(&self, name: &str) -> PathBuf {
        let path = self.bed.sshd.path("home").join(name);
        fs::create_dir(&path).unwrap();
        self.give(&path);
        path
    }

    /// A file of the user's on the server.
    fn there_file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.bed.sshd.path("home").join(name);
        fs::write(&path, content).unwrap();
        self.give(&path);
        path
    }

    fn give(&self, path: &Path) {
        use std::os::unix::fs::MetadataExt;
        let home = fs::metadata(self.bed.sshd.path("home")).unwrap();
        chown(path, Some(home.uid()), Some(home.gid())).unwrap();
    }
}

/// What passes through the tools.
fn large() -> Vec<u8> {
    noise(LARGE)
}

#[track_caller]
fn same(one: &Path, other: &Path) {
    let (one, other) = (fs::read(one).unwrap(), fs::read(other).unwrap());
    assert!(one == other, "{} bytes against {}", one.len(), other.len());
}

#[track_caller]
fn expect_success(output: Output) -> Output {
    output.expect_code(0);
    output
}

/// tests/run installs it; a test with peers that finds none has failed.
fn installed(program: &str) -> &str {
    assert!(Path::new(program).exists(), "{program} is missing: tests/run installs it");
    program
}

// ---- ssh-copy-id ------------------------------------------------------------------------

/// A key that the server does not know exists, the normal case: ssh-copy-id's probes with it ask
/// nothing, and its last connection asks for the password once the key was refused.
#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_copy_id_asks_for_the_password_once_the_key_is_refused() {
    let program = installed("/usr/bin/ssh-copy-id");
    let own_file = "AuthorizedKeysFile .ssh/authorized_keys";
    let sshd = Sshd::start(&["UsePAM yes", "KbdInteractiveAuthentication no", own_file]);
    let home = Home::knowing(&sshd);
    home.key(".ssh/id_ed25519", &["ed25519"], "");
    fs::create_dir(home.path("bin")).unwrap();
    symlink(TESSH, home.path("bin/ssh")).unwrap();
    let path = format!("{}:/usr/bin:/bin", arg(&home.path("bin")));
    let (port, there) = (sshd.port().to_string(), format!("{USER}@127.0.0.1"));
    let pty = Pty::spawn(|| {
        let command = pty_process::blocking::Command::new(program);
        let command = command.args(["-p", &port, &there]).env_clear();
        command.env("PATH", &path).env("HOME", home.path("")).env("TERM", "xterm")
    });
    pty.wait_until("the question", |_| pty.unbroken().contains("127.0.0.1's password:"));
    let shown = pty.unbroken();
    assert!(shown.contains("publickey was refused; the server accepts password."), "{shown}");
    assert_eq!(shown.matches("password:").count(), 1, "{shown}");
    pty.send(&format!("{PASSWORD}<enter>"));
    assert_eq!(pty.exit_code(), 0, "{}", pty.screen());
    assert!(pty.written().contains("Number of key(s) added: 1"), "{}", pty.written());
    assert!(!pty.written().contains(PASSWORD));
    let login = home.connect(&sshd, &[], &["echo in"]).env("TESSH_AS_SSH", "1").output();
    assert_eq!(login.expect_quiet_success().text(), "in\n");
}

// ---- git --------------------------------------------------------------------------------

/// Clones, commits, pushes and fetches; each repository then has the other's commits.
fn git_round(tools: &Tools, url: &str, environment: &[(&str, &str)], config: &[&str]) {
    let git = |words: &[&str]| {
        let identity = ["-c", "user.name=T", "-c", "user.email=t@example.org"];
        let words = [&identity[..], config, words].concat();
        let mut run = tools.run(installed("/usr/bin/git"), &words);
        for (name, value) in environment {
            run = run.env(name, value);
        }
        run.output()
    };
    let bare = tools.bed.sshd.path("home").join("project.git");
    let work = tools.bed.home.path("work");
    expect_success(git(&["clone", "-q", url, arg(&work)]));
    fs::write(work.join("file"), large()).unwrap();
    let at = ["-C", arg(&work)];
    expect_success(git(&[&at[..], &["add", "file"]].concat()));
    expect_success(git(&[&at[..], &["commit", "-q", "-m", "one"]].concat()));
    expect_success(git(&[&at[..], &["push", "-q", "origin", "HEAD:refs/heads/main"]].concat()));
    let head = |repository: &Path, name: &str| {
        let safe = ["-c", "safe.directory=*", "-C", arg(repository), "rev-parse", name];
        expect_success(git(&safe)).text()
    };
    assert_eq!(head(&bare, "refs/heads/main"), head(&work, "HEAD"));

    let other = tools.bed.home.path("other");
    expect_success(git(&["clone", "-q", "--branch", "main", url, arg(&other)]));
    same(&work.join("file"), &other.join("file"));
    expect_success(git(&["-C", arg(&other), "commit", "-q", "--allow-empty", "-m", "two"]));
    expect_success(git(&["-C", arg(&other), "push", "-q"]));
    expect_success(git(&[&at[..], &["fetch", "-q", "origin"]].concat()));
    assert_eq!(head(&work, "refs/remotes/origin/main"), head(&other, "HEAD"));
    assert!(git(&["ls-remote", &format!("{url}-not-there")]).status.code() == Some(128));
}

fn repository() -> (Tools, PathBuf) {
    let tools = Tools::new();
    let bare = tools.there("project.git");
    tool("/usr/bin/git", &["init", "-q", "--bare", "-b", "main", arg(&bare)]);
    for entry in walk(&bare) {
        tools.give(&entry);
    }
    (tools, bare)
}

fn walk(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        }
        found.push(path);
    }
    found
}

#[test]
#[ignore = "needs peers: tests/run"]
fn git_clones_and_pushes_with_git_ssh_command() {
    let (tools, bare) = repository();
    let url = format!("there:{}", arg(&bare));
    git_round(&tools, &url, &[("GIT_SSH_COMMAND", TESSH)], &[]);
    // git asks for its protocol 2 in the environment, and the server's git was told.
    let run = tools.run("/usr/bin/git", &["ls-remote", &url]);
    let run = run.env("GIT_SSH_COMMAND", TESSH).env("GIT_TRACE_PACKET", "1");
    let traced = expect_success(run.output());
    assert!(traced.stderr.contains("< version 2"), "{traced:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn git_with_core_ssh_command_and_a_url_with_a_port() {
    let (tools, bare) = repository();
    let url = format!("ssh://{USER}@127.0.0.1:{}{}", tools.bed.sshd.port(), arg(&bare));
    let command = format!("core.sshCommand={TESSH} -o BatchMode=yes");
    git_round(&tools, &url, &[], &["-c", &command]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn git_with_tessh_on_the_path_as_ssh() {
    let (tools, bare) = repository();
    git_round(&tools, &format!("there:{}", arg(&bare)), &[], &[]);
}

// ---- copying ----------------------------------------------------------------------------

#[test]
#[ignore = "needs peers: tests/run"]
fn rsync_copies_both_ways() {
    let tools = Tools::new();
    let rsync = |words: &[&str]| {
        let shell = ["-a", "-z", "--checksum", "-e", TESSH];
        tools.run(installed("/usr/bin/rsync"), &[&shell[..], words].concat()).output()
    };
    let from = tools.bed.home.path("from");
    fs::create_dir_all(from.join("in ner")).unwrap();
    fs::write(from.join("large"), large()).unwrap();
    fs::write(from.join("in ner/ü'$ x"), "small").unwrap();
    let there = tools.there("copy");
    let remote = format!("there:{}/", arg(&there));
    expect_success(rsync(&[&format!("{}/", arg(&from)), &remote]));
    same(&from.join("large"), &there.join("large"));
    same(&from.join("in ner/ü'$ x"), &there.join("in ner/ü'$ x"));

    let back = tools.bed.home.path("back");
    expect_success(rsync(&[&remote, arg(&back)]));
    same(&from.join("large"), &back.join("large"));
    // Nothing is left to be done, which rsync finds by checksums of both sides.
    let again = expect_success(rsync(&["--itemize-changes", "--dry-run", &remote, arg(&back)]));
    assert_eq!(again.text(), "");
    rsync(&["there:/nothing/here", arg(&back)]).expect_code(23);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn scp_both_ways_in_both_protocols() {
    let tools = Tools::new();
    let here = tools.bed.home.path("here");
    fs::write(&here, large()).unwrap();
    for mode in [&[][..], &["-O"][..]] {
        let scp = |from: &str, to: &str| {
            let words = [&["-q", "-p", "-S", TESSH][..], mode, &[from, to]].concat();
            tools.run(installed("/usr/bin/scp"), &words).output()
        };
        let there = tools.there(&format!("d{}", mode.len()));
        scp(arg(&here), &format!("there:{}/file", arg(&there))).expect_quiet_success();
        same(&here, &there.join("file"));
        let back = tools.bed.home.path(&format!("back{}", mode.len()));
        scp(&format!("there:{}/file", arg(&there)), arg(&back)).expect_quiet_success();
        same(&here, &back);
        let output = scp("there:/nothing/here", arg(&back));
        output.expect_code(1);
        assert!(output.stderr.contains("No such file or directory"), "{output:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn sftp_both_ways_with_a_batch() {
    let tools = Tools::new();
    let here = tools.bed.home.path("here");
    fs::write(&here, large()).unwrap();
    let there = tools.there("sftp");
    let batch = format!(
        "cd {}\nput here file\nmkdir inner\nrename file inner/moved\nget inner/moved back\n",
        arg(&there)
    );
    let batch = tools.bed.home.write("batch", &batch);
    let sftp = |words: &[&str]| {
        let words = [&["-S", TESSH, "-b", arg(&batch)][..], words, &["there"]].concat();
        tools.run(installed("/usr/bin/sftp"), &words).output()
    };
    expect_success(sftp(&[]));
    same(&here, &there.join("inner/moved"));
    same(&here, &tools.bed.home.path("back"));
    // The directory exists now: the batch ends there, with sftp's own status.
    sftp(&["-q"]).expect_code(1);
}

// ---- ansible ----------------------------------------------------------------------------

const PLAYBOOK: &str = "- hosts: all
  gather_facts: false
  tasks:
    - copy:
        src: here
        dest: \"{{ where }}/{{ inventory_hostname }}\"
    - shell: \"wc -c < '{{ where }}/{{ inventory_hostname }}'\"
      register: size
    - assert:
        that: size.stdout | int == 5000000
";

#[test]
#[ignore = "needs peers: tests/run"]
fn ansible_pings_copies_and_plays() {
    let tools = Tools::new();
    let python = lab::python();
    let ansible = |program: &str, words: &[&str]| {
        let program = python.with_file_name(program);
        let words = [&["-i", "inventory"][..], words].concat();
        tools.run(installed(arg(&program)), &words).env("ANSIBLE_NOCOLOR", "1").output()
    };
    tools.configure("one two three four five", "");
    let (there, here) = (tools.there("ansible"), tools.bed.home.path("here"));
    fs::write(&here, large()).unwrap();
    let inventory = format!(
        "one\ntwo\nthree\nfour\nfive\n[all:vars]\nansible_ssh_executable={TESSH}\n\
         ansible_python_interpreter=/usr/bin/python3\nwhere={}\n",
        arg(&there)
    );
    tools.bed.home.write("inventory", &inventory);
    let ping = expect_success(ansible("ansible", &["all", "-m", "ping"]));
    assert_eq!(ping.text().matches("\"ping\": \"pong\"").count(), 5, "{ping:?}");

    let single = format!("src={} dest={}/single", arg(&here), arg(&there));
    expect_success(ansible("ansible", &["one", "-m", "copy", "-a", &single]));
    same(&here, &there.join("single"));

    let playbook = tools.bed.home.write("play.yml", PLAYBOOK);
    let played = expect_success(ansible("ansible-playbook", &[arg(&playbook)]));
    for name in ["one", "two", "three", "four", "five"] {
        same(&here, &there.join(name));
    }
    assert_eq!(played.text().matches("unreachable=0    failed=0").count(), 5, "{played:?}");

    let failed = ansible("ansible", &["one", "-m", "shell", "-a", "exit 9"]);
    failed.expect_code(2);
    assert!(failed.text().contains("rc=9"), "{failed:?}");
    let logins = tools.bed.sshd.log().matches("Accepted publickey").count();
    assert_eq!(logins, 5, "each name has one connection for all steps (ControlPersist)");

    fs::write(tools.bed.sshd.path("authorized_keys"), "").unwrap();
    // Without this the connection that is still there would do.
    let alone = "ansible_ssh_args='-o ControlPath=none'";
    let refused = ansible("ansible", &["one", "-m", "ping", "-e", alone]);
    refused.expect_code(4);
    assert!(refused.text().contains("UNREACHABLE!"), "{refused:?}");
}

// ---- mosh -------------------------------------------------------------------------------

#[test]
#[ignore = "needs peers: tests/run"]
fn mosh_starts_its_server() {
    installed("/usr/bin/mosh-server");
    let tools = Tools::new();
    // What stands for mosh-client writes down what it was given: the address and port that
    // came out of the proxy command and the session, and in its environment the key.
    let client = tools.bed.home.path("client");
    fs::write(
        &client,
        "#!/bin/sh\n[ \"$1\" = -c ] && { echo 8; exit; }\necho \"given: $* $MOSH_KEY\"\n",
    )
    .unwrap();
    fs::set_permissions(&client, Permissions::from_mode(0o755)).unwrap();
    let ssh = format!("--ssh={TESSH} -F {}", arg(&tools.bed.home.path(".ssh/config")));
    let output = tools
        .run(
            installed("/usr/bin/mosh"),
            &[
                &ssh,
                &format!("--client={}", arg(&client)),
                "--server=LC_ALL=C.UTF-8 mosh-server",
                "--bind-server=127.0.0.1",
                "there",
                "--",
                "true",
            ],
        )
        .output();
    let output = expect_success(output);
    let said = output.text();
    let given = said.lines().find_map(|line| line.strip_prefix("given: ")).expect(&said);
    let words: Vec<&str> = given.split_whitespace().collect();
    let key = words.last().unwrap();
    assert!(words.contains(&"127.0.0.1") && key.len() == 22, "{said}");
}

// ---- file systems and backups -----------------------------------------------------------

#[test]
#[ignore = "needs peers: tests/run"]
fn sshfs_mounts_or_its_command_line_reaches_sftp() {
    let tools = Tools::new();
    let there = tools.there_file("file", &large());
    let mount = tools.bed.home.path("mount");
    fs::create_dir(&mount).unwrap();
    let remote = format!("{USER}@there:{}", arg(there.parent().unwrap()));
    let command = format!("ssh_command={TESSH}");
    let mounted = tools
        .run(
            installed("/usr/bin/sshfs"),
            &["-o", &command, "-o", "idmap=user", &remote, arg(&mount)],
        )
        .output();
    if mounted.status.success() {
        let read = fs::read(mount.join("file"));
        let written = fs::write(mount.join("new"), "through the mount");
        expect_success(tools.run("/usr/bin/fusermount3", &["-u", arg(&mount)]).output());
        assert!(read.unwrap() == large());
        written.unwrap();
        assert_eq!(fs::read(there.with_file_name("new")).unwrap(), b"through the mount");
        return;
    }
    // Without FUSE on the machine it ends before ssh; nothing else is a reason.
    assert!(mounted.stderr.contains("fuse"), "{mounted:?}");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_command_line_of_sshfs_reaches_sftp() {
    let tools = Tools::new();
    let port = format!("-oPort={}", tools.bed.sshd.port());
    let words = ["-x", "-a", "-oClearAllForwardings=yes", &port, "-oCompression=yes", "-2", "-s"];
    let host = format!("{USER}@there");
    let words = [&words[..], &["--", &host, "sftp"]].concat();
    sftp_greets(&tools, &words);
}

/// SSH_FXP_INIT and its answer, SSH_FXP_VERSION 3.
#[track_caller]
fn sftp_greets(tools: &Tools, words: &[&str]) {
    let mut child = tools.run(TESSH, words).spawn();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&[0, 0, 0, 5, 1, 0, 0, 0, 3]).unwrap();
    let mut greeting = [0; 9];
    let read = child.stdout.take().unwrap().read_exact(&mut greeting);
    // The server leaves when nothing more can come.
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && read.is_ok(), "{output:?}");
    assert_eq!(greeting[4..], [2, 0, 0, 0, 3]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn restic_keeps_a_backup_by_sftp() {
    let tools = Tools::new();
    let there = tools.there("restic");
    let from = tools.bed.home.path("from");
    fs::create_dir(&from).unwrap();
    fs::write(from.join("file"), large()).unwrap();
    let repository = format!("sftp:{USER}@there:{}/repository", arg(&there));
    let restic = |words: &[&str]| {
        let words = [&["-q", "--no-cache", "-r", &repository][..], words].concat();
        // It calls `ssh`, found on the PATH.
        let run = tools.run(installed("/usr/bin/restic"), &words);
        run.env("RESTIC_PASSWORD", "of the backup").output()
    };
    expect_success(restic(&["init"]));
    expect_success(restic(&["backup", arg(&from)]));
    expect_success(restic(&["check", "--read-data"]));
    let back = tools.bed.home.path("back");
    expect_success(restic(&["restore", "latest", "--target", arg(&back)]));
    same(&from.join("file"), &back.join(arg(&from).trim_start_matches('/')).join("file"));
    let port = tools.bed.sshd.port().to_string();
    sftp_greets(&tools, &["there", "-p", &port, "-l", USER, "-s", "sftp"]);
}

// ---- command lines of what is not here --------------------------------------------------

#[test]
#[ignore = "needs peers: tests/run"]
fn the_command_lines_of_docker_and_libvirt() {
    let tools = Tools::new();
    // What stands for docker on the server gives back what it is sent, as dial-stdio does.
    let docker = tools.there_file("docker", b"#!/bin/sh\necho \"docker $*\"\ncat\nexit 3\n");
    fs::set_permissions(&docker, Permissions::from_mode(0o755)).unwrap();
    let (port, docker) = (tools.bed.sshd.port().to_string(), arg(&docker));
    let at = ["-T", "-l", USER, "-p", &port, "--", "there", docker];
    let host = ["--host", "unix:///run/docker.sock"];
    let dial = ["system", "dial-stdio"];
    for words in [
        // One word with a blank in it, which separates keyword and value.
        [&["-o ConnectTimeout=30"][..], &at, &dial].concat(),
        [&["-o ConnectTimeout=30"][..], &at, &host, &dial].concat(),
        [&at[1..], &dial].concat(),
    ] {
        let output = tools.run(TESSH, &words).stdin(large()).output();
        output.expect_code(3);
        let line = output.stdout.iter().position(|&byte| byte == b'\n').unwrap();
        let said = String::from_utf8_lossy(&output.stdout[..line]);
        assert!(said.ends_with("system dial-stdio"), "{said}");
        assert!(output.stdout[line + 1..] == large(), "{}", output.stdout.len());
        assert_eq!(output.stderr, "");
    }
    let libvirt = ["-o", "StrictHostKeyChecking=no", "-T", "-e", "none", "--", "there"];
    let words = [&["-p", &port, "-l", USER], &libvirt[..], &["sh -c 'cat; exit 4'"]].concat();
    let output = tools.run(TESSH, &words).stdin("~.\nnot an escape").output();
    output.expect_code(4);
    assert_eq!(output.text(), "~.\nnot an escape");
}

#[test]
#[ignore = "needs peers: tests/run"]
fn the_command_lines_of_an_editor_without_its_tunnel() {
    let tools = Tools::new();
    let version = tools.run(TESSH, &["-V"]).output();
    version.expect_code(0);
    assert!(!version.stderr.is_empty() && version.text().is_empty(), "{version:?}");
    let config = tools.bed.home.path(".ssh/config");
    let script = "echo \"ready: $(uname)\"\nexit 5\n";
    let words = ["-T", "-o", "ClearAllForwardings=true", "-F", arg(&config)];
    let words = [&words[..], &["-o", "ConnectTimeout=15", "there", "sh"]].concat();
    let output = tools.run(TESSH, &words).stdin(script).output();
    output.expect_code(5);
    assert_eq!(output.text(), "ready: Linux\n");
}

/// The command line of an editor with `-D`, through which the editor speaks to its server.
#[test]
#[ignore = "needs peers: tests/run"]
fn the_command_lines_of_an_editor_with_its_tunnel() {
    let tools = Tools::new();
    for words in [&["-T", "-o", "ConnectTimeout=15", "there", "sh"][..], &["-v", "-T", "there"]] {
        let port = lab::free_port();
        let tunnel = ["-D", &port.to_string()].map(str::to_owned);
        let words: Vec<&str> =
            tunnel.iter().map(String::as_str).chain(words.iter().copied()).collect();
        let mut child = tools.run(TESSH, &words).spawn();
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"echo ready\n").unwrap();
        let mut ready = [0; 6];
        child.stdout.take().unwrap().read_exact(&mut ready).unwrap();
        assert_eq!(&ready, b"ready\n");
        greeting_by_socks(port, tools.bed.sshd.port());
        input.write_all(b"exit 5\n").unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(5), "{output:?}");
    }
}

/// Reads an SSH greeting from a port of the server's machine, by SOCKS5 (RFC 1928).
#[track_caller]
fn greeting_by_socks(proxy: u16, port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", proxy)).unwrap();
    stream.set_read_timeout(Some(lab::DEADLINE)).unwrap();
    stream.write_all(&[5, 1, 0]).unwrap();
    let mut answer = [0; 2];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [5, 0]);
    let [high, low] = port.to_be_bytes();
    stream.write_all(&[5, 1, 0, 1, 127, 0, 0, 1, high, low]).unwrap();
    let mut answer = [0; 10];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer[..2], [5, 0]);
    let mut greeting = [0; 8];
    stream.read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"SSH-2.0-");
}
