//! The key generator: keys in; the screen, and what is in the files, out.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;
use crate::catalogue::testing::in_each_language;
use crate::keys::{KeyFile, KeyFormat};
use crate::ui::screen::testing::TestScreen;

/// A low number of bcrypt rounds, to make the tests fast.
const ONE_ROUND: &str = "<Tab><Tab><BS><BS>1";

struct Case {
    home: tempfile::TempDir,
    size: (u16, u16),
}

impl Case {
    fn new() -> Case {
        Case { home: tempfile::tempdir().unwrap(), size: (80, 40) }
    }

    fn generator(&self) -> Generator {
        let home = self.home.path().to_owned();
        generator(GeneratorDefaults {
            directory: home.join(".ssh"),
            home,
            comment: "anna@laptop".to_owned(),
        })
    }

    /// The last screen, and whether the dialog has closed with a key saved.
    fn play(&self, keys: &str) -> (String, Option<Saved>) {
        let mut stage = TestScreen::new(self.size.0, self.size.1);
        let (shown, closed) = stage.play(self.generator(), keys);
        (shown, closed.and_then(|dialog| dialog.saved().cloned()))
    }

    fn screen(&self, keys: &str) -> String {
        self.play(keys).0
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}

fn unlocked(path: &Path, passphrase: Option<&str>) -> PrivateKey {
    let secret = passphrase.map(|text| Secret::new(text.to_owned()));
    KeyFile::read(path).unwrap().unlock(secret.as_ref()).unwrap()
}

#[test]
fn ed25519_is_made_shown_and_saved_with_its_passphrase() {
    let case = Case::new();
    let keys = format!("<Enter><Wait:SHA256:>horse<Tab>horse{ONE_ROUND}<Enter><Wait:Saved in>");
    let shown = case.screen(&keys);
    assert!(shown.contains("Saved in") && shown.contains("[ED25519 256]"), "{shown}");
    fs::remove_dir_all(case.path(".ssh")).unwrap();
    let (_, saved) = case.play(&format!("{keys}<Enter>"));
    let saved = saved.expect("it is saved");
    assert_eq!(saved.file, case.path(".ssh/id_ed25519"));
    assert_eq!(saved.public_file, case.path(".ssh/id_ed25519.pub"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&saved.file), mode(&case.path(".ssh"))), (0o600, 0o700));
    let key = unlocked(&saved.file, Some("horse"));
    assert_eq!(key.public_key(), &saved.key);
    assert_eq!(key.comment().as_str_lossy(), "anna@laptop");
    assert!(case.read(".ssh/id_ed25519.pub").ends_with(" anna@laptop\n"));
}

#[test]
fn the_defaults_are_those_it_says() {
    let case = Case::new();
    let shown = case.screen("");
    for text in ["Ed25519", "anna@laptop", "OpenSSH private key", "~/.ssh/id_ed25519", "24"] {
        assert!(shown.contains(text), "{text}:\n{shown}");
    }
    // What has no meaning for the type or the format is not there.
    assert!(!shown.contains("RSA bits") && !shown.contains("Install on"), "{shown}");
    let rsa = case.screen("<Right><Right><Right><Right>");
    assert!(rsa.contains("RSA bits:") && rsa.contains("3072"), "{rsa}");
    assert!(case.screen("<Right>").contains("~/.ssh/id_ecdsa "));
    let ppk = case.screen("<Right><Right><Right><Right><Tab><Tab><Tab><Right>");
    assert!(ppk.contains("~/.ssh/id_rsa.ppk") && !ppk.contains("bcrypt"), "{ppk}");
    // A name that was typed stays.
    let named = case.screen("<Tab><Tab><Tab><C-u>mine<S-Tab><S-Tab><S-Tab><Right>");
    assert!(named.contains("mine") && !named.contains("id_"), "{named}");
}

