//! A script in the manner of sftp(1) and psftp: a command a line.

use crate::cli::args::Verb;
use crate::error::{Error, Kind, Result};
use crate::say;

use super::super::place::shown;

/// The most bytes of a script.
pub(super) const MAX_SCRIPT: u64 = 16 * 1024 * 1024;

/// One line of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScriptLine {
    /// Its number, from 1.
    pub number: usize,
    /// A `-` stands before it: a failure does not stop the script.
    pub goes_on: bool,
    /// What it does.
    pub command: ScriptCommand,
}

/// Commands. Patterns and paths are words as [`words`] gives them: a backslash stands before each
/// byte that is no wildcard though it looks like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ScriptCommand {
    Get {
        sources: Vec<Vec<u8>>,
        target: Option<Vec<u8>>,
        how: HowToCopy,
    },
    Put {
        sources: Vec<Vec<u8>>,
        target: Option<Vec<u8>>,
        how: HowToCopy,
    },
    List {
        long: bool,
        hidden: bool,
        path: Option<Vec<u8>>,
    },
    ChangeDirectory(Option<Vec<u8>>),
    LocalDirectory(Option<Vec<u8>>),
    PrintDirectory,
    PrintLocalDirectory,
    MakeDirectories(Vec<Vec<u8>>),
    MakeLocalDirectory(Vec<u8>),
    RemoveDirectories(Vec<Vec<u8>>),
    Remove(Vec<Vec<u8>>),
    Rename {
        from: Vec<u8>,
        to: Vec<u8>,
    },
    Mode {
        mode: ModeChange,
        paths: Vec<Vec<u8>>,
    },
    Owner {
        id: u32,
        is_group: bool,
        paths: Vec<Vec<u8>>,
    },
    Link {
        is_symbolic: bool,
        target: Vec<u8>,
        name: Vec<u8>,
    },
    /// A command of the shell here.
    Shell(Vec<u8>),
    Quit,
}

/// How `get` and `put` copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HowToCopy {
    pub recursive: bool,
    pub resume: bool,
}

/// What becomes of permission bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ModeChange {
    /// These.
    To(u32),
    /// For each part the bits that it is about, those that are set in them, and how.
    Symbolic(Vec<(u32, u8)>),
}

impl ModeChange {
    /// Reads `755` or, as psftp has it, `go-rwx,u+w`.
    fn read(word: &[u8]) -> Option<ModeChange> {
        if !word.is_empty() && word.iter().all(|byte| (b'0'..=b'7').contains(byte)) {
            let text = std::str::from_utf8(word).ok()?;
            return u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o7777).map(Self::To);
        }
        let mut parts = Vec::new();
        for part in word.split(|&byte| byte == b',') {
            let at = part.iter().position(|byte| matches!(byte, b'+' | b'-' | b'='))?;
            let mut who = 0;
            for class in &part[..at] {
                who |= match class {
                    b'u' => 0o700,
                    b'g' => 0o070,
                    b'o' => 0o007,
                    b'a' => 0o777,
                    _ => return None,
                };
            }
            let who = if who == 0 { 0o777 } else { who };
            let mut bits = 0;
            for right in &part[at + 1..] {
                bits |= match right {
                    b'r' => 0o444,
                    b'w' => 0o222,
                    b'x' => 0o111,
                    _ => return None,
                };
            }
            match part[at] {
                b'=' => parts.extend([(who & !bits, b'-'), (who & bits, b'+')]),
                sign => parts.push((who & bits, sign)),
            }
        }
        Some(ModeChange::Symbolic(parts))
    }

    /// The bits that these become.
    pub fn of(&self, mode: u32) -> u32 {
        match self {
            ModeChange::To(mode) => *mode,
            ModeChange::Symbolic(parts) => {
                parts.iter().fold(
                    mode,
                    |mode, (bits, sign)| {
                        if *sign == b'+' { mode | bits } else { mode & !bits }
                    },
                )
            }
        }
    }
}

