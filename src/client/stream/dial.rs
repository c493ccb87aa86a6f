//! From a host and port to a [`Stream`]: name resolution, both address families, or a proxy
//! command. Proxy servers are in `proxy`, jump hosts in `session::jump`.
//!
//! Addresses are tried as in RFC 8305 ("Happy Eyeballs"): families alternate, the next attempt
//! starts when the previous one has failed or has taken a quarter of a second, and the first
//! connection wins.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use log::debug;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::deadline::{self, Budget};
use crate::client::failure::{carried, reason};
use crate::client::stream::bytes::Stream;
use crate::client::stream::command::{self, ProxyCommand};
use crate::config::AddressFamily;
use crate::error::{Error, Kind, Result};
use crate::os::tcp;
use crate::say;

/// How long an attempt runs before the next address is tried in parallel (RFC 8305 section 5
/// recommends 250 ms).
const STAGGER: Duration = Duration::from_millis(250);
/// The most addresses that are tried for one name; a resolver may return any number.
const MAX_ADDRESSES: usize = 64;

/// How to reach the server.
#[derive(Clone, Debug)]
pub struct Route {
    /// The host name or address to connect to.
    pub host: String,
    /// The TCP port.
    pub port: u16,
    /// Address families allowed.
    pub family: AddressFamily,
    /// The local address to connect from (BindAddress, -b).
    pub bind: Option<String>,
    /// The network interface to connect from (BindInterface).
    pub bind_interface: Option<String>,
    /// Whether TCP keepalive probes are wanted (TCPKeepAlive).
    pub tcp_keep_alive: bool,
    /// The traffic class of packets (IPQoS): the byte in the IP header; `None` does not set it.
    pub class: Option<u8>,
    /// Attempts, one second apart (ConnectionAttempts); at least one is made.
    pub attempts: u32,
    /// A command whose standard input and output are the connection (ProxyCommand). All other fields
    /// are ignored then.
    pub proxy: Option<ProxyCommand>,
}

/// Why there is no connection.
pub(super) enum DialFault {
    /// Nobody accepts connections there, or nobody does in time. The error has no next step, because
    /// that depends on what is to listen there.
    Unreached(Error),
    /// Any other reason, with its next step.
    Other(Error),
}

impl From<Error> for DialFault {
    fn from(error: Error) -> DialFault {
        DialFault::Other(error)
    }
}

impl DialFault {
    /// The error where an SSH server is to listen.
    fn for_server(self) -> Error {
        match self {
            DialFault::Unreached(error) if error.kind() == Kind::Timeout => {
                error.hint(say!(connect_timed_out_hint))
            }
            DialFault::Unreached(error) => error.hint(say!(connect_failed_hint)),
            DialFault::Other(error) => error,
        }
    }
}

/// Connects to an SSH server, and calls `tell` once the name is resolved. `budget` limits name
/// resolution and all attempts together.
///
/// # Errors
/// The name has no address, the addresses refuse or time out, or the command does not start.
pub async fn connect(route: &Route, budget: Budget, tell: &(dyn Fn() + Sync)) -> Result<Stream> {
    reach(route, budget, tell).await.map_err(DialFault::for_server)
}

/// Connects like [`connect`], to whatever is to listen there.
pub(super) async fn reach(
    route: &Route,
    budget: Budget,
    tell: &(dyn Fn() + Sync),
) -> Result<Stream, DialFault> {
    if let Some(proxy) = &route.proxy {
        return Ok(Stream::Command(Box::new(command::start(proxy)?)));
    }
    let until = budget.until(deadline::CONNECT);
    match timeout_at(until, attempts(route, tell)).await {
        Ok(result) => result.map(|(stream, took)| Stream::Tcp(stream, took)),
        Err(_) => {
            let cause = say!(connect_timed_out, place = place(route));
            Err(DialFault::Unreached(Error::new(Kind::Timeout, cause)))
        }
    }
}

fn place(route: &Route) -> String {
    say!(connect_failed, host = route.host, port = route.port)
}

