//! New keys in the middle of traffic: no data is lost, and no packet is sent that RFC 4253
//! section 7.1 forbids during the exchange.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use lab::{AsyncSsh, Bed, DEADLINE, Home, USER, arg, retry};

/// What each connection is sent.
const POURED: usize = 24 << 20;

#[test]
#[ignore = "needs peers: tests/run"]
fn g14_three_busy_channels_outlive_a_key_exchange_that_we_begin() {
    // This server fills the window of every channel at once, so that more is under way than the
    // library bears during a key exchange.
    let server = AsyncSsh::start(&format!(
        "
    def connection_requested(self, *_):
        class Pour(asyncssh.SSHTCPSession):
            def connection_made(self, chan): self.chan = chan
            def session_started(self):
                self.chan.write(b'x' * {POURED})
                self.chan.write_eof()
        return Pour()
    def begin_auth(self, user): return False
"
    ));
    // A small limit is soon reached by what is sent, too.
    for limit in ["8M", "1M"] {
        outlive(&server, limit);
    }
}

/// Three channels bring as much as they may, while as much is sent on each.
fn outlive(server: &AsyncSsh, limit: &str) {
    let home = Home::new();
    home.write(".ssh/known_hosts", &server.known_hosts());
    let socket = home.path("socket");
    let forward = format!("{}:127.0.0.1:9", arg(&socket));
    let limit = format!("RekeyLimit={limit}");
    let options = ["-N", "-L", &forward, "-o", &limit, "--auth", "none"];
    let to = ["-p", server.port(), "someone@127.0.0.1"];
    let client = home.tessh(&[&options[..], &to].concat()).start();
    let streams: Vec<_> =
        (0..3).map(|_| retry("the client listens", || UnixStream::connect(&socket))).collect();
    let readers = streams.into_iter().map(|mut stream| {
        std::thread::spawn(move || {
            stream.set_read_timeout(Some(DEADLINE)).unwrap();
            let mut sender = stream.try_clone().unwrap();
            std::thread::spawn(move || {
                let _ = sender.write_all(&vec![b'y'; POURED]);
            });
            let mut all = Vec::new();
            stream.read_to_end(&mut all).map(|_| all.len())
        })
    });
    let readers: Vec<_> = readers.collect();
    let received: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap().ok()).collect();
    assert_eq!(received, [Some(POURED); 3], "{}", client.said());
}

#[test]
#[ignore = "needs peers: tests/run"]
fn much_in_both_directions_passes_whoever_begins_to_exchange_keys() {
    const MUCH: usize = 8 << 20;
    for (server, client) in [("1M", "default"), ("default", "1M"), ("256K", "300K")] {
        let bed = Bed::new(&[&format!("RekeyLimit {server}")]);
        let limit = format!("RekeyLimit={client}");
        let input: Vec<u8> = (0..MUCH).map(|at| (at / 251 + at) as u8).collect();
        let run = bed.run(&["-v", "-o", &limit], &["cat"]).stdin(input.clone());
        // Hundreds of exchanges take a debug build its time on a busy machine.
        let output = run.deadline(4 * DEADLINE).output();
        output.expect_code(0);
        assert!(output.stdout == input, "{} bytes came back", output.stdout.len());
        let exchanges = output.stderr.matches("SSH2_MSG_NEWKEYS sent").count();
        assert!(exchanges > 3, "{exchanges} exchanges with {server} and {client}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn nothing_but_key_exchange_is_sent_during_one_that_the_server_begins() {
    // OpenSSH from 10.4 on ends the connection otherwise. This server looks at every packet
    // between the client's KEXINIT and its NEWKEYS, while data goes both ways, requests want
    // answers, and channels are opened.
    let report = tempfile::NamedTempFile::new().unwrap();
    let server = AsyncSsh::start(&format!(
        "
    def begin_auth(self, user): return False
    def connection_made(self, conn):
        import os
        from asyncssh.packet import Boolean, String, UInt32
        handle = conn.process_packet
        seen = []
        state = dict(within=False, asked=True, rounds=0)
        def look(kind, pktid, packet):
            if kind == 20: state['within'] = True
            elif kind == 21:
                state['within'] = state['asked'] = False
                state['rounds'] += 1
                # Whole or not at all: the test may be reading it.
                with open({report:?} + '.new', 'w') as new: new.write(repr((state['rounds'], seen)))
                os.replace({report:?} + '.new', {report:?})
            elif state['within'] and not 20 <= kind <= 49: seen.append(kind)
            # Answers to what this script has sent by itself.
            return kind in (81, 82, 92) or handle(kind, pktid, packet)
        conn.process_packet = look
        async def again():
            while not conn._auth_complete: await asyncio.sleep(0.01)
            while True:
                await asyncio.sleep(0.02)
                for n in range(20):
                    conn.send_packet(80, String('keepalive@openssh.com'), Boolean(True))
                    conn.send_packet(90, String('session'), UInt32(90 + n), UInt32(1 << 20), UInt32(32768))
                if not state['asked']:
                    conn._send_kexinit()
                    conn._kexinit_sent = state['asked'] = True
        asyncio.ensure_future(again())
    def session_requested(self):
        async def session(stdin, stdout, stderr):
            while data := await stdin.read(65536):
                stdout.write(data)
                await stdout.drain()
            stdout.channel.exit(0)
        return session
",
        report = report.path().display().to_string(),
    ));
    let home = Home::new();
    home.write(".ssh/known_hosts", &server.known_hosts());
    let host = format!("{USER}@127.0.0.1");
    let options = ["--auth", "none", "-p", server.port(), &host, "cat"];
    // Long enough for many rounds of 20 ms, however fast it goes.
    let input = vec![b'x'; 24 << 20];
    let output = home.tessh(&options).stdin(input.clone()).output();
    output.expect_code(0);
    assert!(output.stdout == input, "{} bytes came back", output.stdout.len());
    let report = fs::read_to_string(report.path()).unwrap();
    assert!(report.ends_with("[])"), "not of a key exchange: {report}");
    let rounds: u32 = report.trim_start_matches('(').split(',').next().unwrap().parse().unwrap();
    assert!(rounds > 5, "{report}");
}
