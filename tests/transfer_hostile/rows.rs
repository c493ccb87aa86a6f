//! The lies, a row each.

use super::*;

/// All of them.
pub(super) fn rows() -> Vec<Row> {
    [greetings(), extensions(), looks(), statuses(), handles(), lists(), data(), links(), framing()]
        .into_iter()
        .flatten()
        .collect()
}

/// A request with which a verb begins something; each verb makes one of these.
const FIRST: &[u8] = &[STAT, LSTAT, OPENDIR, MKDIR, REALPATH];

fn greetings() -> Vec<Row> {
    let on = &[VERSION][..];
    let mut all: Vec<Row> = [0, 1, 2, 4, 6, u32::MAX]
        .map(|version| {
            row(format!("version {version}"), on, Badly, move |_, _| packet(2, &version.be()))
        })
        .into();
    let one = |name: &[u8], of: &[u8]| bytes!(text(name), text(of));
    let many = |count: usize| one(b"x@example.com", b"1").repeat(count);
    let posix = |of: &[u8]| one(b"posix-rename@openssh.com", of);
    for (name, ends, list) in [
        ("no extension", Well, Vec::new()),
        ("256 unknown extensions", Well, many(256)),
        ("257 extensions", Badly, many(257)),
        ("a list of extensions as large as a packet", Badly, many(10_000)),
        ("an extension without a version", Badly, text(b"limits@openssh.com")),
        ("an extension whose length lies", Badly, bytes!(u32::MAX, b"limits@openssh.com")),
        ("extensions with bytes that no name has", Well, one(b"\0\x1b[2J\xff", b"\n")),
        ("an extension in two versions", Well, [posix(b"1"), posix(b"2")].concat()),
        ("an extension of a later version", Well, posix(b"99")),
        ("an extension with a name of 5000 bytes", Badly, one(&[b'x'; 5000], b"1")),
        ("extensions that are refused when they are used", Either, one(b"fsync@openssh.com", b"1")),
    ] {
        all.push(row(name, on, ends, move |_, _| greeting(&list)));
    }
    all.extend([
        row("a version cut short", on, Badly, |_, _| packet(2, &[0, 0])),
        row("a greeting of its type alone", on, Badly, |_, _| packet(2, &[])),
        row("a status for a greeting", on, Badly, |_, _| status(0, 0)),
        row("a line for a greeting", on, Badly, |_, _| b"Welcome\r\n".to_vec()),
        row("colours for a greeting", on, Badly, |_, _| b"\x1b[31m\x07\x00\xff\xfe".to_vec()),
        row("lines without an end", on, Badly, |_, _| b"motd\n".repeat(9000)).then(Then::Repeat),
        row("two greetings", on, Badly, |_, right| right.repeat(2)),
        row("a greeting without an end", on, Badly, |_, _| bytes!(u32::MAX, vec![2; 60_000]))
            .then(Then::Repeat),
    ]);
    all
}

fn extensions() -> Vec<Row> {
    let numbers = |id: u32, numbers: &[u64]| {
        let numbers: Vec<u8> = numbers.iter().flat_map(|it| it.to_be_bytes()).collect();
        packet(EXTENDED, &bytes!(id, numbers))
    };
    let mut all = Vec::new();
    for (name, ends, limits) in [
        ("limits of 0", Well, vec![0; 4]),
        ("limits without limit", Well, vec![u64::MAX; 4]),
        ("limits of 1000 bytes", Well, vec![1000, 1000, 1000, 1]),
        ("limits with 1 open handle", Well, vec![262_144, 65_536, 65_536, 1]),
        ("limits cut short", Either, vec![262_144, 65_536]),
        ("limits with more behind", Either, vec![262_144; 9]),
        ("no limits at all", Either, vec![]),
    ] {
        all.push(row(name, &[LIMITS], ends, move |id, _| numbers(id, &limits)));
    }
    for (name, ends, space) in [
        ("a file system of zeros", Well, vec![0; 11]),
        ("a file system beyond all numbers", Well, vec![u64::MAX; 11]),
        ("a file system cut short", Badly, vec![1; 10]),
        ("a file system with more behind", Badly, vec![1; 12]),
    ] {
        all.push(row(name, &[STATVFS], ends, move |id, _| numbers(id, &space)));
    }
    all.extend([
        row("a status for limits", &[LIMITS], Either, |id, _| status(id, 0)),
        row("limits that are refused", &[LIMITS], Either, |id, _| status(id, 4)),
        row("a handle for limits", &[LIMITS], Badly, |id, _| {
            packet(HANDLE, &bytes!(id, text(b"h")))
        }),
        row("a file system that is done", &[STATVFS], Badly, |id, _| status(id, 0)),
        row("attributes for a file system", &[STATVFS], Badly, |id, _| {
            packet(ATTRS, &bytes!(id, look(FILE, 1)))
        }),
        row("a rename that is not done", &[REPLACE], Badly, |id, _| status(id, 4)).always(),
        row("a rename answered with names", &[REPLACE], Badly, |id, _| {
            listing(id, &[b"x"], &0_u32.be())
        }),
        row("a disk that cannot be written to", &[FSYNC], Badly, |id, _| status(id, 4)).always(),
    ]);
    all
}

