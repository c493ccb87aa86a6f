//! `~/.config/tessh/config.toml`: what tessh reads of other programs.
//!
//! ```toml
//! [putty]
//! files = ["~/putty.reg"]     # exports of the registry, read like PuTTY's own folder
//! authorities = true          # trust PuTTY's host CAs on every connection, not only in its sessions
//! [winscp]
//! files = ["~/WinSCP.ini"]    # or an export of the registry
//! [teleport]
//! tsh = "/opt/teleport/tsh"   # by default, tsh is looked for on PATH
//! ```
//!
//! The file is read at every start. A file with any fault is refused, because the fault may be in
//! what is trusted.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, Table};

use crate::config::Context;
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::private;
use crate::say;
use crate::text;

/// The largest file, in bytes.
const MAX_FILE: u64 = 64 * 1024;
/// The most files of one program.
const MAX_FILES: usize = 100;
/// How many characters of a path or key an error shows.
const MAX_SHOWN: usize = 300;

/// The settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Exports of PuTTY's registry.
    pub putty_files: Vec<PathBuf>,
    /// Whether PuTTY's authorities are trusted on every connection.
    pub putty_authorities: bool,
    /// WinSCP's ini files, or exports of its registry.
    pub winscp_files: Vec<PathBuf>,
    /// The tsh program.
    pub tsh: Option<PathBuf>,
}

/// The directory of tessh's own files: `$XDG_CONFIG_HOME/tessh`, by default in `~/.config`. A
/// variable that is not an absolute path is ignored (XDG base directory specification).
pub fn directory(context: &Context) -> PathBuf {
    let base = (context.env)("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.filter(|path| path.is_absolute());
    base.unwrap_or_else(|| context.home.join(".config")).join("tessh")
}

/// Reads the settings; a missing file has none.
///
/// # Errors
/// [`Kind::Config`]: the file cannot be read, others can write it, or a line is wrong.
pub fn read(context: &Context) -> Result<Settings> {
    let path = directory(context).join("config.toml");
    let shown = text::path(&path);
    let Some(text) = load(&path, context).map_err(|error| error.context(&shown))? else {
        return Ok(Settings::default());
    };
    parse(&text, &context.home).map_err(|(line, what)| {
        Error::new(Kind::Config, say!(session_line_fault, value = shown, line, what))
    })
}

fn load(path: &Path, context: &Context) -> Result<Option<String>> {
    let failed = |error: &std::io::Error| {
        Error::new(Kind::Config, format!("{} ({})", say!(file_not_read), io_reason(error)))
    };
    let facts = match fs::metadata(path) {
        Ok(facts) => facts,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(&error)),
    };
    if !facts.is_file() {
        return Err(Error::new(Kind::Config, say!(file_not_regular)));
    }
    if !private::is_written_only_by(&facts, context.uid) {
        let cause = say!(config_file_permissions, value = "config.toml");
        return Err(Error::new(Kind::Config, cause).hint(say!(config_file_permissions_hint)));
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|error| failed(&error))?;
    file.take(MAX_FILE + 1).read_to_string(&mut text).map_err(|error| failed(&error))?;
    match text.len() as u64 > MAX_FILE {
        true => Err(Error::new(Kind::Config, say!(file_too_large, limit = MAX_FILE))),
        false => Ok(Some(text)),
    }
}

/// The fault of a line, and its number.
type Fault = (usize, String);

fn parse(text: &str, home: &Path) -> std::result::Result<Settings, Fault> {
    let document = Document::parse(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        (line_at(text, start), text::line(error.message(), MAX_SHOWN))
    })?;
    let mut settings = Settings::default();
    for (program, item) in document.as_table() {
        let at = |item: &Item| line_at(text, item.span().map_or(0, |span| span.start));
        let unknown = |item: &Item, key: &str| {
            (at(item), say!(settings_key_unknown, key = text::line(key, MAX_SHOWN)))
        };
        let table: &Table = item.as_table().ok_or_else(|| unknown(item, program))?;
        for (key, item) in table {
            let field = format!("{program}.{key}");
            let wrong = |what: String| (at(item), format!("{field}: {what}"));
            match field.as_str() {
                "putty.files" => settings.putty_files = paths(item, home).map_err(wrong)?,
                "winscp.files" => settings.winscp_files = paths(item, home).map_err(wrong)?,
                "putty.authorities" => {
                    let flag = item.as_bool().ok_or_else(|| say!(settings_wants_flag));
                    settings.putty_authorities = flag.map_err(wrong)?;
                }
                "teleport.tsh" => {
                    settings.tsh = paths(item, home).map_err(wrong)?.into_iter().next();
                }
                _ => return Err(unknown(item, &field)),
            }
        }
    }
    Ok(settings)
}

/// One path or several, absolute or from `~`.
fn paths(item: &Item, home: &Path) -> std::result::Result<Vec<PathBuf>, String> {
    let form = || say!(settings_wants_paths);
    let texts: Vec<&str> = match (item.as_str(), item.as_array()) {
        (Some(text), _) => vec![text],
        (None, Some(array)) => {
            array.iter().map(|value| value.as_str().ok_or_else(form)).collect::<Result<_, _>>()?
        }
        (None, None) => return Err(form()),
    };
    if texts.len() > MAX_FILES {
        return Err(say!(session_too_many_entries, limit = MAX_FILES));
    }
    let path = |text: &str| match text.strip_prefix("~/") {
        Some(rest) => Ok(home.join(rest)),
        None if text.starts_with('/') => Ok(PathBuf::from(text)),
        None => Err(form()),
    };
    texts.into_iter().map(path).collect()
}

/// The line of an offset, from 1.
fn line_at(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> std::result::Result<Settings, Fault> {
        parse(text, Path::new("/home/me"))
    }

    #[test]
    fn every_setting_is_read() {
        let text = "[putty]\nfiles = ['~/a.reg', '/b.reg']\nauthorities = true\n\
                    [winscp]\nfiles = '~/WinSCP.ini'\n[teleport]\ntsh = '/opt/tsh'\n";
        let settings = parsed(text).unwrap();
        let paths = |paths: &[&str]| paths.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(settings.putty_files, paths(&["/home/me/a.reg", "/b.reg"]));
        assert!(settings.putty_authorities);
        assert_eq!(settings.winscp_files, paths(&["/home/me/WinSCP.ini"]));
        assert_eq!(settings.tsh, Some(PathBuf::from("/opt/tsh")));
        assert_eq!(parsed(""), Ok(Settings::default()));
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        for (text, line, words) in [
            ("[putty]\n\nauthorities = 'yes'", 3, "putty.authorities"),
            ("[putty]\nfile = []", 2, "putty.file"),
            ("x = 1", 1, "x"),
            ("[putty]\nfiles = ['a.reg']", 2, "putty.files"),
            ("[putty\n", 1, ""),
        ] {
            let (at, what) = parsed(text).unwrap_err();
            assert_eq!(at, line, "{what}");
            assert!(what.contains(words), "{what}");
        }
    }
}
