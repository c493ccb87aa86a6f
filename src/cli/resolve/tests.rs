//! Plans: the results of configuration and command line (data: tests/data/config/cases.txt, also
//! compared with ssh -G), and the chosen method.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::cli::args::{self, Typed, TypedSetting};
use crate::config::{
    self, Context, Keyword, Method, NameLookup, NoLookup, Options, Origin, SessionType,
};
use crate::error::{Kind, Result};

#[path = "../../../tests/lab/versions.rs"]
mod versions;

const CASES: &str = include_str!("../../../tests/data/config/cases.txt");

struct Case {
    name: String,
    file: String,
    argv: Vec<String>,
    wanted: Vec<String>,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut in_file = true;
    for line in CASES.split('\n') {
        if let Some(name) = line.strip_prefix("### ") {
            let name = name.to_owned();
            cases.push(Case { name, file: String::new(), argv: Vec::new(), wanted: Vec::new() });
            in_file = true;
        } else if let Some(case) = cases.last_mut() {
            if let Some(argv) = line.strip_prefix("--- ") {
                case.argv = words(argv);
                in_file = false;
            } else if in_file {
                case.file.push_str(line);
                case.file.push('\n');
            } else if !line.is_empty() {
                case.wanted.push(line.to_owned());
            }
        }
    }
    cases
}

/// Splits at blanks but for those in brackets.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').unwrap(),
            None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

fn context(user: &str) -> Context {
    Context {
        home: PathBuf::from("/home/me"),
        local_user: user.to_owned(),
        local_host: "box.example.org".to_owned(),
        uid: 0.into(),
        env: Box::new(|_| None),
    }
}

fn typed(words: &[&str]) -> Typed {
    args::parse(words.iter().map(Into::into), false).unwrap_or_else(|e| panic!("{words:?}: {e}"))
}

/// The options of a case, and the output of ssh -G if it is compared.
fn options_of(
    case: &Case,
    user: &str,
    compared: bool,
) -> (Vec<String>, Result<(Vec<String>, Options)>) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config");
    let text = match compared {
        true => versions::accepted(versions::major("ssh"), &case.file),
        false => case.file.clone(),
    };
    std::fs::write(&file, text).unwrap();
    let mut argv = vec!["-F".to_owned(), file.display().to_string()];
    argv.extend(case.argv.iter().cloned());
    let parsed = args::parse(argv.iter().map(Into::into), false);
    let options = parsed.and_then(|typed| {
        let (_, options) = options(&typed, &context(user))?;
        let lists = |_: Keyword, value: Option<&str>| value.unwrap_or("ours").to_owned();
        Ok((effective(&typed, &context(user), &NoLookup, &lists)?, options))
    });
    let peer = if compared { ssh(&argv, &case.name) } else { Vec::new() };
    (peer, options)
}

/// The output of ssh -G; a single line `failed` if it fails.
fn ssh(argv: &[String], name: &str) -> Vec<String> {
    let output = Command::new("ssh").arg("-G").args(argv).output();
    let output = output.unwrap_or_else(|e| panic!("{name}: no ssh to compare with: {e}"));
    if !output.status.success() {
        return vec!["failed".to_owned()];
    }
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn every_case_comes_to_what_it_says() {
    let cases = cases();
    assert!(cases.len() > 100, "{}", cases.len());
    for case in cases {
        let name = &case.name;
        let (_, outcome) = options_of(&case, "USER", false);
        let fault = case.wanted.iter().find_map(|w| w.strip_prefix("!!").or(w.strip_prefix('!')));
        if let Some(words) = fault {
            let error = outcome.map(|_| ()).expect_err(name);
            let whole = error.to_string();
            assert!(whole.contains(words.trim()), "{name}: {whole}");
            assert!(!whole.contains(char::is_control), "{name}: {whole}");
            continue;
        }
        let (mut lines, options) = outcome.unwrap_or_else(|e| panic!("{name}: {e}"));
        lines.extend(expanded(&options));
        for wanted in &case.wanted {
            if let Some(words) = wanted.strip_prefix("~ ") {
                assert!(options.warnings.iter().any(|w| w.contains(words)), "{name}: {wanted}");
            } else if let Some(absent) = wanted.strip_prefix('-') {
                assert!(!keywords(&lines).contains(&absent), "{name}: {wanted}");
            } else {
                assert!(lines.contains(wanted), "{name}: {wanted}: {lines:#?}");
            }
        }
        let silent = !case.wanted.iter().any(|w| w.starts_with("~ "));
        assert!(!silent || options.warnings.is_empty(), "{name}: {:?}", options.warnings);
    }
}

/// Options that a connection uses with tokens expanded, and -G prints unexpanded.
fn expanded(options: &Options) -> Vec<String> {
    let mut lines = Vec::new();
    let files = [
        ("identityfile", &options.identity_files.value),
        ("certificatefile", &options.certificate_files.value),
        ("globalknownhostsfile", &options.global_known_hosts_files.value),
    ];
    for (keyword, files) in files {
        lines.extend(files.iter().map(|file| format!("{keyword} {}", file.display())));
    }
    let texts = [
        ("proxycommand", &options.proxy_command.value),
        ("localcommand", &options.local_command.value),
    ];
    for (keyword, text) in texts {
        lines.extend(text.iter().map(|text| format!("{keyword} {text}")));
    }
    lines
}

fn keywords(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| line.split(' ').next().unwrap()).collect()
}

