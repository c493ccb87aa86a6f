//! Local and dynamic forwards: listens on this side and opens a channel for each connection (RFC
//! 4254 section 7.2, OpenSSH's PROTOCOL section 2.4 for Unix sockets).

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use log::{debug, error, info};
use tokio::net::TcpListener;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::client::flow::endpoint::{TunnelOrigin, target};
use crate::client::flow::socket::LocalSocket;
use crate::client::flow::socks::{MAX_REQUEST, NEGOTIATION, Socks, SocksStep};
use crate::client::forward::link::ChannelOpener;
use crate::client::forward::settings::ForwardSettings;
use crate::config::AddressFamily;
use crate::config::{Connect, Forward, Listen};
use crate::error::{Error, Kind, io_reason};
use crate::os::local::LocalListener;
use crate::os::shortage::Shortage;
use crate::os::tcp;
use crate::say;
use crate::text;

/// How many connections may wait to be accepted, as in ssh.
const BACKLOG: i32 = 128;
/// The pause after accepting has failed, for example because no descriptor was free.
const PAUSE: Duration = Duration::from_secs(1);

/// The addresses for everybody: those of both families.
const EVERYWHERE: [IpAddr; 2] =
    [IpAddr::V6(Ipv6Addr::UNSPECIFIED), IpAddr::V4(Ipv4Addr::UNSPECIFIED)];
/// The addresses for this machine itself, in the order in which getaddrinfo(3) has them: a failure
/// of the last one is an error.
const LOOPBACK: [IpAddr; 2] = [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];

/// The listener of a forward. Dropping it stops the listening; open connections continue.
pub(crate) struct Listening {
    tasks: Vec<JoinHandle<()>>,
    path: Option<PathBuf>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        if let Some(path) = &self.path {
            let _ = fs::remove_file(path);
        }
    }
}

impl Listening {
    /// Stops listening, and returns once the sockets are closed.
    pub(crate) async fn stop(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            // The aborted task has closed its socket.
            let _ = task.await;
        }
    }
}

/// Starts to listen; `None` if that is not possible, which has been reported.
pub(crate) async fn listen(
    link: &ChannelOpener,
    settings: &ForwardSettings,
    forward: &Forward,
) -> Option<Listening> {
    match &forward.listen {
        Listen::Tcp { host, port } => {
            let addresses = addresses(host.as_deref(), *port, settings).await?;
            let tasks = bind_all(&addresses, *port)
                .into_iter()
                .map(|listener| tokio::spawn(accept_tcp(listener, link.clone(), forward.clone())))
                .collect::<Vec<_>>();
            if tasks.is_empty() {
                error!("{}", say!(forward_cannot_listen_port, port));
                return None;
            }
            Some(Listening { tasks, path: None })
        }
        Listen::Path(path) => {
            let path = PathBuf::from(path);
            let listener = bind_path(&path, settings)?;
            debug!("Local forwarding listening on path {}.", text::path(&path));
            let task = tokio::spawn(accept_local(listener, link.clone(), forward.clone()));
            Some(Listening { tasks: vec![task], path: Some(path) })
        }
    }
}

/// The addresses to listen on; a name that cannot be resolved has been reported.
async fn addresses(
    host: Option<&str>,
    port: u16,
    settings: &ForwardSettings,
) -> Option<Vec<SocketAddr>> {
    let both = |all: [IpAddr; 2]| all.map(|address| SocketAddr::new(address, port)).to_vec();
    let mut found: Vec<SocketAddr> = match host {
        None if settings.gateway_ports => both(EVERYWHERE),
        Some("" | "*") => both(EVERYWHERE),
        // As in ssh, whatever the name service says of `localhost`.
        None | Some("localhost") => both(LOOPBACK),
        Some(name) => match tokio::net::lookup_host((name, port)).await {
            Ok(found) => found.collect(),
            Err(why) => {
                let (name, why) = (text::line(name, 255), io_reason(&why));
                error!("{}", say!(forward_cannot_resolve_listen, name, why));
                return None;
            }
        },
    };
    found.retain(|address| match settings.family {
        AddressFamily::Any => true,
        AddressFamily::Inet => address.is_ipv4(),
        AddressFamily::Inet6 => address.is_ipv6(),
    });
    let mut distinct = Vec::new();
    found.retain(|address| {
        let new = !distinct.contains(address);
        distinct.push(*address);
        new
    });
    Some(found)
}

