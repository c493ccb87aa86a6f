//! Tests of files on disk (ownership, Include, bounds), of the choice of a method, and of malformed
//! input.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::*;
use crate::error::{Error, Kind, Result};
use crate::os::user::UserId;

fn context(home: &Path) -> Context {
    Context {
        home: home.to_owned(),
        local_user: "me".to_owned(),
        local_host: "box".to_owned(),
        uid: UserId::real(),
        env: Box::new(|name| (name == "DIR").then(|| "sub".to_owned())),
    }
}

/// A home directory with `~/.ssh`, from which a configuration can be read.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".ssh/sub")).unwrap();
        Home(home)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(".ssh").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn read(&self, name: &str, kind: FileKind) -> Result<Options> {
        let mut layers = Layers::new();
        let host = HostFacts { original: "h".to_owned(), ..HostFacts::default() };
        let context = context(self.0.path());
        let path = self.0.path().join(".ssh").join(name);
        read_file(&mut layers, &ConfigFile { path, kind }, &host, &context)?;
        let mut options = Options::of(&layers, "h", &context)?;
        options.warnings.extend(check_standing(&layers)?);
        Ok(options)
    }

    fn options(&self) -> Options {
        self.read("config", FileKind::User).unwrap()
    }

    fn error(&self) -> Error {
        self.read("config", FileKind::User).unwrap_err()
    }
}

#[test]
fn only_the_named_file_must_exist() {
    let home = Home::new();
    for kind in [FileKind::User, FileKind::System] {
        assert_eq!(*home.read("missing", kind).unwrap().port, 22);
    }
    let error = home.read("missing", FileKind::Named).unwrap_err();
    assert_eq!(error.kind(), Kind::Config);
    assert!(error.to_string().starts_with("Can't open user config file "), "{error}");
    assert!(error.to_string().contains("/missing: No such file or directory; "), "{error}");
    let directory = home.read("sub", FileKind::Named).unwrap_err();
    assert!(directory.to_string().contains("Is a directory"), "{directory}");
}

