//! How `tessh keygen` shows a key: the line and the picture of `ssh-keygen -l` and `-lv`.

use russh::keys::PublicKey;

use crate::keys::ListedKey;
use crate::text;
use crate::trust::fingerprint::{self, Hash};

/// How many characters of a comment are shown.
const MAX_COMMENT: usize = 256;

/// The width of the picture in columns, without its edges.
const WIDTH: usize = 17;

/// The lines for one key, each with a line end.
pub(super) fn key(listed: &ListedKey, md5: bool, picture: bool) -> String {
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
        let hash = if md5 { Hash::Md5 } else { Hash::Sha256 };
        out.push_str(&art(key, hash, certified));
        out.push('\n');
    }
    out
}

/// The picture of a key; for a certificate, it says so.
fn art(key: &PublicKey, hash: Hash, certified: &str) -> String {
    let art = hash.picture(key);
    if certified.is_empty() {
        return art;
    }
    let rest = art.split_once('\n').map_or("", |(_, rest)| rest);
    format!("+{:-^WIDTH$}+\n{rest}", title(key, certified))
}

/// The title as in ssh-keygen: without the size if it would be too long.
fn title(key: &PublicKey, certified: &str) -> String {
    let name = fingerprint::type_name(key);
    let full = format!("[{name}{certified} {}]", fingerprint::bits(key));
    if full.len() <= WIDTH { full } else { format!("[{name}{certified}]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_of_the_md5_fingerprint_is_that_of_ssh_keygen() {
        let key = PublicKey::from_openssh(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrbJDvYsSp27u0IPPfNeSAn5Wq7g9b1sbowGTRvQQl6 outer",
        );
        let listed = ListedKey { key: key.unwrap(), certified: false };
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
