//! Saved sessions, as a person and a script use them. The server is the demo server.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use lab::{DEMO_USER, Demo, Home, arg};
use serde_json::Value;

const SESSIONS: &str = ".config/tessh/sessions";

/// Puts a file among the saved sessions.
fn put(home: &Home, file: &str, text: &str) -> PathBuf {
    fs::create_dir_all(home.path(SESSIONS)).unwrap();
    home.write(&format!("{SESSIONS}/{file}"), text)
}

fn file(home: &Home, name: &str) -> String {
    home.read(&format!("{SESSIONS}/{name}"))
}

#[track_caller]
fn json(home: &Home, words: &[&str]) -> Value {
    let output = home.tessh(words).output().expect_quiet_success();
    serde_json::from_str(&output.text()).unwrap()
}

#[test]
fn a_session_is_saved_listed_shown_and_removed() {
    let home = Home::new();
    let words = ["sessions", "save", "prod/web 1", "-p", "2222", "-i", "id", "me@web.example.org"];
    let saved = home.tessh(&words).output();
    saved.expect_code(0);
    assert_eq!(saved.text(), "");
    assert_eq!(saved.stderr.lines().count(), 1, "{}", saved.stderr);
    assert!(saved.stderr.contains("prod%2Fweb%201.toml"), "{}", saved.stderr);
    let identity = home.path("id");
    let wanted = format!(
        "host = \"web.example.org\"\nport = 2222\nuser = \"me\"\nidentity = [\"{}\"]\n",
        arg(&identity)
    );
    assert_eq!(file(&home, "prod%2Fweb%201.toml"), wanted);
    let mode = |path: &str| fs::metadata(home.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&format!("{SESSIONS}/prod%2Fweb%201.toml")), 0o600);
    assert_eq!(mode(SESSIONS), 0o700);

    let words = ["sessions", "save", "db", "--auth", "agent", "db.example.org", "psql", "-l"];
    home.tessh(&words).output().expect_code(0);
    let list = home.tessh(&["sessions", "list"]).output().expect_quiet_success().text();
    assert_eq!(
        list,
        "db          db.example.org           agent\nprod/web 1  me@web.example.org:2222  -\n"
    );
    let show = home.tessh(&["sessions", "show", "db"]).output().expect_quiet_success().text();
    for line in ["host                db.example.org", "command             psql -l"] {
        assert!(show.lines().any(|it| it == line), "{show}");
    }
    let shown = json(&home, &["sessions", "show", "prod/web 1", "--json"]);
    assert_eq!((&shown["host"], &shown["port"]), (&"web.example.org".into(), &2222.into()));
    let listed = json(&home, &["sessions", "list", "--json"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[1], shown);

    let remove = home.tessh(&["sessions", "remove", "db"]).output();
    remove.expect_failure(&["--yes"]);
    let remove = home.tessh(&["sessions", "remove", "db", "--yes"]).output();
    remove.expect_quiet_success();
    let remove = home.tessh(&["sessions", "remove", "db", "--yes"]).output();
    remove.expect_failure(&["no saved session is called 'db'"]);
}

#[test]
fn connecting_by_name_goes_to_the_server_that_was_saved() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let identity = demo.write_identity(&home, None);
    let (port, host) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let save = |name: &str, options: &[&str]| {
        let words = [&["sessions", "save", name, "-p", &port], options, &[host.as_str()]].concat();
        home.tessh(&words).output().expect_code(0);
    };
    save("key", &["--auth", "publickey", "-i", arg(&identity), "-o", "SetEnv=LC_X=from-here"]);
    for words in [
        &["key", "echo $LC_X; cat"][..],
        &["--profile", "key", "echo $LC_X; cat"],
        &["-o", "ConnectTimeout=9", "--profile=key", "--", "echo $LC_X; cat"],
    ] {
        let output = home.tessh(words).stdin("as is").output().expect_quiet_success();
        assert_eq!(output.text(), "from-here\nas is", "{words:?}");
    }
    save("password", &["--auth", "password"]);
    let output = home.tessh(&["--password-fd", "3", "password", "exit 7"]);
    output.password(demo.password()).output().expect_code(7);

    let verbose = home.tessh(&["-v", "key", "true"]).output();
    verbose.expect_code(0);
    assert!(verbose.stderr.contains("Saved session key from"), "{}", verbose.stderr);
    let plain = home.tessh(&["-G", "key"]).output().expect_quiet_success().text();
    assert!(plain.contains(&format!("\nport {port}\n")), "{plain}");
    // A Host line of that name wins, but not over --profile.
    home.write(".ssh/config", "Host ke?\n HostName 127.0.0.1\n Port 1\n");
    home.tessh(&["-o", "BatchMode=yes", "key", "true"]).output().expect_failure(&["port 1"]);
    home.tessh(&["--profile", "key", "true"]).output().expect_quiet_success();
}

