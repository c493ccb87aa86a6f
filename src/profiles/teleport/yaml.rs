//! The top-level texts of a YAML file. Values that are lists or mappings are passed over.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser};

use crate::say;
use crate::text;

/// The deepest nesting taken; a profile of tsh has two levels.
const MAX_DEPTH: usize = 16;
/// How many characters of the parser's message are shown.
const MAX_SHOWN: usize = 120;

/// A fault of the file and its line, counted from 1.
#[derive(Debug)]
pub(super) struct YamlFault {
    pub line: usize,
    pub what: String,
}

/// Reads the first document, which must be a mapping. A key that stands twice is a fault, as for
/// tsh.
pub(super) fn texts(text: &str) -> Result<BTreeMap<String, String>, YamlFault> {
    let mut found = BTreeMap::new();
    let (mut depth, mut key) = (0, None::<String>);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| YamlFault {
            line: error.marker().line(),
            what: text::line(error.info(), MAX_SHOWN),
        })?;
        let fault = |what: String| YamlFault { line: span.start.line(), what };
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                if depth == 0 && matches!(event, Event::SequenceStart(..)) {
                    return Err(fault(say!(teleport_yaml_no_mapping)));
                }
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(fault(say!(teleport_yaml_too_deep)));
                }
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth -= 1;
                // A list or a mapping at the top level ends: its key is done with.
                key = if depth == 1 { None } else { key };
            }
            Event::Scalar(..) | Event::Alias(_) if depth == 0 => {
                return Err(fault(say!(teleport_yaml_no_mapping)));
            }
            Event::Scalar(value, ..) if depth == 1 => match key.take() {
                None => key = Some(value.into_owned()),
                Some(name) => {
                    if found.contains_key(&name) {
                        let name = text::line(&name, MAX_SHOWN);
                        return Err(fault(say!(teleport_yaml_key_twice, name)));
                    }
                    found.insert(name, value.into_owned());
                }
            },
            Event::Alias(_) if depth == 1 => key = None,
            Event::DocumentEnd => break,
            _ => {}
        }
    }
    match found.is_empty() {
        true => Err(YamlFault { line: 1, what: say!(teleport_yaml_no_mapping) }),
        false => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_the_top_level_are_read_and_all_else_is_passed_over() {
        let found = texts(
            "# written by tsh\nweb_proxy_addr: teleport.example.com:443\nuser: 'alice'\n\
             cluster: \"a: b\"\nnew_key:\n  inner: 1\n  list: [1, {x: y}]\n\
             forward_ports: []\ntls: true\nempty: \"\"\nlast: z\n",
        )
        .unwrap();
        let get = |name: &str| found.get(name).map(String::as_str);
        assert_eq!(get("web_proxy_addr"), Some("teleport.example.com:443"));
        assert_eq!(get("user"), Some("alice"));
        assert_eq!(get("cluster"), Some("a: b"));
        assert_eq!(get("inner"), None);
        assert_eq!(get("empty"), Some(""));
        assert_eq!(get("last"), Some("z"));
    }

    #[test]
    fn other_texts_are_faults_with_their_line() {
        let lists = |depth: usize| format!("a: b\nc: {}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(texts(&lists(MAX_DEPTH - 1)).is_ok());
        let deep = lists(MAX_DEPTH);
        for (text, line) in [
            ("", 1),
            ("- a\n- b\n", 1),
            ("just text\n", 1),
            ("a: b\nc: \"d\n", 2),
            ("a: b\na: c\n", 2),
            ("a: [1\n", 1),
            (&deep, 1),
        ] {
            let fault = texts(text).expect_err(text);
            assert!(fault.line >= line && fault.line <= 3, "{text}: {}", fault.line);
            assert!(!fault.what.is_empty());
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        proptest::proptest!(|(text in "[a-c:\\-\\[\\]{}&*\"'#|> \\n\\t]{0,60}")| {
            let _ = texts(&text);
        });
    }
}
