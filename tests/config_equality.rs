//! `tessh -G` compared with `ssh -G`, line by line. The configurations are those of
//! tests/data/config/equality.txt and 240 that a generator makes from a seed; the ssh is
//! whichever is installed.
//!
//! Intended differences are listed in tests/data/config/versions.txt and in [`reduced`],
//! nowhere else.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;
#[path = "lab/versions.rs"]
mod versions;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

const TESSH: &str = env!("CARGO_BIN_EXE_tessh");
const BY_HAND: &str = include_str!("data/config/equality.txt");
/// How many configurations the generator makes.
const GENERATED: u64 = 240;
const SEED: u64 = 0x5e_ed0f_55ec;

/// The lists of algorithms are each program's own unless they are set.
const LISTS: [&str; 7] = [
    "ciphers",
    "macs",
    "kexalgorithms",
    "hostkeyalgorithms",
    "hostbasedacceptedalgorithms",
    "pubkeyacceptedalgorithms",
    "casignaturealgorithms",
];
/// The ssh to compare with.
const SSH: &str = "/usr/bin/ssh";

/// One configuration; `@DIR@` in it is the directory that its files are in. A name that begins
/// with `10:` is one that only ssh from that version on understands, with `9:` only before.
#[derive(Default)]
struct Case {
    name: String,
    file: String,
    /// Further files, to be included.
    others: Vec<(String, String)>,
    argv: Vec<String>,
}

fn by_hand() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in BY_HAND.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            cases.push(Case { name: name.to_owned(), ..Case::default() });
        } else if let Some(case) = cases.last_mut() {
            if let Some(argv) = line.strip_prefix("--- ") {
                case.argv = words(argv);
            } else if let Some(name) = line.strip_prefix("+++ ") {
                case.others.push((name.to_owned(), String::new()));
            } else {
                let file = case.others.last_mut().map_or(&mut case.file, |(_, text)| text);
                file.push_str(&format!("{line}\n"));
            }
        }
    }
    cases
}