#[test]
fn a_session_says_which_terminal_and_modes_the_server_is_told() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let identity = demo.write_identity(&home, None);
    let text = format!(
        "host = '127.0.0.1'\nport = {}\nuser = '{DEMO_USER}'\nmethod = 'publickey'\n\
         identity = ['{}']\npty = 'force'\nterminal_type = 'vt220'\n",
        demo.port(),
        arg(&identity)
    );
    let modes = "terminal_modes = ['ERASE=^H', 'ECHO=no', '-QUIT']\n";
    put(&home, "term.toml", &format!("{text}{modes}"));
    let output = home.tessh(&["term", "echo $TERM; stty -a"]).output();
    output.expect_code(0);
    let shown = output.text();
    assert!(shown.starts_with("vt220"), "{shown}");
    assert!(shown.contains("erase = ^H") && shown.contains("-echo "), "{shown}");
    let shown = json(&home, &["sessions", "show", "--json", "term"]);
    assert_eq!(shown["terminal_modes"][2], "-QUIT");
    // Saving it again keeps what cannot be typed.
    let words = ["sessions", "save", "--force", "term", "other.example.org"];
    home.tessh(&words).output().expect_code(0);
    assert!(file(&home, "term.toml").contains("-QUIT"));
    put(&home, "term.toml", &format!("{text}terminal_modes = ['ERASED=8']\n"));
    home.tessh(&["term", "true"]).output().expect_failure(&["term", "ERASED=8", "RFC 4254"]);
}

#[test]
fn pinned_fingerprints_are_shown_count_and_are_kept() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let text = format!(
        "host = '127.0.0.1'\nport = {}\nfingerprints = ['{}']\n",
        demo.port(),
        demo.fingerprint()
    );
    put(&home, "pinned.toml", &text);
    let shown = json(&home, &["sessions", "show", "--json", "pinned"]);
    assert_eq!(shown["fingerprints"][0], demo.fingerprint());
    let connect = || home.tessh(&["--profile", "pinned", "--auth", "none", "true"]).output();
    connect().expect_failure(&["permission denied"]);
    put(&home, "pinned.toml", &text.replace(&demo.fingerprint(), &other_fingerprint()));
    connect().expect_failure(&["host key verification failed", &demo.fingerprint()]);
    put(&home, "pinned.toml", &text);
    let again = ["sessions", "save", "--force", "pinned", "other.example.org"];
    home.tessh(&again).output().expect_code(0);
    let kept = file(&home, "pinned.toml");
    assert!(kept.contains(&demo.fingerprint()), "what cannot be typed stays: {kept}");
}