/// What ssh -G prints before it expands tokens, or with its own lists filled in.
const DIFFERENT: [&str; 18] = [
    "controlpath",
    "casignaturealgorithms",
    "hostbasedacceptedalgorithms",
    "identityfile",
    "certificatefile",
    "userknownhostsfile",
    "identityagent",
    "proxycommand",
    "remotecommand",
    "localcommand",
    "ciphers",
    "macs",
    "kexalgorithms",
    "hostkeyalgorithms",
    "pubkeyacceptedalgorithms",
    "bindinterface",
    "tag",
    "fingerprinthash",
];

#[test]
#[ignore = "needs peers: tests/run"]
fn every_case_comes_to_what_ssh_says() {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let major = versions::major("ssh");
    let understood = |case: &Case| major >= 10 || !case.name.starts_with("10: ");
    let cases: Vec<Case> = cases().into_iter().filter(understood).collect();
    assert!(cases.len() > 100, "{}", cases.len());
    let faults = cases.iter().filter_map(|case| {
        compare(case, major, &user).err().map(|fault| format!("{}: {fault}", case.name))
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn compare(case: &Case, major: u32, user: &str) -> std::result::Result<(), String> {
    let (theirs, outcome) = options_of(case, user, true);
    let failed = theirs == ["failed"];
    let goes_on = case.wanted.iter().any(|wanted| wanted.starts_with("!!"));
    if !goes_on && case.wanted.iter().any(|wanted| wanted.starts_with('!')) {
        return if failed { Ok(()) } else { Err("ssh takes it".to_owned()) };
    }
    if failed || goes_on {
        return if failed { Err("ssh refuses it".to_owned()) } else { Ok(()) };
    }
    let (ours, _) = outcome.map_err(|error| error.to_string())?;
    // Debian's ssh sets this one with BatchMode.
    let batch = ours.contains(&"batchmode yes".to_owned());
    let (theirs, ours) = versions::reduced(major, theirs, ours);
    let same = |line: &&String| {
        let keyword = line.split(' ').next().unwrap();
        let known = keywords(&ours).contains(&keyword);
        known && !DIFFERENT.contains(&keyword) && !(batch && keyword == "serveraliveinterval")
    };
    let kept = |lines: &[String]| -> Vec<String> {
        let mut kept: Vec<String> = lines.iter().filter(same).cloned().collect();
        kept.sort();
        kept
    };
    let (theirs, ours) = (kept(&theirs), kept(&ours));
    match theirs == ours {
        true => Ok(()),
        false => Err(format!("ssh: {theirs:?} tessh: {ours:?}")),
    }
}

fn plan(words: &[&str], terminal: bool) -> Result<Plan> {
    let around =
        Availability { terminal, can_ask: terminal, exists: &|_| false, answers: &|_| false };
    resolve_within(&typed(words), &context("me"), &around)
}

#[test]
fn commands_and_subsystems() {
    let command = |words: &[&str]| plan(words, true).unwrap().command.map(String::from_utf8);
    let none = ["-F", "none", "h"];
    assert_eq!(command(&none), None);
    assert_eq!(command(&[&none[..], &["a", "b  c", "-d"]].concat()), Some(Ok("a b  c -d".into())));
    assert_eq!(command(&[&none[..], &[""]].concat()), None);
    let remote = ["-F", "none", "-o", "RemoteCommand=x %h", "h"];
    assert_eq!(command(&remote), Some(Ok("x h".to_owned())));
    let both = plan(&[&remote[..], &["y"]].concat(), true).unwrap_err();
    assert!(both.to_string().contains("Cannot execute command-line and remote command"));
    let alone = plan(&["-F", "none", "-s", "h"], true).unwrap_err();
    assert!(alone.to_string().starts_with("You must specify a subsystem to invoke; such as"));
    let subsystem = plan(&["-F", "none", "-s", "h", "sftp"], true).unwrap();
    assert_eq!(*subsystem.options.session_type, SessionType::Subsystem);
    let quiet = "SessionType=none";
    for (words, by) in [
        (&["-N"][..], "-N"),
        (&["-W", "h:1"], "-W"),
        (&["-N", "-W", "h:1"], "-W"),
        (&["-o", quiet], "-o: SessionType none"),
    ] {
        let unrun = plan(&[&["-F", "none"], words, &["h", "ls"]].concat(), true).unwrap();
        assert_eq!(unrun.options.warnings, [format!("{by}: the command is not run")]);
    }
}

#[test]
fn a_jump_host_after_a_proxy_command_is_a_mistake() {
    for value in ["ProxyCommand=nc h", "proxycommand none"] {
        let error = plan(&["-F", "none", "-o", value, "-J", "j", "h"], true).unwrap_err();
        assert_eq!(error.to_string(), "Cannot specify -J with ProxyCommand");
    }
    let plan = plan(&["-F", "none", "-J", "j", "-o", "ProxyCommand=nc h", "h"], true).unwrap();
    assert_eq!(plan.options.jumps.len(), 1);
    assert_eq!(*plan.options.proxy_command, None);
}

#[test]
fn the_method_is_one() {
    let method = |words: &[&str], terminal| plan(words, terminal).map(|plan| plan.method);
    let none = ["-F", "none"];
    let with = |more: &[&str]| {
        [&none[..], more, &["h"]].concat().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let on = |more: &[&str], terminal| {
        let words = with(more);
        method(&words.iter().map(String::as_str).collect::<Vec<_>>(), terminal)
    };
    let chain = |methods: &[Method]| Ok(MethodChoice::Chain(methods.to_vec()));
    assert_eq!(on(&[], true), Ok(MethodChoice::Ask));
    assert_eq!(on(&["-i", "/k"], false), chain(&[Method::PublicKey]));
    assert_eq!(on(&["--auth", "agent"], true), chain(&[Method::Agent]));
    assert_eq!(
        on(&["--auth", "publickey,keyboard-interactive"], true),
        chain(&[Method::PublicKey, Method::KeyboardInteractive])
    );
    assert_eq!(
        on(&["-o", "IdentityFile=none", "--password-fd", "3"], false),
        chain(&[Method::Password])
    );
    // With nothing to log in with, the server is asked what it would accept.
    assert_eq!(on(&[], false), chain(&[Method::None]));
    let off = on(&["--auth", "password", "-o", "PasswordAuthentication=no"], true).unwrap_err();
    assert_eq!(off.kind(), Kind::Usage);
    assert!(on(&["--auth", "telepathy"], true).is_err());
}

#[test]
fn the_agent_answers_where_ssh_would_look() {
    let asked = std::cell::RefCell::new(Vec::new());
    let answers = |socket: &Path| {
        asked.borrow_mut().push(socket.to_owned());
        true
    };
    let around =
        Availability { terminal: false, can_ask: false, exists: &|_| false, answers: &answers };
    let mut context = context("me");
    context.env = Box::new(|name| match name {
        "SSH_AUTH_SOCK" => Some("/run/agent".to_owned()),
        "OTHER" => Some("/run/other".to_owned()),
        _ => None,
    });
    let agent = |word: &str| {
        let words = ["-F", "none", "-o", word, "h"].map(Into::into);
        let typed = args::parse(words.into_iter(), true).unwrap();
        let plan = resolve_within(&typed, &context, &around);
        let socket = asked.borrow_mut().pop();
        (plan.map(|p| p.agent_identities).ok(), socket)
    };
    assert_eq!(agent("Port=22"), (Some(true), Some("/run/agent".into())));
    assert_eq!(agent("IdentityAgent=SSH_AUTH_SOCK"), (Some(true), Some("/run/agent".into())));
    assert_eq!(agent("IdentityAgent=$OTHER"), (Some(true), Some("/run/other".into())));
    assert_eq!(agent("IdentityAgent=~/s"), (Some(true), Some("/home/me/s".into())));
    assert_eq!(agent("IdentitiesOnly=yes"), (Some(false), Some("/run/agent".into())));
    assert_eq!(agent("IdentityAgent=none"), (Some(false), None));
    assert_eq!(agent("IdentityAgent=$UNSET"), (Some(false), None));
}

/// Letters of ssh(1) that this version does not implement: -G shows them, and a connection refuses
/// them with the letter and a reason.
#[test]
fn what_is_not_done_is_shown_and_refused() {
    let lists = |_: Keyword, _: Option<&str>| String::new();
    for (words, shown) in [
        (&["-K"][..], "gssapidelegatecredentials yes"),
        (&["-w", "1:2"], "tunneldevice 1:2"),
        (&["-I", "/p"], "pkcs11provider /p"),
    ] {
        let words = [&["-F", "none"], words, &["h"]].concat();
        let lines = effective(&typed(&words), &context("me"), &NoLookup, &lists).unwrap();
        assert!(lines.contains(&shown.to_owned()), "{words:?}: {lines:#?}");
        let error = plan(&words, true).unwrap_err();
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
        assert!(matches!(error.kind(), Kind::Usage | Kind::Config), "{words:?}: {error}");
    }
}

#[test]
fn what_later_parts_need_is_typed_and_has_its_origin() {
    use crate::config::{ControlMaster, ControlPersist, ForwardAgent, PermitOpen};
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c");
    let text = "ControlMaster auto\nControlPersist 5m\nControlPath ~/%r@%h-%p\nForwardAgent $SOCK\n\
                PermitRemoteOpen a:1 *:*\nStreamLocalBindMask 0117\nChannelTimeout session=1m\n\
                AddKeysToAgent confirm 1h\nObscureKeystrokeTiming interval:80\nProxyJump a@b:3,c\n\
                LocalForward /run/%h b:2\nRemoteForward 0 [::1]:3\nRemoteForward 7\n";
    std::fs::write(&file, text).unwrap();
    let words = ["-F", file.to_str().unwrap(), "-L", "1:h:2", "-D", "[::1]:9", "u@h"];
    let resolved = layered(&typed(&words), &context("me"), &NoLookup).unwrap();
    let o = resolved.options;
    let at = |line| Origin::File { file: file.clone(), line };
    let shown = |it: &config::Setting<config::Forward>| format!("{} {}", it.listen, it.connect);
    let forwarding = &o.forwarding;
    let local: Vec<_> = forwarding.local.iter().map(shown).collect();
    assert_eq!(local, ["1 [h]:2", "/run/h [b]:2"]);
    assert_eq!(forwarding.local[0].origin, Origin::Flag("-L"));
    assert_eq!(forwarding.local[1].origin, at(11));
    let remote: Vec<_> = forwarding.remote.iter().map(shown).collect();
    assert_eq!(remote, ["0 [::1]:3", "7 [socks]:0"]);
    assert_eq!(forwarding.dynamic[0].listen.to_string(), "[::1]:9");
    assert_eq!(*forwarding.agent, ForwardAgent::Variable("SOCK".to_owned()));
    let places = [("a", "1"), ("*", "*")].map(|(host, port)| (host.to_owned(), port.to_owned()));
    assert_eq!(*forwarding.permit_remote_open, PermitOpen::Only(places.to_vec()));
    assert_eq!((*forwarding.bind_mask, forwarding.bind_mask.origin.clone()), (0o117, at(6)));
    assert_eq!(*o.sharing.master, ControlMaster::Auto);
    assert_eq!(*o.sharing.persist, ControlPersist::Idle(std::time::Duration::from_secs(300)));
    assert_eq!(o.sharing.path.as_deref(), Some(Path::new("/home/me/u@h-22")));
    assert_eq!(o.channel_timeouts.first().map(|(kind, _)| kind.as_str()), Some("session"));
    assert!(o.add_keys_to_agent.confirm && o.add_keys_to_agent.lifetime.is_some());
    assert_eq!(o.obscure_keystroke_timing.map(|time| time.as_millis()), Some(80));
    assert_eq!(o.jumps.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a@b:3", "c"]);
    assert_eq!(o.jumps.origin, at(10));
}

#[test]
fn a_canonical_name_is_read_for_again() {
    struct Zone;
    impl NameLookup for Zone {
        fn exists(&self, name: &str) -> bool {
            name == "web.a.test."
        }
        fn canonical(&self, _: &str) -> Option<String> {
            None
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c");
    let text = "CanonicalizeHostname yes\nCanonicalDomains a.test\nHost web\n  Port 1\n\
                Host *.a.test\n  User canonical\n  Port 2\nMatch canonical\n  Compression yes\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let found = layered(&typed(&["-F", file, "Web"]), &context("me"), &Zone).unwrap().options;
    assert_eq!((found.hostname.as_str(), *found.port), ("web.a.test", 2));
    assert_eq!(found.hostname.origin.to_string(), format!("{file} line 1"));
    assert!(*found.compression && *found.user == "canonical");
    let other = layered(&typed(&["-F", file, "other"]), &context("me"), &Zone).unwrap().options;
    assert_eq!((other.hostname.as_str(), *other.port), ("other", 22));
}

#[test]
fn origins_say_where() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c");
    std::fs::write(&file, "\nHost h\n  Compression yes\n").unwrap();
    let words = ["-F", file.to_str().unwrap(), "-o", "LogLevel=INFO", "-p", "3", "u@h"];
    let (_, options) = options(&typed(&words), &context("me")).unwrap();
    assert_eq!(options.compression.origin, Origin::File { file: file.clone(), line: 3 });
    assert_eq!(options.compression.origin.to_string(), format!("{} line 3", file.display()));
    assert_eq!(options.log_level.origin, Origin::Option);
    assert_eq!(options.port.origin, Origin::Flag("-p"));
    assert_eq!(options.user.origin, Origin::Destination);
    assert_eq!(options.batch_mode.origin, Origin::Default);
}

/// The lines of tests/data/config/argv.json: what tools pass must be accepted without a message.
#[test]
fn what_the_tools_pass_is_taken() {
    let cases: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/data/config/argv.json")).unwrap();
    let mut taken = 0;
    for case in cases.as_array().unwrap() {
        if case.get("error").is_some() || case.get("destination").is_none() {
            continue;
        }
        let argv = case["argv"].as_array().unwrap();
        let argv = argv.iter().map(|word| word.as_str().unwrap().into());
        let mut typed = args::parse(argv, false).unwrap();
        typed.config_file = Some("none".into());
        // Two lines of the collection have a placeholder for an option.
        let placeholder = |text: &str| text.eq_ignore_ascii_case("x=y");
        typed.settings.retain(|s| !matches!(s, TypedSetting::Option(text) if placeholder(text)));
        let unbuilt = typed
            .settings
            .iter()
            .any(|setting| matches!(setting, TypedSetting::Flag { flag: "-w", .. }));
        match options(&typed, &context("me")) {
            Ok((_, options)) if !unbuilt => {
                assert!(options.warnings.is_empty(), "{case}: {:?}", options.warnings);
                taken += 1;
            }
            Err(error) if unbuilt => {
                assert!(error.to_string().contains("not s"), "{error}");
            }
            Err(error) if typed.destination.as_deref() == Some("-") => {
                assert!(error.to_string().contains("starts with '-'"), "{error}");
            }
            other => panic!("{case}: {:?}", other.map(|_| ())),
        }
    }
    assert!(taken > 30, "{taken}");
}
