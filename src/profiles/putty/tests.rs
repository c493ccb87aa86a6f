//! Sessions as PuTTY has written and read them, and broken ones.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::preferences::{CIPHERS, HOST_KEYS, KEX};
use super::*;
use crate::os::user::UserId;
use crate::profiles::profile::Profile;
use crate::profiles::session::SavedSession;
use crate::profiles::sources::SessionSource;
use crate::registry::{PuttyPlaces, RegistryKey, parse_settings, parse_tree};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/putty")
}

fn key(text: &str) -> RegistryKey {
    parse_settings("s", Path::new("/s"), text.as_bytes()).unwrap()
}

/// The session of these lines, with a host and a protocol before them.
fn made(lines: &str) -> Converted {
    let key = key(&format!("{lines}\nHostName=h\nProtocol=ssh\nPortNumber=22\n"));
    converted(&PuttySettings::new(&key, Keeper::Putty)).unwrap()
}

fn profile(lines: &str) -> Profile {
    let made = made(lines);
    assert_eq!((made.refusal, &made.unhonoured[..]), (None, &[][..]), "{lines}");
    made.profile
}

fn refusal(lines: &str) -> String {
    made(lines).refusal.unwrap_or_else(|| panic!("{lines} is not refused"))
}

/// A value as PuTTY itself writes it after it has read it.
fn effective(settings: &PuttySettings<'_>, name: &str) -> String {
    let order = |kind| {
        // Two words are newer than the version that wrote the data.
        let words = settings.preferences(kind);
        let words: Vec<&str> =
            words.into_iter().filter(|word| !word.starts_with("mlkem")).collect();
        words.join(",")
    };
    match name {
        "HostName" => settings.host(),
        "UserName" => settings.user().unwrap_or_default(),
        "PortNumber" => match settings.port() {
            PuttyPort::Number(port) => port.to_string(),
            other => format!("{other:?}"),
        },
        "Cipher" => order(&CIPHERS),
        "KEX" => order(&KEX),
        "HostKey" => order(&HOST_KEYS),
        "PortForwardings" => {
            let entry = |(key, value): (String, String)| match value.as_str() {
                "D" => format!("{}=", key.replacen('L', "D", 1)),
                value => format!("{key}={value}"),
            };
            let all = forwards::unique(&settings.text(name));
            all.into_iter().map(entry).collect::<Vec<_>>().join(",")
        }
        "ProxyMethod"
        | "UserNameFromEnvironment"
        | "AgentFwd"
        | "Compression"
        | "NoPTY"
        | "ProxyLocalhost"
        | "PingInterval"
        | "PingIntervalSecs"
        | "X11Forward"
        | "LogType"
        | "AddressFamily" => settings.number(name).to_string(),
        name => settings.text(name),
    }
}

#[test]
fn sessions_have_the_values_that_putty_sees() {
    let expected: Value =
        serde_json::from_str(include_str!("../../../tests/data/putty/sessions-effective.json"))
            .unwrap();
    for (file, session) in expected.as_object().unwrap() {
        let path = data().join("sessions").join(file);
        let name = session["name"].as_str().unwrap();
        let key = parse_settings(name, &path, &std::fs::read(&path).unwrap()).unwrap();
        let settings = PuttySettings::new(&key, Keeper::Putty);
        for (field, value) in session["effective"].as_object().unwrap() {
            assert_eq!(effective(&settings, field), value.as_str().unwrap(), "{name}: {field}");
        }
    }
}

/// A copy of the sessions that only this user can write.
fn copied() -> (tempfile::TempDir, PuttySessions) {
    let directory = tempfile::tempdir().unwrap();
    let places = PuttyPlaces::within(directory.path());
    std::fs::create_dir(&places.sessions).unwrap();
    for entry in std::fs::read_dir(data().join("sessions")).unwrap().flatten() {
        let bytes = std::fs::read(entry.path()).unwrap();
        write(&places.sessions.join(entry.file_name()), &bytes);
    }
    (directory, PuttySessions::new(places, UserId::effective()))
}