#[test]
fn saving_again_asks_and_keeps_comments_and_unknown_keys() {
    let home = Home::new();
    let before = "# mine\nhost = 'old'  # where\nport = 1\ncolour = 'red' # not known\nnote = 'n'\n\n[later]\na = 1\n";
    put(&home, "web.toml", before);
    let words = ["sessions", "save", "web", "-l", "me", "new"];
    let refused = home.tessh(&words).output();
    refused.expect_failure(&["already", "--force"]);
    assert_eq!(file(&home, "web.toml"), before);

    let no = home.on_pty(&words);
    no.wait_for("Replace the saved session 'web' (old:1)? [y/N]");
    no.send("<enter>");
    assert_eq!(no.exit_code(), 255);
    no.expect_restored();
    assert_eq!(file(&home, "web.toml"), before);
    let yes = home.on_pty(&words);
    yes.wait_for("[y/N]");
    yes.send("y<enter>");
    assert_eq!(yes.exit_code(), 0);
    let after = "# mine\nhost = \"new\"  # where\ncolour = 'red' # not known\nnote = 'n'\nuser = \"me\"\n\n[later]\na = 1\n";
    assert_eq!(file(&home, "web.toml"), after);

    let words = ["sessions", "save", "web", "--force", "-l", "me", "again"];
    home.tessh(&words).output().expect_code(0);
    assert_eq!(file(&home, "web.toml"), after.replace("\"new\"", "\"again\""));
    let remove = home.on_pty(&["sessions", "remove", "web"]);
    remove.wait_for("Remove the saved session 'web'? [y/N]");
    remove.send("yes<enter>");
    assert_eq!(remove.exit_code(), 0);
    assert!(!home.path(SESSIONS).join("web.toml").exists());
}

#[test]
fn a_broken_file_is_named_with_its_line_and_the_others_are_listed() {
    let home = Home::new();
    put(&home, "good.toml", "host = 'h'\n");
    put(&home, "secret.toml", "host = 'h'\n\npassword = 'x'\n");
    put(&home, "broken.toml", "host = 'h'\nport = \n");
    put(&home, "my web.toml", "host = 'h'\n");
    put(&home, "shouting.toml", "host = 'h'\n\"\\u001b[31m\" = \"\\u001b[31m\"\n");
    let list = home.tessh(&["sessions", "list"]).output();
    list.expect_code(0);
    assert_eq!(list.text(), "good      h  -\nshouting  h  -\n");
    for words in
        ["secret.toml line 3: password", "broken.toml line 2: ", "my web.toml: this file name"]
    {
        assert!(list.stderr.contains(words), "{words}: {}", list.stderr);
    }
    assert_eq!(list.stderr.lines().count(), 3, "{}", list.stderr);
    assert!(list.stderr.lines().all(|line| line.starts_with("tessh: ")), "{}", list.stderr);
    let listed = json(&home, &["sessions", "list", "--json"]);
    let errors = |it: &&Value| it.get("error").is_some_and(|error| error == "config");
    assert_eq!(listed.as_array().unwrap().iter().filter(errors).count(), 3, "{listed}");
    assert_eq!(listed.as_array().unwrap().len(), 5);

    for words in
        [&["secret", "true"][..], &["--profile", "secret"], &["sessions", "show", "secret"]]
    {
        home.tessh(words).output().expect_failure(&["secret.toml line 3: password"]);
    }
    let show = home.tessh(&["sessions", "show", "shouting"]).output();
    assert!(
        !show.stderr.contains('\x1b') && show.stderr.contains("shouting.toml line 2"),
        "{}",
        show.stderr
    );
    home.tessh(&["sessions", "save", "secret", "--force", "h"])
        .output()
        .expect_failure(&["line 3"]);
    home.tessh(&["sessions", "remove", "secret", "--yes"]).output().expect_quiet_success();
    let error = home.tessh(&["sessions", "show", "gone", "--json"]).output();
    error.expect_code(255);
    let error: Value = serde_json::from_str(&error.stderr).unwrap();
    assert_eq!(error["error"], "config");
}

