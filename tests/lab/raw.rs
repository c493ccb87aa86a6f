//! A server made by hand that sends any bytes, for what no real server does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// A loopback listener that runs a closure for each connection; it ends when dropped.
pub struct RawServer {
    port: u16,
    stop: Arc<AtomicBool>,
    connections: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// Starts a server that gives each connection to `serve`, on a thread of its own.
pub fn raw_server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> RawServer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, connections) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (stopping, counting) = (stop.clone(), connections.clone());
    let thread = std::thread::spawn(move || {
        let serve = Arc::new(serve);
        let mut threads = Vec::new();
        for stream in listener.incoming() {
            if stopping.load(Ordering::SeqCst) {
                break;
            }
            let stream = stream.unwrap();
            counting.fetch_add(1, Ordering::SeqCst);
            let open = Arc::new(Mutex::new(Some(stream.try_clone().unwrap())));
            let (closing, serve) = (open.clone(), serve.clone());
            let thread = std::thread::spawn(move || {
                serve(stream);
                // The connection closes when the last of its two descriptors does.
                drop(closing.lock().unwrap().take());
            });
            threads.push((open, thread));
        }
        for (open, thread) in threads {
            if let Some(stream) = open.lock().unwrap().as_ref() {
                // Wakes a closure that still reads or writes; fails when the client is gone.
                let _ = stream.shutdown(Shutdown::Both);
            }
            let _ = thread.join();
        }
    });
    RawServer { port, stop, connections, thread: Some(thread) }
}

impl RawServer {
    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many connections it has had.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A packet before encryption (RFC 4253 section 6), padded to eight bytes.
pub fn packet(payload: &[u8]) -> Vec<u8> {
    let padding = 8 - (payload.len() + 5) % 8;
    let padding = if padding < 4 { padding + 8 } else { padding };
    let length = u32::try_from(payload.len() + padding + 1).unwrap();
    let mut packet = length.to_be_bytes().to_vec();
    packet.push(u8::try_from(padding).unwrap());
    packet.extend_from_slice(payload);
    packet.resize(packet.len() + padding, 0);
    packet
}

/// A KEXINIT payload (RFC 4253 section 7.1) that offers these algorithms, each a name-list:
/// key exchange, host key, cipher, MAC, compression.
pub fn kexinit(kex: &str, host_key: &str, cipher: &str, mac: &str, compression: &str) -> Vec<u8> {
    let mut payload = vec![20];
    payload.extend_from_slice(&[7; 16]);
    for list in [kex, host_key, cipher, cipher, mac, mac, compression, compression, "", ""] {
        payload.extend_from_slice(&u32::try_from(list.len()).unwrap().to_be_bytes());
        payload.extend_from_slice(list.as_bytes());
    }
    payload.extend_from_slice(&[0; 5]);
    payload
}

/// Reads until the client has nothing more to say.
pub fn drain(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer), Ok(1..)) {}
}

/// Sends this, closes its side properly and waits for the client to leave: a server that
/// closes with unread input would send a reset, and the client might lose what came before.
pub fn say_and_leave(mut stream: TcpStream, bytes: &[u8]) {
    send(&mut stream, bytes);
    let _ = stream.shutdown(Shutdown::Write);
    drain(&mut stream);
}

/// Sends what can be sent; a client that has left is no matter.
pub fn send(stream: &mut TcpStream, bytes: &[u8]) -> bool {
    stream.write_all(bytes).is_ok()
}

/// The next packet's payload before encryption; `None` where the client has left.
pub fn next_payload(reader: &mut impl Read) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    reader.read_exact(&mut length).ok()?;
    let mut packet = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
    reader.read_exact(&mut packet).ok()?;
    Some(packet[1..packet.len() - usize::from(packet[0])].to_vec())
}

/// A string (RFC 4251 section 5).
pub fn ssh_string(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

/// A server that greets, exchanges KEXINITs, and answers each further message of the client with
/// the next of these payloads.
pub fn exchanging(kexinit: Vec<u8>, answers: Vec<Vec<u8>>) -> RawServer {
    raw_server(move |mut stream| {
        send(&mut stream, b"SSH-2.0-hostile_1.0\r\n");
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let _ = reader.read_line(&mut String::new());
        send(&mut stream, &packet(&kexinit));
        // The client's KEXINIT.
        let mut came = next_payload(&mut reader);
        for answer in &answers {
            came = came.and_then(|_| next_payload(&mut reader));
            if came.is_none() {
                return;
            }
            send(&mut stream, &packet(answer));
        }
        while next_payload(&mut reader).is_some() {}
    })
}
