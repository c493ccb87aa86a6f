//! Messages in Japanese. A failure leaves no English but names; the English text stays as it
//! is, because other programs read it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use lab::{DEMO_USER, Demo, Home, Output, arg, free_port, raw_server, say_and_leave};
use std::fs;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One command line that fails.
struct Failing<'a> {
    home: &'a Home,
    words: &'a [&'a str],
    password: Option<&'a str>,
    env: Option<(&'a str, &'a str)>,
}

impl<'a> Failing<'a> {
    fn new(home: &'a Home, words: &'a [&'a str]) -> Failing<'a> {
        Failing { home, words, password: None, env: None }
    }

    fn run(&self, language: &str) -> Output {
        let words = [&["--lang", language], self.words].concat();
        let mut run = self.home.tessh(&words);
        if let Some((name, value)) = self.env {
            run = run.env(name, value);
        }
        match self.password {
            Some(password) => run.password(password).output(),
            None => run.output(),
        }
    }

    /// The English line, and what the Japanese one names as well.
    #[track_caller]
    fn says(&self, english: &str, values: &[&str]) {
        let output = self.run("en");
        output.expect_code(255);
        let line = output.stderr.lines().last().unwrap_or_default().to_owned();
        assert_eq!(line, format!("tessh: {english}"), "{:?}", self.words);

        let output = self.run("ja");
        output.expect_code(255);
        let line = output.stderr.lines().last().unwrap_or_default().to_owned();
        assert_japanese(&line);
        for value in values {
            assert!(line.contains(value), "no {value:?} in {line:?}");
        }
    }
}

/// Japanese letters, and no three English words one after the other.
#[track_caller]
fn assert_japanese(text: &str) {
    let kana = |letter: char| ('\u{3041}'..='\u{30ff}').contains(&letter);
    assert!(text.contains(kana), "no Japanese: {text:?}");
    let run = english_run(text);
    assert!(run.len() < 3, "English {run:?} in {text:?}");
}

/// The longest run of words of letters alone: names, numbers, flags and the commas of a list
/// end it.
fn english_run(text: &str) -> Vec<&str> {
    let (mut longest, mut run) = (Vec::new(), Vec::new());
    for word in text.split_ascii_whitespace() {
        let bare = word.trim_matches(|mark: char| mark.is_ascii_punctuation() && mark != '-');
        let is_word = bare.len() > 1 && bare.bytes().all(|byte| byte.is_ascii_alphabetic());
        match is_word {
            true => run.push(word),
            false => run.clear(),
        }
        if run.len() > longest.len() {
            longest.clone_from(&run);
        }
        if word.ends_with(',') {
            run.clear();
        }
    }
    longest
}

#[test]
fn english_is_told_from_japanese() {
    assert_eq!(english_run("tessh: 鍵 the key was: not saved 42").len(), 5);
    assert_eq!(english_run("tessh keygen -y -f FILE で直せます").len(), 2);
}

#[test]
fn command_line_and_configuration() {
    let home = Home::new();
    let says = |words: &[&str], english: &str, values: &[&str]| {
        Failing::new(&home, words).says(english, values);
    };
    says(&["--nonsense", "h"], "unknown option --nonsense; see tessh --help", &["--nonsense"]);
    says(&["-p", "0", "h"], "-p: Port: Bad port '0'; a port is 1 to 65535", &["-p", "「0」"]);
    says(
        &["-c", "rot13", "h"],
        "-c: Ciphers: Bad SSH2 cipher spec 'rot13'; tessh -Q Ciphers lists those there are",
        &["rot13", "tessh -Q Ciphers"],
    );
    says(
        &["-o", "ConnectTimeout=soon", "h"],
        "-o: ConnectTimeout: invalid time value 'soon'; a time is such as 30, 5m or 1h30m",
        &["soon", "1h30m"],
    );
    says(
        &["-o", "StrictHostKeyChecking=maybe", "h"],
        "-o: StrictHostKeyChecking: unsupported option \"maybe\"; one of \
         yes, no, true, false, off, ask, accept-new",
        &["maybe", "accept-new"],
    );
    says(
        &["-o", "EscapeChar=foo", "h"],
        "-o: EscapeChar: Bad escape character; ssh_config(5) tells what EscapeChar takes",
        &["ssh_config(5)"],
    );
    says(
        &["-w", "any", "h"],
        "-w: tunnel devices are not supported; leave -w out to go on without",
        &["-w"],
    );
    let form = "write it as [user@]host[:port], several joined by commas, or none";
    says(
        &["-J", "a b", "h"],
        &format!("-J: ProxyJump: Invalid ProxyJump \"a b\"; {form}"),
        &["a b"],
    );
    let form = "port:host:hostport, with ports up to 65535";
    let bad = "Bad forwarding specification '1'";
    says(
        &["-L", "1", "h"],
        &format!("-L: LocalForward: {bad}; write it as [bind_address:]{form}"),
        &["-L", "「1」", "[bind_address:]port:host:hostport", "65535"],
    );
    says(
        &["-W", "a", "h"],
        "Bad stdio forwarding specification 'a'; \
         write it as host:port, with ports up to 65535",
        &["「a」", "host:port"],
    );
    says(
        &["-o", "Port 22 23", "h"],
        "-o: Port: extra arguments at end of line (\"23\"); \
         leave them out; a value with blanks in it stands in double quotes",
        &["「23」"],
    );
    let socket = "/nowhere/a b";
    let fault = format!("Control socket connect({socket}): No such file or directory");
    let start = "tessh -M -S '/nowhere/a b' HOST";
    says(
        &["-S", socket, "-O", "check", "h"],
        &format!("{fault}; no master listens there: {start} starts one"),
        &[socket, start],
    );
    says(
        &["-S", socket, "-O", "exit", "h"],
        &format!(
            "{fault}; no master listens there: \
             it has ended, or -S or ControlPath names another socket"
        ),
        &[socket, "ControlPath"],
    );
    let file = home.write("no-socket", "");
    says(
        &["-S", arg(&file), "-O", "check", "h"],
        &format!(
            "Control socket connect({}): Connection refused; \
             name a socket of yours with -S or ControlPath",
            arg(&file)
        ),
        &[arg(&file), "ControlPath"],
    );
    let form = "write it as [user@]host or ssh://[user@]host[:port]";
    says(&["u@"], &format!("the host name is empty; {form}"), &["[user@]host"]);
    says(&["@h"], &format!("the user name is empty; {form}"), &["[user@]host"]);
    says(&["-p"], "option requires an argument -- p; see tessh --help", &["tessh --help"]);
    says(
        &["-F", "missing", "h"],
        "Can't open user config file missing: No such file or directory; \
         name another file with -F, or none with -F none",
        &["missing", "-F none"],
    );
    says(
        &["-o", "Nonsense=1", "h"],
        "-o: Bad configuration option: nonsense; correct its name; \
         -o IgnoreUnknown=Nonsense before it passes it over",
        &["-o: ", "-o IgnoreUnknown=Nonsense"],
    );
    says(
        &["--profile", "web"],
        "no saved session is called 'web'; tessh sessions list names them all",
        &["「web」", "tessh sessions list"],
    );
    let file = home.write(".ssh/config", "Host *\n  Compression maybe\n");
    let (name, english) = (arg(&file), "unsupported option \"maybe\"");
    says(
        &["h"],
        &format!(
            "{name} line 2: Compression: {english}; one of yes, no; \
             {name}: terminating, 1 bad configuration options"
        ),
        &[name, "2 行目", "Compression", "「maybe」"],
    );
    fs::remove_file(file).unwrap();
    fs::create_dir_all(home.path(".config/tessh/sessions")).unwrap();
    let file = home.write(".config/tessh/sessions/web.toml", "host = \"h\"\nport = \"x\"\n");
    says(
        &["--profile", "web"],
        &format!(
            "{} line 2: port: a port is 1 to 65535; \
             correct that line, or remove the session: tessh sessions remove",
            arg(&file)
        ),
        &[arg(&file), "2 行目", "port", "65535", "tessh sessions remove"],
    );
}

#[test]
fn logs_encodings_and_the_environment() {
    let home = Home::new();
    let says = |words: &[&str], english: &str, values: &[&str]| {
        Failing::new(&home, &[words, &["h"]].concat()).says(english, values);
    };
    says(
        &["--log", "missing/f"],
        "cannot write the log missing/f: there is no such directory; make it first",
        &["missing/f"],
    );
    let directory = arg(home.path("").as_path()).to_owned();
    says(
        &["--log", &directory],
        &format!(
            "cannot write the log {directory}: Is a directory; name another file with --log; --log none is no log"
        ),
        &[&directory],
    );
    says(
        &["--log-format", "raw"],
        "--log-format: there is no log; --log FILE asks for one",
        &["--log-format", "--log FILE"],
    );
    says(
        &["--log", "f", "--log-format", "xml"],
        "--log-format xml: it is one of text, raw",
        &["--log-format xml", "text, raw"],
    );
    says(
        &["--encoding", "euc-jq"],
        "--encoding: no encoding is called 'euc-jq'; near it: EUC-JP",
        &["--encoding", "「euc-jq」", "EUC-JP"],
    );
    says(
        &["--encoding", "sjis"],
        "--encoding is for a session at a terminal; other data would be changed; \
         -t asks for a terminal; iconv(1) converts a file",
        &["--encoding", "-t", "iconv(1)"],
    );
    let words = ["-o", "VerifyHostKeyDNS=yes", "h"];
    let env = Some(("TESSH_DNS_SERVER", "nonsense"));
    Failing { env, ..Failing::new(&home, &words) }.says(
        "TESSH_DNS_SERVER: 'nonsense' is not an address; write it with its port, \
         as in 192.0.2.1:53 or [2001:db8::1]:53",
        &["TESSH_DNS_SERVER", "「nonsense」", "192.0.2.1:53"],
    );
}

#[test]
fn places_that_do_not_answer() {
    let home = Home::new();
    let port = free_port().to_string();
    Failing::new(&home, &["-p", &port, "127.0.0.1"]).says(
        &format!(
            "connect to host 127.0.0.1 port {port}: Connection refused; \
             check host and port, and that an SSH server listens there"
        ),
        &["127.0.0.1", &port],
    );
    // The reason is the resolver's, which a machine without one has another word for.
    let failing = Failing::new(&home, &["nowhere.invalid"]);
    failing.run("en").expect_failure(&["Could not resolve hostname nowhere.invalid: "]);
    let line = failing.run("ja").stderr;
    assert!(line.contains("ホスト名 nowhere.invalid"), "{line}");

    let server = raw_server(|stream| say_and_leave(stream, b"HTTP/1.1 400 Bad\r\n"));
    let port = server.port().to_string();
    Failing::new(&home, &["-p", &port, "127.0.0.1"]).says(
        &format!(
            "127.0.0.1 port {port}: this is not an SSH server: an HTTP server answered: \
             \"HTTP/1.1 400 Bad\"; check host and port"
        ),
        &[&port, "HTTP", "「HTTP/1.1 400 Bad」"],
    );
}

#[test]
fn hosts_that_are_not_trusted() {
    let (demo, other, home) = (Demo::start(), Demo::start(), Home::new());
    let (port, offered) = (demo.port(), demo.fingerprint());
    let words = ["-p", &port, "someone@127.0.0.1"];
    Failing::new(&home, &words).says(
        &format!(
            "Host key verification failed: no ED25519 host key is known for 127.0.0.1, \
             and nobody can be asked; offered {offered}; connect once on a terminal to compare \
             the fingerprint, or use -o StrictHostKeyChecking=accept-new"
        ),
        &["127.0.0.1", &offered, "ED25519", "StrictHostKeyChecking=accept-new"],
    );
    let file = home.write(".ssh/known_hosts", &other.known_hosts().replace(&other.port(), &port));
    let (known, name) = (other.fingerprint(), arg(&file));
    Failing::new(&home, &words).says(
        &format!(
            "Host key verification failed: the ED25519 key of 127.0.0.1 changed: \
             known ED25519 {known} at {name}:1, offered {offered}; ask the server's \
             administrator; if the change is right, remove the old line from {name}"
        ),
        &[&known, &offered, name, "127.0.0.1"],
    );
    let words = ["-o", "StrictHostKeyChecking=yes", "-p", &port, "someone@127.0.0.1"];
    let line = Failing::new(&home, &words).run("ja").stderr;
    assert_japanese(&line);
}

#[test]
fn sources_of_host_keys_that_fail() {
    let (demo, home) = (Demo::start(), Home::new());
    let port = demo.port();
    let says = |option: &str, english: &str, values: &[&str]| {
        let words = ["-o", option, "-p", &port, "someone@127.0.0.1"];
        Failing::new(&home, &words).says(english, values);
    };
    says(
        "KnownHostsCommand=/bin/false",
        "Host key verification failed: KnownHostsCommand /bin/false failed: exit status 1; \
         mend the command, or go on without: -o KnownHostsCommand=none",
        &["KnownHostsCommand /bin/false", "1", "-o KnownHostsCommand=none"],
    );
    says(
        "RevokedHostKeys=missing",
        "Host key verification failed: no key can be accepted: the file of revoked keys \
         missing does not exist; RevokedHostKeys names that file: \
         mend it where it cannot be used; a key that it lists must not be trusted",
        &["missing", "RevokedHostKeys"],
    );
}

#[test]
fn in_a_session() {
    let (demo, home) = (Demo::start(), Home::new());
    let identity = demo.write_identity(&home, None);
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let (port, to) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let login = ["--lang", "ja", "--plain", "--auth", "publickey", "-i", arg(&identity)];
    let pty = home.on_pty(&[&login, &["-p", &port, &to] as &[&str]].concat());
    pty.wait_for("demo$");
    pty.send("<enter>~?");
    pty.wait_written("(エスケープは行頭でのみ有効です)");
    pty.send("<enter>~#");
    pty.wait_written("認証: publickey");
    pty.send("<enter>~i");
    pty.wait_written("  転送 ");
    let written = pty.written();
    let help = written.split("~?\r\n").nth(1).unwrap();
    let page = written.split("~i\r\n").nth(1).unwrap();
    for line in help.lines().take(11) {
        assert_japanese(line.trim());
    }
    let mut lines = page.lines();
    assert_eq!(lines.next(), Some("接続の情報:"));
    let facts: Vec<&str> = lines.take_while(|line| line.starts_with("  ")).collect();
    assert!(facts.len() > 18, "{page}");
    for line in &facts {
        // Labels fill 24 columns, however wide their letters are.
        let mut columns = 0;
        let label = line.chars().take_while(|letter| {
            columns += letter.width().unwrap_or(0);
            columns <= 27
        });
        let label: String = label.collect();
        assert_eq!((label.width(), label.ends_with(' ')), (27, true), "{line:?}");
        assert_ne!(line[label.len()..].chars().next(), Some(' '), "{line:?}");
        assert!(english_run(line).len() < 3, "{line:?}");
    }
    let fact = |label: &str| {
        let found = facts.iter().find_map(|line| line.trim_start().strip_prefix(label));
        found.unwrap_or_else(|| panic!("no {label} in {page}")).trim().to_owned()
    };
    assert_eq!(fact("アドレス"), format!("127.0.0.1 ポート {port}"));
    assert!(fact("信頼の根拠").starts_with("登録済み: "), "{page}");
    assert!(fact("受信量").ends_with(" バイト)") || fact("受信量").ends_with(" バイト"));
    pty.send("<enter>~d");
    pty.wait_written("[このセッションの上でセッション 2 を開きます]");
    pty.wait_until("the second prompt", |screen| {
        screen.rsplit_once("を開きます]").is_some_and(|(_, rest)| rest.contains("demo$"))
    });
    pty.send("<enter>exit 3<enter>");
    pty.wait_written("[セッション 2 は終了コード 3 で終了しました。セッション 1 に戻りました]");
    pty.send("<enter>~.");
    assert_eq!(pty.exit_code(), 255);
}

#[test]
fn new_connection() {
    let home = Home::new();
    for (arguments, asks) in
        [(&[] as &[&str], "ポートは指定がなければ22"), (&["--plain"], "空で終了")]
    {
        let pty = home.on_pty_with(arguments, &[("LANG", "ja_JP.UTF-8")]);
        pty.wait_for(asks);
        for (line, said) in [
            ("ssh -G web", "-G はここでは使えません"),
            ("tessh keygen web", "tessh keygen は接続するコマンドで"),
            ("ssh -p 1 web:2", "ポートが 1 と 2 の 2 つ"),
            ("ssh 'web", "引用符が閉じていません"),
        ] {
            pty.send(&format!("{line}<enter>"));
            pty.wait_for(said);
            pty.send(if arguments.is_empty() { "<c-u>" } else { "" });
        }
        pty.send(if arguments.is_empty() { "<esc>" } else { "<enter>" });
        assert_eq!(pty.exit_code(), 130);
        assert!(!pty.written().contains("quote"), "{}", pty.written());
    }
}

/// The public half of a key whose private half is nowhere.
const PUBLIC_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFiDDzg2Uluwo7kMIFIlYtUZ/5wtp1H6QRhuH4dUbls";

#[test]
fn logins_that_fail() {
    let (demo, home) = (Demo::start(), Home::new());
    home.write(".ssh/known_hosts", &demo.known_hosts());
    let (port, to) = (demo.port(), format!("{DEMO_USER}@127.0.0.1"));
    let says = |words: &[&str], english: &str, values: &[&str]| {
        let words = [words, &["-p", &port, &to]].concat();
        Failing::new(&home, &words).says(english, values);
    };
    let words = ["--auth", "password", "--password-fd", "3", "-p", &port, &to];
    let failing = Failing { password: Some("wrong"), ..Failing::new(&home, &words) };
    failing.says(
        &format!(
            "{to}: Permission denied (publickey,password,keyboard-interactive); \
             password was refused: check it, or choose another method with --auth"
        ),
        &[&to, "publickey,password,keyboard-interactive"],
    );
    says(
        &["--auth", "password"],
        "password needs an answer and nobody can be asked; run on a terminal \
         without BatchMode, or use --password-fd N or SSH_ASKPASS",
        &["password", "BatchMode", "SSH_ASKPASS"],
    );
    says(
        &["--auth", "publickey", "-i", "missing"],
        "key file 'missing' cannot be read: No such file or directory; \
         check its name; for a login, -i names the file of a private key",
        &["'missing'", "-i"],
    );
    let file = demo.write_identity(&home, Some("locked"));
    let name = arg(&file);
    let public = home.write("alone.pub", &format!("{}\n", PUBLIC_KEY));
    says(
        &["--auth", "publickey", "-i", arg(&public)],
        &format!(
            "only an agent can sign with the public key {}: \
             no agent is running: SSH_AUTH_SOCK is not set; \
             name the private key, or log in with the agent that holds it",
            arg(&public)
        ),
        &[arg(&public), "SSH_AUTH_SOCK"],
    );
    says(
        &["--auth", "publickey", "-i", name],
        &format!(
            "{name} needs a passphrase and nobody can be asked; add it to the agent \
             with ssh-add, or run on a terminal without BatchMode"
        ),
        &[name, "ssh-add"],
    );
}

#[test]
fn verbs() {
    let home = Home::new();
    let keygen = |words: &[&str]| home.tessh(&[&["keygen"], words].concat()).output();
    let made = keygen(&["--lang", "ja", "-f", "a", "-N", "", "-C", "c"]);
    made.expect_code(0);
    assert_japanese(&made.text());
    assert!(made.text().contains("SHA256:"), "{}", made.text());
    let says = |words: &[&str], english: &str, values: &[&str]| {
        for (language, japanese) in [("en", false), ("ja", true)] {
            let output = keygen(&[&["--lang", language], words].concat());
            output.expect_code(255);
            let line = output.stderr.lines().last().unwrap_or_default();
            match japanese {
                false => assert_eq!(line, format!("tessh: {english}")),
                true => assert_japanese(line),
            }
            assert!(values.iter().all(|value| line.contains(value)), "{values:?}: {line:?}");
        }
    };
    says(
        &["-f", "a", "-N", ""],
        "'a' already exists; name another file, or move that one away",
        &["a"],
    );
    keygen(&["-f", "locked", "-N", "secret", "-q"]).expect_quiet_success();
    says(
        &["-p", "-f", "locked"],
        "key file 'locked' is encrypted; without a terminal, --passphrase-fd gives its passphrase",
        &["locked", "--passphrase-fd"],
    );
    says(
        &["-t", "rsa", "-b", "1024"],
        "an RSA key of 1024 bits can be broken: the least is 2048; \
         leave -b out for 3072, or use -t ed25519",
        &["1024", "2048", "-t ed25519"],
    );
    says(&["-l", "-t", "rsa"], "-t goes with a new key alone", &["-t"]);
    let words = ["sessions", "save", "web", "me@web.example.org", "--lang", "ja"];
    let saved = home.tessh(&words).output();
    saved.expect_code(0);
    assert_japanese(&saved.stderr);
}

#[test]
fn what_machines_read_is_the_same_in_both_languages() {
    let home = Home::new();
    for words in [&["-G", "h"] as &[&str], &["-Q", "cipher"]] {
        let read = |language| {
            let words = [&["--lang", language], words].concat();
            home.tessh(&words).output().expect_quiet_success().text()
        };
        assert_eq!(read("ja"), read("en"), "{words:?}");
    }
    let output = home.tessh(&["--lang", "ja", "--json", "-o", "Nonsense=1", "h"]).output();
    let told: serde_json::Value = serde_json::from_str(&output.stderr).unwrap();
    assert_eq!(told["error"], "config");
    assert_japanese(told["cause"].as_str().unwrap());
}

#[test]
fn language_is_that_of_the_locale_on_a_terminal_and_never_under_the_name_ssh() {
    let home = Home::new();
    let shown = |env: &[(&str, &str)]| {
        let pty = home.on_pty_with(&["-o", "Nonsense=1", "h"], env);
        assert_eq!(pty.exit_code(), 255);
        pty.written()
    };
    let locale = ("LANG", "ja_JP.UTF-8");
    assert_japanese(&shown(&[locale]));
    for env in [&[locale, ("TESSH_AS_SSH", "1")] as &[_], &[("LANG", "en_GB.UTF-8")], &[]] {
        let shown = shown(env);
        assert!(shown.contains("Bad configuration option: nonsense"), "{env:?}: {shown}");
    }
    // A file or a pipe gets English, too.
    let piped = home.tessh(&["-o", "Nonsense=1", "h"]).env("LANG", "ja_JP.UTF-8").output();
    piped.expect_failure(&["Bad configuration option: nonsense"]);
}
