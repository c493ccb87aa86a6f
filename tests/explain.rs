//! `tessh explain`: the whole page and the JSON, in both languages, for homes that these tests
//! make. A configuration that is broken or endless is reported in one line, at once.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

const TESSH: &str = env!("CARGO_BIN_EXE_tessh");
/// A configuration is read in a blink, whatever is in it.
const AT_ONCE: Duration = Duration::from_secs(10);

struct Home(tempfile::TempDir);

impl Home {
    fn new(config: &str) -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        fs::create_dir(home.0.path().join(".ssh")).unwrap();
        home.write("config", config);
        home
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(".ssh").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn run(&self, words: &[&str]) -> Output {
        // As -F takes no other file, the system's plays no part.
        let config = self.0.path().join(".ssh/config");
        let (verb, words) = words.split_first().unwrap();
        Command::new(TESSH)
            .arg(verb)
            .args(["-F", config.to_str().unwrap()])
            .args(words)
            .env_clear()
            .env("HOME", self.0.path())
            .env("PATH", "/usr/bin:/bin")
            .env("SHELL", "/bin/sh")
            .output()
            .unwrap()
    }

    /// Standard output with the directory as HOME.
    fn page(&self, words: &[&str]) -> String {
        let output = self.run(words);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && errors.is_empty(), "{words:?}: {errors}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.replace(self.0.path().to_str().unwrap(), "HOME")
    }

    /// The one line that is said of a configuration that cannot be used.
    fn fault(&self, words: &[&str]) -> String {
        let start = Instant::now();
        let output = self.run(words);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(start.elapsed() < AT_ONCE, "{:?}", start.elapsed());
        assert_eq!(output.status.code(), Some(255), "{errors}");
        assert!(output.stdout.is_empty());
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(!errors.trim_end().contains(char::is_control), "{errors:?}");
        errors
    }
}

const CONFIG: &str = "\
Host web
  HostName web.internal
  User deploy
  IdentityFile ~/.ssh/web
Host !web *
  Port 1
Match host other exec \"exit 1\"
  Port 2
Match final host web.internal
  Port 2200
Include more
Host *
  User nobody
  Port 22
  SendEnv LANG
";

const KNOWN: &str = "\
[web.internal]:7 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ
@cert-authority *.internal ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ
other ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ
";

fn home() -> Home {
    let home = Home::new(CONFIG);
    home.write("more", "Host elsewhere\n  Compression no\n");
    home.write("known_hosts", KNOWN);
    home
}

#[test]
fn the_page_says_what_would_be_done_and_why() {
    let page = home().page(&["explain", "-p", "7", "-o", "Compression=yes", "web"]);
    let wanted = include_str!("data/config/explain.txt");
    // Default files of the system may be there or not.
    let own = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.contains("/etc/ssh/"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(own(&page), own(wanted), "{page}");
}

#[test]
fn the_page_is_there_in_japanese() {
    let home = home();
    let output = Command::new(TESSH)
        .args(["--lang", "ja", "explain", "-F", "none", "web"])
        .env_clear()
        .env("HOME", home.0.path())
        .output()
        .unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(page.starts_with("web への接続\n"), "{page}");
    assert!(page.contains("のホスト鍵の信頼"), "{page}");
}

#[test]
fn json_says_what_the_page_says() {
    let home = home();
    let text = home.page(&["explain", "--json", "-p", "7", "web"]);
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["host"], "web");
    assert_eq!(told["route"]["hostname"]["value"], "web.internal");
    assert_eq!(told["route"]["port"]["origin"], "-p");
    let port = told["settings"].as_array().unwrap().iter().find(|s| s["keyword"] == "Port");
    let overrode = &port.unwrap()["overrode"];
    assert_eq!(overrode[0]["origin"], "HOME/.ssh/config:14");
    assert_eq!(overrode[2]["value"], "2200");
    assert_eq!(told["trust"]["keys"][0]["at"], "HOME/.ssh/known_hosts:1");
    assert_eq!(told["trust"]["authorities"][0]["at"], "HOME/.ssh/known_hosts:2");
    assert_eq!(told["refused"], serde_json::Value::Null);
    let lines: Vec<_> = told["blocks"].as_array().unwrap().iter().map(|b| &b["applies"]).collect();
    assert_eq!(lines, [true, true, false, true, false, true]);
}

#[test]
fn what_would_be_refused_is_said_and_the_rest_as_well() {
    let home = Home::new("Host web\n  Tunnel yes\n");
    let page = home.page(&["explain", "--auth", "password", "web"]);
    assert!(page.contains("method: password, and no other"), "{page}");
    let end = "Connecting would be refused\n  HOME/.ssh/config line 2: Tunnel yes: ";
    assert!(page.contains(end), "{page}");
}