fn looks() -> Vec<Row> {
    let asks = &[STAT, LSTAT, FSTAT][..];
    let extended = |count: u32| bytes!(0x8000_0000_u32, count);
    let mut all = Vec::new();
    for (name, ends, looks) in [
        ("all flags at once", Badly, bytes!(u32::MAX, 1_u64)),
        ("4 billion extended attributes", Badly, extended(u32::MAX)),
        (
            "65 extended attributes",
            Badly,
            bytes!(extended(65), [text(b"a"), text(b"b")].concat().repeat(65)),
        ),
        ("an extended attribute whose length lies", Badly, bytes!(extended(1), u32::MAX)),
        ("flags of later versions", Either, bytes!(0x10_u32)),
        ("no attribute at all", Either, bytes!(0_u32)),
        ("a size alone", Either, bytes!(1_u32, 5_u64)),
        ("attributes cut short", Badly, bytes!(13_u32, 5_u64)),
        ("attributes with more behind", Badly, bytes!(look(FILE, 5), b"more")),
        ("the largest size", Either, look(FILE, u64::MAX)),
        ("a size with a sign", Either, look(FILE, 1 << 63)),
        ("a mode of all bits", Either, look(u32::MAX, 5)),
        ("a mode of no bits", Either, look(0, 5)),
        ("a socket", Either, look(0o140_777, 5)),
        ("a device", Either, look(0o020_666, 5)),
        ("a pipe", Either, look(0o010_666, 5)),
        ("a link", Either, look(LINK, 5)),
        ("a setuid file", Either, look(0o107_777, 200_000)),
        ("a file in place of a directory", Either, look(FILE, 5)),
        ("a directory in place of a file", Either, look(DIRECTORY, 200_000)),
        ("times at the end", Either, bytes!(12_u32, DIRECTORY, u32::MAX, u32::MAX)),
        ("owners that are nobody", Either, bytes!(6_u32, u32::MAX, u32::MAX, DIRECTORY)),
    ] {
        all.push(row(name, asks, ends, move |id, _| packet(ATTRS, &bytes!(id, looks.clone()))));
    }
    for (name, size, ends) in [
        ("a file that is said to be longer", 300_000_u64, Either),
        ("a file that is said to be much longer", 1 << 40, Either),
        ("a file that is said to be shorter", 100_000, Either),
        ("a file that is said to be empty", 0, Either),
    ] {
        let lie = move |id: u32, _: &[u8]| packet(ATTRS, &bytes!(id, look(FILE, size)));
        all.push(row(name, &[FSTAT], ends, lie).always());
    }
    all
}

