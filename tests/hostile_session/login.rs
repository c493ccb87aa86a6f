//! Rows 24 to 32: what a server may do to a login.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::lab::conversation::{Conversation, Fields, Talk, disconnect, failure};
use super::lab::fault::watched;
use super::lab::message::{Message, number};
use super::lab::{Row, arg};
use super::{HANDED_OVER, NONE, PASSWORD, QUESTIONS, Server, fault, met, met_login};

/// Said where the library cannot place what came, or the goodbye's reason.
const BROKEN: &str = "broke the protocol";
const LOST: &str = "lost during authentication";

fn banner(text: impl AsRef<[u8]>) -> Message {
    Message::new(number::USERAUTH_BANNER).string(text).string("")
}

fn success() -> Message {
    Message::new(number::USERAUTH_SUCCESS)
}

/// Banners, and then a refusal: gives all that is on standard error, of which tessh's own line is
/// the row's.
#[track_caller]
fn banners(row: &Row, banners: Vec<Message>) -> String {
    let server = Server::new(move |talk| {
        talk.attempt()?;
        for banner in &banners {
            talk.send(banner)?;
        }
        talk.send(&failure("publickey", false))?;
        talk.linger()
    });
    let (output, most) = watched(server.client(&[], NONE));
    let own = output.stderr.lines().filter(|line| line.starts_with("tessh: "));
    let own: String = own.map(|line| format!("{line}\n")).collect();
    row.check(output.status.code(), &own, most, &format!("{output:#?}"));
    let safe = |letter: char| letter == '\n' || !letter.is_control();
    assert!(output.stderr.chars().all(safe), "{output:#?}");
    assert!(!output.stderr.contains('\u{202e}'), "turns a line around: {output:#?}");
    output.stderr
}

fn refused(input: &'static str) -> Row {
    fault(24, input).cause(&["Permission denied (publickey)"]).next(&["choose with --auth"])
}

#[test]
fn banners_are_capped_and_escaped() {
    let large = "Welcome. ".repeat(25_000);
    let shown = banners(&refused("a banner of 225 KB"), vec![banner(large)]);
    assert!((100_000..300_000).contains(&shown.len()), "{}", shown.len());
    let many = vec![banner("Hear, hear!\n"); 10_000];
    let shown = banners(&refused("10,000 banners"), many);
    assert_eq!(shown.matches("Hear").count(), 64);
    let evil = "\x1b]52;c;ZXZpbA==\x07\x1b[2J\u{9b}31mred \u{202e}txt.exe\n";
    let shown =
        banners(&refused("a banner with ESC, OSC, C1 and RTL override"), vec![banner(evil)]);
    assert!(shown.contains("\\x1b[2J") && shown.contains("txt.exe"), "{shown}");
    banners(&refused("empty banners").unlisted(), vec![banner(""), banner("\n"), banner("\0")]);
    let forged = "tessh: authenticated to 'host' as root by publickey\n";
    let row = refused("a banner that looks like tessh's").unlisted().after_warnings();
    banners(&row, vec![banner(forged)]);
}

#[test]
fn banners_that_cannot_be_read_are_named() {
    let row = fault(24, "a banner of 1 MB").cause(&[LOST, "bad packet"]).next(&["damaged"]);
    met_login(row, |talk| {
        talk.send(&banner("x".repeat(1 << 20)))?;
        talk.linger()
    });
    let row = fault(24, "a banner in Latin-1").cause(&[LOST, "not UTF-8"]).next(&["Latin-1"]);
    met_login(row, |talk| {
        talk.send(&banner(b"Gr\xfc\xdfe"))?;
        talk.linger()
    });
    let row = fault(24, "a banner after the login").code(0).silent();
    met(&row, |talk| {
        let id = talk.started()?;
        talk.send(&banner("too late"))?;
        talk.exit(id, 0)
    });
}

#[test]
fn what_comes_without_end_in_place_of_an_answer_ends_the_login() {
    for (input, words, message) in [
        ("banners without end", "banners without end", banner("Hear, hear!\n")),
        ("SSH_MSG_IGNORE without end", "in place of an answer", Message::new(2).string("x")),
        ("SSH_MSG_DEBUG without end", "in place of an answer", debug()),
    ] {
        let row = fault(24, input).cause(&[LOST, words]).next(&["administrator"]);
        let server = Server::new(move |talk| {
            talk.attempt()?;
            talk.flood(&message, usize::MAX)
        });
        let (output, most) = watched(server.client(&[], HANDED_OVER));
        let own = output.stderr.lines().filter(|line| line.starts_with("tessh: "));
        let own: String = own.map(|line| format!("{line}\n")).collect();
        row.check(output.status.code(), &own, most, &format!("{input}: {:?}", output.took));
    }
}