fn write(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn opened(source: &dyn SessionSource, name: &str) -> SavedSession {
    assert!(source.has(name), "{name}");
    source.open(name).unwrap().unwrap()
}

#[test]
fn sessions_of_the_folder_become_profiles() {
    let (directory, sessions) = copied();
    assert_eq!(sessions.names().unwrap().len(), 6);
    let pin = "SHA256:0hrVVdtX0e5ozWktFzoz5hGGBDNZh2d5IPsWJs4ijjU";

    let minimal = opened(&sessions, "minimal");
    assert!(minimal.refusal.is_none() && minimal.unhonoured.is_empty());
    let wanted = Profile {
        host: "127.0.0.1".to_owned(),
        port: Some(42210),
        user: Some("root".to_owned()),
        method: vec!["publickey".to_owned()],
        identity: vec!["@VECTORS@/keys/ed25519.v3-plain.ppk".to_owned()],
        fingerprints: vec![pin.to_owned()],
        ..Profile::default()
    };
    assert_eq!(minimal.profile, wanted);
    assert_eq!(minimal.trust.host_keys, [directory.path().join("sshhostkeys")]);
    assert_eq!(minimal.trust.authorities, [directory.path().join("sshhostcas")]);

    let forwards = opened(&sessions, "forwards").profile;
    let local = ["127.0.0.1:42303:127.0.0.1:42210", "42301:127.0.0.1:42210"];
    assert_eq!(forwards.local_forwards, local);
    assert_eq!(forwards.dynamic_forwards, ["42302"]);
    assert_eq!(forwards.remote_forwards, ["42304:127.0.0.1:42210"]);

    let named = opened(&sessions, "user-at-host").profile;
    assert_eq!((&named.host[..], named.user.as_deref()), ("127.0.0.1", Some("root")));
    assert_eq!(named.port, Some(42210));

    let teleport = opened(&sessions, "ubuntu@web1.example.com [proxy:teleport.example.com]");
    assert!(teleport.refusal.is_none(), "{:?}", teleport.refusal);
    let command = "python3 @TCP_PIPE@ 42201 --proxy=teleport.example.com root@%h:%p";
    assert_eq!(teleport.profile.proxy_command.as_deref(), Some(command));
    assert_eq!(teleport.profile.certificate, ["@VECTORS@/usercert/tshlike-cert.pub"]);

    let web = opened(&sessions, "web (prod) é 100%");
    let options =
        ["Compression=yes", "ForwardAgent=yes", "ForwardX11=yes", "ForwardX11Trusted=yes"];
    assert_eq!(web.profile.options, options);
    assert!(web.unhonoured.is_empty(), "{:?}", web.unhonoured);
    assert!(web.profile.terminal_modes.is_empty() && web.profile.cipher.is_none());
    let refusal = web.refusal.unwrap().to_string();
    assert!(refusal.contains("ProxyUsername is empty"), "{refusal}");
}

#[test]
fn a_session_leads_through_another() {
    let (directory, sessions) = copied();
    let jump = opened(&sessions, "proxy-ssh-jump");
    let via = jump.via.unwrap();
    assert_eq!((&via.name[..], via.profile.port), ("minimal", Some(42210)));
    assert_eq!((jump.profile.jump, via.via.is_none()), (None, true));

    let folder = directory.path().join("sessions");
    let session = |name: &str, lines: &str| {
        write(&folder.join(name), format!("HostName=h\nProtocol=ssh\n{lines}").as_bytes());
        opened(&sessions, name)
    };
    let host = session("host", "ProxyMethod=6\nProxyHost=gate\nProxyPort=2200\nProxyUsername=me\n");
    let via = host.via.unwrap();
    let gate = (&via.profile.host[..], via.profile.port, via.profile.user.as_deref());
    assert_eq!(gate, ("gate", Some(2200), Some("me")));
    assert_eq!(via.trust, host.trust);
    let user = session("user", "ProxyMethod=6\nProxyHost=minimal\nProxyUsername=me\n");
    assert_eq!(user.via.unwrap().profile.user.as_deref(), Some("me"));
    let circle = session("circle", "ProxyMethod=6\nProxyHost=circle\n");
    assert!(circle.refusal.unwrap().to_string().contains("more than 8 sessions"));
    write(&folder.join("nul"), b"HostName=\0\n");
    let broken = session("broken", "ProxyMethod=6\nProxyHost=nul\n");
    assert!(broken.refusal.unwrap().to_string().contains("NUL"));
}

#[test]
fn every_way_to_the_host_is_read() {
    let proxy = "ProxyHost=p\nProxyPort=99\nProxyUsername=u\n";
    for (lines, wanted) in [
        ("ProxyMethod=1", "socks4://u@p:99"),
        ("ProxyMethod=1\nProxyDNS=2", "socks4a://u@p:99"),
        ("ProxyMethod=2", "socks5h://u@p:99"),
        ("ProxyMethod=2\nProxyDNS=0", "socks5://u@p:99"),
        ("ProxyMethod=3", "http://u@p:99"),
        ("ProxyMethod=4", "telnet://u@p:99"),
        ("ProxyType=1", "http://u@p:99"),
        ("ProxyType=2", "socks5h://u@p:99"),
        ("ProxyType=2\nProxySOCKSVersion=4", "socks4://u@p:99"),
        ("ProxyType=3", "telnet://u@p:99"),
    ] {
        let profile = profile(&format!("{lines}\n{proxy}"));
        assert_eq!(profile.proxy.as_deref(), Some(wanted), "{lines}");
        let line = wanted.starts_with("telnet").then_some("connect %host %port\\n");
        assert_eq!(profile.proxy_telnet_command.as_deref(), line);
    }
    let direct = |lines: &str| profile(&format!("ProxyMethod=3\n{lines}")).proxy.is_none();
    assert!(direct("HostName=127.0.0.1") && direct("HostName=LOCALHOST") && direct("HostName=::1"));
    assert!(!direct("HostName=127.0.0.1\nProxyLocalhost=1"));
    assert!(direct("ProxyExcludeList=x, H") && direct("ProxyExcludeList=*h"));
    assert!(direct("HostName=web.lan\nProxyExcludeList=web*") && !direct("ProxyExcludeList=hh"));
    let zero = profile("ProxyMethod=5\nProxyTelnetCommand=nc %host %port\nPortNumber=0");
    assert_eq!((zero.port, zero.proxy_command.as_deref()), (None, Some("nc %h 0")));
}

#[test]
fn what_must_not_be_done_is_refused_and_named() {
    let command = |line: &str| refusal(&format!("ProxyMethod=5\nProxyTelnetCommand={line}"));
    for (what, says) in [
        (refusal("ProxyMethod=7"), "ProxyMethod is 7"),
        (refusal("ProxyMethod=8"), "ProxyMethod is 8"),
        (refusal("ProxyMethod=77"), "ProxyMethod is 77"),
        (refusal("ProxyType=9"), "ProxyMethod is 9"),
        (refusal("ProxyMethod=3\nProxyPort=0"), "ProxyPort is 0"),
        (refusal("ProxyMethod=6\nProxyHost="), "ProxyHost is empty"),
        (refusal("PortNumber=0"), "PortNumber is 0"),
        (refusal("PortNumber=70000"), "PortNumber is 70000"),
        (refusal("PortNumber=-5"), "PortNumber is -5"),
        (refusal("Protocol=telnet"), "Protocol is telnet"),
        (refusal("Protocol=ssh-connection"), "Protocol is ssh-connection"),
        (refusal("SshProt=0"), "SSH-1"),
        (refusal("SSHManualHostKeys=nonsense"), "nonsense is no fingerprint"),
        (command("nc %pass"), "%pass"),
        (command("nc %user"), "ProxyUsername is empty"),
        (command("C:\\tsh.exe"), "written twice"),
        (command("nc %proxyhost\nProxyHost=a;b"), "ProxyHost has characters"),
        (refusal("ProxyMethod=4\nProxyTelnetCommand=%pass"), "ProxyPassword is empty"),
    ] {
        assert!(what.contains(says) && !what.contains('\n'), "{what}");
    }
    for (lines, says) in [
        ("HostName=\nProtocol=ssh", "HostName is missing"),
        ("HostName=a;touch x\nProtocol=ssh", "HostName: "),
        ("HostName=h\nUserName=a`b`\nProtocol=ssh", "UserName: "),
        ("HostName=h\nRemoteCommand=a\x1bb", "RemoteCommand: "),
    ] {
        let key = key(lines);
        let fault = converted(&PuttySettings::new(&key, Keeper::Putty)).unwrap_err();
        assert!(fault.contains(says), "{fault}");
    }
}

#[test]
fn a_port_without_its_protocol_is_ignored_as_putty_does() {
    let key = key("HostName=h:99\nPortNumber=2222\n");
    let made = converted(&PuttySettings::new(&key, Keeper::Putty)).unwrap();
    assert_eq!((made.profile.port, &made.profile.host[..]), (Some(22), "h"));
    assert_eq!(made.refusal, None);
}

#[test]
fn login_and_session_settings_become_fields() {
    let it = profile(
        "PublicKeyFile=/k/100%.ppk\nLogHost=inner:2200\nRemoteCommand=date +%d\n\
         Environment=LANG=C.UTF-8,A=b\\,c\nTerminalType=vt220\nPingInterval=1\n\
         PingIntervalSecs=5\nLogType=1\nLogFileName=/l/&H-&Y&M&D-&T-&&%.log",
    );
    assert_eq!(it.identity, ["/k/100%%.ppk"]);
    assert_eq!(it.host_key_name.as_deref(), Some("inner:2200"));
    assert_eq!((it.command.as_deref(), it.pty.as_deref()), (Some("date +%%d"), Some("yes")));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(it.environment, [pair("A", "b,c"), pair("LANG", "C.UTF-8")]);
    assert_eq!((it.terminal_type.as_deref(), it.keepalive_interval), (Some("vt220"), Some(65)));
    assert_eq!(it.log.as_deref(), Some("/l/&h-%Y%m%d-%H%M%S-&&%%.log"));
    assert_eq!(it.log_format.as_deref(), Some("text"));

    let it = profile(
        "SshNoAuth=1\nNoPTY=1\nSshNoShell=1\nAddressFamily=2\nLocalPortAcceptAll=1\nPortForwardings=L80=h:1\nRekeyTime=10\nCipher=aesgcm,WARN,aes,chacha20,3des,des,blowfish,arcfour\nHostKey=ed25519,WARN,ed448,ecdsa,rsa,dsa",
    );
    assert_eq!((&it.method[..], it.pty.as_deref()), (&["none".to_owned()][..], Some("no")));
    assert_eq!(it.options, ["SessionType=none", "AddressFamily=inet6", "RekeyLimit=1G 10m"]);
    assert_eq!(it.local_forwards, ["*:80:h:1"]);
    assert_eq!(it.cipher.as_deref(), Some("aes256-gcm@openssh.com,aes128-gcm@openssh.com"));
    let keys = "ssh-ed25519-cert-v01@openssh.com,ssh-ed25519";
    assert_eq!(it.host_key.as_deref(), Some(keys));
}

#[test]
fn what_has_no_counterpart_is_named_if_it_differs() {
    let made = made(
        "ConnectionSharing=1\nAuthGSSAPI=0\nSshBanner=1\nLogType=3\nTCPNoDelay=0\n\
         PortForwardings=Lno-such-service=h:http\nProxyMethod=3\nProxyDNS=0\nRekeyBytes=lots\n\
         PreConnectCommand=knock %host",
    );
    assert_eq!(made.refusal, None);
    for line in [
        "ConnectionSharing=1 has no effect here",
        "LogType=3 has no effect here",
        "TCPNoDelay=0 has no effect here",
        "PortForwardings=Lno-such-service=h:http has no effect here",
        "ProxyDNS=0 has no effect here",
        "RekeyBytes=lots has no effect here",
        "PreConnectCommand=knock %host has no effect here",
    ] {
        assert!(made.unhonoured.contains(&line.to_owned()), "{line}: {:?}", made.unhonoured);
    }
    assert_eq!(made.unhonoured.len(), 7, "{:?}", made.unhonoured);
}

#[test]
fn sessions_of_an_export_become_profiles() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("x.reg");
    write(&file, &std::fs::read(data().join("putty-export.reg")).unwrap());
    let sessions = ExportedPuttySessions::new(file.clone(), UserId::effective());
    let names: Vec<String> = sessions.names().unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 4);
    let guide = opened(&sessions, "ubuntu@ip-172-31-30-140 [proxy:teleport.example.com]");
    assert_eq!(guide.profile.host, "ip-172-31-30-140");
    let command = guide.profile.proxy_command.unwrap();
    assert!(command.starts_with("C:\\Users\\gus\\tsh.exe proxy ssh "), "{command}");
    assert!(command.ends_with(" --proxy=teleport.example.com ubuntu@%h:%p"), "{command}");
    assert_eq!(guide.trust.host_keys, [file]);
    let cafe = opened(&sessions, "café %\\*?");
    assert_eq!(cafe.profile.user.as_deref(), Some("andré"));
    assert_eq!(cafe.profile.command.as_deref(), Some("echo \"hi\" \\ there"));
    assert_eq!(cafe.profile.environment[0], ("FOO".to_owned(), "a,b=c".to_owned()));
    let zero = opened(&sessions, "ip-172-31-8-63 (proxy:teleport.example.com)");
    assert!(zero.profile.proxy_command.unwrap().ends_with("ubuntu@%h:0"));
    assert!(sessions.open("Default Settings").unwrap().is_none());
}

