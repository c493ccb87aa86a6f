//! Files of `-i` that are not there, under the name ssh: ssh(1) tells them and goes on without.

use std::io;
use std::path::PathBuf;

use crate::cli::args::{Typed, TypedSetting};
use crate::config::{Context, Keyword, tilde};

/// The command line without the identities of `-i` that cannot be found, and those with the reason.
/// What has tokens, and `none`, is for the settings to make sense of.
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
