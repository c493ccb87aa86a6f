//! Command lines: what people type, what the tools pass, and what is refused. The lines are
//! data: tests/data/config/argv.json.

use serde_json::Value;

use super::*;

use crate::os::words;

fn read(words: &[&str]) -> Result<Typed> {
    parse(words.iter().map(OsString::from), false)
}

fn strings(case: &Value, name: &str) -> Vec<String> {
    let list = case.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    list.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

fn string(case: &Value, name: &str) -> Option<String> {
    case.get(name).map(|value| value.as_str().unwrap().to_owned())
}

fn shown(setting: &TypedSetting) -> String {
    match setting {
        TypedSetting::Flag { flag, keyword, value, .. } => {
            format!("{flag} {}={value}", keyword.name())
        }
        TypedSetting::Option(text) => format!("-o {text}"),
    }
}

fn words(typed: &[OsString]) -> Vec<String> {
    typed.iter().map(|word| word.to_str().unwrap().to_owned()).collect()
}

#[test]
fn an_unknown_option_names_the_help_that_has_the_others() {
    for word in ["--nonsense", "-H"] {
        let next = |read: Result<Typed>| read.unwrap_err().next_step().map(str::to_owned);
        let after = |verb| next(parse_after(verb, [word.into()]));
        assert_eq!(after(Verb::CopyId).as_deref(), Some("see tessh copy-id --help"));
        assert_eq!(after(Verb::Trust).as_deref(), Some("see tessh trust --help"));
        for words in [&[word][..], &["explain", word]] {
            assert_eq!(next(read(words)).as_deref(), Some("see tessh --help"));
        }
    }
}

#[test]
fn every_line_of_the_collection_is_read_as_ssh_reads_it() {
    let cases: Value =
        serde_json::from_str(include_str!("../../../tests/data/config/argv.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let argv = strings(case, "argv");
        let outcome = parse(argv.iter().map(OsString::from), false);
        if let Some(wanted) = string(case, "error") {
            let error = outcome.expect_err(&case.to_string());
            assert_eq!(error.kind(), Kind::Usage, "{case}");
            assert!(error.to_string().contains(&wanted), "{case}: {error}");
            continue;
        }
        let typed = outcome.unwrap_or_else(|error| panic!("{case}: {error}"));
        let settings: Vec<String> = typed.settings.iter().map(shown).collect();
        let verb = string(case, "verb").unwrap_or_else(|| "connect".to_owned());
        assert_eq!(typed.destination, string(case, "destination"), "{case}");
        assert_eq!(words(&typed.command), strings(case, "command"), "{case}");
        assert_eq!(settings, strings(case, "settings"), "{case}");
        assert_eq!(typed.config_file, string(case, "config_file").map(PathBuf::from), "{case}");
        assert_eq!(typed.log_file, string(case, "log_file").map(PathBuf::from), "{case}");
        assert_eq!(typed.print_config, case.get("print_config").is_some(), "{case}");
        assert_eq!(typed.query, string(case, "query"), "{case}");
        assert_eq!(words(&typed.rest), strings(case, "rest"), "{case}");
        assert_eq!(typed.verb.to_string(), verb, "{case}");
    }
}

#[test]
fn under_the_name_ssh_there_are_no_verbs() {
    let words = ["keygen", "-t", "rsa"].map(OsString::from);
    let typed = parse(words.into_iter(), true).unwrap();
    assert_eq!(typed.destination.as_deref(), Some("keygen"));
    assert_eq!(typed.verb, Verb::Connect);
    assert!(typed.as_ssh);
}

#[test]
fn long_flags_are_kept() {
    let typed =
        read(&["--auth=publickey,password", "--json", "--plain", "--password-fd", "3", "h"]);
    let typed = typed.unwrap();
    assert_eq!(typed.auth.as_deref(), Some("publickey,password"));
    assert_eq!(typed.password_fd, Some(3));
    assert!(typed.json && typed.plain);
}

#[test]
fn a_command_need_not_be_utf8_and_the_rest_must() {
    let bad = || words::from_bytes(vec![b'a', 0xff]);
    let host = OsString::from("h");
    let typed = parse([host.clone(), bad()].into_iter(), false).unwrap();
    assert_eq!(typed.command, [bad()]);
    assert!(parse([bad()].into_iter(), false).is_err());
    assert!(parse([OsString::from("-l"), bad(), host].into_iter(), false).is_err());
}

#[test]
fn the_version_is_that_of_the_library_in_use() {
    let lock = include_str!("../../../Cargo.lock");
    assert!(lock.contains(&format!("name = \"russh\"\nversion = \"{RUSSH}\"")));
    assert!(version_line().contains(RUSSH));
}

#[test]
fn every_verb_says_its_own_name() {
    for (name, verb, _) in VERBS {
        assert_eq!(verb.to_string(), *name);
    }
}

#[test]
fn no_command_line_makes_it_panic() {
    use proptest::prelude::*;
    let byte = prop_oneof![Just(b'-'), Just(b'='), any::<u8>()];
    let word = proptest::collection::vec(byte, 0..8).prop_map(words::from_bytes);
    proptest!(|(words in proptest::collection::vec(word, 0..8), as_ssh: bool)| {
        let given = words.len();
        if let Ok(typed) = parse(words.into_iter(), as_ssh) {
            prop_assert!(typed.command.len() + typed.rest.len() <= given);
            prop_assert!(typed.destination_at <= typed.settings.len());
        }
    });
}