/// A saved session of the same name as the Host block of [`CONFIG`].
fn save(home: &Home, name: &str, text: &str) {
    let sessions = home.0.path().join(".config/tessh/sessions");
    fs::create_dir_all(&sessions).unwrap();
    fs::write(sessions.join(format!("{name}.toml")), text).unwrap();
}

#[test]
fn what_has_the_same_name_and_does_not_count_is_named() {
    let home = home();
    home.write("config", "Host we?\n  HostName web.internal\n");
    save(&home, "web", "host = \"web9.internal\"\nport = 9\n");
    save(&home, "db", "host = \"db9.internal\"\n");
    let page = home.page(&["explain", "web"]);
    assert!(page.contains("host name web.internal"), "{page}");
    let behind = "  The saved session web is not used: Host we? names it (HOME/.ssh/config:1). \
                  --profile web would use it.\n";
    assert!(page.contains(behind), "{page}");
    let page = home.page(&["explain", "--profile", "web"]);
    assert!(page.contains("host name web9.internal  (session web)"), "{page}");
    let behind =
        "  Host we? (HOME/.ssh/config:1) is not used: --profile takes the saved session web.\n";
    assert!(page.contains(behind), "{page}");
    // A Host line of exactly this name is not preferred to a session, nor the other way round.
    home.write("config", "Host web\n  HostName web.internal\n");
    let both = home.run(&["explain", "web"]);
    assert_eq!(both.status.code(), Some(255));
    let both = String::from_utf8_lossy(&both.stderr).into_owned();
    assert!(both.contains("own:web, openssh:web"), "{both}");
    assert!(home.page(&["explain", "openssh:web"]).contains("host name web.internal"));
    home.write("config", "Host we?\n  HostName web.internal\n");
    // Where there is no such conflict, nothing is said, and --json is the same.
    for words in [&["explain", "db"][..], &["explain", "--profile", "db"], &["explain", "else"]] {
        let page = home.page(words);
        assert!(!page.contains("is not used"), "{page}");
    }
    let told = |words: &[&str]| -> serde_json::Value {
        serde_json::from_str(&home.page(&[&["explain", "--json"], words].concat())).unwrap()
    };
    let hidden = &told(&["web"])["hidden"];
    assert_eq!(
        (&hidden["what"], &hidden["origin"]),
        (&"session".into(), &"HOME/.ssh/config:1".into())
    );
    assert_eq!(told(&["--profile", "web"])["hidden"]["what"], "host");
    assert!(told(&["db"])["hidden"].is_null());
}

#[test]
fn the_route_has_the_plan_for_each_jump_host() {
    let home = home();
    home.write("config", "Host jump\n  HostName web.internal\n  Port 7\n  PreferredAuthentications password\nHost far\n  ProxyJump jump\n");
    let page = home.page(&["explain", "far"]);
    let hop = "  by way of jump  (HOME/.ssh/config:6)
    jump is root@web.internal port 7
      method: password, and no other
      known: ED25519 SHA256:T7SvZ2cslqpPj6nKzitCBHHlpVF3r3MvLwmFL0fk0IE, HOME/.ssh/known_hosts:1
      authority: ED25519 SHA256:T7SvZ2cslqpPj6nKzitCBHHlpVF3r3MvLwmFL0fk0IE, HOME/.ssh/known_hosts:2
";
    let user = page.lines().nth(1).unwrap().trim().split(' ').nth(1).unwrap();
    assert!(page.contains(&hop.replace("root@", &format!("{user}@"))), "{page}");
}

#[test]
fn keys_and_the_ways_to_trust_are_told_as_they_are_and_from_where() {
    let home = home();
    let make = |name: &str, passphrase: &str| {
        let path = home.0.path().join(".ssh").join(name);
        let words = ["keygen", "-t", "ed25519", "-C", "", "-N", passphrase, "-f"];
        let made = Command::new(TESSH).args(words).arg(path).env("HOME", home.0.path()).output();
        assert!(made.unwrap().status.success());
    };
    make("open", "");
    make("locked", "open sesame");
    home.write("broken", "nothing\n");
    home.write("listed", "");
    home.write("config", "IdentityFile ~/.ssh/open\nIdentityFile ~/.ssh/locked\nIdentityFile ~/.ssh/broken\nVerifyHostKeyDNS true\nRevokedHostKeys ~/.ssh/listed\nKnownHostsCommand /bin/echo %H\n");
    let page = home.page(&["explain", "--auth", "publickey", "web"]);
    for wanted in [
        "  method: publickey, and no other  (--auth)\n  key HOME/.ssh/open: ED25519 SHA256:",
        ", needs its passphrase  (HOME/.ssh/config:2)\n",
        "HOME/.ssh/broken",
        "  VerifyHostKeyDNS yes  (HOME/.ssh/config:4)\n",
        "  VerifyHostKeyDNS yes: a key that SSHFP records prove by DNSSEC is accepted  (HOME/.ssh/config:4)\n",
        "  RevokedHostKeys HOME/.ssh/listed  (HOME/.ssh/config:5)\n",
        "  KnownHostsCommand /bin/echo %H: its lines count as known_hosts  (HOME/.ssh/config:6)\n",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in\n{page}");
    }
    let page = home.page(&["explain", "-o", "RevokedHostKeys=/nowhere", "web"]);
    assert!(page.contains("RevokedHostKeys /nowhere cannot be read: every host is refused  (-o)"));
    let told: serde_json::Value =
        serde_json::from_str(&home.page(&["explain", "--json", "web"])).unwrap();
    assert_eq!(told["trust"]["dns"]["value"], "yes");
    assert_eq!(told["trust"]["revoked_host_keys"]["file"], "HOME/.ssh/listed");
    assert_eq!(told["authentication"]["keys"][1]["needs_passphrase"], true);
}

