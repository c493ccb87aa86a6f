//! The completions for bash, zsh and fish.

use std::fmt::Write;

use crate::cli::args::{VERBS, Verb};
use crate::cli::flags::files::{self, FILES, FileFlag};
use crate::cli::flags::keygen::KEYGEN;
use crate::cli::flags::teleport::{self, TELEPORT};
use crate::cli::flags::trust::{self, AUTHORITY, TRUST};
use crate::cli::flags::{FLAGS, Flag};
use crate::config::Method;
use crate::error::{Error, Kind, Result};
use crate::say;

/// The completions for a shell: `bash`, `zsh` or `fish`.
///
/// # Errors
/// [`Kind::Usage`] for any other word.
pub fn completions(shell: &str) -> Result<String> {
    match shell {
        "bash" => Ok(bash()),
        "zsh" => Ok(zsh()),
        "fish" => Ok(fish()),
        _ => Err(Error::new(Kind::Usage, say!(completions_for_what))
            .hint(say!(completions_for_what_hint))),
    }
}

fn working() -> impl Iterator<Item = &'static Flag> {
    FLAGS.iter().filter(|flag| flag.works())
}

fn verbs() -> impl Iterator<Item = &'static (&'static str, Verb, &'static str)> {
    VERBS.iter().filter(|(_, verb, _)| verb.works())
}

/// What a flag's argument is completed with.
#[derive(PartialEq)]
enum Completes {
    Files,
    Methods,
    Nothing,
}

/// The words that a flag of keygen accepts.
fn keygen_words(flag: &str) -> Option<&'static str> {
    match flag {
        "-t" => Some("ed25519 ecdsa rsa"),
        "-O" => Some("openssh ppk public rfc4716 fingerprint"),
        "-E" => Some("sha256 md5"),
        "-m" => Some("RFC4716"),
        _ => None,
    }
}

fn completes<D>(flag: &Flag<D>) -> Completes {
    match flag.value {
        Some("file") => Completes::Files,
        Some("method[,method]") => Completes::Methods,
        _ => Completes::Nothing,
    }
}

fn names(wanted: Option<Completes>) -> Vec<&'static str> {
    let of = |flag: &&Flag| {
        flag.value.is_some() && wanted.as_ref().is_none_or(|w| completes(flag) == *w)
    };
    working().filter(of).map(|flag| flag.name).collect()
}

