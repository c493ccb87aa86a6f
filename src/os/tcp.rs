//! Features of TCP sockets that the standard library lacks: listening exactly as ssh(1) does,
//! keepalive probes, marking packets, and binding to an interface.

use std::io;
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Listens at an address, even shortly after another listener closed, and on an IPv6 address for
/// IPv6 only. `backlog` is how many connections may wait to be accepted.
///
/// # Errors
/// The address is in use or not this machine's.
pub fn listen(address: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(backlog)?;
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket.into())
}

/// Whether an address could not be listened at because this machine lacks it, or its family.
pub fn lacks_address(error: &io::Error) -> bool {
    let family = [Errno::AFNOSUPPORT, Errno::PROTONOSUPPORT, Errno::PFNOSUPPORT];
    error.kind() == io::ErrorKind::AddrNotAvailable
        || Errno::from_io_error(error).is_some_and(|errno| family.contains(&errno))
}

/// Binds the connection to a network interface (BindInterface). Does nothing on systems other than
/// Linux.
///
/// # Errors
/// There is no such interface, or the process may not choose it.
#[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
pub fn bind_interface(socket: &TcpSocket, interface: &str) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    SockRef::from(socket).bind_device(Some(interface.as_bytes()))?;
    Ok(())
}

/// Marks the packets of a connection to this address with a class in the IP header (IPQoS).
///
/// # Errors
/// The system refuses.
pub fn mark(socket: &TcpSocket, address: SocketAddr, class: u8) -> io::Result<()> {
    let socket = SockRef::from(socket);
    match address {
        SocketAddr::V4(_) => socket.set_tos_v4(class.into()),
        SocketAddr::V6(_) => socket.set_tclass_v6(class.into()),
    }
}

/// Switches keepalive probes on or off (TCPKeepAlive).
///
/// # Errors
/// The system's.
pub fn keep_alive(stream: &TcpStream, on: bool) -> io::Result<()> {
    SockRef::from(stream).set_keepalive(on)
}

/// Asks the system to acknowledge received data without delay. Only Linux can, and the request
/// lasts until the next read.
#[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
pub fn acknowledge_at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _ = SockRef::from(stream).set_tcp_quickack(true);
}

/// The most bytes that the system keeps of a connection for a reader, if it says so: to about this
/// much, and to no more, a connection's TCP window grows.
pub fn most_received() -> Option<u64> {
    let sizes = std::fs::read_to_string("/proc/sys/net/ipv4/tcp_rmem").ok()?;
    sizes.split_whitespace().nth(2)?.parse().ok()
}

/// Shuts down writing: the peer reads the end of the stream.
///
/// # Errors
/// The peer has gone.
pub fn shut_down_writing(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).shutdown(Shutdown::Write)
}

/// A second descriptor of a connection, by which the peer's end of it is seen while nobody reads.
#[derive(Debug)]
pub struct ConnectionWatch(OwnedFd);

impl ConnectionWatch {
    /// Watches this connection, which is not closed as long as the watch lives.
    ///
    /// # Errors
    /// The system has no free descriptor.
    pub fn of(stream: &TcpStream) -> io::Result<ConnectionWatch> {
        stream.as_fd().try_clone_to_owned().map(ConnectionWatch)
    }

    /// Whether the peer has closed its end, even if not everything that it sent has been read.
    pub fn is_closed(&self) -> bool {
        #[cfg(target_os = "linux")]
        let closed = PollFlags::RDHUP;
        #[cfg(not(target_os = "linux"))]
        let closed = PollFlags::HUP;
        let mut asked = [PollFd::new(&self.0, closed)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let all = closed | PollFlags::HUP | PollFlags::ERR;
        poll(&mut asked, Some(&now)).is_ok() && asked[0].revents().intersects(all)
    }
}