#[test]
fn passphrases_that_differ_are_told_at_the_field_and_nothing_happens() {
    let case = Case::new();
    let to_passphrase = "<Tab><Tab><Tab><Tab>";
    let live = case.screen(&format!("{to_passphrase}horse<Tab>hor"));
    assert!(live.contains("do not match"), "{live}");
    assert!(case.screen(&format!("{to_passphrase}horse<Tab>horse")).contains("are the same"));
    let refused = case.screen(&format!("{to_passphrase}horse<Tab>house<Enter>"));
    assert!(refused.contains("do not match") && refused.contains("[ Generate (g) ]"), "{refused}");
    assert!(!refused.contains("horse") && refused.contains("•••••"), "{refused}");
    // Also where they were changed after the key was made.
    let (later, _) = case.play("<Enter><Wait:SHA256:>horse<Tab>house<Enter>");
    assert!(later.contains("do not match") && later.contains("not saved yet"), "{later}");
    let again = case.screen("<Enter><Wait:SHA256:>horse<Tab>house<Enter><C-u>horse<Tab> ");
    assert!(again.contains("are the same") && again.matches("horse").count() == 2, "{again}");
    assert!(!case.path(".ssh").exists());
}

#[test]
fn an_empty_passphrase_asks_back_and_no_is_the_default() {
    let case = Case::new();
    let asked = "<Enter><Wait:SHA256:><Enter>";
    let shown = case.screen(asked);
    assert!(shown.contains("without a passphrase?") && shown.contains("▶ No (n) ◀"), "{shown}");
    for no in ["<Enter>", "<Esc>"] {
        let shown = case.screen(&format!("{asked}{no}"));
        assert!(shown.contains("not saved yet"), "{shown}");
        assert!(!case.path(".ssh").exists());
    }
    let (_, saved) = case.play(&format!("{asked}<Right><Enter><Wait:Saved in><Enter>"));
    assert_eq!(unlocked(&saved.unwrap().file, None).algorithm().as_str(), "ssh-ed25519");
}

#[test]
fn an_existing_file_stays_unless_somebody_says_yes() {
    for there in [".ssh/id_ed25519", ".ssh/id_ed25519.pub"] {
        let case = Case::new();
        fs::create_dir(case.path(".ssh")).unwrap();
        fs::write(case.path(there), "old").unwrap();
        // It is said before anything is made, and not of another name.
        assert!(case.screen("").contains("exists already"), "{}", case.screen(""));
        assert!(!case.screen("<Right>").contains("exists already"));
        assert!(!case.screen("<Tab><Tab><Tab><C-u>mine").contains("exists already"));
        let asked = "<Enter><Wait:SHA256:>a<Tab>a<Enter>";
        let shown = case.screen(asked);
        assert!(shown.contains("Overwrite it?") && shown.contains("▶ No (n) ◀"), "{shown}");
        let kept = case.screen(&format!("{asked}<Enter>"));
        assert!(kept.contains("not saved yet"), "{kept}");
        assert_eq!(case.read(there), "old");
        let saved = case.screen(&format!("{asked}<Right><Enter><Wait:Saved in>"));
        assert!(saved.contains("Saved in"), "{saved}");
        assert_ne!(case.read(there), "old");
    }
}

#[test]
fn rsa_shows_that_something_happens_and_esc_gives_up() {
    let case = Case::new();
    let rsa = "<Right><Right><Right><Right><Tab><C-u>2048<Enter>";
    let busy = case.screen(rsa);
    assert!(busy.contains("is being made: 0 s") && busy.contains("▶ Cancel (c) ◀"), "{busy}");
    let (shown, closed) = case.play(&format!("{rsa}<Esc>"));
    assert!(shown.contains("Cancelled; nothing was written."), "{shown}");
    assert!(closed.is_none());
    let made = case.screen(&format!("{rsa}<Wait:SHA256:>"));
    assert!(made.contains("[RSA 2048]"), "{made}");
    // Another size drops the key too.
    let other = case.screen(&format!("{rsa}<Wait:SHA256:><S-Tab><S-Tab><S-Tab><S-Tab><BS>"));
    assert!(!other.contains("[RSA") && other.contains("[ Generate (g) ]"), "{other}");
}

