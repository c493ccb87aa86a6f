//! The pages of `docs/`: short, with a list of contents that is true, and links that lead somewhere.

use std::fs;
use std::path::Path;

use super::{File, read, report, root};

/// Longer pages hold more than one thing.
const MAX_LINES: usize = 299;
/// Pages of up to this many sections are overlooked without a list.
const SECTIONS_WITHOUT_LIST: usize = 2;

#[test]
fn pages_are_short_and_list_their_contents() {
    let mut faults = Vec::new();
    for page in pages("docs") {
        // Tables that tests and benches write are looked up and not read.
        let is_written = ["<!-- rows ", "<!-- figures "].iter().any(|it| page.text.contains(it));
        let rows = if is_written { page.text.matches("\n| ").count() } else { 0 };
        let lines = page.text.lines().count() - rows;
        if lines > MAX_LINES {
            faults.push(format!("{}: {lines} lines, more than {MAX_LINES}", page.name));
        }
        let headings = headings(&page.text);
        if headings.len() > SECTIONS_WITHOUT_LIST {
            for heading in &headings {
                if !page.text.contains(&format!("[{heading}](#{})", anchor(heading))) {
                    faults.push(format!("{}: {heading:?} is not in its contents", page.name));
                }
            }
        }
    }
    let readme = read(&root().join("README.md"));
    for (name, most) in [(&readme, 250), (&read(&root().join("ARCHITECTURE.md")), 150)] {
        let lines = name.text.lines().count();
        if lines > most {
            faults.push(format!("{}: {lines} lines, more than {most}", name.name));
        }
    }
    report(&faults);
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut faults = Vec::new();
    for page in pages("docs").into_iter().chain(pages("")) {
        let directory = root().join(&page.name).parent().map(Path::to_owned).unwrap_or_default();
        for link in links(&page.text) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if file.is_empty() { root().join(&page.name) } else { directory.join(file) };
            if link.contains("://") {
                continue;
            }
            if !target.exists() {
                faults.push(format!("{}: {link} leads nowhere", page.name));
            } else if !place.is_empty()
                && !headings(&read(&target).text).iter().any(|heading| anchor(heading) == place)
            {
                faults.push(format!("{}: {link}: no such heading", page.name));
            }
        }
    }
    report(&faults);
}

#[test]
fn the_japanese_readme_has_every_command_and_table_of_the_first_half() {
    let (english, japanese) = (read(&root().join("README.md")), read(&root().join("README.ja.md")));
    let half = english.text.split("## Beside others").next().unwrap_or_default();
    let command = |line: &str| {
        let line = line.strip_prefix("    ")?;
        let end = [line.find("  "), line.find(" #")].into_iter().flatten().min();
        Some(line[..end.unwrap_or(line.len())].trim_end().to_owned())
    };
    let there: Vec<String> = japanese.text.lines().filter_map(command).collect();
    let missing: Vec<String> =
        half.lines().filter_map(command).filter(|line| !there.contains(line)).collect();
    assert!(missing.is_empty(), "README.ja.md lacks {missing:#?}");
    let rows = |text: &str| {
        let table = text.lines().skip_while(|line| !line.contains("`accept-new`"));
        table.take_while(|line| line.starts_with('|')).count()
    };
    assert!(rows(half) > 0 && rows(half) == rows(&japanese.text), "the table of trust");
    assert!(japanese.text.contains("docs/pictures/demo-dark.svg"), "the picture");
}

#[test]
fn headings_and_links_are_found() {
    let page =
        "# A\n\n## The `x` of\n```\n## no\n[a](b)\n```\n### Of: two\n[t](c.md#d) ![i](e.svg)\n";
    assert_eq!(headings(page), ["The `x` of"]);
    assert_eq!(anchor("The `x` of: two's"), "the-x-of-twos");
    assert_eq!(links(page), ["c.md#d", "e.svg"]);
}

/// The Markdown files directly in a directory of the repository.
fn pages(directory: &str) -> Vec<File> {
    let entries = fs::read_dir(root().join(directory)).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|it| it == "md")).collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// The lines of a page that are not within a block of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// The names of a page's sections.
fn headings(text: &str) -> Vec<&str> {
    prose(text).filter_map(|line| line.strip_prefix("## ")).collect()
}

/// The name by which a link finds a heading.
fn anchor(heading: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

/// Where the links of a page lead.
fn links(text: &str) -> Vec<&str> {
    let found = prose(text).flat_map(|line| line.split("](").skip(1));
    found.filter_map(|rest| rest.split_once(')')).map(|(link, _)| link).collect()
}
