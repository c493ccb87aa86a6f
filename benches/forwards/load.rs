//! What forwards of a session do meanwhile: flood in either direction, and stall.
//!
//! Both ends of every forwarded connection are here: the one that the client listens for, and
//! the one that sshd connects to. What floods is written as fast as it is taken, and read at
//! once; what stalls is written the same way, and never read.

use crate::front::Failure;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Written and read at once.
const CHUNK: usize = 64 * 1024;
/// For a forwarded connection to stand.
const DEADLINE: Duration = Duration::from_secs(15);
/// A load runs for so long before the first key: windows and buffers are full by then.
const BUILD_UP: Duration = Duration::from_millis(500);

/// What goes on beside the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// Nothing.
    Quiet,
    /// A forward brings as much as it can.
    Download,
    /// A forward takes as much as it can.
    Upload,
    /// A forward brings as much as it can, and nobody reads it.
    Stalled,
    /// One floods while another stalls.
    Both,
}

impl Load {
    /// In the order measured.
    pub const ALL: [Load; 5] =
        [Load::Quiet, Load::Download, Load::Upload, Load::Stalled, Load::Both];

    /// As it is shown.
    pub fn name(self) -> &'static str {
        match self {
            Load::Quiet => "none",
            Load::Download => "download floods",
            Load::Upload => "upload floods",
            Load::Stalled => "one stalls",
            Load::Both => "one floods, one stalls",
        }
    }

    /// Whether there is something whose speed can be told.
    pub fn floods(self) -> bool {
        matches!(self, Load::Download | Load::Upload | Load::Both)
    }
}

/// A forward: where the client listens, and what it leads to.
pub struct Forward {
    /// On 127.0.0.1.
    pub port: u16,
    /// sshd connects to this.
    pub target: TcpListener,
}

impl Forward {
    /// A listener for the far end and a free port for the near one.
    pub fn new() -> Result<Forward, Failure> {
        let said = |error: std::io::Error| error.to_string();
        let target = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(said)?;
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(said)?;
        Ok(Forward { port: free.local_addr().map_err(said)?.port(), target })
    }

    /// As `-L` takes it.
    pub fn spec(&self) -> Result<String, Failure> {
        let target = self.target.local_addr().map_err(|error| error.to_string())?;
        Ok(format!("127.0.0.1:{}:127.0.0.1:{}", self.port, target.port()))
    }

    /// A connection through it: the near end and the far one.
    fn connect(&self) -> Result<(TcpStream, TcpStream), Failure> {
        let until = Instant::now() + DEADLINE;
        let near = loop {
            match TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
                Ok(near) => break near,
                Err(error) if Instant::now() > until => return Err(error.to_string()),
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let (far, _) = self.target.accept().map_err(|error| error.to_string())?;
        Ok((near, far))
    }
}

/// A load that goes on until it is dropped.
pub struct Running {
    passed: Arc<AtomicU64>,
    ends: Vec<TcpStream>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts a load and lets it build up.
    pub fn start(load: Load, forward: &Forward) -> Result<Running, Failure> {
        let mut running = Running { passed: Arc::default(), ends: Vec::new(), threads: Vec::new() };
        if matches!(load, Load::Download | Load::Both) {
            let (near, far) = forward.connect()?;
            running.flood(far, near)?;
        }
        if load == Load::Upload {
            let (near, far) = forward.connect()?;
            running.flood(near, far)?;
        }
        if matches!(load, Load::Stalled | Load::Both) {
            let (near, far) = forward.connect()?;
            running.write(far)?;
            running.ends.push(near);
        }
        std::thread::sleep(BUILD_UP);
        Ok(running)
    }

    /// Bytes that have come through, and when.
    pub fn passed(&self) -> (u64, Instant) {
        (self.passed.load(Ordering::Relaxed), Instant::now())
    }

    /// Bytes and seconds since then.
    pub fn since(&self, (passed, at): (u64, Instant)) -> (u64, f64) {
        (self.passed().0 - passed, at.elapsed().as_secs_f64())
    }

    fn flood(&mut self, from: TcpStream, to: TcpStream) -> Result<(), Failure> {
        self.write(from)?;
        let mut reader = to.try_clone().map_err(|error| error.to_string())?;
        let passed = Arc::clone(&self.passed);
        self.ends.push(to);
        self.threads.push(std::thread::spawn(move || {
            let mut buffer = vec![0; CHUNK];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                passed.fetch_add(count as u64, Ordering::Relaxed);
            }
        }));
        Ok(())
    }

    fn write(&mut self, stream: TcpStream) -> Result<(), Failure> {
        let mut writer = stream.try_clone().map_err(|error| error.to_string())?;
        self.ends.push(stream);
        self.threads.push(std::thread::spawn(move || {
            let zeros = vec![0; CHUNK];
            while writer.write_all(&zeros).is_ok() {}
        }));
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for end in &self.ends {
            let _ = end.shutdown(Shutdown::Both);
        }
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}
