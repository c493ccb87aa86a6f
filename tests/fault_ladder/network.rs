//! The path to the server: it drops everything, goes away, comes back; the client sleeps.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::lab::{Bed, DEADLINE, DemoBed, Running, strs, wait_until};
use super::{IDLE, SOON, used, words};

/// The server is given up after two of these.
const ALIVE: [&str; 4] = ["-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=2"];

/// A way to a port on which everything can be held up, so that nobody hears of it.
struct Way {
    port: u16,
    cut: Arc<AtomicBool>,
    pairs: Arc<Mutex<Vec<(TcpStream, TcpStream)>>>,
}

impl Way {
    fn to(port: u16) -> Way {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let way = Way {
            port: listener.local_addr().unwrap().port(),
            cut: Arc::default(),
            pairs: Arc::default(),
        };
        let (cut, pairs) = (way.cut.clone(), way.pairs.clone());
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let cut = cut.clone();
                    std::thread::spawn(move || pass(from, to, &cut));
                }
                pairs.lock().unwrap().push((near, far));
            }
        });
        way
    }

    /// Loses everything from now on, without a word to either end.
    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    /// What the other end of an address that has changed, or of a machine that was started anew,
    /// answers.
    fn reset(&self) {
        for (near, far) in self.pairs.lock().unwrap().drain(..) {
            socket2::SockRef::from(&near).set_linger(Some(Duration::ZERO)).unwrap();
            // Both threads have a descriptor of it, too: the last of them to close resets it.
            let _ = (near.shutdown(Shutdown::Read), far.shutdown(Shutdown::Both));
        }
    }

    /// The server's end closes properly.
    fn close(&self) {
        for (near, _) in self.pairs.lock().unwrap().iter() {
            let _ = near.shutdown(Shutdown::Write);
        }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        for (near, far) in self.pairs.lock().unwrap().iter() {
            let _ = (near.shutdown(Shutdown::Both), far.shutdown(Shutdown::Both));
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, cut: &AtomicBool) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if !cut.load(Ordering::SeqCst) && to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
}

/// A session over a way, once its program has begun.
fn begun(bed: &DemoBed, way: &Way, options: &[&str], command: &str) -> Running {
    let known = bed.demo.known_hosts().replace(&bed.demo.port(), &way.port.to_string());
    bed.home.write(".ssh/known_hosts", &known);
    let port = bed.demo.port();
    let mut words = words(bed, options, &[&format!("echo begun; {command}")]);
    words.iter_mut().filter(|word| **word == port).for_each(|word| *word = way.port.to_string());
    let mut running = bed.home.tessh(&strs(&words)).start();
    let mut out = BufReader::new(running.stdout());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert_eq!(line, "begun\n", "{}", running.said());
    // Read on, so that the program's own output has somewhere to go.
    std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    running
}

/// Its end: in time, with one line that has these words, and without work for the processor.
#[track_caller]
fn ends_with(mut running: Running, within: Duration, words: &[&str]) {
    let start = Instant::now();
    let pid = running.id();
    let mut last = Duration::ZERO;
    super::lab::wait_within(within, "the program is over", || {
        let (now, over) = used(pid);
        last = last.max(now);
        over
    });
    let (code, said) = running.ended();
    assert_eq!(code, Some(255), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("tessh: "), "{said}");
    for word in words {
        assert!(said.contains(word), "no {word:?} in {said}");
    }
    assert!(last < IDLE, "{last:?} of the processor in {:?}", start.elapsed());
}

/// What is said of a server that does not answer any more.
const SILENT: [&str; 2] = ["not responding", "ServerAliveInterval"];

#[test]
fn a_path_that_drops_everything_ends_in_interval_times_count() {
    let bed = DemoBed::new();
    for command in ["sleep 100", "cat >/dev/null", "yes"] {
        let way = Way::to(bed.demo.port().parse().unwrap());
        let mut running = begun(&bed, &way, &ALIVE, command);
        let mut stdin = running.stdin();
        // A client that sends, too: its sending must not stand for an answer.
        std::thread::spawn(move || while stdin.write_all(&[b'x'; 4096]).is_ok() {});
        way.cut();
        ends_with(running, SOON, &SILENT);
    }
}