#[test]
fn a_directory_that_cannot_be_written_leaves_everything_as_it_was() {
    let home = Home::new();
    put(&home, "web.toml", "host = 'h'\n");
    let lock =
        |mode| fs::set_permissions(home.path(SESSIONS), Permissions::from_mode(mode)).unwrap();
    lock(0o500);
    for words in [
        &["sessions", "save", "new", "h"][..],
        &["sessions", "save", "web", "--force", "other"],
        &["sessions", "remove", "web", "--yes"],
    ] {
        home.unprivileged(words).output().expect_failure(&["Permission denied"]);
    }
    let list = home.unprivileged(&["sessions", "list"]).output().expect_quiet_success();
    assert_eq!(list.text(), "web  h  -\n");
    lock(0o700);
    assert_eq!(file(&home, "web.toml"), "host = 'h'\n");
    assert_eq!(fs::read_dir(home.path(SESSIONS)).unwrap().count(), 1);

    let occupied = home.write("occupied", "");
    let elsewhere = home.tessh(&["sessions", "save", "new", "h"]);
    elsewhere.env("XDG_CONFIG_HOME", &occupied).output().expect_failure(&["cannot be created"]);
    let empty = home.tessh(&["sessions", "list", "--json"]).env("XDG_CONFIG_HOME", &occupied);
    assert_eq!(empty.output().expect_quiet_success().text(), "[]\n");
}

/// For root, permissions hold only without its capabilities.
/// A session may be called anything; what it is called is no part of a shell's command line.
#[test]
fn a_sessions_name_does_not_reach_the_shell_of_match_exec() {
    let home = Home::new();
    let mark = home.path("mark");
    let name = format!("web;touch {}", mark.display());
    home.tessh(&["sessions", "save", &name, "web.example.org"]).output().expect_code(0);
    home.write(".ssh/config", "Match exec \"test %n = x\"\nUser exec\n");
    let config = home.tessh(&["-G", &name]).output().expect_quiet_success().text();
    assert!(config.contains("hostname web.example.org\n"), "{config}");
    assert!(!mark.exists(), "a command in the name was run");

    // What else can be put into the line is refused where a shell would act on it. -G prints a
    // LocalCommand as it is written.
    for (verb, line) in [
        ("-G", "HostKeyAlias \"x;touch @\"\nMatch exec \"test %k = x\""),
        ("connect", "HostKeyAlias \"x;touch @\"\nPermitLocalCommand yes\nLocalCommand echo %k"),
        ("-G", "HostName \"x;touch @\"\nMatch exec \"test %h = x\""),
    ] {
        home.write(".ssh/config", &line.replace('@', arg(&mark)));
        let refused = home.tessh(&[verb, "host"]).output();
        refused.expect_failure(&["config line "]);
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
        assert!(!mark.exists(), "{line}");
    }
}

#[test]
fn what_has_no_place_in_a_saved_session_is_refused() {
    let home = Home::new();
    for (words, said) in [
        (&["save"][..], "takes a name and a host"),
        (&["save", "web"], "tessh sessions save NAME"),
        (&["save", "-p", "22", "web", "h"], "the name comes first"),
        (&["save", "web", "--password-fd", "3", "h"], "--password-fd has no place"),
        (&["save", "web", "-F", "none", "h"], "-F has no place"),
        (&["save", "web", "-W", "far:22", "h"], "-W has no place"),
        // What connecting refuses, in the same words.
        (&["save", "web", "-o", "Tunnel=yes", "h"], "session web: Tunnel yes: tunnel devices"),
        (&["save", "web", "-K", "h"], "-K: GSSAPI is not supported"),
        (&["save", "web", "-c", "rot13", "h"], "Bad SSH2 cipher spec 'rot13'"),
        (&["save", "web", "-J", "h", "h"], "jumphost loop via h"),
        (&["save", "web", "-s", "h"], "You must specify a subsystem"),
        (
            &["save", "web", "--auth", "password", "-o", "PasswordAuthentication=no", "h"],
            "password is switched off",
        ),
        (&["save", "web", "ssh://me:word@h"], "is a password, which is not saved"),
        (&["save", "web", "-o", "SetEnv=DB_PASSWORD=x", "h"], "no secret is kept"),
        (&["save", "web", "-o", "Nonsense=1", "h"], "Bad configuration option: nonsense"),
        (&["save", "a\u{1b}b", "h"], "control characters"),
        (&["show"], "takes one name"),
        (&["show", "a", "b"], "takes one name"),
        (&["show", "web"], "no saved session is called 'web'"),
        (&["remove", "--nope", "web"], "unknown option --nope"),
        (&["import", "putty"], "putty has no sessions here"),
        (&["import", "own"], "putty, winscp or openssh"),
        (&["import", "teleport"], "tessh teleport save"),
        (&["import", "putty", "absent.reg"], "absent.reg was not read"),
        (&["export", "putty"], "there is no session to export"),
        (&["export", "winscp"], "for putty alone"),
        (&["rename"], "unknown command: sessions rename"),
    ] {
        let words = [&["sessions"], words].concat();
        home.tessh(&words).output().expect_failure(&[said]);
    }
    assert!(!home.path(SESSIONS).exists(), "nothing was written");
    let empty = home.tessh(&["sessions"]).output();
    empty.expect_code(0);
    assert!(empty.stderr.contains("there are no saved sessions"), "{}", empty.stderr);
}