fn bash() -> String {
    let all: Vec<&str> = working().map(|flag| flag.name).collect();
    let verbs: Vec<&str> = verbs().map(|(name, ..)| *name).collect();
    let mut keygen_cases = String::new();
    for flag in KEYGEN.iter().filter(|flag| flag.value.is_some()) {
        let reply = match (keygen_words(flag.name), completes(flag)) {
            (Some(words), _) => format!("COMPREPLY=($(compgen -W \"{words}\" -- \"$word\"))"),
            (None, Completes::Files) => "COMPREPLY=($(compgen -f -- \"$word\"))".to_owned(),
            (None, _) => ":".to_owned(),
        };
        let _ = writeln!(keygen_cases, "            {}) {reply} ;;", flag.name);
    }
    let keygen_all: Vec<&str> = KEYGEN.iter().map(|flag| flag.name).collect();
    format!(
        r#"# bash completion for tessh
_tessh() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
    COMPREPLY=()
    if [[ ${{COMP_WORDS[1]}} == keygen && $COMP_CWORD -gt 1 ]]; then
        case $before in
{keygen_cases}            *) COMPREPLY=($(compgen -W "{keygen_all}" -- "$word")) ;;
        esac
        return
    fi
    if [[ ${{COMP_WORDS[1]}} == trust && $COMP_CWORD -gt 1 ]]; then
        case $COMP_CWORD,$before in
            2,*) COMPREPLY=($(compgen -W "{trust_verbs}" -- "$word")); return ;;
            3,authority) COMPREPLY=($(compgen -W "{authority_verbs}" -- "$word")); return ;;
            *,--file|*,--key|*,--putty) COMPREPLY=($(compgen -f -- "$word")); return ;;
            *,--type) COMPREPLY=($(compgen -W "{trust_types}" -- "$word")); return ;;
            *,--fingerprint|*,--validity) return ;;
        esac
        if [[ $word == -* ]]; then
            COMPREPLY=($(compgen -W "{trust_all} {authority_all} {all}" -- "$word"))
            return
        fi
    fi
    if [[ ${{COMP_WORDS[1]}} == sessions && $COMP_CWORD -gt 1 ]]; then
        case $COMP_CWORD,${{COMP_WORDS[2]}} in
            2,*) COMPREPLY=($(compgen -W "{SESSION_VERBS}" -- "$word")) ;;
            3,import) COMPREPLY=($(compgen -W "{SOURCES}" -- "$word")) ;;
            3,export) COMPREPLY=($(compgen -W "putty" -- "$word")) ;;
            *,show|*,remove) _tessh_names ;;
            *) COMPREPLY=($(compgen -f -- "$word")) ;;
        esac
        return
    fi
    if [[ ${{COMP_WORDS[1]}} == teleport && $COMP_CWORD -gt 1 ]]; then
        if [[ $COMP_CWORD == 2 ]]; then
            COMPREPLY=($(compgen -W "{teleport_verbs}" -- "$word"))
        elif [[ $word == -* ]]; then
            COMPREPLY=($(compgen -W "{teleport_all}" -- "$word"))
        fi
        return
    fi
    if [[ (${{COMP_WORDS[1]}} == get || ${{COMP_WORDS[1]}} == put) && $COMP_CWORD -gt 1 ]]; then
        case $before in
            --overwrite) COMPREPLY=($(compgen -W "{policies}" -- "$word")); return ;;
            --links) COMPREPLY=($(compgen -W "{links}" -- "$word")); return ;;
            -P|--limit) return ;;
        esac
        if [[ $word == -* ]]; then
            COMPREPLY=($(compgen -W "{files_all}" -- "$word"))
            return
        fi
        case $before in
            {files}|{methods}|{others}) ;;
            *) COMPREPLY=($(compgen -f -- "$word")); _tessh_names; return ;;
        esac
    fi
    case $before in
        {files}) COMPREPLY=($(compgen -f -- "$word")); return ;;
        {methods}) COMPREPLY=($(compgen -W "{method_names}" -- "$word")); return ;;
        completions) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")); return ;;
        {others}) return ;;
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "{all}" -- "$word"))
        return
    fi
    [[ $COMP_CWORD == 1 ]] && COMPREPLY=($(compgen -W "{verbs}" -- "$word"))
    _tessh_names
}}
_tessh_names() {{
    local name
    while IFS= read -r name; do
        [[ $name == "$word"* ]] && COMPREPLY+=("$(printf %q "$name")")
    done < <(_tessh_hosts)
}}
{HOSTS}
complete -F _tessh tessh
"#,
        policies = files::POLICIES.join(" "),
        links = files::LINKS.join(" "),
        files_all = files_flags().collect::<Vec<_>>().join(" "),
        files = names(Some(Completes::Files)).join("|"),
        methods = names(Some(Completes::Methods)).join("|"),
        others = names(Some(Completes::Nothing)).join("|"),
        method_names = Method::ALL.map(Method::name).join(" "),
        all = all.join(" "),
        keygen_all = keygen_all.join(" "),
        verbs = verbs.join(" "),
        trust_verbs = trust_verbs(),
        trust_types = TRUST_TYPES,
        authority_verbs = authority_verbs(),
        authority_all = AUTHORITY.iter().map(|flag| flag.name).collect::<Vec<_>>().join(" "),
        teleport_verbs = teleport_verbs(),
        teleport_all = TELEPORT.iter().map(|flag| flag.name).collect::<Vec<_>>().join(" "),
        trust_all = TRUST.iter().map(|flag| flag.name).collect::<Vec<_>>().join(" "),
    )
}

/// The names of the flags of get and put, those of connecting among them.
fn files_flags() -> impl Iterator<Item = &'static str> {
    let own = FILES.iter().map(|flag| flag.name);
    own.chain(files::connecting().map(|flag| flag.name))
}

/// The words that a flag of get and put accepts.
fn files_words(flag: FileFlag) -> Option<String> {
    match flag {
        FileFlag::Overwrite => Some(files::POLICIES.join(" ")),
        FileFlag::Links => Some(files::LINKS.join(" ")),
        _ => None,
    }
}

/// What can be done with saved sessions.
const SESSION_VERBS: &str = "list show save remove import export";
/// From where saved sessions can be imported.
const SOURCES: &str = "putty winscp openssh";

/// The key types that `tessh trust --type` accepts.
const TRUST_TYPES: &str = "ed25519 ecdsa rsa dsa";

fn trust_verbs() -> String {
    let mut verbs: Vec<&str> = Vec::new();
    for (name, ..) in trust::VERBS {
        let first = name.split(' ').next().unwrap_or(name);
        if !verbs.contains(&first) {
            verbs.push(first);
        }
    }
    verbs.join(" ")
}

/// The verbs after `teleport`.
fn teleport_verbs() -> String {
    teleport::VERBS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(" ")
}

/// The verbs after `trust authority`.
fn authority_verbs() -> String {
    let words = trust::VERBS.iter().filter_map(|(name, ..)| name.strip_prefix("authority "));
    words.collect::<Vec<_>>().join(" ")
}

