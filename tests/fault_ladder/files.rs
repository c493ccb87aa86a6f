//! SFTP servers that lie, met with `tessh get`: each lie is a line, or does no harm. All other lies
//! are told to the library in tests/transfer_hostile.rs.

use std::fs;
use std::path::Path;

use super::lab::{AsyncSsh, Output, Peer, Row};

/// A server whose SFTP is made up: true answers, but for what `lie` makes of them. Paths that end in
/// `d` are directories, others files of four bytes; a directory has what `LISTED` has.
const LIAR: &str = "
    def begin_auth(self, user): return False
import asyncssh.stream, functools, struct
FILE, DIRECTORY, LINK = 0o100644, 0o40755, 0o120777
def u32(number): return struct.pack('>I', number)
def text(raw): return u32(len(raw)) + raw
def pack(kind, *parts):
    body = b''.join(parts)
    return struct.pack('>IB', len(body) + 1, kind) + body
def look(mode, size): return u32(5) + struct.pack('>Q', size) + u32(mode)
def status(id, code): return pack(101, id, u32(code), text(b'words'), text(b'en'))
def names(id, *all):
    return pack(104, id, u32(len(all)), *[text(n) + text(b'') + look(m, 4) for n, m in all])
LISTED, SIZE, CONTENT = [], 4, b'text'
def lie(kind, id, path, right): return right
async def serve(reader, writer):
    listed, first = set(), True
    while True:
        length = struct.unpack('>I', await reader.readexactly(4))[0]
        packet = await reader.readexactly(length)
        kind, id, path = packet[0], packet[1:5], b''
        if kind == 1: right = pack(2, u32(3))
        else:
            end = 9 + struct.unpack('>I', packet[5:9])[0]
            path, rest = packet[9:end], packet[end:]
            if kind in (3, 11):
                listed.discard(path)
                right = pack(102, id, text(path))
            elif kind == 5:
                offset, length = struct.unpack('>QI', rest)
                some = CONTENT[offset:offset + length]
                right = pack(103, id, text(some)) if some else status(id, 1)
            elif kind in (7, 8, 17):
                right = pack(105, id, look(DIRECTORY, 0) if path.endswith(b'd') else look(FILE, SIZE))
            elif kind == 12:
                right = status(id, 1) if path in listed else names(id, *LISTED)
                listed.add(path)
            elif kind == 16: right = names(id, (path, DIRECTORY))
            else: right = status(id, 0)
        writer.write(lie(kind, id, path, right))
def run(sftp, reader, writer, version):
    async def quiet():
        try: await serve(reader, writer)
        except (asyncio.IncompleteReadError, asyncssh.Error, ConnectionError): pass
        writer.channel.exit(0)
    return quiet()
asyncssh.stream.run_sftp_server = run
asyncssh.create_server = functools.partial(asyncssh.create_server, sftp_factory=lambda channel: None)
";