/// Reads a whole script, so that a mistake in it is found before anything is done.
///
/// # Errors
/// [`Kind::Usage`]: a line is no command.
pub(super) fn read(name: &str, text: &[u8]) -> Result<Vec<ScriptLine>> {
    let mut lines = Vec::new();
    for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line).trim_ascii();
        let (goes_on, line) = match line {
            [b'-', rest @ ..] => (true, rest.trim_ascii()),
            [b'@', rest @ ..] => (false, rest.trim_ascii()),
            line => (false, line),
        };
        if line.is_empty() || line[0] == b'#' {
            continue;
        }
        let number = at + 1;
        let command = command(line).map_err(|cause| {
            Error::new(Kind::Usage, say!(batch_line, name, number, cause = cause.cause()))
                .hint(cause.next_step().unwrap_or(&Verb::Files.see_help()))
        })?;
        lines.push(ScriptLine { number, goes_on, command });
    }
    Ok(lines)
}

fn command(line: &[u8]) -> Result<ScriptCommand> {
    if let [b'!', rest @ ..] = line {
        return Ok(ScriptCommand::Shell(rest.trim_ascii().to_vec()));
    }
    let mut words = words(line)?.into_iter();
    let first = words.next().unwrap_or_default();
    let rest: Vec<Vec<u8>> = words.collect();
    let name = first.to_ascii_lowercase();
    let name = String::from_utf8_lossy(&name).into_owned();
    let usage = |form: &str| Error::new(Kind::Usage, say!(batch_usage, form));
    let one = |form: &str| match &rest[..] {
        [one] => Ok(one.clone()),
        _ => Err(usage(form)),
    };
    let some = |form: &str| match rest.is_empty() {
        false => Ok(rest.clone()),
        true => Err(usage(form)),
    };
    let two = |form: &str| match &rest[..] {
        [one, two] => Ok((one.clone(), two.clone())),
        _ => Err(usage(form)),
    };
    let maybe = |form: &str| match &rest[..] {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        _ => Err(usage(form)),
    };
    Ok(match name.as_str() {
        "get" | "reget" | "mget" | "put" | "reput" | "mput" => copy(&name, &rest)?,
        "ls" | "dir" => {
            let (flags, rest) = flags(&rest, b"1aflnrSthN")?;
            let path = match &rest[..] {
                [] => None,
                [one] => Some(one.clone()),
                _ => return Err(usage(&say!(batch_form_ls))),
            };
            let (long, hidden) = (flags.contains(&b'l'), flags.contains(&b'a'));
            ScriptCommand::List { long, hidden, path }
        }
        "cd" => ScriptCommand::ChangeDirectory(maybe("cd [path]")?),
        "lcd" => ScriptCommand::LocalDirectory(maybe("lcd [path]")?),
        "pwd" => ScriptCommand::PrintDirectory,
        "lpwd" => ScriptCommand::PrintLocalDirectory,
        "mkdir" => ScriptCommand::MakeDirectories(some("mkdir path ...")?),
        "lmkdir" => ScriptCommand::MakeLocalDirectory(one("lmkdir path")?),
        "rmdir" => ScriptCommand::RemoveDirectories(some("rmdir path ...")?),
        "rm" | "del" | "delete" => ScriptCommand::Remove(some("rm path ...")?),
        "rename" | "mv" | "ren" => {
            let (from, to) = two("rename from to")?;
            ScriptCommand::Rename { from, to }
        }
        "chmod" => {
            let form = "chmod mode path ...";
            let [mode, paths @ ..] = &rest[..] else { return Err(usage(form)) };
            let mode = ModeChange::read(mode).ok_or_else(|| usage(form))?;
            let paths = Some(paths.to_vec()).filter(|it| !it.is_empty());
            ScriptCommand::Mode { mode, paths: paths.ok_or_else(|| usage(form))? }
        }
        "chown" | "chgrp" => {
            let is_group = name == "chgrp";
            let form = if is_group { "chgrp number path ..." } else { "chown number path ..." };
            let [id, paths @ ..] = &rest[..] else { return Err(usage(form)) };
            let id = std::str::from_utf8(id).ok().and_then(|id| id.parse().ok());
            let paths = Some(paths.to_vec()).filter(|it| !it.is_empty());
            let (Some(id), Some(paths)) = (id, paths) else { return Err(usage(form)) };
            ScriptCommand::Owner { id, is_group, paths }
        }
        "ln" | "symlink" => {
            let (flags, rest) = flags(&rest, b"s")?;
            let [target, link] = &rest[..] else { return Err(usage(&say!(batch_form_ln))) };
            let is_symbolic = name == "symlink" || flags.contains(&b's');
            ScriptCommand::Link { is_symbolic, target: target.clone(), name: link.clone() }
        }
        "exit" | "quit" | "bye" => ScriptCommand::Quit,
        _ => {
            let name = shown(&first);
            return Err(
                Error::new(Kind::Usage, say!(batch_unknown, name)).hint(say!(batch_unknown_hint))
            );
        }
    })
}