/// A POSIX shell function that lists the names of all saved sessions, and of the hosts in
/// ssh_config(5), one on each line.
const HOSTS: &str = "_tessh_hosts() {
    tessh sessions list --names 2>/dev/null
}";

/// Escapes an explanation for a specification of zsh's `_arguments`.
fn zsh_text(text: &str) -> String {
    text.replace('\'', "'\\''").replace('[', "\\[").replace(']', "\\]").replace(':', "\\:")
}

fn zsh_keygen() -> String {
    let mut specs = String::new();
    for flag in KEYGEN {
        let action = match (keygen_words(flag.name), completes(flag)) {
            (Some(words), _) => format!(":word:({words})"),
            (None, Completes::Files) => ":file:_files".to_owned(),
            (None, _) if flag.value.is_some() => ":value: ".to_owned(),
            (None, _) => String::new(),
        };
        let _ = write!(specs, " \\\n            '*{}[{}]{action}'", flag.name, zsh_text(flag.doc));
    }
    specs
}

fn zsh_trust() -> String {
    let mut specs = String::new();
    for flag in trust::documented() {
        let action = match (flag.value, completes(&flag)) {
            (_, Completes::Files) => ":file:_files".to_owned(),
            (Some("type"), _) => format!(":type:({TRUST_TYPES})"),
            (Some(_), _) => ":value: ".to_owned(),
            (None, _) => String::new(),
        };
        let _ = write!(specs, " \\\n            '*{}[{}]{action}'", flag.name, zsh_text(flag.doc));
    }
    specs
}

fn zsh_files() -> String {
    let mut specs = String::new();
    let mut add = |name: &str, doc: &str, action: &str| {
        let _ = write!(specs, " \\\n            '*{name}[{}]{action}'", zsh_text(doc));
    };
    for flag in FILES {
        let action = match (files_words(flag.does), flag.value) {
            (Some(words), _) => format!(":word:({words})"),
            (None, Some(_)) => ":value: ".to_owned(),
            (None, None) => String::new(),
        };
        add(flag.name, flag.doc, &action);
    }
    for flag in files::connecting() {
        let action = match completes(flag) {
            Completes::Files => ":file:_files",
            _ if flag.value.is_some() => ":value: ",
            _ => "",
        };
        add(flag.name, flag.doc, action);
    }
    specs
}

fn zsh_teleport() -> String {
    let mut specs = String::new();
    for flag in TELEPORT {
        let action = if flag.value.is_some() { ":value: " } else { "" };
        let _ = write!(specs, " \\\n            '*{}[{}]{action}'", flag.name, zsh_text(flag.doc));
    }
    specs
}

fn zsh() -> String {
    let mut specs = String::new();
    for flag in working() {
        let doc = zsh_text(flag.doc);
        let action = match completes(flag) {
            Completes::Files => ":file:_files".to_owned(),
            Completes::Methods => {
                format!(":method:({})", Method::ALL.map(Method::name).join(" "))
            }
            Completes::Nothing if flag.value.is_some() => ":value: ".to_owned(),
            Completes::Nothing => String::new(),
        };
        let _ = writeln!(specs, "        '*{}[{doc}]{action}' \\", flag.name);
    }
    let verbs: Vec<&str> = verbs().map(|(name, ..)| *name).collect();
    format!(
        r#"#compdef tessh
# zsh completion for tessh
{HOSTS}
_tessh_first() {{
    compadd {verbs}
    compadd -- "${{(@f)$(_tessh_hosts)}}"
}}
_tessh_place() {{
    _files
    compadd -S ':' -- "${{(@f)$(_tessh_hosts)}}"
}}
_tessh() {{
    if [[ $words[2] == keygen ]] && (( CURRENT > 2 )); then
        shift words
        (( CURRENT-- ))
        _arguments -s{keygen}
        return
    fi
    if [[ $words[2] == trust ]] && (( CURRENT > 2 )); then
        shift words
        (( CURRENT-- ))
        _arguments -s '1:verb:({trust_verbs})' '*:host:_tessh_first'{trust}
        return
    fi
    if [[ $words[2] == teleport ]] && (( CURRENT > 2 )); then
        shift words
        (( CURRENT-- ))
        _arguments -s '1:verb:({teleport_verbs})' '*:word: '{teleport}
        return
    fi
    if [[ $words[2] == get || $words[2] == put ]] && (( CURRENT > 2 )); then
        shift words
        (( CURRENT-- ))
        _arguments -s '*:place:_tessh_place'{of_files}
        return
    fi
    _arguments -s \
{specs}        '1:host or verb:_tessh_first' \
        '*::command:_normal'
}}
_tessh "$@"
"#,
        keygen = zsh_keygen(),
        trust = zsh_trust(),
        trust_verbs = trust_verbs(),
        of_files = zsh_files(),
        teleport = zsh_teleport(),
        teleport_verbs = teleport_verbs(),
        verbs = verbs.join(" "),
    )
}