#[test]
fn a_file_that_others_can_write_is_refused() {
    let home = Home::new();
    let path = home.write("config", "Port 7\n");
    for (mode, taken) in [(0o600, true), (0o644, true), (0o620, false), (0o602, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let outcome = home.read("config", FileKind::User);
        assert_eq!(outcome.is_ok(), taken, "{mode:o}");
        if let Err(error) = outcome {
            assert!(error.to_string().starts_with("Bad owner or permissions on "), "{error}");
        }
        assert!(home.read("config", FileKind::Named).is_ok(), "{mode:o}");
    }
    home.write("config", "Include part\n");
    let part = home.write("part", "Port 8\n");
    fs::set_permissions(&part, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(home.error().to_string().starts_with("Bad owner or permissions on "));
}

#[test]
fn a_file_of_another_user_is_refused() {
    let home = Home::new();
    home.write("config", "Port 7\n");
    let mut context = context(home.0.path());
    let owner = context.uid;
    context.uid = if owner == UserId::from(1) { 2 } else { 1 }.into();
    let file = ConfigFile { path: home.0.path().join(".ssh/config"), kind: FileKind::User };
    let read = read_file(&mut Layers::new(), &file, &HostFacts::default(), &context);
    // Files that belong to the administrator are accepted for every user.
    assert_eq!(read.is_ok(), owner.is_root());
}

#[test]
fn included_files_are_read_where_they_stand() {
    let home = Home::new();
    home.write("config", "Include one ~/.ssh/sub/*.conf ${DIR}/last missing no*match\nUser late\n");
    home.write("one", "Host x\nPort 1\n");
    home.write("sub/b.conf", "Port 3\n");
    home.write("sub/a.conf", "Port 2\nHostKeyAlias from-a\n");
    home.write("sub/last", "User early\n");
    let options = home.options();
    assert_eq!((*options.port, options.user.as_str()), (2, "early"));
    // A block in an included file ends at the end of that file.
    assert_eq!(options.host_key_alias.as_deref(), Some("from-a"));
    let wanted = Origin::File { file: home.0.path().join(".ssh/sub/a.conf"), line: 1 };
    assert_eq!(options.port.origin, wanted);
}

#[test]
fn a_block_that_does_not_apply_includes_nothing() {
    let home = Home::new();
    home.write("config", "Host x\nInclude one\nHost h\nInclude two\n");
    home.write("one", "Host h\nPort 1\nMatch all\nPort 2\n");
    home.write("two", "Host x\nPort 3\nHost h\nPort 4\n");
    assert_eq!(*home.options().port, 4);
    // A file included by a block that does not apply is still checked.
    home.write("one", "Host h\nNope 1\n");
    let error = home.error().to_string();
    assert!(error.contains("one: line 2: Bad configuration option: nope"), "{error}");
}

#[test]
fn loops_and_floods_end() {
    let home = Home::new();
    home.write("config", "Include config\n");
    let error = home.error().to_string();
    assert!(error.contains("deeper than 16"), "{error}");
    for at in 0..=MAX_FILES {
        home.write(&format!("sub/{at}"), "Port 5\n");
    }
    home.write("config", "Include sub/*\n");
    let error = home.error().to_string();
    assert!(error.contains("more than 256 configuration files"), "{error}");
    home.write("config", vec![b'\n'; usize::try_from(MAX_FILE).unwrap() + 1]);
    assert!(home.error().to_string().contains("larger than 1048576 bytes"));
    home.write("config", vec![b'\n'; usize::try_from(MAX_FILE).unwrap()]);
    assert_eq!(*home.options().port, 22);
    home.write("config", "IdentityFile /a\n".repeat(1000));
    assert_eq!(home.options().identity_files.len(), 1);
    let many: String = (0..101).map(|n| format!("IdentityFile /{n}\n")).collect();
    home.write("config", many);
    assert!(home.error().to_string().contains("line 101: IdentityFile: more than 100"));
    let pipe = home.0.path().join(".ssh/pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    home.write("config", "Include pipe\nPort 6\n");
    assert_eq!(*home.options().port, 6, "a pipe that nobody writes to is not waited for");
}

#[test]
fn what_is_kept_of_a_configuration_is_bounded() {
    let home = Home::new();
    let largest = usize::try_from(MAX_FILE).unwrap();
    for at in 0..5 {
        home.write(&format!("sub/{at}"), vec![b'\n'; largest]);
    }
    home.write("config", "Include sub/*\n");
    assert!(home.error().to_string().contains("larger than 4194304 bytes"), "{}", home.error());
    let layers = |text: String| {
        let mut layers = Layers::new();
        let host = HostFacts { original: "h".to_owned(), ..HostFacts::default() };
        let path = home.write("config", text);
        let file = ConfigFile { path, kind: FileKind::User };
        read_file(&mut layers, &file, &host, &context(home.0.path())).map(|()| layers)
    };
    // What is overridden is only there to be told; what counts is never left out.
    let kept = layers("Port 5\n".repeat(140_000) + "User last\n").unwrap();
    let overridden = kept.all(Keyword::Port).count();
    assert!((1_000..20_000).contains(&overridden), "{overridden}");
    assert_eq!(kept.first(Keyword::User).unwrap().args, ["last"]);
    assert_eq!(layers("Include ${NOPE}\n".repeat(60_000)).unwrap().warnings().len(), 100);
    let blocks = layers("Host x\n".repeat(140_000)).unwrap();
    assert_eq!(blocks.blocks().len(), 100_000);
    home.write("config", format!("IdentityFile {}\n", "%d".repeat(100_000)));
    assert!(home.error().to_string().contains("IdentityFile"), "{}", home.error());
    home.write("config", format!("ProxyJump {}\n", vec!["a"; 17].join(",")));
    assert!(home.error().to_string().contains("ProxyJump"), "{}", home.error());
    home.write("config", format!("CanonicalDomains{}\n", " a.example".repeat(33)));
    assert!(home.error().to_string().contains("more than 32"), "{}", home.error());
    let chain = Method::parse_chain(&["none"; 9].join(",")).unwrap_err();
    assert!(chain.to_string().contains('8'), "{chain}");
    // Of faults, the first is told, and how many there are.
    let error = layers("Port x\n".repeat(140_000)).err().unwrap();
    assert!(error.to_string().contains("line 1: Port"), "{error}");
    assert!(error.next_step().unwrap().contains("140000"), "{error:?}");
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let home = Home::new();
    home.write("config", b"# caf\xe9\nPort 3\n");
    assert_eq!(*home.options().port, 3);
    home.write("config", b"Port 3\nUser caf\xe9\n");
    assert!(home.error().to_string().contains("config line 2: not UTF-8"));
    home.write("config", b"Port 3\nUser a\0b\n");
    assert!(home.error().to_string().contains("config line 2: a NUL byte"));
    home.write("config", "User \x1b[2J;\n");
    assert!(!home.error().to_string().contains(char::is_control));
    home.write("config", "\x1b[2J x\n");
    assert!(!home.error().to_string().contains(char::is_control));
}

#[test]
fn a_token_without_value_names_its_line() {
    let home = Home::new();
    home.write("config", "\nUserKnownHostsFile ~/x ${NOPE}\n");
    let error = home.error().to_string();
    assert!(error.contains("config line 2: UserKnownHostsFile: env var ${NOPE}"), "{error}");
    home.write("config", "UserKnownHostsFile ~/x /%h/${DIR}\nIdentityFile none\n");
    let options = home.options();
    let wanted = [home.0.path().join("x"), "/h/sub".into()];
    assert_eq!(*options.user_known_hosts_files, wanted);
    assert!(options.identity_files.is_set() && options.identity_files.is_empty());
}

#[test]
fn a_refused_connection_says_why() {
    let home = Home::new();
    home.write("config", "Host h\nRefuseConnection \"use the other one\"\n");
    assert!(home.error().to_string().ends_with("RefuseConnection: use the other one"));
}

#[test]
fn a_bad_forward_is_told_with_its_form_on_a_line_and_in_a_flag() {
    let home = Home::new();
    for (line, next) in [
        ("LocalForward 8080", "[bind_address:]port host:hostport"),
        ("LocalForward 8080 web", "[bind_address:]port host:hostport"),
        ("RemoteForward web:x", "[bind_address:]port host:hostport"),
        ("DynamicForward web", "[bind_address:]port,"),
        ("ProxyJump a,,b", "[user@]host[:port]"),
        // As in ssh(1); the second port was passed over.
        ("DynamicForward 1080 1081", "leave them out"),
        ("RemoteForward 1 a:2 b:3", "leave them out"),
    ] {
        home.write("config", line);
        let error = home.error();
        assert!(error.next_step().is_some_and(|hint| hint.contains(next)), "{line}: {error}");
    }
    let flag = |keyword, value| {
        let set = Layers::new().set(keyword, value, Origin::Flag("-L"));
        set.unwrap_err().next_step().unwrap().to_owned()
    };
    assert!(flag(Keyword::LocalForward, "8080").contains("[bind_address:]port:host:hostport"));
    assert!(flag(Keyword::ProxyJump, "a b").contains("[user@]host[:port]"));
}

#[test]
fn keepalives_are_for_the_connection_and_those_of_forwards_are_warned_of() {
    let home = Home::new();
    for (word, on, warned) in [
        ("no", false, false),
        ("False", false, false),
        ("yes", true, false),
        ("transport", true, false),
        ("Transport", true, false),
        ("all", true, true),
    ] {
        home.write("config", format!("TCPKeepAlive {word}\n"));
        let options = home.options();
        assert_eq!((*options.tcp_keep_alive, !options.warnings.is_empty()), (on, warned), "{word}");
    }
}

#[test]
fn matching_by_tag_command_and_session() {
    let home = Home::new();
    home.write(
        "config",
        "Tag blue\nMatch tagged blue,green sessiontype shell command \"\"\nPort 5\n",
    );
    assert_eq!(*home.options().port, 5);
    home.write("config", "SessionType none\nMatch sessiontype shell\nPort 5\n");
    assert_eq!(*home.options().port, 22);
}

#[test]
fn no_file_makes_it_panic() {
    use proptest::prelude::*;
    let home = Home::new();
    let keyword = (0..TABLE.len()).prop_map(|at| TABLE[at].name.as_bytes().to_vec());
    let noise = proptest::collection::vec(any::<u8>(), 0..12);
    let words = prop_oneof!["[a-z%$~{}\"'\\\\=!*, 0-9-]{0,20}".prop_map(String::into_bytes), noise];
    let line = (keyword, words).prop_map(|(k, w)| [&k[..], b" ", &w[..], b"\n"].concat());
    proptest!(|(lines in proptest::collection::vec(line, 0..6))| {
        // A file that includes others would make the result depend on what is in the directory.
        home.write("config", lines.concat());
        if let Err(error) = home.read("config", FileKind::Named) {
            prop_assert!(!error.to_string().contains(char::is_control));
        }
    });
}

/// One case on each line: `--auth`, PreferredAuthentications, what is switched off, what exists,
/// the choice.
const CHOICES: &str = "
    -                     -                                  -   terminal         ask
    -                     -                                  -   terminal,key     ask
    -                     -                                  -   terminal,typed   publickey
    -                     -                                  -   terminal,key,alone publickey
    -                     -                                  K   terminal,key,alone ask
    -                     -                                  K   terminal,typed   ask
    -                     password                           -   terminal,typed   password
    -                     -                                  -   terminal,ssh     none
    -                     -                                  -   terminal,ssh,key publickey
    -                     -                                  -   terminal,ssh,ask password
    -                     -                                  -   terminal,batch   none
    -                     -                                  -   batch,key        publickey
    -                     -                                  -   default          publickey
    -                     -                                  -   agent            agent
    -                     -                                  -   ssh,agent        publickey
    -                     -                                  -   ask              password
    -                     -                                  -   ask,agent        agent
    -                     -                                  -   -                none
    -                     -                                  P   ask              keyboard-interactive
    -                     -                                  K   ask,key          password
    -                     -                                  PKI ask,key          none
    -                     publickey,password                 -   ask              publickey
    -                     gssapi-with-mic,hostbased,password -   key              password
    -                     publickey,password                 K   ask              password
    -                     keyboard-interactive               -   terminal         keyboard-interactive
    -                     gssapi-with-mic                    -   terminal         ask
    -                     gssapi-with-mic                    -   key,ask          error
    -                     password                           P   key,ask          error
    -                     password                           -   batch,key        password
    -                     gssapi-with-mic                    -   ssh,key,ask      none
    password              publickey                          -   key              password
    none                  -                                  PKI -                none
    agent                 -                                  -   -                agent
    agent                 -                                  K   agent            error
    password              -                                  P   terminal         error
    publickey,password    -                                  -   -                publickey,password
    publickey,password    -                                  P   -                error
";

#[test]
fn one_method_is_settled() {
    for line in CHOICES.lines().filter(|line| !line.trim().is_empty()) {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [auth, preferred, off, there, wanted] = columns[..] else { panic!("{line}") };
        let explicit = (auth != "-").then(|| Method::parse_chain(auth).unwrap());
        let preferred: Vec<String> = preferred.split(',').map(str::to_owned).collect();
        let is = |word: &str| there.split(',').any(|there| there == word);
        let choice = choose(&Circumstances {
            explicit: explicit.as_deref(),
            profile: None,
            preferred: (preferred != ["-"]).then_some(&preferred[..]),
            password: !off.contains('P'),
            publickey: !off.contains('K'),
            keyboard_interactive: !off.contains('I'),
            terminal: is("terminal"),
            can_ask: is("ask"),
            batch: is("batch"),
            as_ssh: is("ssh"),
            identity_typed: is("typed"),
            identity_named: is("key"),
            default_identity: is("default"),
            agent_answers: &|| is("agent"),
            key_settles: &|| is("alone"),
        });
        let said = match choice {
            Ok(MethodChoice::Ask) => "ask".to_owned(),
            Ok(MethodChoice::Chain(chain)) => {
                chain.iter().map(|m| m.name()).collect::<Vec<_>>().join(",")
            }
            Err(_) => "error".to_owned(),
        };
        assert_eq!(said, wanted, "{line}");
    }
    let profile = [Method::Agent];
    let both = Circumstances {
        explicit: None,
        profile: Some(&profile),
        preferred: Some(&["password".to_owned()]),
        password: true,
        publickey: true,
        keyboard_interactive: true,
        terminal: true,
        can_ask: true,
        batch: false,
        as_ssh: false,
        identity_typed: true,
        identity_named: true,
        default_identity: true,
        agent_answers: &|| panic!("nobody needs to know"),
        key_settles: &|| false,
    };
    assert_eq!(choose(&both), Ok(MethodChoice::Chain(vec![Method::Agent])));
}
