//! Connections through proxy servers to a server behind them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use super::gate::Gate;
use super::lab::{Home, RawServer, raw_server, send};
use super::{forward, home, run};

/// What the clients said to the proxy.
type Heard = Arc<Mutex<Vec<u8>>>;

/// A proxy that reads so many bytes and answers, step by step, and then passes bytes on to `to`.
fn proxy(steps: Vec<(usize, &'static [u8])>, to: u16) -> (RawServer, Heard) {
    let heard = Heard::default();
    let hearing = Arc::clone(&heard);
    let server = raw_server(move |mut stream| {
        for (count, answer) in &steps {
            let mut bytes = vec![0; *count];
            if stream.read_exact(&mut bytes).is_err() {
                return;
            }
            hearing.lock().unwrap().extend(bytes);
            send(&mut stream, answer);
        }
        pass(stream, TcpStream::connect(("127.0.0.1", to)).unwrap());
    });
    (server, heard)
}

fn pass(mut client: TcpStream, mut server: TcpStream) {
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let up = std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Both);
    });
    let _ = std::io::copy(&mut server, &mut client);
    let _ = client.shutdown(std::net::Shutdown::Both);
    let _ = up.join();
}

const GRANTED: &[u8] = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x16";

/// What a SOCKS 5 request for 127.0.0.1 has: four bytes, the address, the port.
const REQUEST: usize = 10;

fn said(heard: &Heard) -> Vec<u8> {
    heard.lock().unwrap().clone()
}

#[test]
fn http_connect_leads_to_the_server_with_the_password_of_a_descriptor() {
    let a = Gate::start("a");
    let home = home(&[(&a, "")]);
    let place = format!("127.0.0.1:{}", a.port());
    let wanted = format!(
        "CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nProxy-Authorization: Basic bWU6c2VzYW1l\r\n\r\n"
    );
    let answer = b"HTTP/1.1 200 Connection established\r\n\r\n";
    let (proxy, heard) = proxy(vec![(wanted.len(), answer)], a.port());
    let url = format!("http://me@127.0.0.1:{}", proxy.port());
    let output = home
        .tessh(&["--proxy", &url, "--proxy-password-fd", "3", "a", "where"])
        .password("sesame\n")
        .output();
    assert_eq!(output.expect_quiet_success().text(), "a as a-user\n");
    assert_eq!(String::from_utf8(said(&heard)).unwrap(), wanted);
}

#[test]
fn the_password_of_a_proxy_is_asked_for() {
    let a = Gate::start("a");
    let home = home(&[(&a, "")]);
    let steps = vec![(4, &b"\x05\x02"[..]), (11, b"\x01\x00"), (REQUEST, GRANTED)];
    let (proxy, heard) = proxy(steps, a.port());
    let url = format!("socks5://me@127.0.0.1:{}", proxy.port());
    let pty = home.on_pty(&["--plain", "--proxy", &url, "a", "where"]);
    pty.wait_for(&format!("Password for {url}:"));
    assert_eq!(proxy.connections(), 0, "nothing is opened before the answer");
    pty.send("sesame<enter>");
    pty.wait_for("a as a-user");
    assert_eq!(pty.exit_code(), 0);
    assert!(!pty.written().contains("sesame"));
    assert_eq!(&said(&heard)[4..15], b"\x01\x02me\x06sesame");
    // Nobody to ask: one line, and not a word to the proxy.
    let before = proxy.connections();
    let output = run(&home, &["-o", "BatchMode=yes", "--proxy", &url, "a", "true"]);
    output.expect_failure(&["password", "--proxy-password-fd"]);
    assert_eq!(proxy.connections(), before);
}

#[test]
fn a_proxy_is_for_the_first_connection_of_the_way() {
    let (a, b) = (Gate::start("a"), Gate::start("b"));
    let home = home(&[(&a, ""), (&b, "ProxyJump a")]);
    let (proxy, heard) = proxy(vec![(3, &b"\x05\x00"[..]), (REQUEST, GRANTED)], a.port());
    let url = format!("socks5h://127.0.0.1:{}", proxy.port());
    run(&home, &["--proxy", &url, "b", "where"]).expect_quiet_success();
    assert_eq!(proxy.connections(), 1);
    assert_eq!(&said(&heard)[3 + 8..], a.port().to_be_bytes());
    assert_eq!(a.log(), ["login a-user", &forward(&b)]);
}

#[test]
fn a_saved_session_names_its_proxy_and_the_command_line_another_or_none() {
    let a = Gate::start("a");
    let home = home(&[(&a, "")]);
    let (proxy, _) = proxy(vec![(9, &b"\x00\x5a\x00\x00\x00\x00\x00\x00"[..])], a.port());
    std::fs::create_dir_all(home.path(".config/tessh/sessions")).unwrap();
    let text = format!("host = 'a'\nproxy = 'socks4a://127.0.0.1:{}'\n", proxy.port());
    home.write(".config/tessh/sessions/web.toml", &text);
    run(&home, &["web", "where"]).expect_quiet_success();
    assert_eq!(proxy.connections(), 1);
    run(&home, &["--proxy", "none", "web", "where"]).expect_quiet_success();
    assert_eq!(proxy.connections(), 1);
    // A proxy command of the files counts less, one that was typed excludes a typed proxy.
    run(&home, &["-o", "ProxyCommand=x", "--proxy", "socks5://p", "a", "true"])
        .expect_failure(&["exclude each other"]);
}