#[test]
fn a_sleep_longer_than_the_limit_is_survived_where_the_server_is_there() {
    let bed = DemoBed::new();
    let way = Way::to(bed.demo.port().parse().unwrap());
    let mut running = begun(&bed, &way, &ALIVE, "cat; exit 3");
    let stdin = running.stdin();
    let (before, _) = used(running.id());
    running.signal(Signal::STOP);
    // The time of the sleep itself: longer than the limit.
    std::thread::sleep(Duration::from_secs(4));
    running.signal(Signal::CONT);
    // Longer than an interval and its answer: the overdue keepalive must not count as several.
    std::thread::sleep(Duration::from_millis(2500));
    let (then, over) = used(running.id());
    assert!(!over, "{}", running.said());
    assert!(then - before < IDLE / 3, "{:?} of the processor", then - before);
    drop(stdin);
    let (code, said) = running.ended();
    assert_eq!((code, &*said), (Some(3), ""));
}

#[test]
fn a_sleep_after_which_nobody_answers_ends_with_the_reason() {
    let bed = DemoBed::new();
    let way = Way::to(bed.demo.port().parse().unwrap());
    let running = begun(&bed, &way, &ALIVE, "sleep 100");
    running.signal(Signal::STOP);
    way.cut();
    std::thread::sleep(Duration::from_secs(3));
    running.signal(Signal::CONT);
    ends_with(running, SOON, &SILENT);
}

#[test]
fn an_address_that_has_changed_is_a_reset_and_ends_at_once() {
    let bed = DemoBed::new();
    let way = Way::to(bed.demo.port().parse().unwrap());
    let running = begun(&bed, &way, &[], "sleep 100");
    way.reset();
    ends_with(running, SOON, &["onnection"]);
}

#[test]
fn a_server_that_closes_in_the_session_is_named() {
    let bed = DemoBed::new();
    let way = Way::to(bed.demo.port().parse().unwrap());
    let running = begun(&bed, &way, &[], "sleep 100");
    way.close();
    ends_with(running, SOON, &["closed by the server"]);
}

#[test]
fn a_dead_path_is_left_with_the_escape_at_once() {
    let bed = DemoBed::new();
    let way = Way::to(bed.demo.port().parse().unwrap());
    let known = bed.demo.known_hosts().replace(&bed.demo.port(), &way.port.to_string());
    bed.home.write(".ssh/known_hosts", &known);
    let port = bed.demo.port();
    let mut words = bed.words(&["--plain"], &[]);
    words.iter_mut().filter(|word| **word == port).for_each(|word| *word = way.port.to_string());
    let pty = bed.home.on_pty(&strs(&words));
    pty.wait_for("demo$");
    way.cut();
    pty.send("ls -l<enter>more<enter>");
    let start = Instant::now();
    pty.send("~.");
    assert_eq!(pty.exit_code(), 255);
    pty.expect_restored();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_server_that_is_started_anew_is_refused_then_reached_again() {
    let bed = Bed::new(&[]);
    let way = Way::to(bed.sshd.port());
    let port = way.port.to_string();
    let known = bed.sshd.known_hosts().replace(&bed.sshd.port().to_string(), &port);
    bed.home.write(".ssh/known_hosts", &known);
    let user = format!("{}@127.0.0.1", super::lab::USER);
    let login = ["--auth", "publickey", "-i", super::lab::arg(&bed.key), "-p", &port];
    let shared = ["-o", "ControlMaster=auto", "-o", "ControlPersist=60", "-S", "socket"];
    let all = [&login[..], &shared, &["-o", "BatchMode=yes", &user, "echo in"]].concat();
    let run = || bed.home.tessh(&all).output();
    assert_eq!(run().expect_quiet_success().text(), "in\n");
    let master = || std::os::unix::net::UnixStream::connect(bed.home.path("socket")).is_ok();
    assert!(master());
    way.reset();
    // The master goes with its connection, and takes its socket along.
    wait_until("the master has gone", || !bed.home.path("socket").exists());
    assert_eq!(run().expect_quiet_success().text(), "in\n");
    let stop = ["-S", "socket", "-O", "exit", "host"];
    bed.home.tessh(&stop).deadline(DEADLINE).output().expect_code(0);
}