#[test]
fn a_host_called_like_a_verb_can_be_saved() {
    let home = Home::new();
    home.tessh(&["sessions", "save", "keygen", "keygen", "demo"]).output().expect_code(0);
    assert_eq!(file(&home, "keygen.toml"), "host = \"keygen\"\ncommand = \"demo\"\n");
    home.tessh(&["sessions", "save", "--", "-x", "h"]).output().expect_code(0);
    assert_eq!(file(&home, "%2Dx.toml"), "host = \"h\"\n");
    let show = json(&home, &["sessions", "show", "--json", "--", "-x"]);
    assert_eq!(show["name"], "-x");
}

/// A fingerprint that no key here has.
fn other_fingerprint() -> String {
    format!("SHA256:{}", "A".repeat(43))
}

const HOST_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrbJDvYsSp27u0IPPfNeSAn5Wq7g9b1sbowGTRvQQl6";

#[test]
fn a_misspelt_verb_or_name_is_told_before_a_host_is_looked_up() {
    let home = Home::new();
    put(&home, "labor.toml", "host = '127.0.0.1'\nport = 1\n");
    for (words, says) in [
        (&["session", "list"][..], "did you mean `tessh sessions`?"),
        (&["trsut"], "did you mean `tessh trust`?"),
        (&["labro"], "did you mean `tessh labor`?"),
    ] {
        let output = home.tessh(words).output();
        let line = output.expect_failure(&[says]);
        assert!(line.contains(&format!("`tessh -- {}`", words[0])), "{line}");
    }
    // A name with a blank is named as a shell takes it.
    put(&home, "lab%20one.toml", "host = '127.0.0.1'\nport = 1\n");
    let output = home.tessh(&["lab on"]).output();
    let line = output.expect_failure(&["`tessh 'lab one'`"]);
    assert!(line.contains("`tessh -- 'lab on'`"), "{line}");
    // What is typed as a host, or known as one, is a host.
    let batch = ["-o", "BatchMode=yes", "-o", "ProxyCommand=false"];
    let reaches = |words: &[&str]| {
        let output = home.tessh(&[&batch, words].concat()).output();
        output.expect_code(255);
        assert!(!output.stderr.contains("did you mean"), "{output:?}");
    };
    reaches(&["session"]);
    for words in
        [&["--", "session.invalid"][..], &["me@session.invalid"], &["connect", "session.invalid"]]
    {
        let output = home.tessh(words).output();
        assert!(output.stderr.contains("session.invalid"), "{output:?}");
        assert!(!output.stderr.contains("did you mean"), "{output:?}");
    }
    let known = |home: &Home| {
        let output = home.tessh(&["session"]).output();
        output.expect_code(255);
        !output.stderr.contains("did you mean")
    };
    home.write(".ssh/config", "Host *\n ProxyCommand false\n");
    assert!(!known(&home), "a lone * means nothing");
    home.write(".ssh/config", "Host sess*\n ProxyCommand false\n");
    assert!(known(&home));
    home.write(".ssh/config", "Host *\n ProxyCommand false\n");
    home.write(".ssh/known_hosts", &format!("[session]:2222 {HOST_KEY}\n"));
    assert!(known(&home));
    // Under the name ssh there are no verbs.
    fs::remove_file(home.path(".ssh/known_hosts")).unwrap();
    let output = home.tessh(&["session"]).env("TESSH_AS_SSH", "1").output();
    output.expect_code(255);
    assert!(!output.stderr.contains("did you mean"), "{output:?}");
}