async fn attempts(
    route: &Route,
    tell: &(dyn Fn() + Sync),
) -> Result<(TcpStream, Duration), DialFault> {
    let mut tries = 0;
    loop {
        tries += 1;
        match attempt(route, tell).await {
            Err(DialFault::Unreached(error) | DialFault::Other(error))
                if tries < route.attempts && error.kind() == Kind::Connect =>
            {
                debug!("{error}; trying again");
                sleep(Duration::from_secs(1)).await;
            }
            result => return result,
        }
    }
}

async fn attempt(
    route: &Route,
    tell: &(dyn Fn() + Sync),
) -> Result<(TcpStream, Duration), DialFault> {
    let addresses = alternate(resolve(&route.host, route.port, route.family).await?);
    tell();
    let bind = match &route.bind {
        Some(name) => resolve(name, 0, route.family)
            .await
            .map_err(|error| error.context(say!(bind_address_label)))?,
        None => Vec::new(),
    };
    let mut waiting = addresses.into_iter();
    let mut running = JoinSet::new();
    let mut last = None;
    loop {
        if let Some(address) = waiting.next() {
            debug!("Connecting to {} [{}] port {}.", route.host, address.ip(), address.port());
            let interface = route.bind_interface.clone();
            running.spawn(open(
                address,
                local_for(address, &bind),
                interface,
                (route.tcp_keep_alive, route.class),
            ));
        } else if running.is_empty() {
            if let Some(error) = last.as_ref().and_then(carried) {
                return Err(error.context(place(route)).into());
            }
            let why = last.as_ref().map_or_else(|| say!(no_address_to_try), reason);
            let cause = format!("{}: {why}", place(route));
            return Err(DialFault::Unreached(Error::new(Kind::Connect, cause)));
        }
        let more = waiting.len() > 0;
        tokio::select! {
            Some(result) = running.join_next() => match result {
                Ok(Ok(stream)) => {
                    debug!("Connection established.");
                    return Ok(stream);
                }
                Ok(Err(error)) => last = Some(error),
                Err(_) => {}
            },
            () = sleep(STAGGER), if more => {}
        }
    }
}

pub(crate) async fn resolve(
    host: &str,
    port: u16,
    family: AddressFamily,
) -> Result<Vec<SocketAddr>> {
    let found = tokio::net::lookup_host((host, port))
        .await
        .map_err(|error| no_address(host, &error.to_string()))?;
    let found = usable(found, family);
    match found.is_empty() {
        true => Err(no_address(host, &say!(no_address_of_family))),
        false => Ok(found),
    }
}

/// The addresses of this family that are tried.
fn usable(found: impl Iterator<Item = SocketAddr>, family: AddressFamily) -> Vec<SocketAddr> {
    found
        .filter(|address| match family {
            AddressFamily::Any => true,
            AddressFamily::Inet => address.is_ipv4(),
            AddressFamily::Inet6 => address.is_ipv6(),
        })
        .take(MAX_ADDRESSES)
        .collect()
}

fn no_address(host: &str, why: &str) -> Error {
    let why = why.rsplit_once("information: ").map_or(why, |(_, why)| why);
    let why = match why {
        "Name or service not known" => &say!(resolve_unknown_name),
        "Temporary failure in name resolution" => &say!(resolve_temporary),
        "No address associated with hostname" => &say!(resolve_no_address),
        other => other,
    };
    Error::new(Kind::Resolve, say!(resolve_failed, host, why)).hint(say!(resolve_failed_hint))
}

/// Alternates the families, starting with the first address's; within a family the resolver's order
/// is kept.
fn alternate(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    first.dedup();
    second.dedup();
    let mut second = second.into_iter();
    let mut mixed = Vec::with_capacity(first.len() * 2);
    for address in first {
        mixed.push(address);
        mixed.extend(second.next());
    }
    mixed.extend(second);
    mixed
}

fn local_for(address: SocketAddr, bind: &[SocketAddr]) -> Option<SocketAddr> {
    if bind.is_empty() {
        return None;
    }
    let same = bind.iter().find(|local| local.is_ipv4() == address.is_ipv4()).copied();
    // Binding an address of the other family fails with the system's own error.
    same.or_else(|| bind.first().copied())
}

