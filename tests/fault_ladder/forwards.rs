//! Targets of forwards that misbehave: only their own connection suffers.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::lab::{Bed, DEADLINE, Running, echo, exchange, free_port, noise, strs, try_exchange};
use super::lab::{Row, wait_until};
use super::{IDLE, SOON, used};

/// More than a window and all buffers on the way.
const MUCH: usize = 40 << 20;
/// What another connection may take meanwhile.
const QUICK: Duration = Duration::from_secs(9);

/// Forwards to each of these ports and to one that echoes, over one connection.
struct Forwards {
    _bed: Bed,
    running: Running,
    ports: Vec<u16>,
    healthy: u16,
}

impl Forwards {
    fn to(targets: &[u16]) -> Forwards {
        let bed = Bed::new(&[]);
        let healthy = free_port();
        let ports: Vec<u16> = targets.iter().map(|_| free_port()).collect();
        let all = ports.iter().zip(targets).map(|(port, to)| (*port, *to));
        let all = all.chain([(healthy, echo())]);
        let options: Vec<String> = all
            .flat_map(|(port, to)| ["-L".to_owned(), format!("{port}:127.0.0.1:{to}")])
            .collect();
        let fixed = ["-o", "BatchMode=yes", "-o", "ExitOnForwardFailure=yes", "-N"];
        let running =
            bed.home.tessh(&strs(&bed.words(&[&fixed[..], &strs(&options)].concat(), &[]))).start();
        wait_until("the forward works", || try_exchange(healthy, b"a").is_ok_and(|it| it == b"a"));
        Forwards { _bed: bed, running, ports, healthy }
    }

    /// The other forward works, and quickly.
    #[track_caller]
    fn expect_the_other(&self) {
        let (start, sent) = (Instant::now(), noise(1 << 20));
        assert!(exchange(self.healthy, &sent) == sent);
        assert!(start.elapsed() < QUICK, "{:?}", start.elapsed());
        assert!(!used(self.running.id()).1, "{}", self.running.said());
    }

    fn connect(&self, which: usize) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.ports[which])).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
        stream
    }

    /// Ends it, and asserts what it said: a line of the row, or nothing.
    fn end(mut self, row: &Row) {
        self.running.signal(rustix::process::Signal::TERM);
        let (code, said) = self.running.ended();
        row.check(code, &said, 0, &said);
    }
}

/// A target that does this with each of its connections.
fn target(serve: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(serve));
    port
}

fn row(input: &'static str) -> Row {
    Row::new(49, input).code(143)
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_target_that_reads_nothing_holds_up_nobody() {
    let held = Mutex::new(Vec::new());
    let forwards = Forwards::to(&[target(move |stream| held.lock().unwrap().push(stream))]);
    let mut stuck = forwards.connect(0);
    // Until nothing more is taken; then all windows and buffers are full.
    let block = vec![b'x'; 1 << 16];
    let mut sent = 0;
    while sent < MUCH
        && let Ok(count) = stuck.write(&block)
    {
        sent += count;
    }
    forwards.expect_the_other();
    let (before, _) = used(forwards.running.id());
    forwards.expect_the_other();
    let (then, _) = used(forwards.running.id());
    assert!(then - before < IDLE, "{:?}", then - before);
    drop(stuck);
    forwards.expect_the_other();
    forwards.end(&row("a forward's target that reads nothing").silent());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_client_of_a_forward_that_reads_nothing_holds_up_nobody() {
    let flood = target(|mut stream| {
        std::thread::spawn(move || while stream.write_all(&[b'x'; 1 << 16]).is_ok() {});
    });
    let forwards = Forwards::to(&[flood]);
    let unread: Vec<TcpStream> = (0..3).map(|_| forwards.connect(0)).collect();
    for _ in 0..3 {
        forwards.expect_the_other();
    }
    drop(unread);
    forwards.expect_the_other();
    forwards.end(&row("a forward's client that reads nothing of a flood").silent());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_target_that_resets_ends_its_own_connection() {
    let resetting = target(|mut stream| {
        let _ = stream.read(&mut [0; 1]);
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    });
    let forwards = Forwards::to(&[resetting]);
    for _ in 0..20 {
        let mut stream = forwards.connect(0);
        stream.write_all(b"x").unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert_eq!(rest, b"");
    }
    forwards.expect_the_other();
    forwards.end(&row("a forward's target that resets").silent());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_target_that_is_not_there_is_said_and_ends_its_own_connection() {
    let forwards = Forwards::to(&[free_port()]);
    let start = Instant::now();
    let mut rest = Vec::new();
    let _ = forwards.connect(0).read_to_end(&mut rest);
    assert!(rest.is_empty() && start.elapsed() < SOON);
    forwards.expect_the_other();
    forwards.end(&row("a forward's target that refuses").cause(&["onnect"]));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn half_closed_forwards_go_on_in_the_other_direction() {
    // One that answers once its client has closed its side, and one that closes its own first.
    let patient = target(|mut stream| {
        std::thread::spawn(move || {
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            stream.write_all(&all).unwrap();
        });
    });
    let hasty = target(|mut stream| {
        std::thread::spawn(move || {
            stream.write_all(b"goodbye").unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            assert!(all == noise(3 << 20));
        });
    });
    let forwards = Forwards::to(&[patient, hasty]);
    let sent = noise(3 << 20);
    assert!(exchange(forwards.ports[0], &sent) == sent);
    let mut stream = forwards.connect(1);
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    assert_eq!(all, b"goodbye");
    stream.set_write_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(&sent).unwrap();
    drop(stream);
    forwards.expect_the_other();
    forwards.end(&row("a forward's target that half-closes").silent());
}
