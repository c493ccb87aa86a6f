//! Client and server with a long path between them: two network namespaces, or a proxy.

use crate::delay::Delay;
use crate::front::Failure;
use crate::link::Link;
use crate::site::{Namespace, Place, Site};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const SERVER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
/// What every kernel has, so that runs can be compared.
const CONGESTION: &str = "reno";

/// The most that the kernel's TCP buffers grow to, at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffers {
    /// Linux's own: 6 MiB to receive, 4 MiB to send.
    Default,
    /// 64 MiB each.
    Large,
}

impl Buffers {
    /// As it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Buffers::Default => "default",
            Buffers::Large => "64 MiB",
        }
    }

    fn most(self) -> (u32, u32) {
        match self {
            Buffers::Default => (6 << 20, 4 << 20),
            Buffers::Large => (64 << 20, 64 << 20),
        }
    }
}

/// A server and the path to it.
pub struct Road {
    // Dropped in this order: the server, the path, the namespaces.
    pub site: Site,
    way: Way,
    namespaces: Vec<Owned>,
}

enum Way {
    Proxy(Link),
    Namespaces { _delay: Delay },
}

/// A network namespace, deleted on drop.
struct Owned(Namespace);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = ip(&["netns", "del", &self.0.0]);
    }
}

impl Road {
    /// Namespaces with a path between them where they can be made, unless a proxy is asked for.
    pub fn open(
        sshd: &Path,
        round_trip: Duration,
        rate: u64,
        is_proxy: bool,
    ) -> Result<Road, Failure> {
        match is_proxy || !Road::has_namespaces() {
            true => Road::by_proxy(sshd, round_trip, rate),
            false => Road::by_namespaces(sshd, round_trip, rate),
        }
    }

    /// Whether namespaces and a path between them can be made.
    fn has_namespaces() -> bool {
        let is_root = nix::unistd::getuid().is_root();
        is_root && Path::new("/dev/net/tun").exists() && ip(&["netns", "list"]).is_ok()
    }

    /// A namespace for each end.
    fn by_namespaces(sshd: &Path, round_trip: Duration, rate: u64) -> Result<Road, Failure> {
        let mut namespaces = Vec::new();
        let mut devices = Vec::new();
        for (end, address) in [("s", SERVER), ("c", CLIENT)] {
            let name = format!("tessh-bench-{}-{end}", std::process::id());
            ip(&["netns", "add", &name])?;
            namespaces.push(Owned(Namespace(name.clone())));
            let device = format!("tb{}{end}", std::process::id());
            devices.push(Delay::device(&device)?);
            let address = format!("{address}/24");
            ip(&["link", "set", &device, "netns", &name])?;
            ip(&["-n", &name, "addr", "add", &address, "dev", &device])?;
            ip(&["-n", &name, "link", "set", "lo", "up"])?;
            let up = ["link", "set", &device, "up", "mtu", "1500", "txqueuelen", "20000"];
            ip(&[&["-n", &name], &up[..]].concat())?;
            set(&name, "tcp_congestion_control", CONGESTION)?;
        }
        let delay = Delay::between(devices, round_trip / 2, rate);
        let site = Site::open_at(sshd, SERVER, Some(&namespaces[0].0))?;
        Ok(Road { site, way: Way::Namespaces { _delay: delay }, namespaces })
    }

    /// A proxy on loopback.
    fn by_proxy(sshd: &Path, round_trip: Duration, rate: u64) -> Result<Road, Failure> {
        let site = Site::open(sshd)?;
        let link = Link::open(site.port, round_trip, rate)?;
        Ok(Road { site, way: Way::Proxy(link), namespaces: Vec::new() })
    }

    /// In one line.
    pub fn what(&self) -> String {
        match self.way {
            Way::Namespaces { .. } => format!("between two network namespaces, {CONGESTION}"),
            Way::Proxy(_) => "a proxy, which TCP does not feel".to_owned(),
        }
    }

    /// The buffers that can be set.
    pub fn buffers(&self) -> &'static [Buffers] {
        match self.way {
            Way::Namespaces { .. } => &[Buffers::Default, Buffers::Large],
            Way::Proxy(_) => &[Buffers::Default],
        }
    }

    /// Sets the buffers of both ends.
    pub fn set(&self, buffers: Buffers) -> Result<(), Failure> {
        let (receive, send) = buffers.most();
        for Owned(Namespace(name)) in &self.namespaces {
            set(name, "tcp_rmem", &format!("4096 131072 {receive}"))?;
            set(name, "tcp_wmem", &format!("4096 16384 {send}"))?;
        }
        Ok(())
    }

    /// Where a client stands and what it connects to.
    pub fn place(&self) -> Place<'_> {
        match (&self.way, &self.namespaces[..]) {
            (Way::Proxy(link), _) => Place { port: link.port, ..self.site.place() },
            (_, ends) => Place {
                namespace: ends.last().map(|end| &end.0),
                address: SERVER,
                port: self.site.port,
            },
        }
    }
}

fn set(namespace: &str, name: &str, value: &str) -> Result<(), Failure> {
    let place = format!("/proc/sys/net/ipv4/{name}");
    let script = "echo \"$1\" > \"$0\"";
    ip(&["netns", "exec", namespace, "/bin/sh", "-c", script, &place, value])
}

fn ip(args: &[&str]) -> Result<(), Failure> {
    let output = Command::new("ip").args(args).output().map_err(|error| format!("ip: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let words = String::from_utf8_lossy(&output.stderr);
            Err(format!("ip {}: {}", args.join(" "), words.trim()))
        }
    }
}