#[test]
fn records_of_authorities_and_pins_are_told() {
    const KEY: &str = include_str!("data/trust/certificates/host-ed25519.pub");
    const PIN: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    let home = home();
    let records = home.0.path().join(".config/tessh/authorities");
    fs::create_dir_all(&records).unwrap();
    let key: Vec<&str> = KEY.split(' ').collect();
    let record = |hosts: &str| {
        format!("public_key = '{} {}'\nvalidity = '{hosts}'\n", key[0], key[1].trim())
    };
    fs::write(records.join("here.toml"), record("*.example.org && port:2200")).unwrap();
    fs::write(records.join("foreign.toml"), record("*.example.com")).unwrap();
    fs::write(records.join("broken.toml"), "junk").unwrap();
    let words = ["explain", "-p", "2200", "--host-key", PIN, "box.example.org"];
    let page = home.page(&words);
    let line = |start: &str| page.lines().any(|line| line.trim_start().starts_with(start));
    assert!(line("authority here: ED25519 SHA256:"), "{page}");
    assert!(page.contains("trusted for *.example.org && port:2200, HOME/.config"), "{page}");
    assert!(line("HOME/.config/tessh/authorities/broken.toml:1: "), "{page}");
    assert!(line(&format!("only this key is taken: {PIN}")), "{page}");
    assert!(!page.contains("foreign"), "{page}");
    let json: serde_json::Value =
        serde_json::from_str(&home.page(&[&["explain", "--json"], &words[1..]].concat())).unwrap();
    assert_eq!(json["trust"]["records"][0]["name"], "here");
    assert_eq!(json["trust"]["pins"][0]["pin"], PIN);
    assert_eq!(json["trust"]["records"].as_array().unwrap().len(), 1);
}

#[test]
fn explain_connects_to_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    Home::new("").page(&["explain", "-p", &port, "127.0.0.1"]);
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn configurations_that_nobody_meant_are_one_line() {
    let big = format!("# {}\n", "x".repeat(1024 * 1024));
    for (config, words) in [
        (big.as_str(), "larger than 1048576 bytes"),
        ("Include config\n", "does a file include itself"),
        ("User \"a\n", "invalid quotes"),
        ("Match exec \"a\n", "invalid quotes"),
        ("ControlPath %q\n", "%q"),
        ("ControlPath ${NOSUCHVARIABLE}\n", "NOSUCHVARIABLE"),
        ("Match exec \"true %q\"\n", "%q"),
        ("Match colour blue\n", "colour"),
        ("Match\n", "config line 1"),
        ("NoSuch x\n", "Bad configuration option: nosuch"),
        ("LocalForward 1\n", "Missing target"),
        ("LocalForward a b\n", "Bad forwarding"),
        ("ProxyJump a:x\n", "Invalid ProxyJump"),
        ("Ciphers rot13\n", "Bad SSH2 cipher spec"),
        ("CanonicalizeHostname yes\nCanonicalDomains -x\n", "domain name"),
        ("User \u{1b}[2J\"\n", "invalid quotes"),
    ] {
        let error = Home::new(config).fault(&["explain", "h"]);
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_match_exec_has_no_input_and_no_output() {
    let home = Home::new("Match exec \"echo words; cat\"\n  Port 7\n");
    let page = home.page(&["explain", "h"]);
    assert!(page.contains("Port 7"), "{page}");
    assert!(!page.contains("words\n"), "{page}");
}

#[test]
fn a_match_exec_that_counts_for_nothing_is_not_run() {
    let home = Home::new("");
    let mark = home.0.path().join("mark");
    let line = format!("exec \"touch {}\"", mark.display());
    let text = format!("Match host other {line}\nHost other\nInclude part\n");
    home.write("config", &text);
    home.write("part", &format!("Match {line}\n"));
    home.page(&["explain", "h"]);
    assert!(!Path::new(&mark).exists());
    home.page(&["explain", "other"]);
    assert!(mark.exists());
}