fn statuses() -> Vec<Row> {
    let codes = [1, 5, 6, 7, 8, 9, 31, 32, 100, 1 << 31, u32::MAX];
    let mut all: Vec<Row> = codes
        .map(|code| row(format!("status {code}"), FIRST, Either, move |id, _| status(id, code)))
        .into();
    for (name, ends, words) in [
        ("a status without words", Either, vec![]),
        ("a status whose words are longer than it", Badly, bytes!(u32::MAX, b"x")),
        ("a status with words alone", Either, text(b"no")),
        ("a status of escapes", Either, [text(b"\x1b]0;x\x07\n\r\xff\0"), text(b"\x1b")].concat()),
        ("a status of 200 KB", Either, [text(&[b'w'; 200_000]), text(b"")].concat()),
        ("a status with more behind", Badly, [text(b"w"), text(b"en"), text(b"more")].concat()),
    ] {
        all.push(row(name, FIRST, ends, move |id, _| {
            packet(STATUS, &bytes!(id, 4_u32, words.clone()))
        }));
    }
    for (name, on, code, ends) in [
        ("a server without room", WRITE, 14, Badly),
        ("a quota", WRITE, 15, Badly),
        ("the end while writing", WRITE, 1, Badly),
        ("a write that fails by an unknown code", WRITE, 4711, Badly),
        ("a block that is refused", READ, 3, Badly),
        ("a read that is done", READ, 0, Badly),
        ("the end at once", READ, 1, Badly),
        ("a file that cannot be closed", CLOSE, 4, Either),
        ("a mode that is refused", FSETSTAT, 3, Either),
        ("a directory's mode that is refused", SETSTAT, 3, Either),
        ("a link that is refused", SYMLINK, 3, Badly),
        ("a directory that cannot be made", MKDIR, 3, Either),
        ("what cannot be removed", REMOVE, 3, Badly),
        ("a listing that is done", READDIR, 0, Badly),
        ("a listing that is refused", READDIR, 3, Badly),
        ("a file that is opened by a status", OPEN, 0, Badly),
        ("a directory that is opened by a status", OPENDIR, 0, Badly),
    ] {
        all.push(row(name, &[on], ends, move |id, _| status(id, code)).always());
    }
    all
}

fn handles() -> Vec<Row> {
    let on = &[OPEN, OPENDIR][..];
    let mut all = Vec::new();
    for (name, ends, handle) in [
        ("an empty handle", Either, text(b"")),
        ("a handle of 256 bytes", Either, text(&[0xff; 256])),
        ("a handle of 257 bytes", Badly, text(&[0xff; 257])),
        ("a handle of 200 KB", Badly, text(&[b'h'; 200_000])),
        ("a handle whose length lies", Badly, bytes!(u32::MAX, b"h")),
        ("a handle that is none", Either, text(b"\0\x1b\n")),
        ("a handle with more behind", Badly, bytes!(text(b"h"), b"more")),
        ("a handle that is of something else", Either, text(&0_u32.be())),
    ] {
        all.push(
            row(name, on, ends, move |id, _| packet(HANDLE, &bytes!(id, handle.clone()))).always(),
        );
    }
    all.push(row("names for a handle", on, Badly, |id, _| listing(id, &[b"x"], &look(FILE, 1))));
    all.push(row("attributes for a handle", on, Badly, |id, _| {
        packet(ATTRS, &bytes!(id, look(FILE, 1)))
    }));
    all
}

