//! Saved sessions in plans: which session is used, the precedence of settings, and what is saved of
//! a command line.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::*;
use crate::cli::args;
use crate::cli::args::Typed;
use crate::cli::resolve::save::{of_command_line, written};
use crate::cli::resolve::sources::store;
use crate::cli::resolve::{Availability, Plan, options, resolve_within};
use crate::config::{Context, Directive};
use crate::config::{MethodChoice, RequestTty};
use crate::destination::Destination;
use crate::profiles::{LOG_FORMATS, LOG_TIMESTAMPS, METHODS};
use crate::terminal::record::{LogFormat, Stamps};
use crate::trust::Pin;
use std::path::{Path, PathBuf};

struct Home(tempfile::TempDir);

impl Home {
    fn new(config: &str, sessions: &[(&str, &str)]) -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        home.write(".ssh", "config", config);
        for (file, text) in sessions {
            home.write(".config/tessh/sessions", file, text);
        }
        home
    }

    fn write(&self, directory: &str, file: &str, text: &str) {
        let directory = self.0.path().join(directory);
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join(file), text).unwrap();
        fs::set_permissions(directory.join(file), Permissions::from_mode(0o600)).unwrap();
    }

    fn context(&self) -> Context {
        Context {
            home: self.0.path().to_owned(),
            local_user: "me".to_owned(),
            local_host: "box".to_owned(),
            uid: fs::metadata(self.0.path()).unwrap().uid().into(),
            env: Box::new(|_| None),
        }
    }

    fn options(&self, words: &[&str]) -> Result<(String, Options)> {
        options(&typed(words), &self.context())
    }

    /// `user@host:port`, and the origin of the port.
    fn goes_to(&self, words: &[&str]) -> String {
        let (host, options) = self.options(words).unwrap();
        assert_eq!(host.to_lowercase(), *options.hostname, "{words:?}");
        format!("{}@{host}:{} {}", *options.user, *options.port, options.port.origin)
    }

    fn plan(&self, words: &[&str]) -> Result<Plan> {
        let around =
            Availability { terminal: true, can_ask: true, exists: &|_| false, answers: &|_| false };
        resolve_within(&typed(words), &self.context(), &around)
    }
}

fn typed(words: &[&str]) -> Typed {
    args::parse(words.iter().map(Into::into), false).unwrap_or_else(|e| panic!("{words:?}: {e}"))
}

const WEB: &str = "host = 'web.example.org'\nport = 2222\nuser = 'deploy'\n";

#[test]
fn a_session_is_meant_by_name_unless_a_host_line_has_it_too() {
    let home = Home::new(
        "Host alias\n Port 7\nHost *\n Port 9\n User star\n",
        &[
            ("web.toml", WEB),
            ("alias.toml", WEB),
            ("prod%2Fweb%201.toml", WEB),
            ("root%40web.toml", "host = 'other'\nport = 1\n"),
        ],
    );
    for (words, wanted) in [
        (&["web"][..], "deploy@web.example.org:2222 session web"),
        (&["me@web"], "me@web.example.org:2222 session web"),
        (&["me@web:5"], "me@web.example.org:5 destination"),
        (&["-p", "3", "web"], "deploy@web.example.org:3 -p"),
        (&["-o", "Port=3", "web", "ls"], "deploy@web.example.org:3 -o"),
        (&["root@web"], "star@other:1 session root@web"),
        (&["prod/web 1"], "deploy@web.example.org:2222 session prod/web 1"),
        (&["--profile", "alias"], "deploy@web.example.org:2222 session alias"),
        (&["--profile", "web", "-p", "4", "ls", "-p", "5"], "deploy@web.example.org:4 -p"),
    ] {
        assert_eq!(home.goes_to(words), wanted, "{words:?}");
    }
    let config = home.0.path().join(".ssh/config");
    let star = format!("star@web:9 {} line 4", config.display());
    assert_eq!(home.goes_to(&["ssh://web"]), star, "a URI names a host");
    let error = home.options(&["alias"]).unwrap_err().to_string();
    assert!(error.contains("own:alias, openssh:alias"), "neither is guessed: {error}");
    let alias = format!("star@alias:7 {} line 2", config.display());
    assert_eq!(home.goes_to(&["openssh:alias"]), alias);
    assert_eq!(home.goes_to(&["own:alias"]), "deploy@web.example.org:2222 session alias");
    assert!(home.options(&["own:nothing"]).is_err());
    let as_ssh = args::parse(["web".into()].into_iter(), true).unwrap();
    assert_eq!(options(&as_ssh, &home.context()).unwrap().0, "web", "under the name ssh");
    let error = home.options(&["no such"]).unwrap_err().to_string();
    assert!(error.starts_with("no saved session is called 'no such'"), "{error}");
}