#[test]
fn proxies_that_lie_refuse_or_say_nothing_cost_one_line() {
    let home = Home::new();
    let cases: [(&str, &'static [u8], &[&str]); 6] = [
        ("http", b"SSH-2.0-OpenSSH_9.2\r\n", &["does not speak HTTP"]),
        ("http", b"HTTP/1.1 403 not you\x1b[2J\r\n\r\n", &["refused", "403 not you"]),
        ("socks5h", b"HTTP/1.1 400 Bad Request\r\n\r\n", &["does not speak SOCKS 5"]),
        ("socks5h", b"\x05\x00\x05\x02\x00\x01", &["refused", "not allowed"]),
        ("socks4a", b"\x00\x5b\x00\x00\x00\x00\x00\x00", &["refused"]),
        ("socks4a", b"", &["closed"]),
    ];
    for (kind, answer, words) in cases {
        let server = raw_server(move |stream| super::lab::say_and_leave(stream, answer));
        let url = format!("{kind}://127.0.0.1:{}", server.port());
        let output = run(&home, &["--proxy", &url, "host.example", "true"]);
        output.expect_failure(&[&[url.as_str()], words].concat());
    }
    let silent = raw_server(|mut stream| super::lab::drain(&mut stream));
    let url = format!("http://127.0.0.1:{}", silent.port());
    run(&home, &["--proxy", &url, "-o", "ConnectTimeout=1", "host.example", "true"])
        .expect_failure(&["proxy", "in time"]);
    let endless = raw_server(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 ok\r\n");
        while stream.write_all(b"X: y\r\n").is_ok() {}
    });
    let url = format!("http://127.0.0.1:{}", endless.port());
    run(&home, &["--proxy", &url, "host.example", "true"]).expect_failure(&["does not speak HTTP"]);
    // Where nothing listens, it is a proxy that is missed and no SSH server.
    let output = run(&home, &["--proxy", "socks4://127.0.0.1:1", "host.example", "true"]);
    output.expect_failure(&["socks4 proxy", "refused; check the kind, host and port of the proxy"]);
    // An address to connect from that this machine lacks is no fault of the proxy's.
    let from = ["-b", "192.0.2.1", "--proxy", "socks4://127.0.0.1:1", "host.example", "true"];
    let output = run(&home, &from);
    output.expect_failure(&["socks4 proxy", "name one that this machine has"]);
    for bad in ["ftp://p:1", "http://p", "http://me:secret@p:1", "p:1080"] {
        let output = run(&home, &["--proxy", bad, "host.example", "true"]);
        assert!(!output.expect_failure(&["--proxy"]).contains("secret"));
    }
}

#[test]
fn a_telnet_proxy_is_sent_a_line_and_may_say_some_before_the_server_greets() {
    let a = Gate::start("a");
    let home = home(&[(&a, "")]);
    let wanted = format!("connect 127.0.0.1 {}\n", a.port());
    let (proxy, heard) = proxy(vec![(wanted.len(), b"Trying...\r\nConnected.\r\n")], a.port());
    let url = format!("telnet://127.0.0.1:{}", proxy.port());
    let output = home.tessh(&["--proxy", &url, "a", "where"]).output();
    assert_eq!(output.expect_quiet_success().text(), "a as a-user\n");
    assert_eq!(String::from_utf8(said(&heard)).unwrap(), wanted);
}

#[test]
fn a_saved_session_says_what_a_telnet_proxy_is_sent_and_the_password_is_asked_for() {
    let a = Gate::start("a");
    let home = home(&[(&a, "")]);
    let wanted = format!("user me pw sesame\r\nto 127.0.0.1 {}\r\n", a.port());
    let (proxy, heard) = proxy(vec![(wanted.len(), b"ok\r\n")], a.port());
    std::fs::create_dir_all(home.path(".config/tessh/sessions")).unwrap();
    let text = format!(
        "host = 'a'\nproxy = 'telnet://me@127.0.0.1:{}'\n\
         proxy_telnet_command = 'user %user pw %pass\\r\\nto %host %port\\r\\n'\n",
        proxy.port()
    );
    home.write(".config/tessh/sessions/web.toml", &text);
    let run = home.tessh(&["--proxy-password-fd", "3", "web", "where"]).password("sesame\n");
    assert_eq!(run.output().expect_quiet_success().text(), "a as a-user\n");
    assert_eq!(String::from_utf8(said(&heard)).unwrap(), wanted);
    let output = home.tessh(&["-o", "BatchMode=yes", "web", "true"]).output();
    output.expect_failure(&["needs a password", "--proxy-password-fd"]);
}
