//! Imports point down inside a room, too: no file imports one that imports it, directly or by a
//! detour, and the parts of a room keep the order that [`INSIDE`] gives them.

use std::collections::{BTreeMap, BTreeSet};

use super::{File, code_lines, line_at, report, sources};

/// The parts of each room that is cut into parts, in the order in which imports may point: only
/// to a part further down. Parts in one group do not import each other. The room's `mod.rs` is
/// its front: it may name everything, and nothing inside the room goes through it.
const INSIDE: &[(&str, &[&[&str]])] = &[
    (
        "cli",
        &[
            &["verbs"],
            &["connect"],
            &["local"],
            &["help", "log", "resolve"],
            &["teleport"],
            &["args", "look", "runtime"],
            &[
                "amount",
                "attempt",
                "descriptor",
                "environment",
                "exit_code",
                "flags",
                "output",
                "settings",
            ],
        ],
    ),
    ("bench", &[&["chart", "json", "svg"], &["panels"], &["wall"], &["findings"], &["spread"]]),
    (
        "client",
        &[
            &["mux"],
            &["session", "login"],
            &["connection"],
            &["forward"],
            &["handshake"],
            &["host_key"],
            &["state"],
            &["observe"],
            &["algorithms", "incoming", "stream"],
            &["flow", "restriction", "failure", "quirks", "deadline"],
        ],
    ),
    (
        "config",
        &[
            &["show", "method"],
            &["options"],
            &["canonical", "read"],
            &["standing", "route"],
            &["layers"],
            &["known_hosts_command", "arguments", "block"],
            &["value", "expand", "origin"],
            &["context", "keyword", "line", "pattern", "address", "fault"],
        ],
    ),
    (
        "demo",
        &[&["server"], &["connection"], &["session"], &["shared"], &["children", "credentials"]],
    ),
    (
        "keys",
        &[
            &["authorized_script", "listing"],
            &["authorized"],
            &["key_file", "write"],
            &["agent", "openssh", "place", "ppk", "rfc4716", "save", "security_key"],
            &["file", "generate", "pem", "pkcs8", "public"],
            &["refusal"],
        ],
    ),
    (
        "registry",
        &[
            &["export"],
            &["ini_file", "putty_folder", "reg_file", "reg_writer"],
            &["tree", "written"],
            &["file", "key"],
            &["escape"],
        ],
    ),
    (
        "profiles",
        &[
            &["history", "logins", "openssh", "own", "putty_form", "teleport", "winscp"],
            &["putty"],
            &["export_file", "sources"],
            &["session"],
            &["file", "near", "profile"],
        ],
    ),
    (
        "sftp",
        &[
            &["sync"],
            &["transfer"],
            &["client"],
            &["reply", "request"],
            &["failure"],
            &["attributes", "extensions"],
            &["packet"],
        ],
    ),
    (
        "trust",
        &[
            &["decide", "judgement"],
            &["explain"],
            &["dns_lines", "known", "rotate"],
            &["cluster"],
            &["evidence"],
            &["first_seen", "revoked"],
            &["cache", "certificate", "entries"],
            &["authority", "cached_key", "store"],
            &["krl", "line", "pin", "place", "requirements", "rewrite", "validity"],
            &["file", "fingerprint", "pattern", "sshfp", "subject"],
            &["quote"],
        ],
    ),
];

/// A module's path below `crate`, such as `["client", "mux", "packets"]`.
type Module = Vec<String>;

/// Which file imports which, with the line of the first import and the path it names.
type Imports = BTreeMap<Module, BTreeMap<Module, (usize, String)>>;

