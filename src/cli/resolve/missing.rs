//! Files of `-i` that are not there, under the name ssh: ssh(1) tells them and goes on without.

use std::io;
use std::path::PathBuf;

use crate::cli::args::{Typed, TypedSetting};
use crate::config::{Context, Keyword, tilde};

/// The command line without the identities of `-i` that cannot be found, and those with the reason.
/// What has tokens, and `none`, is for the settings to make sense of; ssh looks for files of these very
/// names.
pub fn split_missing_identities(
    mut typed: Typed,
    context: &Context,
) -> (Typed, Vec<(PathBuf, io::Error)>) {
    let mut missing = Vec::new();
    // The destination stands between those settings before it and those behind it.
    let (mut at, mut before) = (0, 0);
    typed.settings.retain(|setting| {
        let fault = fault(setting, context);
        let stays = fault.is_none();
        missing.extend(fault);
        before += usize::from(stays && at < typed.destination_at);
        at += 1;
        stays
    });
    typed.destination_at = before;
    (typed, missing)
}

fn fault(setting: &TypedSetting, context: &Context) -> Option<(PathBuf, io::Error)> {
    let TypedSetting::Flag { keyword: Keyword::IdentityFile, value, .. } = setting else {
        return None;
    };
    if value.eq_ignore_ascii_case("none") || value.contains(['%', '$']) {
        return None;
    }
    let path = PathBuf::from(tilde(value, context).ok()?);
    let error = std::fs::metadata(&path).err()?;
    Some((path, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;

    #[test]
    fn what_stands_before_the_destination_still_does() {
        let context = Context {
            home: PathBuf::from("/home/me"),
            local_user: "me".to_owned(),
            local_host: "box".to_owned(),
            uid: 0.into(),
            env: Box::new(|_| None),
        };
        let words = "-p 1 -i /none/a -o User=x -i none host -p 2 -i /none/%h -i /none/b -o User=y";
        let typed = args::parse(words.split(' ').map(Into::into), true).unwrap();
        let without = words.replace("-i /none/a ", "").replace("-i /none/b ", "");
        let wanted = args::parse(without.split(' ').map(Into::into), true).unwrap();
        let (typed, missing) = split_missing_identities(typed, &context);
        assert_eq!(typed, wanted);
        let paths: Vec<_> = missing.iter().map(|(path, _)| path.to_str().unwrap()).collect();
        assert_eq!(paths, ["/none/a", "/none/b"]);
    }
}