#[test]
fn a_broken_file_does_not_hide_the_others() {
    let (directory, sessions) = copied();
    let folder = directory.path().join("sessions");
    write(&folder.join("nul"), b"HostName=h\0\nProtocol=ssh\n");
    write(&folder.join("long"), &[b"HostName=".to_vec(), vec![b'x'; 1 << 20]].concat());
    write(&folder.join("cr"), b"HostName=h\rProtocol=ssh\rPortNumber=1\r");
    std::fs::create_dir(folder.join("directory")).unwrap();
    std::os::unix::fs::symlink("/nowhere/x", folder.join("link")).unwrap();
    write(&folder.join("jump"), b"HostName=h\nProtocol=ssh\nProxyMethod=6\nProxyHost=link\n");
    assert_eq!(sessions.names().unwrap().len(), 12);
    let refusal = opened(&sessions, "jump").refusal.unwrap().to_string();
    assert!(refusal.contains("link: it is a link that leads nowhere"), "{refusal}");
    for name in ["nul", "long", "cr", "directory", "link"] {
        let fault = sessions.open(name).unwrap_err().to_string();
        assert!(fault.contains(name) && !fault.contains('\n'), "{fault}");
    }
    opened(&sessions, "minimal");
    let missing = ExportedPuttySessions::new(folder.join("none.reg"), UserId::effective());
    assert!(missing.names().unwrap_err().to_string().contains("none.reg"));
    assert!(!missing.has("x"));
}