#[test]
fn patterns_with_wildcards_and_negations_name_a_host_too() {
    for (config, session) in [
        ("Host *.example.org\n", false),
        ("Host we?\n", true),
        ("Host *\n", true),
        ("Host ** * !other\n", true),
        ("Host !web.example.org web*\n", true),
        ("Match originalhost web.example.org\n", true),
        ("Match user nobody\nHost w*.example.org\n", false),
    ] {
        let home = Home::new(config, &[("web.example.org.toml", "host = 'h'\n")]);
        let (host, _) = home.options(&["web.example.org"]).unwrap();
        assert_eq!(host == "h", session, "{config}");
    }
}

#[test]
fn a_missing_name_tells_those_near_it_and_a_broken_one_its_line() {
    let home = Home::new(
        "Host broken2\n",
        &[("web.toml", WEB), ("broken.toml", "host = 'h'\nport = 'x'\n"), ("broken2.toml", "host")],
    );
    let error = home.options(&["--profile", "wbe"]).unwrap_err();
    assert_eq!(error.to_string(), "no saved session is called 'wbe'; near it: web");
    let error = home.options(&["--profile", "nothing"]).unwrap_err();
    assert!(error.to_string().contains("tessh sessions list"), "{error}");
    let error = home.options(&["broken"]).unwrap_err();
    assert!(error.to_string().contains("broken.toml line 2: port:"), "{error}");
    assert!(home.options(&["openssh:broken2"]).is_ok(), "the broken one is not read");
}

#[test]
fn every_field_becomes_its_option() {
    let full = include_str!("../../../../tests/data/profiles/full.toml");
    let full =
        full.replace("forwards.", "#").replace("options = [", "options = [\"VisualHostKey=yes\", ");
    let home =
        Home::new("Host *\n Ciphers aes128-ctr\n ConnectTimeout 3\n", &[("full.toml", &full)]);
    let (_, options) = home.options(&["full"]).unwrap();
    let paths =
        |files: &[PathBuf]| files.iter().map(|it| it.display().to_string()).collect::<Vec<_>>();
    let ssh = |name: &str| format!("{}/.ssh/{name}", home.0.path().display());
    assert_eq!(paths(&options.identity_files), [ssh("deploy"), ssh("old")]);
    assert_eq!(paths(&options.certificate_files), [ssh("deploy-cert.pub")]);
    assert_eq!(paths(&options.user_known_hosts_files), [ssh("known_hosts.work")]);
    assert_eq!(options.proxy_command.as_deref(), Some("nc web.example.org 2222"));
    assert_eq!(options.remote_command.as_deref(), Some("tmux attach"));
    assert_eq!(*options.request_tty, RequestTty::Force);
    assert_eq!(options.set_env[1], ("LANG".to_owned(), "C.UTF-8".to_owned()));
    assert_eq!(options.server_alive_interval.unwrap().as_secs(), 30);
    assert_eq!(*options.server_alive_count_max, 3);
    assert_eq!(options.kex_algorithms.as_deref(), Some("curve25519-sha256,mlkem768x25519-sha256"));
    assert_eq!(options.host_key_algorithms.as_deref(), Some("+ssh-rsa"));
    assert_eq!(options.ciphers.as_deref(), Some("chacha20-poly1305@openssh.com"));
    assert_eq!(options.macs.as_deref(), Some("hmac-sha2-256"));
    assert_eq!(options.ciphers.origin, Origin::Profile("full".to_owned()));
    assert!(*options.compression && *options.visual_host_key);
    assert_eq!(options.connect_timeout.unwrap().as_secs(), 10, "over the file's 3");
    let warned = options.warnings.join("\n");
    for words in ["colour is not known", "window is not known"] {
        assert!(warned.contains(words), "{words}: {warned}");
    }
    assert!(!warned.contains("not applied by"), "{warned}");
}

#[test]
fn a_typed_command_takes_the_place_of_the_saved_one() {
    let home = Home::new("", &[("web.toml", "host = 'h'\ncommand = 'top'\n")]);
    assert_eq!(home.plan(&["web"]).unwrap().command.as_deref(), Some(&b"top"[..]));
    assert_eq!(home.plan(&["web", "ls", "-l"]).unwrap().command.as_deref(), Some(&b"ls -l"[..]));
    let plan = home.plan(&["--profile", "web", "ls", "-l"]).unwrap();
    assert_eq!(plan.command.as_deref(), Some(&b"ls -l"[..]));
    let plan = home.plan(&["--profile", "web", "--", "-x"]).unwrap();
    assert_eq!(plan.command.as_deref(), Some(&b"-x"[..]));
    assert!(args::parse(["h", "--profile", "web"].map(Into::into).into_iter(), false).is_err());
}

