//! Reads a configuration file: Host and Match blocks, Include, and what is refused.
//!
//! As in ssh(1), every line is checked, even in blocks that do not apply. The user's own file and
//! the files it includes are refused if others can write them. Sizes, depth and the number of files
//! are bounded, so that a loop of Includes ends.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::facts::HostFacts;
use super::glob::glob;
use super::matching;
use super::split::{FileMemory, SplitText};
use crate::config::arguments;
use crate::config::block::{BlockReason, ConfigBlock};
use crate::config::context::{Context, user_directory};
use crate::config::expand::{self, COMMON, tilde};
use crate::config::fault::{AdvisedFault, ConfigFault, shown};
use crate::config::keyword::Keyword;
use crate::config::layers::{Layers, page};
use crate::config::line;
use crate::config::origin::Origin;
use crate::config::pattern;
use crate::error::{Error, Kind, Result, io_reason, joined};
use crate::os::file::open_without_waiting;
use crate::os::piped::{self, PipeFault};
use crate::os::private;
use crate::say;

/// The greatest depth of Include, as in ssh(1).
pub const MAX_DEPTH: usize = 16;
/// The most files of one configuration: 16 levels of two includes each would be 65,536.
pub const MAX_FILES: usize = 256;
/// The largest file, in bytes: room for some ten thousand Host blocks.
pub const MAX_FILE: u64 = 1024 * 1024;
/// The most bytes of all files together: what is read is kept for messages, at several times its
/// size.
pub(super) const MAX_BYTES: u64 = 4 * MAX_FILE;

/// The kind of a file. It decides whether the file must exist, who may write it, and which
/// directory relative names in Include start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `~/.ssh/config`: may be missing, and other users must not be able to write it.
    User,
    /// `-F file`: must exist.
    Named,
    /// `/etc/ssh/ssh_config`: may be missing.
    System,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// The path of the file.
    pub path: PathBuf,
    /// The kind of the file.
    pub kind: FileKind,
}

/// Reads a configuration file and everything it includes.
///
/// # Errors
/// [`Kind::Config`]: a required file is missing, others can write a file, an option is bad (the
/// first is named), or a bound is exceeded.
pub fn read_file(
    layers: &mut Layers,
    file: &ConfigFile,
    host: &HostFacts,
    context: &Context,
) -> Result<()> {
    read_remembered(layers, file, host, context, None)
}

/// Does what [`read_file`] does, with files that were read for another host before, and of which all
/// is checked already: of their lines, only those count that may matter for this one.
///
/// # Errors
/// Those of [`read_file`].
pub fn read_remembered(
    layers: &mut Layers,
    file: &ConfigFile,
    host: &HostFacts,
    context: &Context,
    memory: Option<&FileMemory>,
) -> Result<()> {
    FileReader { layers, kind: file.kind, host, context, memory, files: 0, bytes: 0 }.read(file)
}

/// Reads a file and its includes once.
struct FileReader<'a> {
    layers: &'a mut Layers,
    kind: FileKind,
    host: &'a HostFacts,
    context: &'a Context,
    memory: Option<&'a FileMemory>,
    files: usize,
    bytes: u64,
}

/// The position within one file.
struct ReadingPosition<'a> {
    path: &'a Path,
    line: usize,
    depth: usize,
    /// Whether lines count: this block applies, and so does the block that included the file.
    active: bool,
    /// Whether a block of this file can apply at all.
    reachable: bool,
}

impl<'a> FileReader<'a> {
    fn read(&mut self, file: &ConfigFile) -> Result<()> {
        match self.load(&file.path, file.kind == FileKind::User) {
            Ok(Some(text)) => self.lines(&text, &file.path, 0, true),
            Ok(None) if file.kind != FileKind::Named => Ok(()),
            Ok(None) => Err(cannot_open(&file.path, &say!(os_no_such_file))),
            Err(error) => Err(error),
        }
    }