fn lists() -> Vec<Row> {
    let on = &[READDIR][..];
    let mut all = Vec::new();
    for name in [
        &b""[..],
        b"/",
        b"../x",
        b"/etc/x",
        b"s/g",
        b"a\0b",
        b"./x",
        b"x/",
        b"..\0",
        b"//",
        b"../../in/x",
    ] {
        let shown = format!("the name {}", name.escape_ascii());
        all.push(row(shown, on, Either, move |id, _| listing(id, &[name], &look(FILE, 5))));
        let shown = format!("the directory {}", name.escape_ascii());
        all.push(row(shown, on, Either, move |id, _| listing(id, &[name], &look(DIRECTORY, 5))));
        let shown = format!("the link {}", name.escape_ascii());
        all.push(row(shown, on, Either, move |id, _| listing(id, &[name], &look(LINK, 5))));
    }
    for (shown, ends, length) in [
        ("a name of 255 bytes", Either, 255),
        ("a name of 256 bytes", Either, 256),
        ("a name of 4096 bytes", Either, 4096),
        ("a name of 4097 bytes", Badly, 4097),
        ("a name of 200 KB", Badly, 200_000),
        ("a name of 1 MiB", Badly, 1 << 20),
    ] {
        let lie = move |id: u32, _: &[u8]| listing(id, &[&vec![b'n'; length]], &look(FILE, 5));
        all.push(row(shown, on, ends, lie));
    }
    let entry = |name: &[u8]| bytes!(text(name), text(b""), look(FILE, 5));
    for (shown, ends, body) in [
        ("4 billion names", Badly, bytes!(u32::MAX, entry(b"f"))),
        ("a name more than there are", Badly, bytes!(2_u32, entry(b"f"))),
        ("a name fewer than there are", Badly, bytes!(1_u32, entry(b"f"), entry(b"x"))),
        ("no name and no end", Either, bytes!(0_u32)),
        ("no name and bytes", Badly, bytes!(0_u32, entry(b"f"))),
        ("a name whose length lies", Badly, bytes!(1_u32, u32::MAX, b"f")),
        (
            "a long name of 200 KB",
            Either,
            bytes!(1_u32, text(b"f"), text(&[b'l'; 200_000]), look(FILE, 200_000)),
        ),
        ("a long name whose length lies", Badly, bytes!(1_u32, text(b"f"), u32::MAX)),
        ("a name without attributes", Badly, bytes!(1_u32, text(b"f"), text(b""))),
        (
            "a name with 4 billion attributes",
            Badly,
            bytes!(1_u32, text(b"f"), text(b""), 0x8000_0000_u32, u32::MAX),
        ),
        (
            "a name that does not say what it is",
            Either,
            bytes!(1_u32, text(b"f"), text(b""), 0_u32),
        ),
        ("a name of a device", Either, bytes!(1_u32, text(b"f"), text(b""), look(0o060_666, 5))),
        (
            "a name of the largest size",
            Either,
            bytes!(1_u32, text(b"f"), text(b""), look(FILE, u64::MAX)),
        ),
        ("names that are not there", Either, bytes!(2_u32, entry(b"x"), entry(b"\x1b[2J\n"))),
        ("an unfinished file", Either, bytes!(1_u32, entry(b"f.filepart"))),
        (
            "a file and its unfinished file",
            Either,
            bytes!(2_u32, entry(b"f"), entry(b"f.filepart")),
        ),
        ("one name many times", Either, bytes!(200_u32, entry(b"f").repeat(200))),
        (
            "a name that is a file and a directory",
            Either,
            bytes!(2_u32, entry(b"s"), text(b"s"), text(b""), look(DIRECTORY, 5)),
        ),
        (
            "a file that is a link, too",
            Either,
            bytes!(2_u32, entry(b"l"), text(b"l"), text(b""), look(LINK, 5)),
        ),
    ] {
        all.push(row(shown, on, ends, move |id, _| packet(NAME, &bytes!(id, body.clone()))));
    }
    all.push(row("a directory in itself", on, Either, |id, _| {
        listing(id, &[b"."], &look(DIRECTORY, 5))
    }));
    all.push(row("attributes for names", on, Badly, |id, _| {
        packet(ATTRS, &bytes!(id, look(FILE, 1)))
    }));
    all.push(row("data for names", on, Badly, |id, _| packet(DATA, &bytes!(id, text(b"f")))));
    all
}

fn data() -> Vec<Row> {
    let on = &[READ][..];
    let mut all = Vec::new();
    for (name, ends, block) in [
        ("no bytes", Badly, text(b"")),
        ("a block whose length is 4 billion", Badly, bytes!(u32::MAX, b"x")),
        ("a block that is longer than it says", Badly, bytes!(1_u32, b"xx")),
        ("a block that is shorter than it says", Badly, bytes!(2_u32, b"x")),
        ("more bytes than were asked for", Badly, text(&[7; 65_537])),
        ("a block of 200 KB", Badly, text(&[7; 200_000])),
    ] {
        all.push(
            row(name, on, ends, move |id, _| packet(DATA, &bytes!(id, block.clone()))).always(),
        );
    }
    all.extend([
        row("a block for nobody", on, Badly, |id, _| packet(DATA, &bytes!(id + 999, text(b"x")))),
        row("a block twice", on, Badly, |_, right| right.repeat(2)),
        row("a block without an end", on, Badly, |_, right| right.to_vec()).then(Then::Repeat),
        row("half a block", on, Badly, |_, right| right[..right.len() / 2].to_vec())
            .then(Then::HangUp),
        row("half a block and silence", on, Badly, |_, right| right[..right.len() / 2].to_vec())
            .then(Then::Silence),
        row("a short block", on, Well, |id, right| {
            // From the same offset, as much as is right.
            match right[4] {
                DATA if right.len() > 20 => {
                    packet(DATA, &bytes!(id, text(&right[13..(right.len() + 14) / 2])))
                }
                _ => right.to_vec(),
            }
        })
        .always(),
        row("names for a block", on, Badly, |id, _| listing(id, &[b"x"], &0_u32.be())),
        row("data for a written block", &[WRITE], Badly, |id, _| {
            packet(DATA, &bytes!(id, text(b"x")))
        }),
        row("a handle for a written block", &[WRITE], Badly, |id, _| {
            packet(HANDLE, &bytes!(id, text(b"x")))
        }),
    ]);
    all
}

