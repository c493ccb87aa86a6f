//! Each body of `fuzz_bodies` on what its target in `fuzz/` begins with, on any bytes, on changed
//! inputs, and on much of the same: no reader panics, breaks a promise, or takes long.
#![allow(clippy::unwrap_used, clippy::panic)]

mod fuzz_bodies;

use std::path::Path;
use std::time::Duration;

use fuzz_bodies::{ALL, Fuzzed};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

/// An input that keeps the processor busy for longer has no bound; an optimised build takes a tenth
/// of the time.
const LONG: Duration = Duration::from_secs(10);
/// Inputs for a body in each test; a conversation is some hundred times as much work.
const CASES: u32 = 100;

/// What a target begins with.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

fn run(fuzzed: &Fuzzed, input: &[u8]) {
    let start = busy();
    (fuzzed.run)(&input[..input.len().min(fuzzed.most)]);
    let took = busy() - start;
    let shown = &input[..input.len().min(80)];
    assert!(took < LONG, "{}: {took:?} for {} ...", fuzzed.name, shown.escape_ascii());
}

/// How long this thread has had the processor: what else runs on the machine does not count.
fn busy() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

fn cases(fuzzed: &Fuzzed) -> TestRunner {
    let cases = if fuzzed.name == "conversation" { CASES / 4 } else { CASES };
    let failure_persistence = None;
    TestRunner::new(Config { cases, failure_persistence, ..Config::default() })
}

/// A change of an input.
#[derive(Clone, Debug)]
enum Change {
    Byte(Index, u8),
    Number(Index, u32),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    End(Index),
    Other(Index, Index),
}

impl Change {
    fn any() -> impl Strategy<Value = Change> {
        let number = prop_oneof![
            Just(0),
            Just(1),
            Just(u32::MAX),
            Just(u32::MAX / 2),
            any::<u8>().prop_map(u32::from),
            any::<u32>(),
        ];
        prop_oneof![
            4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
            2 => (any::<Index>(), number).prop_map(|(at, number)| Change::Number(at, number)),
            2 => (any::<Index>(), proptest::collection::vec(any::<u8>(), 1..20))
                .prop_map(|(at, bytes)| Change::Insert(at, bytes)),
            2 => (any::<Index>(), 1_usize..40).prop_map(|(at, length)| Change::Remove(at, length)),
            2 => (any::<Index>(), 1_usize..200, 1_usize..40)
                .prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
            1 => any::<Index>().prop_map(Change::End),
            1 => any::<(Index, Index)>().prop_map(|(seed, at)| Change::Other(seed, at)),
        ]
    }

    fn made(&self, input: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let place = |at: &Index| at.index(input.len() + 1);
        match self {
            Change::Byte(at, byte) => {
                let at = place(at);
                if let Some(place) = input.get_mut(at) {
                    *place = *byte;
                }
            }
            Change::Number(at, number) => {
                let at = place(at);
                let end = input.len().min(at + 4);
                input.splice(at..end, number.to_be_bytes());
            }
            Change::Insert(at, bytes) => {
                let at = place(at);
                input.splice(at..at, bytes.iter().copied());
            }
            Change::Remove(at, length) => {
                let at = place(at);
                let end = input.len().min(at + length);
                input.drain(at..end);
            }
            Change::Repeat(at, length, times) => {
                let at = place(at);
                let end = input.len().min(at + length);
                let more = input[at..end].repeat(*times);
                input.splice(end..end, more);
            }
            Change::End(at) => input.truncate(place(at)),
            Change::Other(seed, at) => {
                let at = place(at);
                input.truncate(at);
                let other = &seeds[seed.index(seeds.len())];
                input.extend_from_slice(&other[at.min(other.len())..]);
            }
        }
    }
}

#[test]
fn what_targets_begin_with_is_read() {
    for fuzzed in ALL {
        run(fuzzed, b"");
        seeds(fuzzed.name).iter().for_each(|seed| run(fuzzed, seed));
    }
}

#[test]
fn any_bytes_are_read_or_refused() {
    for fuzzed in ALL {
        let bytes = proptest::collection::vec(any::<u8>(), 0..600);
        let ran = cases(fuzzed).run(&bytes, |bytes| {
            run(fuzzed, &bytes);
            Ok(())
        });
        ran.unwrap_or_else(|error| panic!("{}: {error}", fuzzed.name));
    }
}

#[test]
fn changed_inputs_are_read_or_refused() {
    for fuzzed in ALL {
        let seeds = seeds(fuzzed.name);
        let changes = (any::<Index>(), proptest::collection::vec(Change::any(), 1..12));
        let ran = cases(fuzzed).run(&changes, |(seed, changes)| {
            let mut input = seeds[seed.index(seeds.len())].clone();
            changes.iter().for_each(|change| change.made(&mut input, &seeds));
            run(fuzzed, &input);
            Ok(())
        });
        ran.unwrap_or_else(|error| panic!("{}: {error}", fuzzed.name));
    }
}

#[test]
fn much_of_the_same_costs_no_more_than_its_size() {
    let pieces: [&[u8]; 14] = [
        b"[",
        b"(",
        b"!",
        b"\"",
        b"*",
        b"a ",
        b"a,",
        b"\n",
        b"=\n",
        b"\\",
        b"\x1b[",
        b"\xff",
        b"\0\0\0\0",
        b"\0\0\0\x01a",
    ];
    for fuzzed in ALL.iter().filter(|it| it.name != "conversation") {
        let seeds = seeds(fuzzed.name);
        for (number, piece) in pieces.iter().enumerate() {
            // Behind the whole of a good input, and in the middle of it.
            let seed = &seeds[number % seeds.len()];
            for start in [seed.len(), seed.len() / 2] {
                let count = fuzzed.most.saturating_sub(seed.len()) / piece.len();
                let much = [&seed[..start], &piece.repeat(count), &seed[start..]].concat();
                run(fuzzed, &much);
            }
        }
        for seed in seeds.iter().take(3) {
            run(fuzzed, &seed.repeat(1 + fuzzed.most / seed.len().max(1)));
        }
    }
}