/// Splits at blanks but for those in braces.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut rest) = (Vec::new(), text.trim());
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('{') {
            Some(inner) => inner.split_once('}').unwrap(),
            None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// What `-G` prints; the exit code and the messages where it fails.
fn print(program: &str, file: &Path, argv: &[String]) -> Result<Vec<String>, String> {
    // ssh takes the home directory of the passwd file whatever HOME says.
    let home = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().dir;
    let output = Command::new(program)
        .arg("-G")
        .arg("-F")
        .arg(file)
        .args(argv)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .env("FOO", "bar")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{:?}: {}", output.status.code(), messages.trim()));
    }
    Ok(String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

fn major() -> u32 {
    static MAJOR: OnceLock<u32> = OnceLock::new();
    *MAJOR.get_or_init(|| versions::major(SSH))
}

/// The lines without what differs on purpose: lists of algorithms that are each program's own
/// default, and what is in the table of versions.
fn reduced(theirs: Vec<String>, ours: Vec<String>) -> (Vec<String>, Vec<String>) {
    static DEFAULTS: OnceLock<[Vec<String>; 2]> = OnceLock::new();
    let [their_defaults, our_defaults] = DEFAULTS.get_or_init(|| {
        let host = ["host".to_owned()];
        [SSH, TESSH].map(|program| print(program, Path::new("none"), &host).unwrap())
    });
    let is_list = |line: &String| LISTS.contains(&line.split(' ').next().unwrap_or_default());
    let default = |list: &str| {
        let own = |lines: &[String], defaults: &[String]| {
            let line = lines.iter().find(|line| line.split(' ').next() == Some(list));
            line.is_some_and(|line| defaults.contains(line))
        };
        own(&theirs, their_defaults) && own(&ours, our_defaults)
    };
    let same: Vec<&str> = LISTS.into_iter().filter(|list| default(list)).collect();
    let keep = |line: &String| {
        let list = is_list(line) && same.contains(&line.split(' ').next().unwrap_or_default());
        !list
    };
    let kept = |lines: &[String]| lines.iter().filter(|line| keep(line)).cloned().collect();
    versions::reduced(major(), kept(&theirs), kept(&ours))
}

/// Compares; gives what differs.
fn compare(case: &Case, directory: &Path) -> Option<String> {
    let file = directory.join("config");
    let here = |text: &str| text.replace("@DIR@", directory.to_str().unwrap());
    fs::write(&file, versions::accepted(major(), &here(&case.file))).unwrap();
    for (name, text) in &case.others {
        let path = directory.join(name);
        fs::write(&path, here(text)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let theirs = print(SSH, &file, &case.argv);
    let ours = print(TESSH, &file, &case.argv);
    let difference = match (theirs, ours) {
        (Err(_), Err(ours)) => {
            let lines = ours.lines().count();
            let text = format!("more than one line: {ours}");
            return (lines != 1).then_some(format!("{}: {text}", case.name));
        }
        (Err(theirs), Ok(_)) => format!("ssh refuses it: {theirs}"),
        (Ok(_), Err(ours)) => format!("ssh takes it: {ours}"),
        (Ok(theirs), Ok(ours)) => {
            let (theirs, ours) = reduced(theirs, ours);
            if theirs == ours {
                return None;
            }
            let only = |a: &[String], b: &[String]| -> Vec<String> {
                a.iter().filter(|line| !b.contains(line)).cloned().collect()
            };
            let (missing, more) = (only(&theirs, &ours), only(&ours, &theirs));
            match missing.is_empty() && more.is_empty() {
                true => "the order or number of lines differs".to_owned(),
                false => format!("ssh: {missing:?} tessh: {more:?}"),
            }
        }
    };
    Some(format!("### {}\n{}--- {}\n{difference}\n", case.name, case.file, case.argv.join(" ")))
}

fn compare_all(cases: &[Case]) {
    let understood = |case: &&Case| {
        let (version, _) = case.name.split_once(':').unwrap_or_default();
        version.parse().map_or(true, |version: u32| (version >= 10) == (major() >= 10))
    };
    let one = |case: &Case| {
        let directory = tempfile::tempdir().unwrap();
        compare(case, directory.path())
    };
    let faults: Vec<String> = cases.iter().filter(understood).filter_map(one).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[test]
fn configurations_by_hand_are_many_and_each_has_a_command() {
    let cases = by_hand();
    assert!(cases.len() >= 60, "{}", cases.len());
    assert!(cases.iter().all(|case| !case.argv.is_empty()));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn configurations_by_hand_come_to_what_ssh_says() {
    compare_all(&by_hand());
}

fn generated() -> Vec<Case> {
    (0..GENERATED).map(|number| generate(SEED + number)).collect()
}

#[test]
fn one_seed_makes_one_configuration() {
    assert_eq!(generate(SEED).file, generated()[0].file);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn generated_configurations_come_to_what_ssh_says() {
    compare_all(&generated());
}

/// The command, and every keyword of ssh -G, is printed once and in the order of ssh.
#[test]
#[ignore = "needs peers: tests/run"]
fn every_keyword_that_ssh_prints_is_printed() {
    let all = by_hand().into_iter().find(|case| case.name == "every keyword at once").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config");
    fs::write(&file, versions::accepted(major(), &all.file)).unwrap();
    let [theirs, ours] = [SSH, TESSH].map(|program| print(program, &file, &all.argv).unwrap());
    let (theirs, ours) = versions::reduced(major(), theirs, ours);
    let keywords = |lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    assert!(theirs.len() >= 90, "{}", theirs.len());
    assert_eq!(keywords(&ours), keywords(&theirs));
}

/// A generator that gives the same for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(value).unwrap() % below
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

fn generate(seed: u64) -> Case {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for _ in 0..4 {
        dice.roll(2);
    }
    let mut file = String::new();
    for (keyword, values) in ONCE {
        if dice.roll(4) == 0 {
            file.push_str(&format!("{keyword} {}\n", dice.pick(values)));
        }
    }
    for _ in 0..dice.roll(5) + 1 {
        file.push_str(&block(&mut dice));
        for _ in 0..dice.roll(7) + 1 {
            file.push_str(&line(&mut dice));
        }
    }
    let mut argv = Vec::new();
    for _ in 0..dice.roll(4) {
        argv.extend(words(dice.pick(FLAGS)));
    }
    if dice.roll(4) == 0 {
        let line = line(&mut dice);
        argv.push("-o".to_owned());
        argv.push(line.trim().to_owned());
    }
    argv.push(dice.pick(HOSTS).to_owned());
    Case { name: format!("seed {seed:#x}"), file, argv, ..Case::default() }
}

fn block(dice: &mut Dice) -> String {
    let text = dice.pick(&[
        "",
        "Host *",
        "Host web",
        "Host web db.example",
        "Host *.example !db.example",
        "Host ?eb",
        "host=web",
        "Match all",
        "Match host web",
        "Match host web,db.example",
        "Match host *.example,!db.example",
        "Match originalhost web",
        "Match user root",
        "Match user nobody",
        "Match localuser root",
        "Match !host web",
        "Match exec true",
        "Match exec \"test %h = web\"",
        "Match !exec \"test %n = web\"",
        "Match final",
        "Match final host web",
        "Match final all",
        "Match canonical",
        "Match host=web user=root",
        "Match host \"web\" !user nobody",
    ]);
    format!("{text}\n")
}

fn line(dice: &mut Dice) -> String {
    let (keyword, values) = VALUES[dice.roll(VALUES.len())];
    let value = dice.pick(values);
    let indent = dice.pick(&["", "", "\t", "    "]);
    let gap = dice.pick(&[" ", " ", " ", "  ", "\t", "=", " = "]);
    let keyword = match dice.roll(6) {
        0 => keyword.to_lowercase(),
        1 => keyword.to_uppercase(),
        _ => keyword.to_owned(),
    };
    let line = dice.roll(12);
    let comment = line == 0 && !WHOLE_LINES.contains(&keyword.to_lowercase().as_str());
    let comment = if comment { " # a comment" } else { "" };
    format!("{indent}{keyword}{gap}{value}{comment}\n")
}

/// Keywords that take the rest of the line, comments included.
const WHOLE_LINES: [&str; 5] =
    ["proxyjump", "proxycommand", "localcommand", "remotecommand", "knownhostscommand"];

const HOSTS: &[&str] = &[
    "web",
    "WEB",
    "db.example",
    "root@web",
    "nobody@a.example",
    "ssh://web:2200",
    "127.0.0.1",
    "127.1",
    "::1",
];

const FLAGS: &[&str] = &[
    "-4",
    "-6",
    "-a",
    "-C",
    "-X",
    "-x",
    "-Y",
    "-g",
    "-n",
    "-N",
    "-T",
    "-t",
    "-tt",
    "-M",
    "-MM",
    "-p 2222",
    "-l admin",
    "-b 127.0.0.1",
    "-B lo",
    "-e none",
    "-e ^A",
    "-S none",
    "-S /tmp/%r@%h",
    "-D 1080",
    "-D [::1]:1080",
    "-L 8080:web:80",
    "-L /tmp/a:/tmp/b",
    "-R 9090:web:90",
    "-R 9091",
    "-W web:22",
    "-J jump",
    "-J a@b:3,c",
    "-c aes128-ctr,aes256-ctr",
    "-m hmac-sha2-256",
    "-q",
    "-v",
    "-vvv",
    "-k",
    "-K",
    "-I /lib/p.so",
    "-w 1:2",
    "-y",
    "-o port=77",
    "-oUser=opt",
    "-o {User opt}",
    "-oBatchMode=yes",
    "-o {SetEnv A=1 B=2}",
    "-o {LocalForward 7000 web:70}",
];

const YES_NO: &[&str] = &["yes", "no", "true", "false", "YES"];

/// Keywords that ssh(1) 9.2 takes from blocks that do not apply, too, or of which the last value
/// counts: its own mistakes, which are not repeated here. They are put first, once each.
const ONCE: &[(&str, &[&str])] = &[
    ("ForwardAgent", &["yes", "no", "true"]),
    ("StreamLocalBindMask", &["0177", "077", "0", "755"]),
    ("SyslogFacility", &["USER", "auth", "LOCAL7", "authpriv"]),
];

const VALUES: &[(&str, &[&str])] = &[
    ("AddKeysToAgent", &["yes", "no", "ask", "confirm", "5m", "confirm 1h"]),
    ("AddressFamily", &["any", "inet", "inet6", "INET"]),
    ("BatchMode", YES_NO),
    ("BindAddress", &["127.0.0.1", "::1", "none"]),
    ("BindInterface", &["lo", "eth0"]),
    ("CanonicalDomains", &["a.example b.example", "none", "\"a.example\""]),
    ("CanonicalizeFallbackLocal", YES_NO),
    ("CanonicalizeHostname", &["no", "false"]),
    ("CanonicalizeMaxDots", &["0", "1", "5"]),
    ("CASignatureAlgorithms", &["ssh-ed25519", "ssh-ed25519,rsa-sha2-512"]),
    ("CertificateFile", &["~/.ssh/c-cert.pub", "/c/%h", "\"a b\""]),
    ("CheckHostIP", YES_NO),
    ("Ciphers", &["aes128-ctr", "aes256-gcm@openssh.com,aes128-ctr", "aes1*", "-aes*"]),
    ("ClearAllForwardings", &["no", "no", "yes"]),
    ("Compression", &["yes", "no", "YES", "true"]),
    ("ConnectionAttempts", &["1", "5"]),
    ("ConnectTimeout", &["none", "0", "10", "1m30s", "2H"]),
    ("ControlMaster", &["yes", "no", "auto", "ask", "autoask", "true"]),
    ("ControlPath", &["none", "~/.ssh/%r@%h:%p", "/tmp/${FOO}", "\"/tmp/a b\""]),
    ("ControlPersist", &["yes", "no", "0", "10m", "60"]),
    ("DynamicForward", &["1080", "[::1]:1081", "localhost:1082", "*:1083"]),
    ("EnableEscapeCommandline", YES_NO),
    ("EnableSSHKeysign", YES_NO),
    ("EscapeChar", &["~", "none", "^A", "^]", "%", "x"]),
    ("ExitOnForwardFailure", YES_NO),
    ("FingerprintHash", &["md5", "sha256", "MD5"]),
    ("ForwardX11", YES_NO),
    ("ForwardX11Timeout", &["0", "1h", "none", "300"]),
    ("ForwardX11Trusted", YES_NO),
    ("GatewayPorts", YES_NO),
    ("GlobalKnownHostsFile", &["/etc/a", "/etc/a /etc/b", "none", "\"/etc/a b\" ~/c"]),
    ("GSSAPIAuthentication", YES_NO),
    ("GSSAPIDelegateCredentials", YES_NO),
    ("HashKnownHosts", YES_NO),
    ("HostbasedAcceptedAlgorithms", &["ssh-ed25519", "rsa-sha2-256"]),
    ("HostbasedAuthentication", YES_NO),
    ("HostKeyAlgorithms", &["ssh-ed25519", "rsa-sha2-512,ssh-ed25519"]),
    ("HostKeyAlias", &["alias", "Alias.Example"]),
    ("HostName", &["real.example", "%h.internal", "10.0.0.7", "%%x", "REAL"]),
    ("IdentitiesOnly", YES_NO),
    ("IdentityAgent", &["none", "SSH_AUTH_SOCK", "$FOO", "~/a.sock", "/run/%u", "${FOO}/s"]),
    ("IdentityFile", &["~/.ssh/one", "/k/%h", "none", "\"with blank\""]),
    ("IgnoreUnknown", &["foo", "foo,bar*"]),
    ("IPQoS", &["af21", "ef cs1", "0x10", "none", "lowdelay throughput", "0x33 le"]),
    ("KbdInteractiveAuthentication", YES_NO),
    ("ChallengeResponseAuthentication", YES_NO),
    ("KbdInteractiveDevices", &["pam", "bsdauth,pam"]),
    ("KexAlgorithms", &["curve25519-sha256", "ecdh-sha2-nistp256,curve25519-sha256"]),
    ("KnownHostsCommand", &["/bin/echo %H", "none", "/bin/a \"%t\" %K"]),
    ("LocalCommand", &["echo %h", "none", "echo \"a b\" # c"]),
    (
        "LocalForward",
        &[
            "8080 web:80",
            "[::1]:8081 [::2]:81",
            "/tmp/l /tmp/%h",
            "8082 /tmp/r",
            "*:8083 web:83",
            "localhost:8084 web:84",
        ],
    ),
    (
        "LogLevel",
        &["QUIET", "FATAL", "ERROR", "INFO", "VERBOSE", "DEBUG", "DEBUG2", "DEBUG3", "quiet"],
    ),
    ("LogVerbose", &["none", "kex.c:*:1000"]),
    ("MACs", &["hmac-sha2-256", "hmac-sha2-512,hmac-sha2-256", "hmac-sha2-*-etm@openssh.com"]),
    ("NoHostAuthenticationForLocalhost", YES_NO),
    ("NumberOfPasswordPrompts", &["1", "0", "7"]),
    ("PasswordAuthentication", YES_NO),
    ("PermitLocalCommand", YES_NO),
    ("PermitRemoteOpen", &["any", "none", "web:80", "web:80 [::1]:*", "*:22"]),
    ("PKCS11Provider", &["none", "/lib/p11.so"]),
    ("Port", &["22", "2022", "65535"]),
    ("PreferredAuthentications", &["publickey", "password,keyboard-interactive"]),
    ("ProxyCommand", &["none", "nc %h %p", "sh -c \"nc %h %p\" # x"]),
    ("ProxyJump", &["none", "jump", "me@jump:2200", "a,b@c,d:5", "[::1]:5"]),
    ("ProxyUseFdpass", YES_NO),
    ("PubkeyAcceptedAlgorithms", &["ssh-ed25519", "rsa-sha2-512,ssh-ed25519", "ssh-ed25519*"]),
    ("PubkeyAuthentication", &["yes", "no", "unbound", "host-bound", "true"]),
    ("RekeyLimit", &["default", "1G", "1G 1h", "default 30m", "500M none", "16"]),
    ("RemoteCommand", &["none", "echo %h %p %r %n", "ls # all"]),
    (
        "RemoteForward",
        &["9090 web:90", "9091", "[::1]:0 web:91", "/tmp/rl /tmp/rr", "localhost:9092"],
    ),
    ("RequestTTY", &["yes", "no", "force", "auto"]),
    ("RequiredRSASize", &["1024", "2048", "3072"]),
    ("RevokedHostKeys", &["none", "/etc/revoked", "~/revoked"]),
    ("SecurityKeyProvider", &["internal", "/lib/sk.so"]),
    ("SendEnv", &["LANG", "LC_* LANG", "-LANG", "-*", "A B -A"]),
    ("ServerAliveCountMax", &["1", "9"]),
    ("ServerAliveInterval", &["0", "30", "1m"]),
    ("SessionType", &["none", "subsystem", "default"]),
    ("SetEnv", &["A=1", "A=1 B=2 A=3", "\"C=with blank\" D=\"x y\""]),
    ("StdinNull", YES_NO),
    ("StreamLocalBindUnlink", YES_NO),
    ("StrictHostKeyChecking", &["yes", "no", "ask", "accept-new", "off", "true"]),
    ("TCPKeepAlive", YES_NO),
    ("Tunnel", &["yes", "no", "ethernet", "point-to-point"]),
    ("TunnelDevice", &["any", "any:any", "1", "1:2", "any:3", "4:any"]),
    ("UpdateHostKeys", &["yes", "no", "ask"]),
    ("User", &["alice", "\"bob\"", "carol@example"]),
    ("UserKnownHostsFile", &["~/.ssh/known_hosts", "~/kh", "/kh/%h %r.kh", "none", "/a/${FOO}"]),
    ("VerifyHostKeyDNS", &["yes", "no", "ask"]),
    ("VisualHostKey", YES_NO),
    ("XAuthLocation", &["/opt/xauth", "none"]),
];
