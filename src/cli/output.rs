//! Standard output: only the requested output. Messages go to `log`.

use std::io::{self, BufWriter, ErrorKind, Write};

use serde_json::Value;

use crate::error::{Error, Kind, Result, io_reason};
use crate::say;
use crate::text;

/// Writes a text; returns exit code 0. A closed pipe is not an error: its reader has read enough.
///
/// # Errors
/// [`Kind::Local`]: standard output cannot be written.
pub fn print(text: &str) -> Result<u8> {
    outcome(io::stdout().lock().write_all(text.as_bytes()))
}

fn outcome(written: io::Result<()>) -> Result<u8> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let reason = io_reason(&error);
            Err(Error::new(Kind::Local, say!(stdout_failed, reason)).hint_about(&error))
        }
        _ => Ok(0),
    }
}

/// Writes a JSON text, as [`print`] does; what a terminal would act on is escaped.
///
/// # Errors
/// [`Kind::Local`]: standard output cannot be written.
pub fn print_json(json: &str) -> Result<u8> {
    print(&text::json(json))
}

/// Writes a JSON array as [`print_json`] does, one element after the other, so that a long one is
/// never in memory as a whole.
///
/// # Errors
/// [`Kind::Local`]: standard output cannot be written.
pub fn print_json_list(all: impl Iterator<Item = Value>) -> Result<u8> {
    let mut out = BufWriter::new(io::stdout().lock());
    outcome(write_list(&mut out, all).and_then(|()| out.flush()))
}

/// The array as serde_json writes one with indentation.
fn write_list(out: &mut impl Write, all: impl Iterator<Item = Value>) -> io::Result<()> {
    let mut before = "[";
    for one in all {
        // A string has no line break of its own.
        let shown = format!("{one:#}").replace('\n', "\n  ");
        write!(out, "{before}\n  {}", text::json(&shown))?;
        before = ",";
    }
    out.write_all(if before == "[" { b"[]\n" } else { b"\n]\n" })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::json;

    use super::*;

    struct SeenOutput<'a>(&'a RefCell<Vec<u8>>);

    impl Write for SeenOutput<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_element_of_a_list_is_written_before_the_next_is_made() {
        let out = RefCell::new(Vec::new());
        let all = [json!({ "a": [1, "x\ny"] }), json!([]), json!("z")];
        let made = all.iter().enumerate().map(|(at, one)| {
            let so_far = String::from_utf8(out.borrow().clone()).unwrap();
            assert_eq!(so_far.contains("x\\ny"), at > 0, "{so_far}");
            one.clone()
        });
        write_list(&mut SeenOutput(&out), made).unwrap();
        let whole = format!("{:#}\n", Value::Array(all.to_vec()));
        assert_eq!(String::from_utf8(out.take()).unwrap(), whole);
        write_list(&mut SeenOutput(&out), std::iter::empty()).unwrap();
        assert_eq!(out.take(), b"[]\n");
    }
}
