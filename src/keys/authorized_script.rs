//! The installation of a key as a script for a POSIX shell, which reads it from standard input, and
//! the reading of what it prints.
//!
//! The line is written once and whole: the file is copied to one beside it, which is opened
//! exclusively and so keeps out a second installation, and is renamed over the old one. A link in
//! the place of the folder or the file is refused, as is what belongs to somebody else: who can put
//! one there would choose what is written to.

use super::authorized::AuthorizedKey;
use crate::text;

/// What the lines of the script's report begin with. The script puts it together, so that a program
/// that only repeats its input does not seem to have run it.
const REPORT: &str = "tessh-copy-id ";
/// How many characters of a reason that the server gives are kept.
const MAX_REASON: usize = 200;

/// What a script has reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptResult {
    /// Whether the line was added; otherwise it was there.
    pub added: bool,
    /// Whether the folder was made for it.
    pub made_folder: bool,
    /// Which of the home directory, the folder and the file others may write to.
    pub writable: Vec<String>,
}

/// Why a script has changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptRefusal {
    /// This is a symbolic link.
    Link(String),
    /// This is not a directory, or not a regular file.
    Kind(String),
    /// This belongs to somebody else.
    Owner(String),
    /// Another installation is at work, or was cut off: this file is there.
    Busy(String),
    /// A command failed, for this reason, which is sanitised.
    Failed(String),
}

impl AuthorizedKey {
    /// The script.
    pub fn script(&self) -> String {
        // In single quotes only the quote itself has a meaning.
        let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
        let (kind, blob, line) = (quoted(&self.kind), quoted(&self.blob), quoted(&self.line));
        format!("t={kind} b={blob} new={line}\n{SCRIPT}")
    }
}

impl ScriptResult {
    /// Reads what the script has printed, among whatever else the login has; `None` if it did not
    /// run to its end.
    pub fn read(output: &[u8]) -> Option<Result<ScriptResult, ScriptRefusal>> {
        let mut result = ScriptResult { added: false, made_folder: false, writable: Vec::new() };
        for line in output.split(|&byte| byte == b'\n') {
            let Some(report) = line.strip_prefix(REPORT.as_bytes()) else { continue };
            let report = text::line_bytes(report, MAX_REASON);
            let (word, rest) = report.split_once(' ').unwrap_or((&report, ""));
            let rest = rest.to_owned();
            match word {
                "made" => result.made_folder = true,
                "writable" => result.writable.push(rest),
                "added" => return Some(Ok(ScriptResult { added: true, ..result })),
                "there" => return Some(Ok(result)),
                "link" => return Some(Err(ScriptRefusal::Link(rest))),
                "kind" => return Some(Err(ScriptRefusal::Kind(rest))),
                "owner" => return Some(Err(ScriptRefusal::Owner(rest))),
                "busy" => return Some(Err(ScriptRefusal::Busy(rest))),
                "failed" => return Some(Err(ScriptRefusal::Failed(rest))),
                _ => {}
            }
        }
        None
    }
}

/// The script without its variables. All of it is one command, so that a part of it does nothing.
const SCRIPT: &str = r##"{
umask 077
LC_ALL=C
export LC_ALL
w=$(printf ' \t\r')
d=.ssh
f=$d/authorized_keys
x=$d/authorized_keys.tessh
say() { printf '%s-%s %s\n' tessh copy-id "$*"; }
quit() { say "$@"; exit 0; }
# Sets mode and owner of a file.
look() { set -- $(ls -ldn "$1" 2>/dev/null); mode=$1 owner=$3; }
# Reports what others may write to: sshd passes over keys there.
open_to_others() {
  case $mode in ?????w*|????????w*) say writable "$1" ;; esac
}
# Whether a line has the key: type and base64 at its beginning, or behind one word of options.
has_key() {
  l=$1
  case $l in *"$b"*) ;; *) return 1 ;; esac
  case ${l#*"$b"} in ''|["$w"]*) ;; *) return 1 ;; esac
  l=${l%%"$b"*}
  case $l in *["$w"]) ;; *) return 1 ;; esac
  trim
  case $l in *"$t") l=${l%"$t"} ;; *) return 1 ;; esac
  case $l in '') return 0 ;; '#'*) return 1 ;; *["$w"]) ;; *) return 1 ;; esac
  trim
  case ,$l, in ,,) return 0 ;; *,cert-authority,*) return 1 ;; esac
  q=0
  while [ -n "$l" ]; do
    case $q$l in
      ?'\"'*) l=${l#?} ;;
      0'"'*) q=1 ;;
      1'"'*) q=0 ;;
      0["$w"]*) return 1 ;;
    esac
    l=${l#?}
  done
  [ $q = 0 ]
}
# Takes the blanks at both ends of a line away.
trim() {
  while case $l in *["$w"]) true ;; *) false ;; esac; do l=${l%?}; done
  while case $l in ["$w"]*) true ;; *) false ;; esac; do l=${l#?}; done
}
me=$(id -u 2>&1) || quit failed "$me"
cd "${HOME:-/dev/null}" 2>/dev/null || quit failed "no home directory"
look .
open_to_others .
[ -L $d ] && quit link $d
if [ ! -d $d ]; then
  [ -e $d ] && quit kind $d
  e=$(mkdir $d 2>&1) || quit failed "$e"
  say made $d
fi
look $d
[ "$owner" = "$me" ] || quit owner $d
open_to_others $d
[ -L $f ] && quit link $f
if [ -e $f ]; then
  [ -f $f ] || quit kind $f
  look $f
  [ "$owner" = "$me" ] || quit owner $f
  open_to_others $f
fi
if (set -C; : >$x) 2>/dev/null; then :
elif [ -e $x ] || [ -L $x ]; then quit busy $x
else quit failed "cannot write to $d"
fi
trap 'rm -f $x' 0
trap 'exit 1' 1 2 13 15
there= cut=
if [ -f $f ]; then
  e=$(cp -p $f $x 2>&1) || quit failed "$e"
  while IFS= read -r line || { [ -n "$line" ] && cut=1; }; do
    if has_key "$line"; then there=1; break; fi
  done <$f
fi
[ -n "$there" ] && quit there
[ -z "$cut" ] || printf '\n' >>$x
e=$(printf '%s\n' "$new" 2>&1 >>$x) || quit failed "$e"
[ "$(tail -n 1 $x)" = "$new" ] || quit failed "the line could not be written"
e=$(mv -f $x $f 2>&1) || quit failed "$e"
trap - 0
command -v restorecon >/dev/null 2>&1 && restorecon -F $d $f >/dev/null 2>&1
say added
exit 0
}
"##;

#[cfg(test)]
mod tests;
