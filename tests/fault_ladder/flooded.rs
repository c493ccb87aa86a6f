//! Row 41: the server floods one channel, whose local end takes nothing; the other channels of the
//! connection answer meanwhile, and nothing of the flood is lost.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lab::fault::Watch;
use super::lab::{Bed, DEADLINE, Home, Row, Running, arg, echo, noise, retry, strs};
use super::lab::{wait_until, wait_within};

/// More than the windows and all buffers on the way, and less than what may wait.
const MUCH: usize = 24 << 20;
/// The same of a session's own output: what waits is counted with the memory around it.
const OUTPUT: usize = 3 << 19;
/// How often each of the others is asked.
const ROUNDS: usize = 10;

/// What a session does that is asked: it answers each line.
const ANSWERING: &str = "stty -echo; echo begun; while read n; do echo \"answer $n.\"; done";

fn row(input: &'static str) -> Row {
    Row::new(41, input)
}

/// A target that sends this to each that connects; gives its port, and how much it has sent.
fn flood(bytes: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, sent) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&sent);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            for piece in bytes.chunks(1 << 16) {
                if stream.write_all(piece).is_err() {
                    break;
                }
                count.fetch_add(piece.len(), Ordering::SeqCst);
            }
        }
    });
    (port, sent)
}

/// A forward from a socket in the home to this port: its place, and the option. A port that is free
/// may be somebody else's a moment later.
fn forward(home: &Home, name: &str, to: u16) -> (PathBuf, String) {
    let place = home.path(name);
    let option = format!("{}:127.0.0.1:{to}", arg(&place));
    (place, option)
}

/// Connects to a forward once it is there.
#[track_caller]
fn connect(place: &Path) -> UnixStream {
    let stream = retry("the forward is there", || UnixStream::connect(place));
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// Another forward of the connection brings back all it is sent.
#[track_caller]
fn expect_echo(place: &Path) {
    let (mut stream, sent) = (connect(place), noise(100_000));
    let (mut to, bytes) = (stream.try_clone().unwrap(), sent.clone());
    let sender = std::thread::spawn(move || {
        to.write_all(&bytes)?;
        to.shutdown(Shutdown::Write)
    });
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    sender.join().unwrap().unwrap();
    assert!(back == sent, "{} bytes of {} came back", back.len(), sent.len());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_flooded_forward_holds_up_neither_the_shell_nor_another_forward() {
    let bed = Bed::new(&[]);
    let content = noise(MUCH);
    let (target, sent) = flood(content.clone());
    let (flooding, first) = forward(&bed.home, "flooding", target);
    let (healthy, second) = forward(&bed.home, "healthy", echo());
    let options = ["-tt", "-o", "ExitOnForwardFailure=yes", "-L", &first, "-L", &second];
    let pty = bed.on_pty(&options, &[ANSWERING]);
    pty.wait_for("begun");
    let watch = Watch::start(pty.pid());

    let mut stopped = connect(&flooding);
    let mut first = [0];
    stopped.read_exact(&mut first).unwrap();
    // From here on nobody reads it, first while the flood comes and then with all of it waiting.
    let expect_answers = |of: &str| {
        for n in 0..ROUNDS {
            pty.send(&format!("{of}-{n}<enter>"));
            pty.wait_written(&format!("answer {of}-{n}."));
            expect_echo(&healthy);
        }
    };
    expect_answers("early");
    wait_within(2 * DEADLINE, "all of it is sent", || sent.load(Ordering::SeqCst) == MUCH);
    expect_answers("late");

    let mut rest = vec![0; MUCH - 1];
    stopped.read_exact(&mut rest).unwrap();
    assert!(first[0] == content[0] && rest == content[1..], "the flood has changed");
    drop(stopped);
    pty.send("<c-d>");
    let code = pty.exit_code();
    let said = pty.written();
    assert!(!said.contains("tessh: "), "{said}");
    let row = row("floods a forward whose client takes nothing, beside a shell and a forward");
    row.code(0).silent().check(Some(code), "", watch.ended(), &said);
}

/// Waits until a pipe holds all it can.
#[track_caller]
fn wait_until_full(pipe: &impl std::os::fd::AsFd, running: &Running) {
    // Of its 64 KiB: a write that is larger than what is left may be left out whole.
    wait_until("the output stops", || {
        assert!(!super::used(running.id()).1, "{}", running.said());
        rustix::io::ioctl_fionread(pipe).unwrap() > 60 * 1024
    });
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_flooded_session_holds_up_neither_a_forward_nor_another_session() {
    let bed = Bed::new(&[]);
    let (healthy, forward) = forward(&bed.home, "healthy", echo());
    let socket = bed.home.path("socket");
    let options = ["-o", "BatchMode=yes", "-M", "-S", arg(&socket), "-L", &forward];
    let command = format!("head -c {OUTPUT} /dev/zero | tr '\\0' x; echo end; exit 3");
    let mut flooded = bed.home.tessh(&strs(&bed.words(&options, &[&command]))).start();
    let watch = Watch::start(flooded.id());
    let mut output = flooded.stdout();
    wait_until_full(&output, &flooded);

    for n in 0..ROUNDS {
        expect_echo(&healthy);
        let word = format!("answer {n}");
        let other = bed.run(&["-S", arg(&socket)], &["echo", &word]).output();
        assert_eq!(other.expect_quiet_success().text().trim_end(), word);
    }
    // All that time nobody has read it.
    wait_until_full(&output, &flooded);

    let mut all = Vec::new();
    output.read_to_end(&mut all).unwrap();
    let (flood, end) = all.split_at(OUTPUT);
    assert!(flood.iter().all(|&byte| byte == b'x') && end == b"end\n", "{} bytes", all.len());
    let (code, said) = flooded.ended();
    let row = row("floods a session whose output nobody takes, beside a forward and a session");
    row.code(3).silent().check(code, &said, watch.ended(), &said);
}