/// What comes of a `get` of this place from a server with these lines of Python more.
fn get(row: &Row, from: &str, lines: &str) -> (Peer, Output) {
    let server = AsyncSsh::start(&format!("{LIAR}{lines}\n"));
    let peer = Peer::knowing(&server);
    let place = format!("sftp://someone@127.0.0.1:{}/{from}", peer.port);
    let output = row.met(|more| {
        let _ = fs::remove_dir_all(peer.home.path("in"));
        fs::create_dir(peer.home.path("in")).unwrap();
        let options = ["-r", "-o", "BatchMode=yes", "--auth", "none", &place, "in/copy"];
        peer.home.tessh(&[&["get"], more, &options[..]].concat())
    });
    let mut beside = names(&peer.home.path(""));
    beside.retain(|name| ![".ssh", ".local", ".config"].contains(&&**name));
    assert_eq!(beside, ["in"], "something is written outside the target");
    (peer, output)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_45_names_that_lead_elsewhere_are_refused_and_strange_ones_are_names() {
    let bad = [
        ("the name `../x`", "b'../x'"),
        ("the name `/etc/x`", "b'/etc/x'"),
        ("the name `a/b`", "b'a/b'"),
        ("a name with NUL", "b'a\\0b'"),
    ];
    for (input, name) in bad {
        let row = Row::new(45, input).code(1).cause(&["would lead out", "refused"]);
        let (peer, _) = get(&row, "d", &format!("LISTED = [({name}, FILE), (b'good', FILE)]"));
        assert_eq!(names(&peer.home.path("in/copy")), ["good"], "{input}");
    }
    let row = Row::new(45, "a name of 64 KiB").code(1).cause(&["cannot be read"]);
    get(&row, "d", "LISTED = [(b'n' * 65536, FILE)]");
    let row = Row::new(45, "the names `C:x`, `CON`, and one with ESC").code(0).silent();
    let (peer, _) =
        get(&row, "d", "LISTED = [(b'C:x', FILE), (b'CON', FILE), (b'\\x1b[2J', FILE)]");
    assert_eq!(names(&peer.home.path("in/copy")), ["\x1b[2J", "C:x", "CON"]);
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_46_what_is_read_is_whole_or_an_error() {
    let whole = "
SIZE = 300000
CONTENT = bytes(at // 7 % 256 for at in range(SIZE))
";
    let short = "
def lie(kind, id, path, right):
    return right if kind != 5 or right[4] != 103 else pack(103, id, text(right[13:13 + 4999]))
";
    let row = Row::new(46, "short reads").code(0).silent();
    let (peer, _) = get(&row, "f", &format!("{whole}{short}"));
    let content: Vec<u8> = (0..300_000_u32).map(|at| (at / 7) as u8).collect();
    assert!(fs::read(peer.home.path("in/copy")).unwrap() == content);

    let lies = [
        ("a file that ends early", "CONTENT = CONTENT[:100000]", "its size is"),
        (
            "an answer to a request that nobody made",
            "def lie(kind, id, path, right):\n    return right if kind != 5 else right[:5] + b'\\x77' * 4 + right[9:]",
            "not made",
        ),
        (
            "each answer twice",
            "def lie(kind, id, path, right):\n    return right * 2 if kind == 5 else right",
            "not made",
        ),
    ];
    for (input, lie, cause) in lies {
        let mut row = Row::new(46, input).code(1).cause(&[cause]);
        if input.ends_with("twice") {
            // The line has a number that is another one each time.
            row = row.unlisted();
        }
        let (peer, _) = get(&row, "f", &format!("{whole}{lie}"));
        assert!(!peer.home.path("in/copy").exists(), "{input}: cut short under its final name");
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_47_trees_without_an_end_and_handles() {
    let row = Row::new(47, "a directory in each directory").code(1).cause(&["directories deep"]);
    get(&row, "d", "LISTED = [(b'd', DIRECTORY)]");
    let row = Row::new(47, "a link to its own directory").code(0).silent();
    let link = "
LISTED = [(b'l', LINK)]
def lie(kind, id, path, right): return names(id, (b'.', DIRECTORY)) if kind == 19 else right
";
    let (peer, _) = get(&row, "d", link);
    assert_eq!(fs::read_link(peer.home.path("in/copy/l")).unwrap(), Path::new("."));
    let handle = |length: usize| {
        format!(
            "
def lie(kind, id, path, right):
    if kind == 3: return pack(102, id, text(b'f' * {length}))
    return right
"
        )
    };
    let row = Row::new(47, "a handle of 256 bytes").code(0).silent().unlisted();
    let (peer, _) = get(&row, "f", &handle(256));
    assert_eq!(peer.home.read("in/copy"), "text");
    let row = Row::new(47, "a handle of 257 bytes").code(1).cause(&["cannot be read"]);
    get(&row, "f", &handle(257));
}

#[test]
#[ignore = "needs peers: tests/run"]
fn row_48_what_is_no_sftp_server_is_named() {
    let greeting = |right: &str| {
        format!("def lie(kind, id, path, right): return {right} if kind == 1 else right")
    };
    let cases = [
        ("version 2 of SFTP", "pack(2, u32(2))", "version 2", "OpenSSH"),
        ("a packet of 4 GiB", "b'\\xff' * 4 + right[4:]", "not an SFTP server", "startup"),
        ("text of the login in the stream", "b'Welcome!\\r\\n' + right", "Welcome!", "startup"),
    ];
    for (input, right, cause, next) in cases {
        let row = Row::new(48, input).cause(&[cause]).next(&[next]);
        get(&row, "f", &greeting(right));
    }
    let row = Row::new(48, "a message to all in the middle of the stream").code(1);
    let row = row.cause(&["impossible length"]).next(&["administrator", "scp -O"]);
    get(&row, "f", "def lie(kind, id, path, right): return b'shutdown\\n' if kind == 5 else right");
}