fn copy(name: &str, rest: &[Vec<u8>]) -> Result<ScriptCommand> {
    let (flags, places) = flags(rest, b"rRafpP")?;
    let recursive = flags.iter().any(|flag| matches!(flag, b'r' | b'R'));
    let resume = name.starts_with("re") || flags.contains(&b'a');
    let how = HowToCopy { recursive, resume };
    let (sources, target) = match (&places[..], name.starts_with('m')) {
        ([], _) => {
            let form = format!("{name} [-r] source [target]");
            return Err(Error::new(Kind::Usage, say!(batch_usage, form)));
        }
        (_, true) => (places, None),
        ([one], _) => (vec![one.clone()], None),
        ([one, target], _) => (vec![one.clone()], Some(target.clone())),
        _ => {
            let form = format!("{name} [-r] source [target]");
            return Err(
                Error::new(Kind::Usage, say!(batch_usage, form)).hint(say!(batch_several_hint))
            );
        }
    };
    Ok(match name.ends_with("get") {
        true => ScriptCommand::Get { sources, target, how },
        false => ScriptCommand::Put { sources, target, how },
    })
}

/// Takes the flags off the front; `--` ends them.
fn flags(rest: &[Vec<u8>], known: &[u8]) -> Result<(Vec<u8>, Vec<Vec<u8>>)> {
    let mut found = Vec::new();
    for (at, word) in rest.iter().enumerate() {
        match &word[..] {
            b"--" => return Ok((found, rest[at + 1..].to_vec())),
            [b'-', letters @ ..] if !letters.is_empty() => {
                if let Some(odd) = letters.iter().find(|letter| !known.contains(letter)) {
                    let shown = shown(&[b'-', *odd]);
                    return Err(Error::new(Kind::Usage, say!(batch_flag, shown)));
                }
                found.extend_from_slice(letters);
            }
            _ => return Ok((found, rest[at..].to_vec())),
        }
    }
    Ok((found, Vec::new()))
}

/// Splits a line into words. In quotes and behind a backslash every byte stands for itself, and
/// wildcards among them get a backslash.
fn words(line: &[u8]) -> Result<Vec<Vec<u8>>> {
    let (mut words, mut word): (Vec<Vec<u8>>, Option<Vec<u8>>) = (Vec::new(), None);
    let mut quote = None;
    let mut bytes = line.iter().copied();
    let push_literal = |word: &mut Option<Vec<u8>>, byte: u8| {
        let word = word.get_or_insert_default();
        if matches!(byte, b'*' | b'?' | b'[' | b'\\') {
            word.push(b'\\');
        }
        word.push(byte);
    };
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(mark), byte) if byte == mark => quote = None,
            (None, b'"' | b'\'') => {
                word.get_or_insert_default();
                quote = Some(byte);
            }
            (None | Some(b'"'), b'\\') => {
                push_literal(&mut word, bytes.next().unwrap_or(b'\\'));
            }
            (Some(_), byte) => push_literal(&mut word, byte),
            (None, b' ' | b'\t') => words.extend(word.take()),
            (None, byte) => word.get_or_insert_default().push(byte),
        }
    }
    if quote.is_some() {
        return Err(Error::new(Kind::Usage, say!(batch_open_quote)));
    }
    words.extend(word);
    Ok(words)
}

