//! What an open forward takes: memory, and time for a byte that goes there and comes back.

use crate::Idle;
use crate::front::loopback::echo;
use crate::front::{Failure, interrupt};
use crate::site::Site;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many are open at once.
const OPEN: [usize; 3] = [1, 10, 100];
/// How many bytes go there and come back, over all of them in turn.
const BYTES: usize = 5000;
/// For a byte to come back.
const DEADLINE: Duration = Duration::from_secs(15);

/// What a client took with so many open forwards.
pub struct Open {
    client: String,
    count: usize,
    /// Private memory for each of them, in KiB, beside that of the session.
    memory: f64,
    /// Time of the processor for a byte there and back, in microseconds.
    time: f64,
}

/// Measures each client with each number of open forwards, the clients in turn.
pub fn measure(site: &Site, clients: &[(String, PathBuf)]) -> Result<Vec<Open>, Failure> {
    let far = echo()?;
    let mut found = Vec::new();
    for count in OPEN {
        for (name, path) in clients {
            let socket = site.path(&format!("{name}.{count}"));
            let forward = format!("{}:127.0.0.1:{far}", socket.display());
            let idle = Idle::begin(site, path, &["-L".into(), forward.into()])?;
            let one = with(&idle, &socket, count).map_err(|why| format!("{name}: {why}"))?;
            found.push(Open { client: name.clone(), count, memory: one.0, time: one.1 });
        }
    }
    Ok(found)
}

/// The memory of each, in KiB, and the time of a byte, in microseconds.
fn with(idle: &Idle, socket: &Path, count: usize) -> Result<(f64, f64), Failure> {
    let said = |error: std::io::Error| error.to_string();
    let before = idle.private()?;
    let mut open = Vec::new();
    for _ in 0..count {
        let mut stream = UnixStream::connect(socket).map_err(said)?;
        stream.set_read_timeout(Some(DEADLINE)).map_err(said)?;
        there_and_back(&mut stream)?;
        open.push(stream);
    }
    let memory = (idle.private()? - before) / count as f64;
    let begun = idle.ran()?;
    for number in 0..BYTES {
        if number % 1000 == 0 {
            interrupt::check()?;
        }
        there_and_back(&mut open[number % count])?;
    }
    let took = idle.ran()? - begun;
    Ok((memory, took.as_secs_f64() * 1e6 / BYTES as f64))
}

fn there_and_back(stream: &mut UnixStream) -> Result<(), Failure> {
    let done = stream.write_all(b"x").and_then(|()| stream.read_exact(&mut [0]));
    done.map_err(|error| format!("a byte through a forward: {error}"))
}

/// The table, with its heading.
pub fn table(found: &[Open]) -> String {
    let mut text = String::from(
        "\n### Open forwards\n\n\
         | client | open | private KiB each | CPU us for a byte there and back | x ssh |\n\
         | --- | ---: | ---: | ---: | ---: |\n",
    );
    for one in found {
        let ssh =
            found.iter().find(|other| other.count == one.count).map_or(f64::NAN, |it| it.time);
        text.push_str(&format!(
            "| {} | {} | {:.1} | {:.1} | {:.2} |\n",
            one.client,
            one.count,
            one.memory,
            one.time,
            one.time / ssh,
        ));
    }
    text
}

/// The same for a program.
pub fn figures(found: &[Open]) -> Value {
    let all = found.iter().map(|one| {
        json!({
            "client": one.client,
            "open": one.count,
            "private_kib_each": one.memory,
            "cpu_us_per_byte_there_and_back": one.time,
        })
    });
    all.collect()
}
