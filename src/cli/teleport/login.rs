//! The logins of tsh, and whether they can be used: nothing is started, and nothing is kept, so
//! that a new login is seen by the next connection.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::{Error, Kind, Result};
use crate::keys;
use crate::profiles::teleport::{self, TshDirectory, TshProfile};
use crate::say;
use crate::text;

/// A login that lasts less than this is warned about before a connection.
pub const SHORT: Duration = Duration::from_secs(10 * 60);
/// A login that lasts less than this is warned about where logins are shown.
pub const SOON: Duration = Duration::from_secs(60 * 60);
/// The beginning of logins that Teleport keeps for itself.
const INTERNAL: &str = "-teleport-";

/// A login of tsh's, with what its certificate says.
#[derive(Clone, Debug)]
pub struct TeleportLogin {
    /// The profile.
    pub profile: TshProfile,
    /// Seconds since 1970 at which the certificate ends; `None` if it never does.
    pub valid_until: Option<u64>,
    /// The logins on nodes that the certificate is for.
    pub logins: Vec<String>,
}

/// The directory of tsh: `$TELEPORT_HOME`, by default `~/.tsh`.
pub fn directory(get: &dyn Fn(&str) -> Option<String>, home: &Path) -> TshDirectory {
    let set = get("TELEPORT_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    TshDirectory::new(set.unwrap_or_else(|| home.join(".tsh")))
}

/// The profile of a proxy, or the active one.
///
/// # Errors
/// No proxy is named and no profile is active; there is no profile; it is broken.
pub fn profile(directory: &TshDirectory, proxy: Option<&str>) -> Result<TshProfile> {
    let current = || directory.current()?.ok_or_else(teleport::no_proxy);
    let proxy = proxy.map_or_else(current, |proxy| Ok(proxy.to_owned()))?;
    directory.profile(&proxy)?.ok_or_else(|| teleport::not_logged_in(&proxy))
}

impl TeleportLogin {
    /// Reads the certificate of a profile, which may have expired.
    ///
    /// # Errors
    /// [`Kind::Identity`], with the command that logs in: there is no certificate, or it cannot be
    /// read.
    pub fn read(profile: TshProfile) -> Result<TeleportLogin> {
        let again = || teleport::login_hint(&profile.address);
        if !profile.certificate.exists() {
            let path = text::path(&profile.certificate);
            let cause = say!(teleport_no_certificate, proxy = profile.proxy, path);
            return Err(Error::new(Kind::Identity, cause).hint(again()));
        }
        let certificate =
            keys::certificate(&profile.certificate).map_err(|error| error.hint(again()))?;
        let until = certificate.valid_before();
        let logins = certificate.valid_principals().iter().cloned();
        Ok(TeleportLogin {
            valid_until: (until < u64::MAX).then_some(until),
            logins: logins.filter(|login| !login.starts_with(INTERNAL)).collect(),
            profile,
        })
    }

    /// How long the certificate lasts from now on; `None` if it has expired, and the longest time
    /// if it never does.
    pub fn remaining(&self) -> Option<Duration> {
        let Some(until) = self.valid_until else { return Some(Duration::MAX) };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        until.checked_sub(now).filter(|left| *left > 0).map(Duration::from_secs)
    }

    /// Checks that the certificate is valid now.
    ///
    /// # Errors
    /// [`Kind::Identity`], with the next step.
    pub fn check_time(&self) -> Result<()> {
        match self.remaining() {
            Some(_) => Ok(()),
            None => Err(teleport::expired(&self.profile.address)),
        }
    }

    /// Checks that a connection can begin: the certificate is valid now, and the key is there.
    ///
    /// # Errors
    /// [`Kind::Identity`], with the next step.
    pub fn check(&self) -> Result<()> {
        self.check_time()?;
        let profile = &self.profile;
        if !profile.key.is_file() {
            let path = text::path(&profile.key);
            let cause = say!(teleport_no_key, proxy = profile.proxy, path);
            let hint = teleport::login_hint(&profile.address);
            return Err(Error::new(Kind::Identity, cause).hint(hint));
        }
        if profile.is_on_token() {
            let cause = say!(teleport_key_on_token, proxy = profile.proxy);
            return Err(Error::new(Kind::Identity, cause).hint(say!(teleport_key_on_token_hint)));
        }
        Ok(())
    }

    /// A warning if the login ends soon.
    pub fn warning(&self, within: Duration) -> Option<String> {
        let left = self.remaining().filter(|left| *left < within)?;
        let (proxy, left) = (&self.profile.proxy, shown_time_left(left));
        let command = self.profile.login_command();
        Some(say!(teleport_ends_soon, proxy, left, command))
    }
}

/// A time in seconds since 1970, in the local time zone: `2026-11-29 14:00:00 +09:00`.
pub fn shown_time(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|it| Timestamp::from_second(it).ok());
    let time = time.map(|time| time.to_zoned(TimeZone::system()));
    time.map_or_else(String::new, |time| time.strftime("%Y-%m-%d %H:%M:%S %:z").to_string())
}

/// A time in seconds since 1970 for JSON (RFC 3339, UTC).
pub fn json_time(seconds: u64) -> Option<String> {
    let time = i64::try_from(seconds).ok().and_then(|it| Timestamp::from_second(it).ok());
    time.map(|time| time.to_string())
}

/// A length of time: `11h 59m`, `42m`, `50s`.
pub fn shown_time_left(left: Duration) -> String {
    let seconds = left.as_secs();
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_shortly() {
        for (seconds, shown) in
            [(1, "1s"), (59, "59s"), (60, "1m"), (3599, "59m"), (43_199, "11h 59m")]
        {
            assert_eq!(shown_time_left(Duration::from_secs(seconds)), shown);
        }
        assert_eq!(json_time(0).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(json_time(u64::MAX), None);
        assert_eq!(shown_time(u64::MAX), "");
    }

    #[test]
    fn the_directory_is_that_of_the_variable_or_the_homes() {
        let home = Path::new("/home/a");
        assert_eq!(directory(&|_| None, home).path(), Path::new("/home/a/.tsh"));
        assert_eq!(directory(&|_| Some(String::new()), home).path(), Path::new("/home/a/.tsh"));
        assert_eq!(directory(&|_| Some("/t".to_owned()), home).path(), Path::new("/t"));
    }
}