fn links() -> Vec<Row> {
    let on = &[READLINK][..];
    let mut all = Vec::new();
    for (name, ends, to) in [
        ("a link to nothing", Either, &b""[..]),
        ("a link to the root", Well, b"/"),
        ("a link to what is secret", Well, b"/etc/shadow"),
        ("a link to what is above", Well, b"../../.."),
        ("a link with a NUL in it", Either, b"a\0b"),
        ("a link with escapes in it", Well, b"\x1b[2J\n"),
        ("a link of 4096 bytes", Either, &[b'x'; 4096]),
        ("a link of 4097 bytes", Badly, &[b'x'; 4097]),
    ] {
        all.push(row(name, on, ends, move |id, _| listing(id, &[to], &0_u32.be())));
    }
    let both = &[READLINK, REALPATH][..];
    all.extend([
        row("no path", both, Badly, |id, _| packet(NAME, &bytes!(id, 0_u32))),
        row("two paths", both, Badly, |id, _| listing(id, &[b"x", b"y"], &0_u32.be())),
        row("4 billion paths", both, Badly, |id, _| packet(NAME, &bytes!(id, u32::MAX))),
        row("a real path that is empty", &[REALPATH], Either, |id, _| {
            listing(id, &[b""], &0_u32.be())
        }),
        row("a real path with a NUL", &[REALPATH], Badly, |id, _| {
            listing(id, &[b"a\0"], &0_u32.be())
        }),
        row("a status for a path", both, Badly, |id, _| status(id, 0)),
    ]);
    all
}

/// What is wrong with any packet.
fn framing() -> Vec<Row> {
    let mut all = Vec::new();
    for length in [0, 1, 4, 300_000, 1 << 31, u32::MAX] {
        all.push(row(format!("a packet of length {length}"), FIRST, Badly, move |_, right| {
            bytes!(length, right[4..].to_vec())
        }));
    }
    for kind in [0, 1, 2, 3, 99, 106, 200, 201, 255] {
        all.push(row(format!("a packet of type {kind}"), FIRST, Badly, move |_, right| {
            [&right[..4], &[kind], &right[5..]].concat()
        }));
    }
    for (name, add) in [("one", 1), ("many", 1 << 20), ("all but one", u32::MAX)] {
        all.push(row(format!("an id that is off by {name}"), FIRST, Badly, move |id, right| {
            let id = id.wrapping_add(add).to_be_bytes();
            [&right[..5], &id[..], &right[9..]].concat()
        }));
    }
    all.extend([
        row("the answer twice", FIRST, Badly, |_, right| right.repeat(2)),
        row("the answer without an end", FIRST, Badly, |_, right| right.to_vec())
            .then(Then::Repeat),
        row("an id alone", FIRST, Badly, |id, _| packet(STATUS, &id.be())),
        row("half an answer", FIRST, Badly, |_, right| right[..7].to_vec()).then(Then::HangUp),
        row("half an answer and silence", FIRST, Badly, |_, right| right[..7].to_vec())
            .then(Then::Silence),
        row("no answer", FIRST, Badly, |_, _| Vec::new()).then(Then::Silence),
        row("the end of the connection", FIRST, Badly, |_, _| Vec::new()).then(Then::HangUp),
        row("a line among the packets", FIRST, Badly, |_, _| b"Broadcast message\r\n".to_vec()),
        row("a block that nobody asked for", FIRST, Badly, |id, _| {
            packet(DATA, &bytes!(id, text(&[0; 200_000])))
        }),
    ]);
    all
}
