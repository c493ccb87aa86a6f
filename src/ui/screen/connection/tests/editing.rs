//! Saved sessions that are edited.

use super::*;

#[test]
fn an_edit_that_connecting_would_refuse_is_refused() {
    let bench = bench();
    let before = bench.read("db.toml");
    fs::write(bench.file("db.toml"), format!("{before}[algorithms]\ncipher = \"rot13\"\n"))
        .unwrap();
    let (shown, closed) = bench.play("<Tab>e2<Enter>");
    assert!(closed.is_none() && shown.contains("no such cipher"), "{shown}");
    assert!(bench.read("db.toml").starts_with(&before));
}

#[test]
fn an_edit_keeps_comments_and_unknown_keys() {
    let bench = bench();
    fs::write(bench.file("db.toml"), "# mine\nhost = \"h\" # here\nfuture = 1\n").unwrap();
    let (shown, _) = bench.play("<Tab>e2<Tab>22<Enter>");
    assert!(shown.contains("Saved as db"), "{shown}");
    assert_eq!(bench.read("db.toml"), "# mine\nhost = \"h2\" # here\nfuture = 1\nport = 22\n");
}

#[test]
fn what_makes_no_sense_is_said_and_the_form_stays_open() {
    let bench = bench();
    let before = bench.read("db.toml");
    for (typed, said) in [
        ("<Tab>99999<Enter>", "a port is"),
        ("<C-u><Enter>", "it is missing"),
        ("<Tab><Tab><Tab>30s<Enter>", "it is a whole number"),
        ("<Tab><Tab><Tab><Tab><Tab><Tab><Tab><Tab>'x<Enter>", "a quote is not closed"),
    ] {
        let (shown, closed) = bench.play(&format!("<Tab>e{typed}"));
        assert!(closed.is_none() && shown.contains("Edit db"), "{typed}: {shown}");
        assert!(shown.contains(said), "{typed}: {shown}");
        assert_eq!(bench.read("db.toml"), before, "{typed}");
    }
}