#[test]
fn sizes_and_rounds_that_cannot_be_are_said_where_they_were_typed() {
    let case = Case::new();
    let rsa = "<Right><Right><Right><Right><Tab><C-u>";
    for (keys, says) in [
        (format!("{rsa}1024<Enter>"), "2048"),
        (format!("{rsa}16384<Enter>"), "8192"),
        (format!("{rsa}many<Enter>"), "not a whole number"),
        (format!("<Tab><C-u>{}<Enter>", "x".repeat(257)), "at most 256 characters"),
        ("<Tab><Tab><Tab><C-u><Enter>".to_owned(), "Name the file"),
        ("<S-Tab><S-Tab><S-Tab><C-u>0<Enter>".to_owned(), "1 to 10000"),
    ] {
        let shown = case.screen(&keys);
        assert!(shown.contains(says), "{keys}:\n{shown}");
        assert!(shown.contains("[ Generate (g) ]"), "{keys}:\n{shown}");
    }
}

#[test]
fn an_error_keeps_what_was_typed_and_can_be_mended() {
    let case = Case::new();
    let name = case.path("missing/key");
    let keys = format!(
        "<Tab><Tab><Tab><C-u><Paste:{}><Tab>ab<Tab>ab<Enter><Wait:SHA256:><Enter><Wait:No such file>",
        name.display()
    );
    let shown = case.screen(&keys);
    assert!(shown.contains("No such file or directory"), "{shown}");
    assert!(shown.contains("••") && shown.contains("not saved yet"), "{shown}");
    let mended = format!("{keys}<C-u>~/mended<Enter><Wait:Saved in><Enter>");
    let (_, saved) = case.play(&mended);
    assert_eq!(saved.expect("it is saved").file, case.path("mended"));
    unlocked(&case.path("mended"), Some("ab"));
}

#[test]
fn ppk_is_written_where_it_is_chosen() {
    let case = Case::new();
    let keys = "<Right><Tab><Tab><Right><S-Tab><Enter><Wait:SHA256:>ab<Tab>ab<Enter><Wait:Saved in><Enter>";
    let (shown, saved) = case.play(keys);
    let saved = saved.unwrap_or_else(|| panic!("not saved:\n{shown}"));
    assert_eq!(saved.file, case.path(".ssh/id_ecdsa.ppk"));
    assert_eq!(saved.public_file, case.path(".ssh/id_ecdsa.pub"));
    assert_eq!(KeyFile::read(&saved.file).unwrap().format(), KeyFormat::Ppk(3));
    assert_eq!(unlocked(&saved.file, Some("ab")).public_key().key_data(), saved.key.key_data());
}

#[test]
fn what_is_saved_is_settled() {
    let case = Case::new();
    let saved = "<Enter><Wait:SHA256:>a<Tab>a<Enter><Wait:Saved in>";
    let shown = case.screen(saved);
    for absent in ["Type:", "Comment:", "Passphrase:", "Generate"] {
        assert!(!shown.contains(absent), "{absent}:\n{shown}");
    }
    let line = case.read(".ssh/id_ed25519.pub");
    assert!(
        shown.replace(['│', ' ', '\n'], "").contains(&line.trim_end().replace(' ', "")),
        "{shown}"
    );
    assert!(shown.contains("Install on:") && shown.contains("Close"), "{shown}");
}

