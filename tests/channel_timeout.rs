//! ChannelTimeout against OpenSSH's server: an idle channel is closed, a channel in use is not.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use lab::{Bed, DEADLINE, free_port, retry};

#[test]
#[ignore = "needs peers: tests/run"]
fn a_session_that_rests_is_closed_and_one_that_says_something_is_not() {
    let bed = Bed::new(&[]);
    let timeout = ["-o", "ChannelTimeout=session=2s"];
    let rests = bed.run(&timeout, &["sleep 30"]).output();
    rests.expect_failure(&["nothing came or went for 2 seconds", "ChannelTimeout"]);
    assert!(rests.took < Duration::from_secs(15), "{:?}", rests.took);
    // Longer than the timeout in all, and a busy machine may add much to each pause.
    let talks = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.2; echo $i; done";
    let output = bed.run(&timeout, &[talks]).output().expect_quiet_success();
    assert_eq!(output.text().lines().count(), 12, "{output:?}");
    // Another kind's timeout, and none.
    for other in ["ChannelTimeout=direct-tcpip=1s", "ChannelTimeout=none"] {
        let output = bed.run(&["-o", other], &["sleep 2; echo in"]).output();
        assert_eq!(output.expect_quiet_success().text(), "in\n", "{other}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn a_forwarded_connection_that_rests_is_closed_and_one_in_use_is_not() {
    let bed = Bed::new(&[]);
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = target.local_addr().unwrap().port();
    let listen = free_port();
    let forward = format!("{listen}:127.0.0.1:{to}");
    let options = ["-N", "-L", &forward, "-o", "ChannelTimeout=direct-*=2s"];
    let _client = bed.run(&options, &[]).start();
    let connect = || {
        let near = retry("the client listens", || TcpStream::connect(("127.0.0.1", listen)));
        let (far, _) = target.accept().unwrap();
        for end in [&near, &far] {
            end.set_read_timeout(Some(DEADLINE)).unwrap();
        }
        (near, far)
    };
    let (mut rests, _far) = connect();
    let (mut near, mut far) = connect();
    let begun = Instant::now();
    let mut byte = [0];
    while begun.elapsed() < Duration::from_millis(3500) {
        near.write_all(b"x").unwrap();
        assert_eq!(far.read(&mut byte).unwrap(), 1, "a connection in use was closed");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(rests.read(&mut byte).unwrap(), 0, "it rested");
}