fn debug() -> Message {
    Message::new(number::DEBUG).flag(true).string("x".repeat(100)).string("")
}

#[test]
fn a_banner_between_two_questions_is_shown() {
    let server = Server::new(|talk| {
        talk.attempt()?;
        talk.send(&question(&["Password: "]))?;
        talk.skip(number::USERAUTH_INFO_RESPONSE)?;
        talk.send(&banner("Nearly there.\n"))?;
        talk.send(&question(&[]))?;
        talk.skip(number::USERAUTH_INFO_RESPONSE)?;
        talk.send(&success())?;
        let id = talk.opened()?;
        talk.exit(id, 0)
    });
    let (output, _) = watched(server.client(&[], QUESTIONS));
    output.expect_code(0);
    assert!(output.stderr.contains("Nearly there."), "{output:?}");
}

/// A refusal of each attempt; gives how often the client tried, in each of its connections.
#[track_caller]
fn attempts(row: Row, refusal: Message, options: &[&str]) -> Vec<usize> {
    let tried: Arc<Mutex<Vec<usize>>> = Arc::default();
    let counted = Arc::clone(&tried);
    let server = Server::new(move |talk| {
        talk.attempt()?;
        let mut count = 1;
        while talk.send(&refusal).is_ok() && talk.skip(number::USERAUTH_REQUEST).is_ok() {
            count += 1;
        }
        counted.lock().unwrap().push(count);
        Ok(())
    });
    let key = super::login_key(&server.peer.home);
    let options: Vec<&str> =
        options.iter().map(|&word| if word == "KEY" { arg(&key) } else { word }).collect();
    server.met(&row.secret(PASSWORD), &options);
    drop(server);
    let tried = tried.lock().unwrap();
    tried.clone()
}

#[test]
fn one_attempt_is_made_where_only_other_methods_are_offered() {
    let next = "the server accepts only what the brackets name";
    let one = |input, options: &[&str]| {
        let row = fault(25, input).cause(&["Permission denied (hostbased)"]).next(&[next]);
        assert_eq!(attempts(row, failure("hostbased", false), options), [1, 1], "{input}");
    };
    one("`--auth none`, the server takes hostbased", NONE);
    one("`--auth password`, the server takes hostbased", HANDED_OVER);
    one("`--auth keyboard-interactive`, the server takes hostbased", QUESTIONS);
    one("`--auth publickey`, the server takes hostbased", &["--auth", "publickey", "-i", "KEY"]);
}

#[test]
fn refusals_of_any_form_end_after_one_attempt() {
    let one = |row: Row, refusal: Message| {
        assert_eq!(attempts(row, refusal, HANDED_OVER), [1, 1]);
    };
    let row = fault(25, "a refusal that names no method").cause(&["Permission denied ()"]);
    one(row.next(&["accepts nothing more"]), failure("", false));
    let row = fault(25, "a refusal that names only unknown methods");
    let row = row.cause(&["Permission denied ("]).next(&["password"]);
    one(row, failure("telepathy,\x1b[2J", false));
    let row = fault(25, "a refusal with 50,000 methods").unlisted();
    let row = row.cause(&[LOST, "list of names"]).next(&["the server's administrator"]);
    one(row, failure(&vec!["x"; 50_000].join(","), false));
    let row = fault(26, "partial success each time, 1000 times");
    let row = row.cause(&["Permission denied (password)"]).next(&["--auth password,password"]);
    one(row, failure("password", true));
}

#[test]
fn a_request_to_change_the_password_is_named() {
    let row = fault(27, "password change").cause(&["neither yes nor no", "expired"]);
    met_login(row.next(&["change it"]), |talk| {
        let change = Message::new(number::USERAUTH_PASSWD_CHANGEREQ);
        talk.send(&change.string("Your password has expired.").string(""))?;
        talk.linger()
    });
}

fn question(prompts: &[&str]) -> Message {
    let count = u32::try_from(prompts.len()).unwrap();
    let request = Message::new(number::USERAUTH_INFO_REQUEST).string("").string("").string("");
    let add = |request: Message, prompt: &&str| request.string(prompt).flag(false);
    prompts.iter().fold(request.number(count), add)
}