fn fish() -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let mut out = String::from("# fish completion for tessh\ncomplete -c tessh -f\n");
    for flag in working() {
        let name = match (flag.letter(), flag.long()) {
            (Some(letter), _) => format!("-s {letter}"),
            (None, long) => format!("-l {}", long.unwrap_or_default()),
        };
        let argument = match completes(flag) {
            Completes::Files => " -r -F".to_owned(),
            Completes::Methods => {
                format!(" -x -a {}", quoted(&Method::ALL.map(Method::name).join(" ")))
            }
            Completes::Nothing if flag.value.is_some() => " -x".to_owned(),
            Completes::Nothing => String::new(),
        };
        let _ = writeln!(
            out,
            "complete -c tessh -n 'not __fish_seen_subcommand_from keygen' {name}{argument} -d {}",
            quoted(flag.doc)
        );
    }
    for flag in KEYGEN {
        let name = match (flag.letter(), flag.long()) {
            (Some(letter), _) => format!("-s {letter}"),
            (None, long) => format!("-l {}", long.unwrap_or_default()),
        };
        let argument = match (keygen_words(flag.name), completes(flag)) {
            (Some(words), _) => format!(" -x -a {}", quoted(words)),
            (None, Completes::Files) => " -r -F".to_owned(),
            (None, _) if flag.value.is_some() => " -x".to_owned(),
            (None, _) => String::new(),
        };
        let _ = writeln!(
            out,
            "complete -c tessh -n '__fish_seen_subcommand_from keygen' {name}{argument} -d {}",
            quoted(flag.doc)
        );
    }
    for flag in trust::documented() {
        let name = flag.long().unwrap_or_default();
        let argument = match (flag.value, completes(&flag)) {
            (_, Completes::Files) => " -r -F".to_owned(),
            (Some("type"), _) => format!(" -x -a {}", quoted(TRUST_TYPES)),
            (Some(_), _) => " -x".to_owned(),
            (None, _) => String::new(),
        };
        let _ = writeln!(
            out,
            "complete -c tessh -n '__fish_seen_subcommand_from trust' -l {name}{argument} -d {}",
            quoted(flag.doc)
        );
    }
    let _ = writeln!(
        out,
        "complete -c tessh -n '__fish_seen_subcommand_from trust' -a {}",
        quoted(&trust_verbs())
    );
    for flag in TELEPORT {
        let name = match (flag.letter(), flag.long()) {
            (Some(letter), _) => format!("-s {letter}"),
            (None, long) => format!("-l {}", long.unwrap_or_default()),
        };
        let argument = if flag.value.is_some() { " -x" } else { "" };
        let _ = writeln!(
            out,
            "complete -c tessh -n '__fish_seen_subcommand_from teleport' {name}{argument} -d {}",
            quoted(flag.doc)
        );
    }
    let _ = writeln!(
        out,
        "complete -c tessh -n '__fish_seen_subcommand_from teleport' -a {}",
        quoted(&teleport_verbs())
    );
    for flag in FILES {
        let name = match (flag.letter(), flag.long()) {
            (Some(letter), _) => format!("-s {letter}"),
            (None, long) => format!("-l {}", long.unwrap_or_default()),
        };
        let argument = match (files_words(flag.does), flag.value) {
            (Some(words), _) => format!(" -x -a {}", quoted(&words)),
            (None, Some(_)) => " -x".to_owned(),
            (None, None) => String::new(),
        };
        let _ = writeln!(
            out,
            "complete -c tessh -n '__fish_seen_subcommand_from get put' {name}{argument} -d {}",
            quoted(flag.doc)
        );
    }
    out.push_str("complete -c tessh -n '__fish_seen_subcommand_from get put' -F\n");
    for (name, _, doc) in verbs() {
        let _ = writeln!(
            out,
            "complete -c tessh -n __fish_is_first_token -a {name} -d {}",
            quoted(doc)
        );
    }
    out.push_str(
        "complete -c tessh -n '__fish_seen_subcommand_from completions' -a 'bash zsh fish'\n",
    );
    let _ = writeln!(
        out,
        "complete -c tessh -n '__fish_seen_subcommand_from sessions' -a '{SESSION_VERBS}'"
    );
    out.push_str("complete -c tessh -a '(tessh sessions list --names)' -d session\n");
    out.push_str("complete -c tessh -a '(__fish_print_hostnames)' -d host\n");
    out
}