#[test]
fn no_two_files_import_each_other() {
    let files = modules();
    let imports = imports_between(&files);
    let mut faults = Vec::new();
    for circle in circles(&imports) {
        for from in &circle {
            let within = imports[from].iter().filter(|(to, _)| circle.contains(*to));
            for (_, (line, path)) in within {
                faults.push(format!(
                    "{}:{line}: {path} closes a circle of {} files: move what both need into a \
                     file below them",
                    files[from].name,
                    circle.len()
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn parts_of_a_room_import_only_downward() {
    let files = modules();
    let imports = imports_between(&files);
    let mut faults = Vec::new();
    for (room, order) in INSIDE {
        let place = |part: &str| order.iter().position(|group| group.contains(&part));
        for part in order.iter().flat_map(|group| group.iter()) {
            if !files.contains_key(&vec![(*room).to_owned(), (*part).to_owned()]) {
                faults.push(format!("INSIDE: there is no {part} in {room}"));
            }
        }
        for (module, file) in files.iter().filter(|(module, _)| module[0] == *room) {
            let Some(part) = module.get(1) else { continue };
            let Some(from) = place(part) else {
                faults.push(format!("{}: {part} has no place in INSIDE's {room}", file.name));
                continue;
            };
            for (target, (line, path)) in imports.get(module).into_iter().flatten() {
                if target[0] != *room {
                    continue;
                }
                match target.get(1).map(|part| (part, place(part))) {
                    None => faults.push(format!(
                        "{}:{line}: {path} goes through the front of the room: name the part",
                        file.name
                    )),
                    Some((to, _)) if to == part => {}
                    Some((_, Some(to))) if to > from => {}
                    Some((to, _)) => faults.push(format!(
                        "{}:{line}: {room}/{part} must not import {room}/{to}: imports point down",
                        file.name
                    )),
                }
            }
        }
    }
    report(&faults);
}

#[test]
fn the_search_for_circles_finds_them() {
    let file = |text: &str| File { name: "x.rs".to_owned(), text: text.to_owned() };
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Module>();
    let files = BTreeMap::from([
        (path("a"), file("use crate::{b::{self, X}, c};\nmod d;\npub use d::Y;")),
        (path("a::d"), file("// crate::b\nuse super::super::c::Z;\nfn f() { self::g() }")),
        (path("b"), file("use crate::c::W;\n#[cfg(test)]\nmod tests {\n use crate::a::Y;\n}")),
        (path("c"), file("use super::b::X;")),
    ]);
    let imports = imports_between(&files);
    let targets = |from: &str| imports[&path(from)].keys().cloned().collect::<Vec<Module>>();
    assert_eq!(targets("a"), [path("a::d"), path("b"), path("c")]);
    assert_eq!(targets("a::d"), [path("c")]);
    assert_eq!(imports[&path("a::d")][&path("c")], (2, "c::Z".to_owned()));
    assert_eq!(targets("b"), [path("c")]);
    assert_eq!(circles(&imports), [BTreeSet::from([path("b"), path("c")])]);
}

/// The files of `src` that are not tests, by module.
fn modules() -> BTreeMap<Module, File> {
    let mut found = BTreeMap::new();
    for file in sources("src") {
        let inside = file.name.trim_start_matches("src/").trim_end_matches(".rs");
        let mut module: Module = inside.split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        let test = module.iter().any(|part| part == "tests" || part == "testing");
        if !test && inside != "lib" && inside != "main" {
            found.insert(module, file);
        }
    }
    found
}

/// The imports of each file that name another file, by `crate::`, `super::`, `self::`, or the
/// name of a module that the file declares.
fn imports_between(files: &BTreeMap<Module, File>) -> Imports {
    let mut found = Imports::new();
    for (module, file) in files {
        let code: String = code_lines(&file.text).map(|(_, line)| format!("{line}\n")).collect();
        // Tests within the file come last in it.
        let end = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
        let code = &code[..end];
        let entry = found.entry(module.clone()).or_default();
        for (at, path) in absolute_paths(code, module, files) {
            let known = (1..=path.len()).rev().find(|&length| files.contains_key(&path[..length]));
            let Some(length) = known.filter(|&length| path[..length] != module[..]) else {
                continue;
            };
            let line = line_at(code, at);
            entry.entry(path[..length].to_vec()).or_insert((line, path.join("::")));
        }
    }
    found
}

/// The paths in a file's code that begin at the crate or near the file's own module, from the
/// crate's root, each with the place where it stands.
fn absolute_paths(
    code: &str,
    module: &Module,
    files: &BTreeMap<Module, File>,
) -> Vec<(usize, Module)> {
    let mut found = Vec::new();
    let inside = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    for (at, _) in code.match_indices("::") {
        let start = code[..at]
            .rfind(|letter| !inside(letter))
            .map_or(0, |before| before + code[before..].chars().next().map_or(1, char::len_utf8));
        let first = &code[start..at];
        let mut child = module.clone();
        child.push(first.to_owned());
        let (base, from) = match first {
            "crate" => (Vec::new(), at + 2),
            "self" => (module.clone(), at + 2),
            "super" => (module[..module.len() - 1].to_vec(), at + 2),
            _ if files.contains_key(&child) => (module.clone(), start),
            _ => continue,
        };
        for path in tree_paths(&code[from..]) {
            let mut whole = base.clone();
            for part in path {
                match part.as_str() {
                    "super" => drop(whole.pop()),
                    "self" => {}
                    _ => whole.push(part),
                }
            }
            found.push((start, whole));
        }
    }
    found
}

/// The paths of a `use` tree: `a::{b, c::d}` gives `a::b` and `a::c::d`.
fn tree_paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    branch(text, Vec::new(), &mut found);
    found
}

/// Adds the paths of one branch of a tree, and gives what follows it.
fn branch<'t>(text: &'t str, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> &'t str {
    let mut rest = text.trim_start();
    loop {
        if let Some(mut inside) = rest.strip_prefix('{') {
            loop {
                inside = inside.trim_start_matches(|it: char| it.is_whitespace() || it == ',');
                if let Some(after) = inside.strip_prefix('}') {
                    return after;
                }
                if inside.is_empty() {
                    return inside;
                }
                inside = branch(inside, path.clone(), found);
            }
        }
        let end = rest.find(|it: char| !(it.is_alphanumeric() || it == '_')).unwrap_or(rest.len());
        if end == 0 {
            found.push(path);
            // A star, or code that is no tree at all.
            return rest.get(1..).unwrap_or_default();
        }
        path.push(rest[..end].to_owned());
        rest = &rest[end..];
        match rest.strip_prefix("::") {
            Some(after) => rest = after.trim_start(),
            None => {
                found.push(path);
                let Some(renamed) = rest.trim_start().strip_prefix("as ") else { return rest };
                return renamed.trim_start_matches(|it: char| it.is_alphanumeric() || it == '_');
            }
        }
    }
}

/// The sets of files that import each other in a circle (strongly connected components of more
/// than one file, by reachability: the graph is small).
fn circles(imports: &Imports) -> Vec<BTreeSet<Module>> {
    let reach: BTreeMap<&Module, BTreeSet<&Module>> = imports
        .keys()
        .map(|start| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
            while let Some(module) = open.pop() {
                for next in imports.get(module).into_iter().flat_map(BTreeMap::keys) {
                    if seen.insert(next) {
                        open.push(next);
                    }
                }
            }
            (start, seen)
        })
        .collect();
    let mut found: Vec<BTreeSet<Module>> = Vec::new();
    for (module, reached) in reach.iter().filter(|(module, reached)| reached.contains(*module)) {
        if found.iter().any(|circle| circle.contains(*module)) {
            continue;
        }
        let circle = reached.iter().filter(|other| reach[*other].contains(module));
        found.push(circle.map(|other| (*other).clone()).collect());
    }
    found
}
