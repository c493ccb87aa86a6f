//! Settings: ssh_config, sessions of tessh, PuTTY, WinSCP and tsh.

use std::path::Path;

use tessh::config::{
    ConfigFile, Context, FileKind, HostFacts, Layers, Options, check_standing, host_aliases,
    is_named, read_file,
};
use tessh::os::user::UserId;
use tessh::profiles::putty::{ExportedPuttySessions, Keeper, PuttySettings, converted};
use tessh::profiles::teleport::{TshDirectory, clusters, nodes};
use tessh::profiles::winscp::{WinScpSites, stored_password};
use tessh::profiles::{
    History, LoginsThatWorked, Profile, ProfileStore, SavedSession, SessionSource,
};
use tessh::registry::{
    RegistryKey, RegistryTree, parse_ini, parse_reg, parse_settings, parse_tree,
};
use tessh::trust::FirstSeen;

use super::made;

/// A configuration, for a host that some of its lines mean. Nothing in it is run, and no file
/// outside its folder is read: such lines are left out.
pub fn ssh_config(input: &[u8]) {
    if reaches_out(input) {
        return;
    }
    let folder = made::folder();
    std::fs::create_dir(folder.path().join(".ssh")).expect("a folder");
    let path = made::file(&folder, ".ssh/config", input);
    let context = Context {
        home: folder.path().to_owned(),
        local_user: "me".to_owned(),
        local_host: "box".to_owned(),
        uid: UserId::real(),
        env: Box::new(|name| (name == "A").then(|| "a".to_owned())),
    };
    let file = ConfigFile { path, kind: FileKind::User };
    for final_pass in [false, true] {
        let host = HostFacts {
            original: "web1".to_owned(),
            command: None,
            final_pass,
            resolved: final_pass.then(|| "web1.example.org".to_owned()),
        };
        let mut layers = Layers::new();
        let read = read_file(&mut layers, &file, &host, &context);
        let options = read.and_then(|()| {
            check_standing(&layers)?;
            Options::of(&layers, "web1", &context)
        });
        match options {
            Ok(options) => {
                assert!(options.warnings.len() <= 1000);
                options.warnings.iter().for_each(|warning| made::one_safe_line(warning));
            }
            Err(error) => {
                made::one_safe_line(error.cause());
                made::one_safe_line(error.next_step().unwrap_or_default());
            }
        }
    }
    let files = [file];
    assert!(host_aliases(&files, folder.path()).len() <= input.len());
    is_named(&files, folder.path(), "web1");
}

/// Whether a line could run a program, or lead to a file elsewhere.
fn reaches_out(input: &[u8]) -> bool {
    let plain: Vec<u8> = input
        .iter()
        .filter(|byte| !matches!(byte, b'"' | b'\'' | b'\\'))
        .map(u8::to_ascii_lowercase)
        .collect();
    let has = |word: &[u8]| plain.windows(word.len()).any(|part| part == word);
    let leads = plain.iter().any(|byte| matches!(byte, b'/' | b'~' | b'$' | b'%'));
    has(b"exec") || (has(b"include") && (leads || has(b"..")))
}

/// A saved session of tessh: what is read of it comes back after it is saved, and files that
/// cannot be read say why in one line. The same bytes are read as each file of the state folder.
pub fn profile(input: &[u8]) {
    let folder = made::folder();
    made::file(&folder, "x.toml", input);
    let store = ProfileStore::new(folder.path().to_owned(), UserId::real());
    match store.open("x") {
        Ok(Some(mut document)) => {
            let unknown = document.unknown().len();
            let note = Some("new".to_owned());
            let new = Profile { note, ..document.profile().clone() };
            if document.set(new.clone()).is_ok() && store.save(&mut document).is_ok() {
                let read = store.open("x").expect("what was saved").expect("is there");
                assert_eq!(read.profile(), &new);
                assert_eq!(read.unknown().len(), unknown);
            }
        }
        Ok(None) => {}
        Err(error) => made::one_safe_line(&error.to_string()),
    }
    let state = made::file(&folder, "state", input);
    assert!(History::new(state.clone()).list().len() <= 500);
    let _ = LoginsThatWorked::new(state.clone()).find("web1");
    let _ = FirstSeen::at(state).dates();
}

