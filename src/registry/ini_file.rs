//! `WinSCP.ini`: `[path of a key]`, and `name=value` lines.
//!
//! A key's header ends at the last `]` of its line. The first of two values with the same name
//! counts. Texts are escaped; [`RegistryKey`](super::key::RegistryKey) decodes them.

use std::path::Path;

use zeroize::Zeroizing;

use super::escape::decoded_text;
use super::key::{RegistryValue, ValueCoding};
use super::tree::RegistryTree;
use crate::say;

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Parses the bytes of the file at this path. Faults are the tree's, or its keys'.
pub fn parse_ini(file: &Path, bytes: &[u8]) -> RegistryTree {
    let mut tree = RegistryTree::new(file, ValueCoding::WinScp);
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let mut path: Option<String> = None;
    for (at, raw) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let line = at + 1;
        let text = Zeroizing::new(decoded_text(raw));
        let text = text.trim();
        if text.starts_with('[') {
            path = None;
            match header(text) {
                Some(name) if tree.enter(name, line).is_some() => path = Some(name.to_lowercase()),
                Some(_) => break,
                None => tree.set_fault(line, &say!(registry_key_open)),
            }
            continue;
        }
        let Some(path) = &path else { continue };
        if text.contains(['\0', '\r']) {
            tree.set_key_fault(path, line, &say!(registry_control_character));
        } else if let Some((name, value)) = text.split_once('=') {
            let name = name.trim().replace("%3D", "=");
            if let Some(key) = tree.entered(path) {
                key.add(&name, RegistryValue::text(value.trim()));
            }
        }
    }
    tree
}

/// The path in a key's header.
fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.rsplit_once(']').map(|(path, _)| path)
}