/// Listens on every address that works. Where one does not exist here, because the machine lacks
/// its family, this is an error only if it is the last, as in ssh. Another failure is told always:
/// a client that tries that address first would reach whoever listens there.
fn bind_all(addresses: &[SocketAddr], port: u16) -> Vec<TcpListener> {
    let mut listeners = Vec::new();
    for (index, &address) in addresses.iter().enumerate() {
        match tcp::listen(address, BACKLOG) {
            Ok(listener) => {
                debug!("Local forwarding listening on {} port {port}.", address.ip());
                listeners.push(listener);
            }
            Err(why) => {
                let is_missing = tcp::lacks_address(&why);
                let (ip, why) = (address.ip(), io_reason(&why));
                let line = say!(forward_bind_failed, ip, port, why);
                match is_missing && index + 1 < addresses.len() {
                    true => info!("{line}"),
                    false => error!("{line}"),
                }
            }
        }
    }
    listeners
}

fn bind_path(path: &Path, settings: &ForwardSettings) -> Option<LocalListener> {
    if settings.bind_unlink {
        let _ = fs::remove_file(path);
    }
    match LocalListener::bind(path, settings.bind_mask, BACKLOG) {
        Ok(listener) => Some(listener),
        Err(why) => {
            let (path, why) = (text::path(path), io_reason(&why));
            error!("{}", say!(forward_cannot_bind_path, path, why));
            None
        }
    }
}

async fn accept_tcp(listener: TcpListener, link: ChannelOpener, forward: Forward) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => accepted(&link, &forward, LocalSocket::tcp(stream)),
            Err(why) => pause(&why).await,
        }
    }
}

async fn accept_local(listener: LocalListener, link: ChannelOpener, forward: Forward) {
    loop {
        match listener.accept().await {
            Ok(stream) => accepted(&link, &forward, LocalSocket::Local(stream)),
            Err(why) => pause(&why).await,
        }
    }
}

async fn pause(why: &io::Error) {
    let cause = say!(forward_cannot_accept, why = io_reason(why));
    let error = Error::new(Kind::Local, cause);
    let error = match Shortage::of(why) {
        Some(Shortage::Descriptors) => error.hint(say!(forward_cannot_accept_many_hint)),
        _ => error.hint(say!(forward_cannot_accept_hint)),
    };
    error!("{error}");
    sleep(PAUSE).await;
}

fn accepted(link: &ChannelOpener, forward: &Forward, line: LocalSocket) {
    let Some(seat) = link.seats.take(&link.lanes.complaints) else { return };
    let (link, forward) = (link.clone(), forward.clone());
    tokio::spawn(async move {
        match &forward.connect {
            Connect::Socks => dynamic(&link, &forward.listen, line, seat).await,
            to => {
                debug!("Connection to {} forwarding to {} requested.", forward.listen, target(to));
                if let Some(tunnel) =
                    link.open(to, TunnelOrigin::Listening(&forward.listen), Some(&line), seat).await
                {
                    tunnel.run(line, BytesMut::new()).await;
                }
            }
        }
    });
}

/// Serves a dynamic forward: negotiates the target with the client, then connects it.
async fn dynamic(
    link: &ChannelOpener,
    listen: &Listen,
    line: LocalSocket,
    seat: OwnedSemaphorePermit,
) {
    let mut early = BytesMut::with_capacity(MAX_REQUEST);
    let mut socks = Socks::default();
    let asked = timeout(NEGOTIATION, negotiate(&line, &mut socks, &mut early)).await;
    let to = match asked {
        Ok(Ok(to)) => to,
        Ok(Err(why)) => return debug!("dynamic forward: {why}"),
        Err(_) => return debug!("dynamic forward: the client did not say where to"),
    };
    debug!("Connection to {listen} forwarding to {} requested.", target(&to));
    let tunnel = link.open(&to, TunnelOrigin::Listening(listen), Some(&line), seat).await;
    if line.write_all(&socks.answer(tunnel.is_some())).await.is_err() {
        if let Some(tunnel) = tunnel {
            tunnel.close(false).await;
        }
        return;
    }
    if let Some(tunnel) = tunnel {
        tunnel.run(line, early).await;
    }
}

async fn negotiate(
    line: &LocalSocket,
    socks: &mut Socks,
    early: &mut BytesMut,
) -> Result<Connect, String> {
    loop {
        match socks.next(early) {
            SocksStep::More => {
                if line.read(early).await.map_err(|why| why.to_string())? == 0 {
                    return Err("the client went away".to_owned());
                }
            }
            SocksStep::Answer(used, answer) => {
                early.advance(used);
                line.write_all(&answer).await.map_err(|why| why.to_string())?;
            }
            SocksStep::Connect(used, to) => {
                early.advance(used);
                return Ok(to);
            }
            SocksStep::Refuse(answer, why) => {
                let _ = line.write_all(&answer).await;
                return Err(why.to_owned());
            }
        }
    }
}