#[test]
fn a_saved_key_is_installed_on_the_host_that_is_typed() {
    let saved = "<Enter><Wait:SHA256:>a<Tab>a<Enter><Wait:Saved in>";
    let case = Case::new();
    let asked = case.screen(&format!("{saved}i"));
    assert!(asked.contains("type user@host"), "{asked}");
    for enter in ["<Enter>", "<Tab><Enter>"] {
        let case = Case::new();
        let mut stage = TestScreen::new(80, 40);
        let keys = format!("{saved}ianna@web1:2222{enter}");
        let (shown, closed) = stage.play(case.generator(), &keys);
        let closed = closed.unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(closed.install_on(), Some("anna@web1:2222"));
        assert!(closed.saved().is_some());
    }
    let mut stage = TestScreen::new(80, 40);
    let case = Case::new();
    let (_, closed) = stage.play(case.generator(), &format!("{saved}<Enter>"));
    assert!(closed.is_some_and(|dialog| dialog.install_on().is_none()));
}

#[test]
fn every_size_and_language_shows_the_way_on() {
    in_each_language(|language| {
        for size in [(60, 15), (80, 24), (200, 60)] {
            let case = Case { size, ..Case::new() };
            let begin = case.screen("");
            assert!(begin.contains(&say!(generator_generate)), "{language:?} {size:?}:\n{begin}");
            let made = case.screen("<Enter><Wait:SHA256:>");
            for word in [say!(generator_save), say!(generator_passphrase)] {
                assert!(made.contains(&word), "{word} {language:?} {size:?}:\n{made}");
            }
            if size.1 > 15 {
                assert!(made.contains("SHA256:"), "{language:?} {size:?}:\n{made}");
            }
        }
        for size in [(10, 3), (1, 1), (24, 8)] {
            let case = Case { size, ..Case::new() };
            case.screen("<Enter>a<Tab>b<Enter><Esc><Down> x");
        }
    });
}

#[test]
fn a_key_that_is_not_saved_is_not_lost_without_a_yes() {
    let case = Case::new();
    let made = "<Enter><Wait:SHA256:>";
    for leave in ["<Esc>", "<Tab><Tab><Tab><Tab><Tab><Tab><Enter>"] {
        let (asked, closed) = case.play(&format!("{made}{leave}"));
        assert!(asked.contains("has not been saved") && asked.contains("▶ No (n) ◀"), "{asked}");
        assert!(closed.is_none());
    }
    // No, and Esc, lead back to the key, which can still be saved.
    for back in ["<Esc><Enter>", "<Esc><Esc>"] {
        let (shown, closed) = case.play(&format!("{made}{back}"));
        assert!(closed.is_none() && shown.contains("not saved yet"), "{shown}");
        assert!(shown.contains("▶ Save (s) ◀"), "{shown}");
    }
    let mut stage = TestScreen::new(80, 40);
    let (_, closed) = stage.play(case.generator(), &format!("{made}<Esc><Tab><Enter>"));
    assert!(closed.is_some_and(|dialog| dialog.saved().is_none()));
    // Another type drops it, and says so.
    let shown = case.screen(&format!("{made}<S-Tab><S-Tab><S-Tab><S-Tab><Right>"));
    assert!(shown.contains("is dropped") && !shown.contains("SHA256:"), "{shown}");
}

/// A key that is saved, for a picture.
pub(in crate::ui::screen) fn pictured(stage: &mut TestScreen) -> String {
    let case = Case::new();
    let mut dialog = case.generator();
    let key = unlocked_key();
    let files = ["id_ed25519", "id_ed25519.pub"].map(|name| Path::new("~/.ssh").join(name));
    dialog.key = Some(key.clone());
    let [file, public_file] = files;
    dialog.is_saved(Saved { file, public_file, key: key.public_key().clone() });
    stage.play(dialog, "").0
}

/// A key that is not saved yet, for a page.
pub(in crate::ui::screen) fn unsaved(stage: &mut TestScreen) -> String {
    let case = Case::new();
    let mut dialog = case.generator();
    dialog.made(Ok(unlocked_key()));
    stage.play(dialog, "").0
}

fn unlocked_key() -> PrivateKey {
    const TEXT: &str = include_str!("../../../../tests/data/keys/made/ed25519.openssh");
    PrivateKey::from_openssh(TEXT).unwrap()
}
