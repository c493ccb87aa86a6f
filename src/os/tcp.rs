//! What TCP sockets can do beyond the standard library: listening exactly as ssh(1) does, keepalive
//! probes, the marking of packets, an interface to leave by.

use std::io;
use std::net::{Shutdown, SocketAddr};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Listens at an address, at once after somebody else has, and with IPv6 for IPv6 alone.
/// `backlog` is how many connections may wait to be accepted.
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

/// Has the connection leave by this network interface (BindInterface). Only Linux can; elsewhere
/// nothing happens.
///
/// # Errors
/// There is no such interface, or it may not be chosen.
#[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
pub fn bind_interface(socket: &TcpSocket, interface: &str) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    SockRef::from(socket).bind_device(Some(interface.as_bytes()))?;
    Ok(())
}

/// Marks the packets of a connection to this address: the byte of the IP header (IPQoS).
///
/// # Errors
/// The system does not let us.
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

/// Asks the system to acknowledge what was just received without delay. Only Linux can, and
/// forgets it with the next read.
#[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
pub fn acknowledge_at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _ = SockRef::from(stream).set_tcp_quickack(true);
}

/// Tells the other side that nothing more is written.
///
/// # Errors
/// The other side has gone.
pub fn shut_down_writing(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).shutdown(Shutdown::Write)
}