/// What a session has become is a profile that can be used, and what is told of it is safe.
fn sound(session: &SavedSession) {
    assert!(session.profile.check().is_ok(), "{session:?}");
    session.unhonoured.iter().for_each(|line| made::one_safe_line(line));
    if let Some(refusal) = &session.refusal {
        made::one_safe_line(refusal.cause());
    }
    let mut at = session;
    for _ in 0..64 {
        let Some(via) = &at.via else { return };
        at = via;
    }
    panic!("a way without an end");
}

fn all(source: &dyn SessionSource) {
    let names = match source.names() {
        Ok(names) => names,
        Err(error) => return made::one_safe_line(&error.to_string()),
    };
    for (name, _) in names.iter().take(50) {
        match source.open(name) {
            Ok(Some(session)) => sound(&session),
            Ok(None) => {}
            Err(error) => made::one_safe_line(&error.to_string()),
        }
    }
}

fn made_of(key: &RegistryKey) {
    for keeper in [Keeper::Putty, Keeper::WinScp] {
        match converted(&PuttySettings::new(key, keeper)) {
            Ok(made) => {
                assert!(made.profile.check().is_ok(), "{:?}", made.profile);
                made.unhonoured.iter().for_each(|line| made::one_safe_line(line));
            }
            Err(reason) => made::one_safe_line(&reason),
        }
    }
}

/// A session as PuTTY keeps it in a file.
pub fn putty_session(input: &[u8]) {
    match parse_settings("s", Path::new("/sessions/s"), input) {
        Ok(key) => made_of(&key),
        Err(error) => made::one_safe_line(&error.to_string()),
    }
}

/// An export of the registry, or an ini file.
pub fn registry(input: &[u8]) {
    const PARENTS: [&str; 4] = [
        "SimonTatham\\PuTTY\\Sessions",
        "Software\\SimonTatham\\PuTTY\\Sessions",
        "Sessions",
        "Configuration",
    ];
    let path = Path::new("/exports/export.reg");
    let tree = |read: Result<RegistryTree, tessh::error::Error>| match read {
        Ok(tree) => {
            for key in PARENTS.iter().flat_map(|parent| tree.children(parent)).take(50) {
                if key.check().is_ok() {
                    made_of(&key);
                }
            }
        }
        Err(error) => made::one_safe_line(&error.to_string()),
    };
    tree(parse_reg(path, input));
    tree(parse_tree(path, input));
    tree(Ok(parse_ini(path, input)));
    let folder = made::folder();
    let file = made::file(&folder, "export.reg", input);
    all(&ExportedPuttySessions::new(file, UserId::real()));
}

/// WinSCP's ini file.
pub fn winscp(input: &[u8]) {
    let folder = made::folder();
    let file = made::file(&folder, "WinSCP.ini", input);
    let sites = WinScpSites::new(file.clone(), UserId::real());
    all(&sites);
    for (name, _) in sites.names().into_iter().flatten().take(10) {
        let _ = stored_password(&file, &name, UserId::real());
    }
}

/// What tsh prints, and what it keeps.
pub fn tsh(input: &[u8]) {
    if let Err(error) = nodes(input) {
        made::one_safe_line(&error.to_string());
    }
    if let Err(error) = clusters(input) {
        made::one_safe_line(&error.to_string());
    }
    let folder = made::folder();
    made::file(&folder, "teleport.example.org.yaml", input);
    made::file(&folder, "current-profile", &input[..input.len().min(64)]);
    let directory = TshDirectory::new(folder.path().to_owned());
    let _ = directory.current();
    match directory.profile("teleport.example.org") {
        Ok(_) => {}
        Err(error) => made::one_safe_line(&error.to_string()),
    }
    let _ = directory.profiles();
}
