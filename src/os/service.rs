//! The names of services, such as `smtp`.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::sync::OnceLock;

/// The table of services (services(5)).
const TABLE: &str = "/etc/services";
/// The most bytes of the table that are read. The usual one has 12 000, and IANA's whole list a million.
const MAX_TABLE: u64 = 4 << 20;
/// The names that are known without a table.
const ALWAYS: [(&str, u16); 3] = [("ssh", 22), ("http", 80), ("https", 443)];

/// The ports of services by their names: the first of any protocol, and the first over TCP.
#[derive(Default)]
struct Services {
    any: HashMap<String, u16>,
    tcp: HashMap<String, u16>,
}

/// The port of a service, by its name or another name of it in the system's table, as
/// getservbyname(3) finds it there for any protocol.
pub fn port(name: &str) -> Option<u16> {
    services().any.get(name).copied()
}

/// The port of a service over TCP, see [`port`].
pub fn tcp_port(name: &str) -> Option<u16> {
    services().tcp.get(name).copied()
}

/// The table, which is read once: a file of settings may ask for a hundred thousand names.
fn services() -> &'static Services {
    static READ: OnceLock<Services> = OnceLock::new();
    READ.get_or_init(|| {
        let mut services = Services::read(&table());
        for (name, port) in ALWAYS {
            services.add(name, port, "tcp");
        }
        services
    })
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

impl Services {
    /// Reads lines of `name port/protocol other names # comment`.
    fn read(table: &str) -> Services {
        let mut services = Services::default();
        for line in table.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let (Some(name), Some(place)) = (words.next(), words.next()) else { continue };
            let Some((port, protocol)) = place.split_once('/') else { continue };
            let Some(port) = port.parse().ok().filter(|port| *port != 0) else { continue };
            for name in std::iter::once(name).chain(words) {
                services.add(name, port, protocol);
            }
        }
        services
    }

    fn add(&mut self, name: &str, port: u16, protocol: &str) {
        self.any.entry(name.to_owned()).or_insert(port);
        if protocol == "tcp" {
            self.tcp.entry(name.to_owned()).or_insert(port);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_found_by_each_of_its_names() {
        let table = "# a 1/tcp\n\nsmtp\t\t25/tcp\t\tmail # note pop\nbad\nworse x/tcp\n\
                     domain 53/udp\ndomain 54/tcp\nzero 0/tcp\n";
        let services = Services::read(table);
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
            assert_eq!(services.any.get(name).copied(), wanted, "{name}");
        }
        assert_eq!(services.tcp.get("domain"), Some(&54));
        assert_eq!(Services::read("syslog 514/udp").tcp.get("syslog"), None);
        assert_eq!(port("https"), Some(443));
    }
}
