//! What `tessh keygen` shows of a key: the line and the picture of `ssh-keygen -l` and `-lv`.

use russh::keys::PublicKey;

use crate::keys::Listed;
use crate::text;
use crate::trust::fingerprint;

/// How much of a comment is shown, in characters.
const MAX_COMMENT: usize = 256;

const WIDTH: usize = 17;
const HEIGHT: usize = 9;

/// What a field shows that was visited so often; then the start and the end.
const MARKS: &[u8; 15] = b" .o+=*BOX@%&#/^";

/// The lines for one key, each with its line break.
pub(super) fn key(listed: &Listed, md5: bool, picture: bool) -> String {
    let key = &listed.key;
    let print = if md5 { fingerprint::md5(key) } else { fingerprint::sha256(key) };
    let comment = match text::line_bytes(key.comment().as_bytes(), MAX_COMMENT) {
        comment if comment.is_empty() => "no comment".to_owned(),
        comment => comment,
    };
    let certified = if listed.certified { "-CERT" } else { "" };
    let name = fingerprint::type_name(key);
    let bits = fingerprint::bits(key);
    let mut out = format!("{bits} {print} {comment} ({name}{certified})\n");
    if picture {
        out.push_str(&if md5 { md5_art(key, certified) } else { sha256_art(key, certified) });
        out.push('\n');
    }
    out
}

/// The picture of the SHA-256 fingerprint, named for a certificate where it is one.
fn sha256_art(key: &PublicKey, certified: &str) -> String {
    let art = fingerprint::randomart(key);
    if certified.is_empty() {
        return art;
    }
    let rest = art.split_once('\n').map_or("", |(_, rest)| rest);
    format!("{}\n{rest}", frame(&title(key, certified)))
}

/// The walk of the "drunken bishop" over the MD5 fingerprint, which no library draws.
fn md5_art(key: &PublicKey, certified: &str) -> String {
    let digest = md5::compute(key.to_bytes().expect("a key in memory has an encoding"));
    let mut field = [[0_usize; WIDTH]; HEIGHT];
    let (mut x, mut y) = (WIDTH / 2, HEIGHT / 2);
    for byte in digest.0 {
        for shift in [0, 2, 4, 6] {
            let step = byte >> shift;
            x = if step & 1 == 1 { (x + 1).min(WIDTH - 1) } else { x.saturating_sub(1) };
            y = if step & 2 == 2 { (y + 1).min(HEIGHT - 1) } else { y.saturating_sub(1) };
            field[y][x] = (field[y][x] + 1).min(MARKS.len() - 1);
        }
    }
    let mut out = frame(&title(key, certified));
    for (row, counts) in field.iter().enumerate() {
        out.push_str("\n|");
        for (column, count) in counts.iter().enumerate() {
            out.push(match (column, row) {
                here if here == (x, y) => 'E',
                (column, row) if (column, row) == (WIDTH / 2, HEIGHT / 2) => 'S',
                _ => char::from(MARKS[*count]),
            });
        }
        out.push('|');
    }
    out.push('\n');
    out.push_str(&frame("[MD5]"));
    out
}

/// As ssh-keygen has it: without the size where both do not fit.
fn title(key: &PublicKey, certified: &str) -> String {
    let name = fingerprint::type_name(key);
    let full = format!("[{name}{certified} {}]", fingerprint::bits(key));
    if full.len() <= WIDTH { full } else { format!("[{name}{certified}]") }
}

fn frame(text: &str) -> String {
    format!("+{text:-^WIDTH$}+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_of_the_md5_fingerprint_is_that_of_ssh_keygen() {
        let key = PublicKey::from_openssh(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrbJDvYsSp27u0IPPfNeSAn5Wq7g9b1sbowGTRvQQl6 outer",
        );
        let listed = Listed { key: key.unwrap(), certified: false };
        let expected = "\
256 MD5:c5:22:21:09:ab:c0:d9:03:c1:90:ac:0a:e8:12:8f:28 outer (ED25519)
+--[ED25519 256]--+
|=+o....          |
|oo+... . .       |
|+o.o  . . o      |
|*.  .  . o       |
|*+      S        |
|E..              |
|o                |
|                 |
|                 |
+------[MD5]------+
";
        assert_eq!(super::key(&listed, true, true), expected);
    }
}