/// The path that a word means where wildcards are none.
pub(super) fn plain(word: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(word.len());
    let mut bytes = word.iter().copied();
    while let Some(byte) = bytes.next() {
        path.push(match byte {
            b'\\' => bytes.next().unwrap_or(b'\\'),
            byte => byte,
        });
    }
    path
}

/// A path as a word that means it.
pub(super) fn quoted(path: &[u8]) -> Vec<u8> {
    let mut word = Vec::with_capacity(path.len());
    for &byte in path {
        if matches!(byte, b'*' | b'?' | b'[' | b'\\') {
            word.push(b'\\');
        }
        word.push(byte);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> ScriptCommand {
        let mut lines = read("s", line.as_bytes()).unwrap();
        assert_eq!(lines.len(), 1);
        lines.remove(0).command
    }

    fn word(text: &str) -> Vec<u8> {
        text.as_bytes().to_vec()
    }

    #[test]
    fn words_are_quoted_as_in_sftp() {
        let words = |line: &str| {
            let words = words(line.as_bytes()).unwrap().into_iter();
            words.map(|word| String::from_utf8(word).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(
            words(r#"a  'b c' "d\"e" f\ g *.o '*.o' \[x ''"#),
            ["a", "b c", r#"d"e"#, "f g", "*.o", r"\*.o", r"\[x", ""]
        );
        assert_eq!(plain(br"a\*b\\"), br"a*b\");
        assert_eq!(plain(&quoted(br"a*[?\b")), br"a*[?\b");
        assert!(read("s", b"cd 'open").is_err());
    }

    #[test]
    fn commands_of_both_programs_are_read() {
        let how = HowToCopy { recursive: true, resume: true };
        let get = ScriptCommand::Get { sources: vec![word("a*")], target: Some(word("b")), how };
        assert_eq!(one("get -ra a* b"), get);
        assert_eq!(one("reget -R a* b"), get);
        let how = HowToCopy::default();
        let put = ScriptCommand::Put { sources: vec![word("a"), word("-b")], target: None, how };
        assert_eq!(one("MPUT -- a -b"), put);
        assert_eq!(one("ren a b"), one("mv a b"));
        assert_eq!(one("! echo 'x"), ScriptCommand::Shell(word("echo 'x")));
        assert!(read("s", b"ln -s a b\n").unwrap()[0].command != one("ln a b"));
        let lines = read("s", b"# no\n\n-rm x\r\n@pwd\nquit").unwrap();
        assert_eq!(
            lines.iter().map(|it| (it.number, it.goes_on)).collect::<Vec<_>>(),
            [(3, true), (4, false), (5, false)]
        );
    }

    #[test]
    fn modes_are_numbers_or_as_in_psftp() {
        let mode = |word: &str, before| ModeChange::read(word.as_bytes()).map(|it| it.of(before));
        assert_eq!(mode("640", 0o777), Some(0o640));
        assert_eq!(mode("go-rwx,u+w", 0o555), Some(0o700));
        assert_eq!(mode("a=r", 0o777), Some(0o444));
        assert_eq!(mode("+x", 0o600), Some(0o711));
        for odd in ["", "9", "u", "u+q", "z+r", "77777", "u+r,"] {
            assert_eq!(mode(odd, 0), None, "{odd}");
        }
    }

    #[test]
    fn a_line_that_is_no_command_names_its_number() {
        for line in ["frob x", "get", "get a b c", "chmod 999 x", "ls -Q", "rename a"] {
            let text = format!("pwd\n{line}\n");
            let error = read("todo", text.as_bytes()).unwrap_err().to_string();
            assert!(
                error.contains("todo") && error.contains('2') && !error.contains('\n'),
                "{error}"
            );
        }
    }
}
