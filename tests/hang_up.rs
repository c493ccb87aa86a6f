//! Connections that the server ends: what it sent before counts, and what it did not send is
//! reported with a cause and a next step.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::time::Duration;

use lab::{AsyncSsh, Home, arg, drain, kexinit, packet, raw_server, retry, send};

/// A server with these methods, and a home that knows it.
fn server(methods: &str) -> (AsyncSsh, Home) {
    let server = AsyncSsh::start(methods);
    let home = Home::new();
    home.write(".ssh/known_hosts", &server.known_hosts());
    (server, home)
}

/// A server that stops reading until the client cannot write any more, says `done` and this,
/// and resets the connection.
fn resetting(last: &str) -> (AsyncSsh, Home) {
    server(&format!(
        "
    import array, fcntl, functools, termios
    asyncssh.create_server = functools.partial(asyncssh.create_server, window=1 << 26)
    async def full(self, transport):
        sock = transport.get_extra_info('socket')
        waiting, before = self.array.array('i', [0]), -1
        while waiting[0] == 0 or waiting[0] != before:
            before = waiting[0]
            await asyncio.sleep(0.1)
            self.fcntl.ioctl(sock.fileno(), self.termios.FIONREAD, waiting)
    def begin_auth(self, user): return False
    def connection_made(self, conn): self.conn = conn
    def session_requested(self):
        transport = self.conn._transport
        async def session(stdin, stdout, stderr):
            await stdin.read(10)
            transport.pause_reading()
            await self.full(transport)
            stdout.write('done\\n')
            {last}
            while transport.get_write_buffer_size(): await asyncio.sleep(0.01)
            transport.abort()
        return session
"
    ))
}

/// The client, with much to send there.
fn resetted(last: &str, code: i32) {
    let (server, home) = resetting(last);
    let options = ["--auth", "none", "-p", server.port(), "someone@127.0.0.1", "it"];
    for _ in 0..5 {
        let output = home.tessh(&options).stdin(vec![b'x'; 60 << 20]).output();
        output.expect_code(code);
        assert_eq!(output.text(), "done\n", "{output:?}");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn g19_output_and_status_are_not_lost_where_nothing_can_be_written_any_more() {
    // As `head -c 10 >/dev/null; echo done` with much input, where the server then hangs up.
    resetted("stdout.channel.exit(3)", 3);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn g19_a_status_that_was_never_sent_is_no_success() {
    resetted("pass", 255);
}

/// A server that has not heard of RFC 8308 and takes RSA keys with SHA-1 alone, as lsh does.
const OLD: &str = "
    import functools
    asyncssh.create_server = functools.partial(asyncssh.create_server, signature_algs=['ssh-rsa'])
    asyncssh.connection.SSHConnection._send_ext_info = lambda self: None
    async def only_sha1(self, packet, start=asyncssh.auth._ServerPublicKeyAuth._start):
        at = packet._idx
        packet.get_boolean()
        name = packet.get_string()
        packet._idx = at
        if name == b'ssh-rsa': return await start(self, packet)
        self.send_failure(False)
    asyncssh.auth._ServerPublicKeyAuth._start = only_sha1
    def begin_auth(self, user): return True
    def public_key_auth_supported(self): return True
    def validate_public_key(self, user, key): return True
    def session_requested(self):
        async def session(stdin, stdout, stderr):
            stdout.write('in\\n')
            stdout.channel.exit(0)
        return session
";

#[test]
#[ignore = "needs peers: tests/run"]
fn g16_rsa_keys_work_on_servers_that_announce_nothing_and_at_once() {
    let (server, home) = server(OLD);
    let key = home.key("id", &["rsa", "-b", "2048"], "");
    let mut options = vec!["--auth", "publickey", "-i", arg(&key), "-p", server.port()];
    let to = ["someone@127.0.0.1", "it"];
    // SHA-1 has to be asked for, as with ssh.
    home.tessh(&[&options[..], &to].concat()).output().expect_failure(&["denied"]);
    options.extend(["-o", "PubkeyAcceptedAlgorithms=+ssh-rsa"]);
    // The library by itself waits for a second, every time; a busy machine does not.
    retry("a login takes less than a second", || {
        let output = home.tessh(&[&options[..], &to].concat()).output();
        output.expect_code(0);
        assert_eq!(output.text(), "in\n");
        if output.took < Duration::from_millis(950) { Ok(()) } else { Err(output.took) }
    });
}

#[test]
#[ignore = "needs peers: tests/run"]
fn g17_a_goodbye_without_a_language_is_said_to_be_one() {
    let (server, home) = server(
        "
    def connection_made(self, conn): self.conn = conn
    def begin_auth(self, user):
        from asyncssh.packet import String, UInt32
        self.conn.send_packet(1, UInt32(11), String('no more today'))
        return True
    def password_auth_supported(self): return True
",
    );
    let options = ["--auth", "none", "-p", server.port(), "someone@127.0.0.1", "it"];
    let output = home.tessh(&options).output();
    output.expect_failure(&["ends too early", "reason", "log"]);
}

#[test]
fn a_connection_that_ends_in_the_key_exchange_gets_a_next_step() {
    for reset in [false, true] {
        let server = raw_server(move |mut stream| {
            send(&mut stream, b"SSH-2.0-hostile_1.0\r\n");
            let (kex, key) = ("curve25519-sha256", "ssh-ed25519");
            let ours = kexinit(kex, key, "aes128-ctr", "hmac-sha2-256", "none");
            send(&mut stream, &packet(&ours));
            let mut byte = [0];
            let _ = std::io::Read::read(&mut stream, &mut byte);
            if reset {
                socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
            } else {
                let _ = stream.shutdown(std::net::Shutdown::Write);
                drain(&mut stream);
            }
        });
        let home = Home::new();
        let port = server.port().to_string();
        let options = ["-o", "BatchMode=yes", "--auth", "none", "-p", &port];
        let output = home.tessh(&[&options[..], &["someone@127.0.0.1", "true"]].concat()).output();
        output.expect_failure(&["try again later", "log"]);
    }
}
