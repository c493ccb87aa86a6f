//! Finds the lines of a file that name a host. A hashed name costs four rounds of SHA-1, so a file
//! with a hundred thousand of them is divided among the processor's cores.

use std::thread;

use super::index::IndexedFile;
use crate::trust::line::Marker;
use crate::trust::pattern::{self, Keyed, Sought};

/// The fewest lines for which threads are used: fewer are searched in less time than threads take
/// to start and end.
const SHARED_FROM: usize = 8192;

/// The most threads: more would wait for memory and for each other's start.
const THREADS_MAX: usize = 8;

/// A line that names the host.
pub(super) struct Hit {
    /// The index of the name that the line matches.
    pub(super) name: usize,
    /// The index of the line among those of the file.
    pub(super) entry: usize,
    /// Its marker.
    pub(super) marker: Marker,
}

/// The lines that match one of the names, in the file's order.
pub(super) fn hits(file: &IndexedFile, names: &[&str]) -> Vec<Hit> {
    let hashes: Vec<Sought> = names.iter().map(|name| Sought::new(name)).collect();
    let entries = &file.starts;
    let search = |from: usize, starts: &[u32]| {
        let mut hits = Vec::new();
        for (at, &start) in starts.iter().enumerate() {
            let (marker, hosts) = file.head(start);
            of_line(hosts, (names, &hashes), |name| {
                hits.push(Hit { name, entry: from + at, marker });
            });
        }
        hits
    };
    if entries.len() < SHARED_FROM {
        return search(0, entries);
    }
    let cores = thread::available_parallelism().map_or(1, |count| count.get().min(THREADS_MAX));
    if cores == 1 {
        return search(0, entries);
    }
    let share = entries.len().div_ceil(cores);
    thread::scope(|scope| {
        let search = &search;
        let others: Vec<_> = (1..cores)
            .filter_map(|index| {
                let from = index * share;
                let part = entries.get(from..entries.len().min(from + share))?;
                let work = move || search(from, part);
                // If no thread can be started, this one searches the part itself.
                Some((from, part, thread::Builder::new().spawn_scoped(scope, work).ok()))
            })
            .collect();
        let mut hits = search(0, &entries[..share]);
        for (from, part, thread) in others {
            let found = thread.and_then(|thread| thread.join().ok());
            hits.extend(found.unwrap_or_else(|| search(from, part)));
        }
        hits
    })
}

fn of_line(hosts: &[u8], (names, hashes): (&[&str], &[Sought]), mut found: impl FnMut(usize)) {
    match pattern::salt(hosts) {
        Some(salt) => {
            let keyed = Keyed::new(&salt);
            let is_named = |sought: &Sought| pattern::matches_keyed(hosts, &keyed, sought);
            hashes.iter().enumerate().filter(|(_, it)| is_named(it)).for_each(|(at, _)| found(at));
        }
        None => {
            let is_named = |name: &str| pattern::matches_field(hosts, name);
            names.iter().enumerate().filter(|(_, it)| is_named(it)).for_each(|(at, _)| found(at));
        }
    }
}
