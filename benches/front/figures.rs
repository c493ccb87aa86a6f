//! Where a bench puts what it found, for `cargo bench -- --all --json FILE --page FILE`: each bench
//! replaces its own part of one JSON file and of one page of tables, and leaves the others' alone.

use super::Failure;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The files that were asked for.
#[derive(Default)]
pub struct Publication {
    /// `--json FILE`: an object, a member for each bench.
    pub json: Option<PathBuf>,
    /// `--page FILE`: Markdown with a place for each bench, between `<!-- figures NAME -->` and
    /// `<!-- /figures -->`.
    pub page: Option<PathBuf>,
}

impl Publication {
    /// Replaces the part of the bench `name` by what it found; `table` is Markdown.
    pub fn publish(&self, name: &str, table: &str, figures: Value) -> Result<(), Failure> {
        if let Some(path) = &self.json {
            let mut all = match fs::read_to_string(path) {
                Ok(text) => serde_json::from_str(&text).map_err(|error| said(path, &error))?,
                Err(_) => json!({}),
            };
            all[name] = figures;
            fs::write(path, format!("{all:#}\n")).map_err(|error| said(path, &error))?;
        }
        if let Some(path) = &self.page {
            let page = fs::read_to_string(path).map_err(|error| said(path, &error))?;
            let replaced = replaced(&page, name, table)
                .ok_or_else(|| format!("{} has no place for {name}", path.display()))?;
            fs::write(path, replaced).map_err(|error| said(path, &error))?;
        }
        Ok(())
    }
}

/// The page with another table in the place of this name.
fn replaced(page: &str, name: &str, table: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- figures {name} -->\n"), "<!-- /figures -->");
    let from = page.find(&begin)? + begin.len();
    let to = from + page[from..].find(end)?;
    Some(format!("{}\n{}\n\n{}", &page[..from], table.trim(), &page[to..]))
}

fn said(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    format!("{}: {error}", path.display())
}
