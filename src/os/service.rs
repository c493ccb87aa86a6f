//! The names of services, such as `smtp`.

use std::fs::File;
use std::io::Read;
use std::sync::OnceLock;

/// The table of services (services(5)).
const TABLE: &str = "/etc/services";
/// The most bytes of the table that are read. The usual one has 12 000, and IANA's whole list a million.
const MAX_TABLE: u64 = 4 << 20;
/// The names that are known without a table.
const ALWAYS: [(&str, u16); 3] = [("ssh", 22), ("http", 80), ("https", 443)];

/// The port of a service, by its name or another name of it in the system's table, as
/// getservbyname(3) finds it there for any protocol.
pub fn port(name: &str) -> Option<u16> {
    static READ: OnceLock<String> = OnceLock::new();
    let found = find(READ.get_or_init(table), name);
    found.or_else(|| ALWAYS.iter().find(|(known, _)| *known == name).map(|(_, port)| *port))
}

/// The text of the table; empty if there is none.
fn table() -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(TABLE) {
        // What was read before an error is used.
        let _ = file.take(MAX_TABLE).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Looks a name up in lines of `name port/protocol other names # comment`.
fn find(table: &str, name: &str) -> Option<u16> {
    let lines = table.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines.map(str::split_whitespace).find_map(|mut words| {
        let first = words.next()?;
        let (port, _) = words.next()?.split_once('/')?;
        let named = first == name || words.any(|other| other == name);
        port.parse().ok().filter(|port| named && *port != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_found_by_each_of_its_names() {
        let table = "# a 1/tcp\n\nsmtp\t\t25/tcp\t\tmail # note pop\nbad\nworse x/tcp\n\
                     domain 53/udp\ndomain 54/tcp\nzero 0/tcp\n";
        for (name, wanted) in [
            ("smtp", Some(25)),
            ("mail", Some(25)),
            ("domain", Some(53)),
            ("pop", None),
            ("note", None),
            ("a", None),
            ("bad", None),
            ("worse", None),
            ("zero", None),
            ("SMTP", None),
            ("", None),
        ] {
            assert_eq!(find(table, name), wanted, "{name}");
        }
        assert_eq!(port("https"), Some(443));
    }
}