#[test]
fn a_file_of_sessions_that_cannot_be_read_is_named_where_a_name_is_not_found() {
    let home = Home::new();
    fs::create_dir_all(home.path(".config/tessh")).unwrap();
    home.write(".config/tessh/config.toml", "[putty]\nfiles = [\"~/putty.reg\"]\n");
    home.write("putty.reg", "no export");
    for words in [&["no-such.invalid", "true"][..], &["--profile", "no-such"]] {
        let output = home.tessh(words).output();
        output.expect_code(255);
        let told = &output.stderr;
        assert!(
            told.contains(
                "putty.reg line 1: neither a file that regedit has written nor WinSCP.ini"
            ),
            "{told}"
        );
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn a_person_chooses_among_several_sessions_of_one_name() {
    let home = Home::new();
    put(&home, "lab.toml", "host = '127.0.0.1'\nport = 1\n");
    fs::create_dir_all(home.path(".putty/sessions")).unwrap();
    home.write(".putty/sessions/lab", "Protocol=ssh\nHostName=127.0.0.1\nPortNumber=2\n");
    home.write(".ssh/config", "Host lab\n HostName 127.0.0.1\n Port 3\n");
    let answers =
        [("1", "port 1"), ("2", "port 2"), ("3", "port 3"), ("", "no session was chosen")];
    for (answer, words) in answers {
        let pty = home.on_pty(&["lab"]);
        pty.wait_for("3. openssh:lab");
        pty.wait_for("Number");
        pty.send(&format!("{answer}\r"));
        pty.wait_for(words);
        assert_eq!(pty.exit_code(), 255);
    }
    // Nobody is asked where nothing is to be chosen, or where nobody may be asked.
    let pty = home.on_pty(&["putty:lab"]);
    pty.wait_for("port 2");
    assert!(!pty.written().contains("Number"), "{}", pty.written());
    let pty = home.on_pty(&["-o", "BatchMode=yes", "lab"]);
    pty.wait_for("several sessions: own:lab, putty:lab, openssh:lab");
    assert!(!pty.written().contains("Number"), "{}", pty.written());
}

#[test]
fn a_file_that_putty_would_not_find_is_what_is_told_of_its_name() {
    let home = Home::new();
    fs::create_dir_all(home.path(".putty/sessions")).unwrap();
    home.write(".putty/sessions/raw name", "HostName=127.0.0.1\nProtocol=ssh\n");
    for words in [&["raw name"][..], &["putty:raw name"], &["sessions", "show", "raw name"]] {
        home.tessh(words).output().expect_failure(&["name it raw%20name"]);
    }
}

#[test]
fn a_session_that_leads_through_another_one_is_explained_with_its_way() {
    let home = Home::new();
    fs::create_dir_all(home.path(".putty/sessions")).unwrap();
    home.write(".putty/sessions/gate", "HostName=gate.example\nProtocol=ssh\nUserName=me\n");
    let inner = "HostName=in.example\nProtocol=ssh\nUserName=me\nProxyMethod=6\nProxyHost=gate\n";
    home.write(".putty/sessions/inner", inner);
    let page = home.tessh(&["explain", "inner"]).output().expect_quiet_success().text();
    assert!(page.contains("by way of me@gate.example:22  (session putty:inner)"), "{page}");
    assert!(!page.contains("directly"), "{page}");
    let origin = |name: &str| {
        let page = home.tessh(&["explain", "--json", name]).output().expect_quiet_success().text();
        let page: Value = serde_json::from_str(&page).unwrap();
        page["route"]["jumps_origin"].clone()
    };
    assert_eq!(origin("inner"), "session putty:inner");
    assert_eq!(origin("gate"), "default");
}