    /// Reads the text of a file; `None` if it does not exist.
    fn load(&mut self, path: &Path, private: bool) -> Result<Option<Rc<SplitText>>> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(config(path, &say!(config_too_many_files, limit = MAX_FILES)));
        }
        let remembered = self.memory.and_then(|memory| memory.get(path, private));
        let text = match (remembered, self.memory) {
            (Some(text), _) => text,
            (None, memory) => match (self.bytes_of(path, private)?, memory) {
                (None, _) => return Ok(None),
                (Some(bytes), Some(memory)) => memory.keep(path, private, bytes),
                (Some(bytes), None) => Rc::new(SplitText::whole(bytes)),
            },
        };
        self.bytes += text.len() as u64;
        if self.bytes > MAX_BYTES {
            return Err(config(path, &say!(config_files_too_large, limit = MAX_BYTES)));
        }
        Ok(Some(text))
    }

    fn bytes_of(&mut self, path: &Path, private: bool) -> Result<Option<Vec<u8>>> {
        let file = match open_without_waiting(path) {
            Ok(file) => file,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(e) if self.kind == FileKind::Named => {
                return Err(cannot_open(path, &io_reason(&e)));
            }
            Err(e) => {
                self.pass_over(path, &e);
                return Ok(None);
            }
        };
        if private {
            self.check_owner(&file, path)?;
        }
        let bytes = match piped::read_once(path, &file, MAX_FILE as usize + 1) {
            Ok(bytes) => bytes,
            Err(e) if self.kind == FileKind::Named || PipeFault::of(&e).is_none() => {
                return Err(cannot_open(path, &io_reason(&e)));
            }
            Err(e) => {
                self.pass_over(path, &e);
                return Ok(None);
            }
        };
        if bytes.len() as u64 > MAX_FILE {
            return Err(config(path, &say!(config_file_too_large, limit = MAX_FILE)));
        }
        Ok(Some(bytes))
    }

    /// Says why a file is not read.
    fn pass_over(&mut self, path: &Path, error: &std::io::Error) {
        let (value, reason) = (name(path), io_reason(error));
        self.layers.warn(say!(config_file_not_read, value, reason));
    }

    fn check_owner(&self, file: &File, path: &Path) -> Result<()> {
        let facts = file.metadata().map_err(|e| cannot_open(path, &io_reason(&e)))?;
        if !private::is_written_only_by(&facts, self.context.uid) {
            let cause = say!(config_file_permissions, value = name(path));
            return Err(Error::new(Kind::Config, cause).hint(say!(config_file_permissions_hint)));
        }
        Ok(())
    }

    /// Reads all lines of a file. Bad lines are counted, and at the end the first is reported.
    fn lines(
        &mut self,
        text: &SplitText,
        path: &Path,
        depth: usize,
        reachable: bool,
    ) -> Result<()> {
        let mut place = ReadingPosition { path, line: 0, depth, active: reachable, reachable };
        let mut first: Option<AdvisedFault> = None;
        let mut count = 0;
        let host = self.host;
        for (number, raw) in text.lines(host.name()) {
            place.line = number;
            if raw.trim_ascii_start().starts_with(b"#") {
                continue;
            }
            let outcome = match std::str::from_utf8(raw) {
                Ok(text) if !text.contains('\0') => self.line(text, &mut place)?,
                Ok(_) => Err(say!(config_nul_byte, origin = origin(&place)).into()),
                Err(_) => Err(say!(config_not_utf8, origin = origin(&place)).into()),
            };
            if let Err(fault) = outcome {
                count += 1;
                first.get_or_insert(fault);
            }
        }
        match first {
            None => {
                text.set_checked();
                Ok(())
            }
            Some(AdvisedFault { fault, next_step }) => {
                let rest = say!(config_terminating, file = name(path), count);
                let rest = next_step.map_or(rest.clone(), |next| joined(&next, &rest));
                Err(Error::new(Kind::Config, fault).hint(rest))
            }
        }
    }

    /// Reads one line. The inner error is a bad line, which is counted; the outer one ends the
    /// reading.
    fn line(
        &mut self,
        text: &str,
        place: &mut ReadingPosition<'_>,
    ) -> Result<Result<(), AdvisedFault>> {
        let Some((typed, rest)) = line::keyword(text) else {
            return Ok(Ok(()));
        };
        let Some(keyword) = Keyword::find(typed) else {
            return Ok(self.unknown_keyword(typed, rest, place).map_err(AdvisedFault::from));
        };
        let named = |fault: ConfigFault, place: &ReadingPosition<'_>| {
            format!("{}: {}: {fault}", origin(place), keyword.name())
        };
        let args = match arguments::parse(keyword, rest) {
            Ok(args) => args,
            Err(AdvisedFault { fault, next_step }) => {
                let next_step = next_step.unwrap_or_else(|| page(keyword, &origin(place)));
                let fault = named(fault, place);
                return Ok(Err(AdvisedFault { fault, next_step: Some(next_step) }));
            }
        };
        match keyword {
            Keyword::Host => {
                let why = self.host_applies(&args);
                self.enter(text, why, place);
                if place.active && self.host_is_named(&args) {
                    self.layers.name_host();
                }
            }
            Keyword::Match => match self.match_applies(rest, place.reachable) {
                Ok(why) => self.enter(text, why, place),
                Err(fault) => {
                    place.active = false;
                    return Ok(Err(named(fault, place).into()));
                }
            },
            Keyword::Include => {
                return Ok(self.include(&args, place)?.map_err(AdvisedFault::from));
            }
            _ if place.active => self.layers.record(keyword, args, origin(place))?,
            _ => {}
        }
        Ok(Ok(()))
    }

    /// Handles a keyword that is not in the table: a fault, unless IgnoreUnknown covers it.
    fn unknown_keyword(
        &self,
        typed: &str,
        rest: &str,
        place: &ReadingPosition<'_>,
    ) -> Result<(), ConfigFault> {
        if self.layers.ignores(typed) {
            let quotes = line::words(rest).map(drop);
            return quotes.map_err(|fault| format!("{}: {fault}", origin(place)));
        }
        let (file, line) = (name(place.path), place.line);
        Err(say!(config_line_fault, file, line, unknown = arguments::unknown(typed)))
    }

    /// Begins a block, and records whether it applies and why.
    fn enter(&mut self, text: &str, why: BlockReason, place: &mut ReadingPosition<'_>) {
        let why = if place.reachable { why } else { BlockReason::Outside };
        let applies = matches!(why, BlockReason::Pattern(_) | BlockReason::All);
        place.active = applies;
        let text = text.trim().to_owned();
        let second = self.host.final_pass;
        self.layers.enter(ConfigBlock { origin: origin(place), text, applies, why, second });
    }

    fn host_applies(&self, patterns: &[String]) -> BlockReason {
        let mut found = BlockReason::NoPattern;
        for entry in patterns {
            match entry.strip_prefix('!') {
                Some(negated) if pattern::matches(negated, self.host.name()) => {
                    return BlockReason::Negated(entry.clone());
                }
                Some(_) => {}
                None if found == BlockReason::NoPattern
                    && pattern::matches(entry, self.host.name()) =>
                {
                    found = BlockReason::Pattern(entry.clone());
                }
                None => {}
            }
        }
        found
    }

    /// Whether a pattern other than `*` matches the host.
    fn host_is_named(&self, patterns: &[String]) -> bool {
        let every = |entry: &str| entry.bytes().all(|byte| byte == b'*');
        let named = |entry: &String| !every(entry) && pattern::matches(entry, self.host.name());
        patterns.iter().any(named)
    }

    fn match_applies(&mut self, rest: &str, reachable: bool) -> Result<BlockReason, ConfigFault> {
        let facts = (self.context, reachable);
        let outcome = matching::evaluate(rest, self.layers, self.host, facts)?;
        if outcome.wants_final {
            self.layers.want_final_pass();
        }
        Ok(match outcome.failed {
            None => BlockReason::All,
            Some((criterion, actual)) => BlockReason::Criterion(criterion, actual),
        })
    }

    fn include(
        &mut self,
        args: &[String],
        place: &ReadingPosition<'_>,
    ) -> Result<Result<(), ConfigFault>> {
        if place.depth + 1 > MAX_DEPTH {
            let cause = say!(config_include_too_deep, origin = origin(place), limit = MAX_DEPTH);
            return Err(Error::new(Kind::Config, cause).hint(say!(config_include_too_deep_hint)));
        }
        for arg in args {
            let pattern = match self.include_pattern(arg) {
                Ok(Some(pattern)) => pattern,
                // As in ssh(1), a file name with an unset variable is left out.
                Ok(None) => {
                    let file = shown(arg);
                    let origin = origin(place);
                    self.layers.warn(say!(config_include_left_out, origin, file));
                    continue;
                }
                Err(fault) => {
                    return Ok(Err(say!(config_include_fault, origin = origin(place), fault)));
                }
            };
            for path in glob(&pattern) {
                // ssh(1) checks the owner of every included file, even of the system's.
                if let Some(text) = self.load(&path, true)? {
                    self.lines(&text, &path, place.depth + 1, place.active)?;
                }
            }
        }
        Ok(Ok(()))
    }

    /// Expands the pattern as far as values are known at this point of the reading; `None` if a
    /// variable has no value.
    fn include_pattern(&self, arg: &str) -> Result<Option<PathBuf>, ConfigFault> {
        if self.kind == FileKind::System && arg.starts_with('~') {
            return Err(say!(config_include_bad_path, arg = shown(arg)));
        }
        let path = tilde(arg, self.context)?;
        if expand::variables(&path, self.context).is_err() {
            return Ok(None);
        }
        let tokens = matching::tokens(self.layers, self.host, self.context)?;
        let path = tokens.percent_dollar(&path, COMMON, self.context)?;
        let base = match self.kind {
            FileKind::System => PathBuf::from("/etc/ssh"),
            FileKind::User | FileKind::Named => user_directory(self.context),
        };
        Ok(Some(base.join(path)))
    }
}

fn origin(place: &ReadingPosition<'_>) -> Origin {
    Origin::File { file: place.path.to_owned(), line: place.line }
}

fn name(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

fn cannot_open(path: &Path, reason: &str) -> Error {
    let cause = say!(config_file_not_opened, value = name(path), reason);
    Error::new(Kind::Config, cause).hint(say!(config_file_not_opened_hint))
}

fn config(path: &Path, cause: &str) -> Error {
    Error::new(Kind::Config, format!("{}: {cause}", name(path)))
}