#[test]
fn proxy_passwords_are_kept_for_those_that_take_them_only() {
    let (directory, sessions) = copied();
    let session = |method: &str| {
        let lines = format!("HostName=h\nProtocol=ssh\nProxyPassword=secret\n{method}");
        write(&directory.path().join("sessions/p"), lines.as_bytes());
        opened(&sessions, "p")
    };
    let kept = session("ProxyMethod=3\n");
    assert_eq!(
        kept.proxy_password.as_ref().map(|it| it.expose().to_owned()).as_deref(),
        Some("secret")
    );
    assert!(!format!("{kept:?}").contains("secret"));
    assert!(session("ProxyMethod=1\n").proxy_password.is_none());
    assert!(session("ProxyMethod=4\n").proxy_password.is_none());
    let line = "ProxyMethod=4\nProxyTelnetCommand=%pass\n";
    assert!(session(line).proxy_password.is_some());
}

proptest! {
    #[test]
    fn mutated_files_are_read_or_refused(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..30),
        end: proptest::sample::Index,
        cut: bool,
    ) {
        let export = include_bytes!("../../../tests/data/putty/putty-export.reg");
        let sites = include_bytes!("../../../tests/data/putty/WinSCP.ini");
        let session = include_bytes!("../../../tests/data/putty/sessions/forwards");
        for whole in [&export[..], &sites[..], &session[..]] {
            let mut bytes = whole.to_vec();
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            bytes.truncate(if cut { end.index(bytes.len()) } else { bytes.len() });
            let mut keys: Vec<RegistryKey> =
                parse_settings("s", Path::new("/s"), &bytes).into_iter().collect();
            if let Ok(tree) = parse_tree(Path::new("/x"), &bytes) {
                let parents = ["SimonTatham\\PuTTY\\Sessions", "Sessions"];
                keys.extend(parents.iter().flat_map(|path| tree.children(path)));
            }
            for key in keys.iter().filter(|key| key.check().is_ok()) {
                for keeper in [Keeper::Putty, Keeper::WinScp] {
                    if let Ok(made) = converted(&PuttySettings::new(key, keeper)) {
                        prop_assert!(made.profile.check().is_ok());
                    }
                }
            }
        }
    }

    #[test]
    fn no_value_makes_the_conversion_panic(
        lines in proptest::collection::vec((0..NAMES.len(), "[ -~é\\\\%^<>,=:\\[\\]*LRDV0-9]{0,40}"), 0..30),
    ) {
        let text: String = lines.iter().map(|(at, value)| format!("{}={value}\n", NAMES[*at])).collect();
        let key = key(&format!("{text}HostName=h\n"));
        for keeper in [Keeper::Putty, Keeper::WinScp] {
            if let Ok(made) = converted(&PuttySettings::new(&key, keeper)) {
                prop_assert!(made.profile.check().is_ok());
            }
        }
    }
}

const NAMES: [&str; 24] = [
    "HostName",
    "UserName",
    "PortNumber",
    "Protocol",
    "ProxyMethod",
    "ProxyTelnetCommand",
    "ProxyHost",
    "ProxyPort",
    "ProxyUsername",
    "ProxyExcludeList",
    "PortForwardings",
    "Environment",
    "TerminalModes",
    "Cipher",
    "KEX",
    "HostKey",
    "SSHManualHostKeys",
    "LogType",
    "LogFileName",
    "RekeyBytes",
    "RekeyTime",
    "PingInterval",
    "RemoteCommand",
    "LogHost",
];