#[test]
fn a_server_that_asks_too_much_is_left() {
    let asked = |row: Row, script: fn(&mut Conversation) -> Talk| {
        let server = Server::new(move |talk| {
            talk.attempt()?;
            script(talk)
        });
        server.met(&row.secret(PASSWORD), QUESTIONS);
    };
    let row = fault(28, "a million prompts claimed").cause(&[LOST, BROKEN]);
    asked(row.next(&["the server's log"]), |talk| {
        let claim = Message::new(number::USERAUTH_INFO_REQUEST).string("").string("").string("");
        talk.send(&claim.number(1_000_000).string("Password: ").flag(false))?;
        talk.linger()
    });
    let row = fault(28, "50,000 prompts").cause(&["50000 prompts at once"]);
    asked(row.next(&["another method"]), |talk| {
        talk.send(&question(&vec![""; 50_000]))?;
        talk.linger()
    });
    let row = fault(28, "endless empty rounds").cause(&["more than 20 rounds"]);
    asked(row.next(&["another method"]), |talk| {
        loop {
            talk.send(&question(&[]))?;
            talk.skip(number::USERAUTH_INFO_RESPONSE)?;
        }
    });
    let row = fault(28, "the same question again and again").cause(&["nobody can be asked"]);
    asked(row.next(&["on a terminal"]), |talk| {
        loop {
            talk.send(&question(&["Password: "]))?;
            talk.skip(number::USERAUTH_INFO_RESPONSE)?;
        }
    });
    let row = fault(28, "an instruction of 200 KB").cause(&["nobody can be asked"]).unlisted();
    asked(row.next(&["on a terminal"]), |talk| {
        let asked = Message::new(number::USERAUTH_INFO_REQUEST).string("");
        talk.send(&asked.string("y".repeat(200_000)).string("").number(0))?;
        talk.linger()
    });
}

#[test]
fn a_login_without_proof_is_noted() {
    let noted = |row: &Row, options: &[&str]| {
        let server = Server::new(|talk| {
            let id = talk.started()?;
            talk.exit(id, 0)
        });
        let key = super::login_key(&server.peer.home);
        let options: Vec<&str> =
            options.iter().map(|&word| if word == "KEY" { arg(&key) } else { word }).collect();
        server.met(row, &options);
        let output = server.client(&["-v"], &options).output();
        let found = output.stderr.contains("asked for no proof");
        assert!(found, "{output:?}");
    };
    noted(&fault(29, "success with no question asked").code(0).silent(), NONE);
    let key = ["--auth", "publickey", "-i", "KEY"];
    noted(&fault(29, "success to the question whether a key would do").code(0).silent(), &key);
}

#[test]
#[ignore = "takes a minute: tests/run"]
fn a_refusal_that_takes_a_minute_is_waited_for() {
    let row = fault(30, "a refusal after 60 s").cause(&["Permission denied (publickey)"]);
    let row = row.next(&["choose with --auth"]).within(Duration::from_secs(90)).once();
    met_login(row, |talk| {
        // How long it takes is what is tested.
        std::thread::sleep(Duration::from_secs(60));
        talk.send(&failure("publickey", false))?;
        talk.linger()
    });
}

#[test]
fn a_connection_lost_in_the_login_is_no_refusal() {
    let lost = |input| fault(30, input).cause(&[LOST]).next(&["try again"]);
    met_login(lost("end of the connection after the password"), |_| Ok(()));
    met_login(lost("a reset after the password"), Conversation::reset);
    for (input, options) in [
        ("end of the connection after `none`", NONE),
        ("end of the connection after keyboard-interactive", QUESTIONS),
    ] {
        let server = Server::new(|talk| talk.attempt().map(drop));
        server.met(&lost(input).secret(PASSWORD).unlisted(), options);
    }
    let server = Server::new(|talk| {
        talk.attempt()?;
        talk.send(&question(&["Password: "]))?;
        talk.skip(number::USERAUTH_INFO_RESPONSE).map(drop)
    });
    server
        .met(&lost("end of the connection after an answer").secret(PASSWORD).unlisted(), QUESTIONS);
    // Before anything was tried.
    let server = Server::new(|talk| talk.skip(number::SERVICE_REQUEST).map(drop));
    server.met(&lost("end of the connection before the login").secret(PASSWORD), HANDED_OVER);
}