#[test]
fn a_typed_command_does_not_get_the_terminal_of_puttys_own() {
    let home = Home::new(
        "",
        &[
            ("copy.toml", "host = 'h'\ncommand = 'top'\npty = 'yes'\nimported_from = 'putty'\n"),
            ("own.toml", "host = 'h'\ncommand = 'top'\npty = 'yes'\n"),
        ],
    );
    home.write(".putty/sessions", "lab", "HostName=h\nProtocol=ssh\nRemoteCommand=top\n");
    let terminal = |words: &[&str]| home.options(words).unwrap().1.request_tty.value;
    for name in ["lab", "copy"] {
        assert_eq!(terminal(&[name]), RequestTty::Yes, "{name}");
        assert_eq!(terminal(&[name, "id"]), RequestTty::Auto, "{name}");
        assert_eq!(terminal(&["-t", name, "id"]), RequestTty::Yes, "{name}");
    }
    assert_eq!(terminal(&["own", "id"]), RequestTty::Yes);
}

#[test]
fn the_method_is_the_saved_one_unless_another_is_typed() {
    for name in METHODS {
        assert_eq!(Method::find(name).map(Method::name), Some(name));
    }
    assert_eq!(METHODS.len(), Method::ALL.len());
    assert_eq!(LOG_FORMATS, LogFormat::WORDS.map(|(word, _)| word));
    assert_eq!(LOG_TIMESTAMPS, Stamps::WORDS.map(|(word, _)| word));
    let home = Home::new(
        "PreferredAuthentications keyboard-interactive\n",
        &[
            ("web.toml", "host = 'h'\nmethod = ['publickey', 'password']\n"),
            ("bare.toml", "host = 'h'\n"),
        ],
    );
    let method = |words: &[&str]| home.plan(words).unwrap().method;
    let chain = |methods: &[Method]| MethodChoice::Chain(methods.to_vec());
    assert_eq!(method(&["web"]), chain(&[Method::PublicKey, Method::Password]));
    assert_eq!(method(&["--auth", "agent", "web"]), chain(&[Method::Agent]));
    let typed = ["-o", "PreferredAuthentications=password", "web"];
    assert_eq!(method(&typed), chain(&[Method::Password]));
    assert_eq!(method(&["bare"]), chain(&[Method::KeyboardInteractive]));
    let error = home.plan(&["-o", "PasswordAuthentication=no", "web"]).unwrap_err();
    assert!(error.to_string().contains("profile: password is switched off"), "{error}");
}

#[test]
fn what_cannot_be_done_is_refused_and_not_passed_over() {
    for (text, words) in [
        ("options = ['Nonsense=1']\n", "session x: Bad configuration option: nonsense"),
        ("options = ['Tunnel=yes']\n", "session x: Tunnel yes: tunnel"),
    ] {
        let home = Home::new("", &[("x.toml", &format!("host = 'h'\n{text}"))]);
        let error = home.plan(&["x"]).unwrap_err();
        assert!(error.to_string().starts_with(words), "{error}");
    }
    for flag in ["--force", "--yes"] {
        assert!(Home::new("", &[]).plan(&[flag, "h"]).is_err(), "{flag}");
    }
}

#[test]
fn typed_host_keys_take_the_place_of_saved_ones_and_jump_hosts_have_none() {
    const SAVED: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    const TYPED: &str = "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff";
    let text = format!("host = 'h'\njump = 'gate'\nfingerprints = ['{SAVED}']\n");
    let home = Home::new("", &[("x.toml", &text)]);
    let pins = |words: &[&str]| {
        let plan = home.plan(words).unwrap();
        assert!(plan.via.is_none_or(|via| via.pins.is_empty()));
        let told = |pin: &Pin| format!("{pin} by {}", pin.from());
        plan.pins.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(pins(&["x"]), [format!("{SAVED} by the saved session x")]);
    assert_eq!(pins(&["--host-key", TYPED, "x"]), [format!("MD5:{TYPED} by --host-key")]);
    assert_eq!(pins(&["--host-key", TYPED, "--host-key", SAVED, "h"]).len(), 2);
    assert!(pins(&["h"]).is_empty());
    for bad in ["", "SHA256:short", "*", &"A".repeat(9000)] {
        let error = home.plan(&["--host-key", bad, "h"]).unwrap_err();
        assert!(error.to_string().contains("--host-key: '"), "{error}");
    }
    let many = ["--host-key", SAVED].repeat(101);
    assert!(home.plan(&[many, vec!["h"]].concat()).is_err());
}

#[test]
fn the_directory_is_that_of_xdg_if_it_is_absolute() {
    let home = Home::new("", &[]);
    let directory = |variable: &'static str| {
        let mut context = home.context();
        context.env =
            Box::new(move |name| (name == "XDG_CONFIG_HOME").then(|| variable.to_owned()));
        store(&context).directory().to_owned()
    };
    assert_eq!(directory("/x"), Path::new("/x/tessh/sessions"));
    for variable in ["", "x"] {
        assert_eq!(directory(variable), home.0.path().join(".config/tessh/sessions"));
    }
}

