//! One name of a directory with its attributes, and how it is shown.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::sftp::{Attributes, FileType};
use crate::text;

/// How many characters of a name are shown at most; a name has 255 bytes, each of which may need
/// four characters.
const MAX_SHOWN: usize = 1020;
/// Half a year: times nearer than that are shown without the year.
const NEAR: i64 = 182 * 24 * 60 * 60;

/// A name of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaneEntry {
    /// The name, as bytes.
    pub name: Vec<u8>,
    /// The name, sanitised.
    pub shown: String,
    /// What names are sorted and searched by: the shown name in lower case.
    pub key: String,
    /// The attributes, of a link itself.
    pub attributes: Attributes,
    /// Whether it is a directory, or a link to one.
    pub is_directory: bool,
    /// Whether it is marked.
    pub is_marked: bool,
}

/// The columns of an entry beside its name.
pub struct EntryColumns {
    now: Timestamp,
    zone: TimeZone,
}

impl PaneEntry {
    /// An entry. `leads_to_directory` says where a link leads.
    pub fn new(name: Vec<u8>, attributes: Attributes, leads_to_directory: bool) -> PaneEntry {
        let shown = text::name(&name, MAX_SHOWN);
        let key = shown.to_lowercase();
        let is_directory = leads_to_directory || attributes.file_type() == FileType::Directory;
        PaneEntry { name, shown, key, attributes, is_directory, is_marked: false }
    }

    /// The size in bytes; nothing for a directory, whose own size says nothing about it.
    pub fn size(&self) -> Option<u64> {
        self.attributes.size.filter(|_| !self.is_directory)
    }

    /// The time of the last change, in seconds since 1970.
    pub fn modified(&self) -> u32 {
        self.attributes.times.map_or(0, |(_, modified)| modified)
    }

    /// The mark before the name, as `ls -F` has it after the name.
    pub fn mark(&self) -> char {
        match (self.attributes.file_type(), self.attributes.permissions) {
            (FileType::Symlink, _) if self.is_directory => '~',
            (FileType::Symlink, _) => '@',
            (FileType::Directory, _) => '/',
            (FileType::Special, _) => '=',
            (_, Some(mode)) if mode & 0o111 != 0 => '*',
            _ => ' ',
        }
    }

    /// The permissions as `ls -l` shows them.
    pub fn permissions(&self) -> String {
        let Some(mode) = self.attributes.permissions else { return String::new() };
        let kind = match mode & 0o170_000 {
            0o040_000 => 'd',
            0o120_000 => 'l',
            0o020_000 => 'c',
            0o060_000 => 'b',
            0o010_000 => 'p',
            0o140_000 => 's',
            _ => '-',
        };
        let mut shown = String::from(kind);
        for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
            let bits = mode >> shift;
            shown.push(if bits & 4 != 0 { 'r' } else { '-' });
            shown.push(if bits & 2 != 0 { 'w' } else { '-' });
            shown.push(match (mode & special != 0, bits & 1 != 0) {
                (true, true) => letter,
                (true, false) => letter.to_ascii_uppercase(),
                (false, true) => 'x',
                (false, false) => '-',
            });
        }
        shown
    }
}

impl EntryColumns {
    /// Columns with times of this zone, seen from now.
    pub fn new(now: Timestamp, zone: TimeZone) -> EntryColumns {
        EntryColumns { now, zone }
    }

    /// A time in seconds since 1970: twelve columns, as `ls -l` has them, without names of months.
    pub fn time(&self, seconds: u32) -> String {
        let Ok(time) = Timestamp::from_second(i64::from(seconds)) else { return String::new() };
        let is_near = (self.now.as_second() - time.as_second()).abs() < NEAR;
        let form = if is_near { "%m-%d %H:%M" } else { "%Y-%m-%d" };
        time.to_zoned(self.zone.clone()).strftime(form).to_string()
    }

    /// A time with its date, to the second.
    pub fn long_time(&self, seconds: u32) -> String {
        let Ok(time) = Timestamp::from_second(i64::from(seconds)) else { return String::new() };
        time.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

/// A size in at most five columns: bytes up to 9999, then with a unit.
pub fn size_text(bytes: u64) -> String {
    if bytes < 10_000 {
        return bytes.to_string();
    }
    let mut unit = 0;
    let mut tenths = u128::from(bytes) * 10;
    while tenths >= 9_995 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    match tenths < 100 {
        true => format!("{}.{}{}", tenths / 10, tenths % 10, UNITS[unit]),
        false => format!("{}{}", tenths / 10, UNITS[unit]),
    }
}

const UNITS: [&str; 7] = ["B", "K", "M", "G", "T", "P", "E"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_stay_within_five_columns() {
        for (bytes, shown) in [
            (0, "0"),
            (9_999, "9999"),
            (10_000, "9.7K"),
            (10_240, "10K"),
            (1 << 20, "1.0M"),
            (1_500_000_000, "1.3G"),
            (u64::MAX, "15E"),
        ] {
            assert_eq!(size_text(bytes), shown);
        }
        proptest::proptest!(|(bytes: u64)| {
            proptest::prop_assert!(size_text(bytes).len() <= 5);
        });
    }

    #[test]
    fn permissions_are_shown_as_ls_shows_them() {
        let shown = |mode| {
            let attributes = Attributes { permissions: Some(mode), ..Attributes::default() };
            PaneEntry::new(b"x".to_vec(), attributes, false).permissions()
        };
        assert_eq!(shown(0o100_644), "-rw-r--r--");
        assert_eq!(shown(0o041_777), "drwxrwxrwt");
        assert_eq!(shown(0o104_711), "-rws--x--x");
        assert_eq!(shown(0o106_644), "-rwSr-Sr--");
    }

    #[test]
    fn times_of_other_years_have_the_year() {
        let now: Timestamp = "2026-11-29T08:00:00Z".parse().unwrap();
        let columns = EntryColumns::new(now, TimeZone::UTC);
        let seconds = u32::try_from(now.as_second()).unwrap();
        assert_eq!(columns.time(seconds), "11-29 08:00");
        assert_eq!(columns.time(0), "1970-01-01");
    }
}
