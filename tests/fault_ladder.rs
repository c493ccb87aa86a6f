//! The ladder of faults: what goes wrong around the program rather than in what a server says:
//! streams, disks, limits, signals, the terminal, the path to the server. Each is a clear line, or
//! none is needed; nothing is lost, and nothing keeps the processor busy.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "fault_ladder/algorithms.rs"]
mod algorithms;
#[path = "fault_ladder/disks.rs"]
mod disks;
#[path = "fault_ladder/files.rs"]
mod files;
#[path = "fault_ladder/flooded.rs"]
mod flooded;
#[path = "fault_ladder/forwards.rs"]
mod forwards;
mod lab;
#[path = "fault_ladder/limits.rs"]
mod limits;
#[path = "fault_ladder/network.rs"]
mod network;
#[path = "fault_ladder/places.rs"]
mod places;
#[path = "fault_ladder/signals.rs"]
mod signals;
#[path = "fault_ladder/streams.rs"]
mod streams;
#[path = "fault_ladder/terminal_gone.rs"]
mod terminal_gone;

use std::fs;
use std::path::Path;
use std::time::Duration;

use lab::{Bed, DemoBed, Home, Run, TESSH};

/// Ample for what ends at once, on a loaded machine.
const SOON: Duration = Duration::from_secs(12);
/// The processor time that waiting and ending may take, of a debug build.
const IDLE: Duration = Duration::from_secs(3);

/// The program with these words, started by a shell that does this first, such as `ulimit -n 20`.
fn after(home: &Home, first: &str, words: &[&str]) -> Run {
    let script = format!("{first}\nexec \"$0\" \"$@\"");
    home.run(Path::new("/bin/sh"), &[&["-c", &script, TESSH], words].concat()).deadline(SOON)
}

/// The same with this redirection, such as `>/dev/full`.
fn with(home: &Home, redirection: &str, words: &[&str]) -> Run {
    let script = format!("exec \"$0\" \"$@\" {redirection}");
    home.run(Path::new("/bin/sh"), &[&["-c", &script, TESSH], words].concat()).deadline(SOON)
}

/// The processor time that a process has used, and whether it is over. It may be a zombie.
fn used(pid: u32) -> (Duration, bool) {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return (Duration::ZERO, true);
    };
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().unwrap()).sum();
    // The kernel tells hundredths of a second.
    (Duration::from_millis(ticks * 10), fields[0] == "Z")
}

/// A server with files, a home that knows it as `srv`, and a key that it takes.
fn files_bed() -> Bed {
    let bed = Bed::new(&["Subsystem sftp /usr/lib/openssh/sftp-server"]);
    let block = bed.host_block("srv", &["PreferredAuthentications publickey"]);
    bed.home.write(".ssh/config", &block);
    bed
}

/// Words of a login to the demo server: these options, then a command.
fn words(bed: &DemoBed, options: &[&str], command: &[&str]) -> Vec<String> {
    bed.words(&[&["-o", "BatchMode=yes"], options].concat(), command)
}