#[test]
fn what_was_typed_is_what_is_saved_and_comes_to_the_same_options() {
    let line = [
        "-4Cttp",
        "2222",
        "-i",
        "keys/one",
        "-i",
        "~/two",
        "-l",
        "deploy",
        "-c",
        "aes256-ctr",
        "-oUserKnownHostsFile=\"/a b\" /c",
        "-o",
        "ServerAliveInterval 1m",
        "-o",
        "ServerAliveCountMax=4",
        "-oSetEnv=A=\"b c\" D=e",
        "-oProxyCommand=nc  %h \"%p\"",
        "-o",
        "MACs=+hmac-md5",
        "-o",
        "RekeyLimit=1G 1h",
        "-o",
        "SendEnv=X Y",
        "-o",
        "SendEnv=Z",
        "-o",
        "Port=1",
        "--auth",
        "password,publickey",
        "other@Web.Example.Org:1",
        "top",
        "-d",
        "1",
    ];
    let words = typed(&line);
    let destination = Destination::parse(words.destination.as_deref().unwrap()).unwrap();
    let profile = of_command_line(&words, &destination, Path::new("/work%d")).unwrap();
    profile.check().unwrap();
    assert_eq!(profile.identity, ["/work%%d/keys/one", "~/two"]);
    assert_eq!(
        profile.options,
        [
            "Compression=yes",
            "AddressFamily=inet",
            "ServerAliveInterval=1m",
            "RekeyLimit=1G 1h",
            "SendEnv=X Y",
            "SendEnv=Z"
        ]
        .map(str::to_owned)
    );
    assert_eq!((profile.user.as_deref(), profile.port), (Some("deploy"), Some(2222)));
    assert_eq!(profile.method, ["password", "publickey"]);

    let home = Home::new("", &[]);
    let mut document = store(&home.context()).create("saved").unwrap();
    document.set(profile).unwrap();
    store(&home.context()).save(&mut document).unwrap();
    let list = |_: Keyword, value: Option<&str>| value.unwrap_or_default().to_owned();
    let lines = |words: &[&str]| {
        crate::cli::resolve::effective(
            &typed(words),
            &home.context(),
            &crate::config::NoLookup,
            &list,
        )
        .unwrap_or_else(|error| panic!("{words:?}: {error}"))
        .split_off(1)
    };
    let mut direct = line;
    direct[3] = "/work%%d/keys/one";
    let same = |line: &String| !line.starts_with("remotecommand ");
    let saved: Vec<_> = lines(&["saved"]).into_iter().filter(same).collect();
    assert_eq!(saved, lines(&direct));
    assert_eq!(home.plan(&["saved"]).unwrap().command.as_deref(), Some(&b"top -d 1"[..]));
}

#[test]
fn a_saved_forwarding_is_written_as_the_flags_have_it() {
    let option = "LocalForward=[::1]:8080 web:80";
    let words = typed(&["-F", "none", "-o", option, "-R", "9:b:90", "h"]);
    let destination = Destination::parse("h").unwrap();
    let profile = of_command_line(&words, &destination, Path::new("/")).unwrap();
    assert_eq!(profile.remote_forwards, ["9:b:90"]);
    let saved = format!("host = 'h'\nforwards.local = ['{}']\n", profile.local_forwards[0]);
    let home = Home::new("", &[("s.toml", &saved)]);
    let resolved =
        crate::cli::resolve::layered(&typed(&["s"]), &home.context(), &crate::config::NoLookup)
            .unwrap();
    let forward = &resolved.options.forwarding.local[0];
    assert_eq!(forward.listen.to_string(), "[::1]:8080");
    assert_eq!(forward.connect.to_string(), "[web]:80");
}

#[test]
fn words_that_would_fall_apart_are_quoted() {
    for args in [&["a b", "c"][..], &["\"q\"", "it's"], &["back\\slash", "#no"], &["tab\tbed"]] {
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        let (keyword, origin) = (Keyword::SendEnv, Origin::Option);
        let line =
            format!("SendEnv={}", written(&Directive { keyword, args: args.clone(), origin }));
        let mut layers = Layers::new();
        layers.option(&line, Origin::Option).unwrap();
        assert_eq!(layers.entries()[0].args, args, "{line}");
    }
}