#[test]
fn a_key_is_asked_about_and_the_connection_ends() {
    let server = Server::new(|talk| {
        let attempt = talk.attempt()?;
        let mut fields = Fields::of(&attempt);
        let user = fields.string();
        assert_eq!(user, b"someone");
        assert_eq!(
            (fields.string(), fields.string()),
            (b"ssh-connection".into(), b"publickey".into())
        );
        assert!(!fields.flag(), "it signs unasked");
        let (algorithm, key) = (fields.string(), fields.string());
        talk.send(&Message::new(60).string(algorithm).string(key))?;
        talk.skip(number::USERAUTH_REQUEST).map(drop)
    });
    let key = super::login_key(&server.peer.home);
    let row = fault(30, "end of the connection after a signature").cause(&[LOST]);
    server.met(&row.next(&["try again"]), &["--auth", "publickey", "-i", arg(&key)]);
}

#[test]
fn the_servers_reason_to_end_is_shown() {
    let said = |input, reason: u32, text: &'static [u8], words: &[&str], next: &str| {
        let row = fault(31, input).cause(&[LOST]).cause(words).next(&[next]);
        met_login(row, move |talk| {
            talk.send(&disconnect(reason, text))?;
            talk.linger()
        });
    };
    let log = "the server's log";
    let many = b"Too many authentication failures";
    said("disconnect, code 2, in the login", 2, many, &["Too many authentication failures"], log);
    said("disconnect, code 100", 100, b"out of order", &[BROKEN, "goodbye"], log);
    said("disconnect, code 0", 0, b"bye", &[BROKEN, "goodbye"], log);
    said("disconnect, text in Latin-1", 2, b"Gesch\xe4ft", &["not UTF-8"], "UTF-8");
    said("disconnect, text with escapes", 11, b"bye\x1b[2J\ntessh: fine", &["bye\\x1b[2J"], log);
    said("disconnect without a text", 11, b"", &["without giving a reason"], log);
    let row = fault(31, "disconnect without a language").cause(&[LOST, "ends too early"]);
    met_login(row.next(&[log]), |talk| {
        talk.send(&Message::new(number::DISCONNECT).number(2).string("no language"))?;
        talk.linger()
    });
    let row = fault(31, "disconnect, 100 KB of text").cause(&["xxx"]).next(&[log]).unlisted();
    met_login(row, |talk| {
        talk.send(&disconnect(2, "x".repeat(100_000)))?;
        talk.linger()
    });
    let row = fault(31, "disconnect in the session").cause(&["maintenance"]).next(&[log]);
    met(&row, |talk| {
        talk.started()?;
        talk.send(&disconnect(11, "maintenance"))?;
        talk.linger()
    });
}

#[test]
fn what_belongs_after_the_login_is_refused_before_it() {
    let early = |input, message: fn() -> Message| {
        let row = fault(32, input).cause(&[LOST, BROKEN]).next(&["the server's log"]);
        let server = Server::new(move |talk| {
            talk.skip(number::SERVICE_REQUEST)?;
            talk.send(&message())?;
            talk.linger()
        });
        server.met(&row.secret(PASSWORD), HANDED_OVER);
    };
    early("success before the login was asked for", success);
    early("a refusal before the login was asked for", || failure("password", false));
    let request = || Message::new(number::GLOBAL_REQUEST).string("x").flag(true);
    let data = || Message::new(number::CHANNEL_DATA).number(0).string("x");
    early("channel data before the login was asked for", data);
    for (input, message) in [
        ("channel data in the login", data()),
        ("a global request in the login", request()),
        ("a channel opened in the login", super::channels::open("session")),
    ] {
        let row = fault(32, input).cause(&[LOST, BROKEN]).next(&["the server's log"]);
        met_login(row, move |talk| {
            talk.send(&message)?;
            talk.send(&success())?;
            talk.linger()
        });
    }
}

#[test]
fn another_service_than_the_login_is_named() {
    let row = fault(32, "another service than the login is accepted").unlisted();
    let row = row.cause(&[LOST, "another service than ssh-userauth"]).next(&["administrator"]);
    let server = Server::new(move |talk| {
        talk.skip(number::SERVICE_REQUEST)?;
        talk.send(&Message::new(number::SERVICE_ACCEPT).string("ssh-connection"))?;
        talk.linger()
    });
    server.met(&row.secret(PASSWORD), HANDED_OVER);
}