#[test]
fn an_edit_has_headings_choices_and_errors_beside_the_field() {
    let bench = bench();
    let mut stage = TestScreen::new(80, 100);
    let (shown, _) = stage.play(bench.dialog(), "<Tab>e");
    let headings = [
        say!(connection_group_connection),
        say!(connection_group_login),
        say!(connection_group_trust),
        say!(connection_group_proxy),
        say!(connection_group_log),
    ];
    let at = |text: &str| {
        shown
            .lines()
            .position(|line| line.trim_matches(['│', '─', '┌', '┐', '└', '┘', ' ']) == text)
    };
    let places: Vec<_> = headings.iter().map(|heading| at(heading)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{shown}");
    assert!(shown.contains("◂ as usual ▸") && !shown.to_lowercase().contains("profile"), "{shown}");
    // What is wrong stands on the line of its field, on the smallest screen too.
    for size in [(80, 24), (60, 15)] {
        let (shown, _) =
            TestScreen::new(size.0, size.1).play(bench.dialog(), "<Tab>e<Tab>99999<Enter>");
        let line = shown.lines().find(|line| line.contains("99999")).expect("the field");
        let next = shown.lines().skip_while(|line| !line.contains("99999")).nth(1).unwrap_or("");
        assert!(line.contains("✗ a port is") || next.contains("✗ a port is"), "{size:?}\n{shown}");
    }
    // A method is chosen, not spelt.
    let to_method = "<Tab>".repeat(7);
    bench.play(&format!("<Tab>e{to_method}<Right><Right><Enter>"));
    assert!(bench.read("db.toml").contains("method = \"publickey\""), "{}", bench.read("db.toml"));
}

#[test]
fn leaving_an_edit_is_asked_about_where_something_would_be_lost() {
    let bench = bench();
    let (shown, _) = bench.play("<Tab>e<Esc>");
    assert!(shown.contains("New connection") && !shown.contains("Edit db"), "{shown}");
    let (shown, _) = bench.play("<Tab>exyz<Esc>");
    assert!(shown.contains("Leave without saving"), "{shown}");
    let (shown, _) = bench.play("<Tab>exyz<Esc><Enter>");
    assert!(shown.contains("Edit db") && shown.contains("db.example.orgxyz"), "{shown}");
    let before = bench.read("db.toml");
    let (shown, _) = bench.play("<Tab>exyz<Esc><Tab><Enter>");
    assert!(!shown.contains("Edit db"), "{shown}");
    assert_eq!(bench.read("db.toml"), before);
}

#[test]
fn of_two_editors_the_second_is_asked() {
    let bench = bench();
    let other = "host = \"other\" # theirs\nuser = \"them\"\n";
    for (answer, host) in [("<Enter>", "\"other\""), ("<Tab><Enter>", "\"db.example.orgx\"")] {
        let mut stack = crate::ui::screen::Stack::new(Box::new(bench.dialog()));
        for event in keys("<Tab>ex") {
            stack.handle(&event);
        }
        let before = bench.read("db.toml");
        fs::write(bench.file("db.toml"), other).unwrap();
        for event in keys("<Enter>") {
            stack.handle(&event);
        }
        let shown = TestScreen::new(80, 24).draw(|frame, look| stack.draw(frame, look));
        assert!(shown.contains("changed since"), "{shown}");
        assert_eq!(bench.read("db.toml"), other);
        for event in keys(answer) {
            stack.handle(&event);
        }
        let after = bench.read("db.toml");
        assert!(after.contains(host) && after.contains("# theirs"), "{after}");
        fs::write(bench.file("db.toml"), before).unwrap();
    }
}

#[test]
fn a_chain_of_methods_is_shown_kept_and_what_is_odd_in_it_is_said() {
    let bench = bench();
    let file = |methods: &str| format!("host = \"h\"\nmethod = {methods}\n");
    let to_method = "<Tab>".repeat(7);
    for (methods, shown_as, said) in [
        (r#"["publickey", "password"]"#, "publickey password", ""),
        (r#"["password", "agent"]"#, "password agent", "the file's own chain"),
        (r#"["agent", "publickey", "password"]"#, "agent publickey password", "own chain"),
        (r#"["password", "password"]"#, "password password", "password stands there twice"),
        (r#"["none", "password"]"#, "none password", "none logs in with nothing"),
    ] {
        fs::write(bench.file("db.toml"), file(methods)).unwrap();
        let mut stage = TestScreen::new(100, 100);
        // As it is in the file, and after another one was looked at.
        for keys in ["", &format!("{to_method}<Left><Right>")] {
            let (shown, _) = stage.play(bench.dialog(), &format!("<Tab>e{keys}"));
            let value = format!("◂ {shown_as} ▸");
            let at = shown.find(&value).unwrap_or_else(|| panic!("{methods}\n{shown}"));
            let beside: String = shown[at..].chars().take(200).collect();
            assert!(beside.contains(said), "{methods}{keys}\n{shown}");
            assert_eq!(shown.contains("own chain"), said.contains("own chain"), "{shown}");
        }
        // Another field is changed, and the chain stays.
        bench.play("<Tab>e2<Enter>");
        assert_eq!(bench.read("db.toml"), file(methods).replace("\"h\"", "\"h2\""));
    }
    // Another method is chosen, and it goes.
    bench.play(&format!("<Tab>e{to_method}{}<Enter>", "<Left>".repeat(7)));
    assert_eq!(bench.read("db.toml"), "host = \"h2\"\nmethod = \"password\"\n");
}

#[test]
fn no_label_of_the_form_is_cut_in_any_language() {
    in_each_language(|_| {
        let bench = bench();
        let (shown, _) = TestScreen::new(80, 120).play(bench.dialog(), "<Tab><End>e");
        let names = fields::groups().into_iter().flat_map(|(_, names)| names);
        for label in names.copied().map(fields::label) {
            assert!(shown.contains(&label), "{label}:\n{shown}");
        }
    });
}