/// The error for an address or an interface to connect from that cannot be had.
fn not_from_here(label: &str, error: &std::io::Error) -> std::io::Error {
    let error = Error::new(Kind::Connect, format!("{label}: {}", reason(error)));
    std::io::Error::other(error.hint(say!(bind_failed_hint)))
}

async fn open(
    address: SocketAddr,
    local: Option<SocketAddr>,
    interface: Option<String>,
    (keep_alive, class): (bool, Option<u8>),
) -> std::io::Result<(TcpStream, Duration)> {
    let socket = match address.ip() {
        IpAddr::V4(_) => TcpSocket::new_v4()?,
        IpAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if let Some(local) = local {
        let label = || say!(bind_address_label);
        socket.bind(local).map_err(|error| not_from_here(&label(), &error))?;
    }
    if let Some(interface) = interface {
        let label = || say!(bind_interface_label);
        tcp::bind_interface(&socket, &interface).map_err(|it| not_from_here(&label(), &it))?;
    }
    // A new socket has class 0 already.
    if let Some(class) = class.filter(|&class| class != 0) {
        mark(&socket, address, class);
    }
    let asked = Instant::now();
    let stream = socket.connect(address).await?;
    let took = asked.elapsed();
    stream.set_nodelay(true)?;
    tcp::keep_alive(&stream, keep_alive)?;
    Ok((stream, took))
}

/// Sets the traffic class of a connection's packets. A failure is ignored.
fn mark(socket: &TcpSocket, address: SocketAddr, class: u8) {
    match tcp::mark(socket, address, class) {
        Ok(()) => debug!("set the class of packets to 0x{class:02x}"),
        Err(error) => debug!("the class of packets cannot be set to 0x{class:02x}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use socket2::SockRef;

    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn of_a_name_with_many_addresses_so_many_are_tried() {
        let many = (0..=255).map(|last| SocketAddr::from(([192, 0, 2, last], 22)));
        assert_eq!(usable(many.clone(), AddressFamily::Any).len(), MAX_ADDRESSES);
        assert_eq!(usable(many, AddressFamily::Inet6).len(), 0);
    }

    #[test]
    fn families_alternate_in_the_resolvers_order() {
        let given = ["[::1]:22", "[::2]:22", "[::3]:22", "127.0.0.1:22"].map(address);
        let wanted = ["[::1]:22", "127.0.0.1:22", "[::2]:22", "[::3]:22"].map(address);
        assert_eq!(alternate(given.to_vec()), wanted);
    }

    fn route(port: u16) -> Route {
        Route {
            host: "127.0.0.1".to_owned(),
            port,
            family: AddressFamily::Any,
            bind: None,
            bind_interface: None,
            tcp_keep_alive: true,
            class: None,
            attempts: 1,
            proxy: None,
        }
    }

    #[tokio::test]
    async fn a_port_where_nobody_listens_is_named() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let error = connect(&route(port), Budget::start(None), &|| {}).await.err().unwrap();
        assert_eq!(error.kind(), Kind::Connect);
        assert!(error.cause().ends_with(&format!("port {port}: Connection refused")), "{error}");
    }

    #[tokio::test]
    async fn packets_are_marked_where_ipqos_says_so() {
        for (place, host) in [("127.0.0.1:0", "127.0.0.1"), ("[::1]:0", "::1")] {
            let listener = std::net::TcpListener::bind(place).unwrap();
            let port = listener.local_addr().unwrap().port();
            for class in [Some(0xb8), Some(0x20), None] {
                let route = Route { host: host.to_owned(), class, ..route(port) };
                let stream = connect(&route, Budget::start(None), &|| {}).await.unwrap();
                let Stream::Tcp(stream, _) = stream else { panic!("not TCP") };
                let socket = SockRef::from(&stream);
                let found = match host.contains(':') {
                    true => socket.tclass_v6(),
                    false => socket.tos_v4(),
                };
                assert_eq!(found.unwrap(), u32::from(class.unwrap_or(0)), "{place}");
            }
        }
    }

    #[tokio::test]
    async fn an_address_of_the_wrong_family_is_not_tried() {
        let route = Route { family: AddressFamily::Inet6, ..route(1) };
        let error = connect(&route, Budget::start(None), &|| {}).await.err().unwrap();
        assert_eq!(error.kind(), Kind::Resolve);
    }
}
