//! Tests of expressions against PuTTY's answers, and of the limits of expressions.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;

const VECTORS: &str = include_str!("../../../tests/data/trust/authorities/cert-expr.jsonl");

fn answer(text: &str, host: &str, port: u16) -> Result<bool, Range<usize>> {
    Validity::parse(text).map(|it| it.covers(host, port)).map_err(|fault| fault.at)
}

#[test]
fn the_answers_are_putty_s_but_where_it_takes_what_makes_no_sense() {
    let (mut cases, mut stricter) = (0, 0);
    for line in VECTORS.lines() {
        let case: Json = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let port = case["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("a port");
        let found = answer(text("expr"), text("host"), port);
        let name = format!("{} {}", text("id"), text("expr"));
        if case["recommended"].is_string() {
            assert!(found.is_err(), "{name}");
            stricter += 1;
        } else if text("expect") == "error" {
            let at: Vec<usize> = case["err_bytes"]
                .as_array()
                .map(|at| at.iter().filter_map(Json::as_u64).map(|n| n as usize).collect())
                .expect("a place");
            assert_eq!(found, Err(at[0]..at[1]), "{name}");
        } else {
            assert_eq!(found, Ok(text("expect") == "match"), "{name}");
        }
        cases += 1;
    }
    assert_eq!((cases, stricter), (63, 4));
}

#[test]
fn what_the_vectors_leave_open() {
    for (text, host, port, expected) in [
        ("port:0", "h", 0, Ok(true)),
        ("port:00022", "h", 22, Ok(true)),
        ("port:23-22", "h", 22, Err(0..10)),
        ("PORT:22", "h", 22, Err(0..7)),
        ("port:22:23", "h", 22, Err(0..10)),
        ("", "", 22, Err(0..0)),
        ("()", "h", 22, Err(1..2)),
        ("!!h", "h", 22, Ok(true)),
        ("a||b&&c", "h", 22, Err(3..4)),
        ("a&&(b||c)||d", "h", 22, Err(3..9)),
        ("(a)(b)", "a", 22, Err(3..6)),
        ("[]", "]", 22, Ok(false)),
        ("[-a]", "-", 22, Ok(true)),
        ("[a-c-e]", "-", 22, Ok(true)),
        ("[a-c-e]", "d", 22, Ok(false)),
        ("[*?]", "*", 22, Ok(true)),
        ("[*?]", "x", 22, Ok(false)),
        ("x[a", "h", 22, Err(1..3)),
        ("x[a-]y", "h", 22, Err(1..5)),
        ("h||x[", "h", 22, Err(4..5)),
        ("port:22&&[", "h", 23, Err(9..10)),
        ("h\u{0}", "h", 22, Err(1..2)),
        ("\x0bh\x0c\r\n\t ", "h", 22, Ok(true)),
    ] {
        assert_eq!(answer(text, host, port), expected, "{text}");
    }
}

#[test]
fn a_fault_names_its_place_and_cannot_draw() {
    let fault = Validity::parse("web1, web2").expect_err("a comma").to_string();
    assert_eq!(fault, "this character has no meaning here: ',' at byte 5");
    let fault = Validity::parse("a &&").expect_err("an end").to_string();
    assert!(fault.contains("at byte 5"), "{fault}");
    let fault = Validity::parse("a \x1b[2J").expect_err("an escape").to_string();
    assert!(!fault.contains(char::is_control), "{fault:?}");
    let fault = Validity::parse(&format!("a {}", "b".repeat(9000))).expect_err("two").to_string();
    assert!(fault.len() < 300, "{fault}");
}

#[test]
fn length_and_depth_are_bounded_and_matching_takes_no_exponential_time() {
    let nested = |depth: usize| format!("{}h{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(answer(&nested(DEPTH_MAX), "h", 22), Ok(true));
    assert_eq!(answer(&nested(DEPTH_MAX + 1), "h", 22), Err(DEPTH_MAX..DEPTH_MAX + 1));
    assert!(answer(&"!".repeat(10_000), "h", 22).is_err());
    assert!(answer(&nested(8000), "h", 22).is_err());
    assert!(answer(&"h".repeat(LENGTH_MAX), "h", 22).is_ok());
    assert!(answer(&"h".repeat(LENGTH_MAX + 1), "h", 22).is_err());
    // Operands in a row are not nested.
    let long = vec!["!(h)"; 2000].join("||");
    assert_eq!(answer(&long, "h", 22), Ok(false));
    let hostile = "*a".repeat(LENGTH_MAX / 2);
    assert_eq!(answer(&hostile, &"a".repeat(1000), 22), Ok(false));
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a(!&|)\\[\\]*?:.\\-0-9/ port\u{e9},]{0,60}", host in ".{0,20}") {
        let _ = answer(&text, &host, 22);
    }

    #[test]
    fn a_class_that_is_broken_matches_nothing_wherever_it_stands(
        before in "[a-z*?]{0,6}",
        broken in "\\[[a-z0-9*?-]{0,6}|\\[[a-z]-\\]",
        frame in prop::sample::select(vec!["{}", "!{}", "h || {}", "({} || h)", "!(port:1 && {})"]),
    ) {
        let text = frame.replace("{}", &format!("{before}{broken}"));
        prop_assert!(Validity::parse(&text).is_err(), "{}", text);
    }

    #[test]
    fn a_name_matches_itself_and_no_other(name in "[a-z0-9._-]{1,40}", other in "[a-z0-9._-]{1,40}") {
        prop_assert_eq!(answer(&name, &name, 22), Ok(true));
        prop_assert_eq!(answer(&name, &other, 22), Ok(name == other));
        prop_assert_eq!(answer(&format!("!{name}"), &other, 22), Ok(name != other));
    }
}
