//! One wrong reply each: a server that is right but for a single lie, told to every verb.
//!
//! A row names the request that is answered with the lie, and what has to come of it. Whatever that
//! is, each verb ends, says why in lines that are lines, writes nothing beside its target, and
//! leaves nothing cut short under a final name.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use tessh::sftp::{Extension, Sync, SyncRules, TransferDirection};
use tokio::io::DuplexStream;
use tokio::time::{Duration, timeout};

use super::*;

const VERSION: u8 = 1;
const OPEN: u8 = 3;
const CLOSE: u8 = 4;
const READ: u8 = 5;
const WRITE: u8 = 6;
const LSTAT: u8 = 7;
const FSTAT: u8 = 8;
const SETSTAT: u8 = 9;
const FSETSTAT: u8 = 10;
const OPENDIR: u8 = 11;
const READDIR: u8 = 12;
const REMOVE: u8 = 13;
const MKDIR: u8 = 14;
const REALPATH: u8 = 16;
const STAT: u8 = 17;
const RENAME: u8 = 18;
const READLINK: u8 = 19;
const SYMLINK: u8 = 20;
/// Requests of extensions have numbers of their own here.
const EXTENSIONS: [(u8, &[u8], &[u8]); 4] = [
    (LIMITS, b"limits@openssh.com", b"1"),
    (REPLACE, b"posix-rename@openssh.com", b"1"),
    (STATVFS, b"statvfs@openssh.com", b"2"),
    (FSYNC, b"fsync@openssh.com", b"1"),
];
const LIMITS: u8 = 201;
const REPLACE: u8 = 202;
const STATVFS: u8 = 203;
const FSYNC: u8 = 204;

const STATUS: u8 = 101;
const HANDLE: u8 = 102;
const DATA: u8 = 103;
const NAME: u8 = 104;
const ATTRS: u8 = 105;
const EXTENDED: u8 = 201;

/// So much is sent in vain at most; a client that has not hung up by then takes anything.
const FLOOD: usize = 8 << 20;
/// The most that a client reads of a flood: what is on the way when it hangs up.
const READ_OF_FLOOD: usize = 4 << 20;
/// How many lies there are, each told to every verb.
const ROWS: usize = 231;
/// Longer than every time limit of the client. The clock moves only while all wait.
const LONG: Duration = Duration::from_secs(4 * 3600);

/// What comes of a lie in the verbs that it is told to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ends {
    /// There is an error.
    Badly,
    /// There is none.
    Well,
    /// Some verbs do not need what is wrong.
    Either,
}
use Ends::{Badly, Either, Well};

/// What follows the lie.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    GoOn,
    HangUp,
    Silence,
    /// The same bytes without an end.
    Repeat,
}

/// A lie in place of the right packet: its id and all its bytes.
type Lie = Box<dyn Fn(u32, &[u8]) -> Vec<u8> + Send + std::marker::Sync>;

struct Row {
    name: String,
    on: Vec<u8>,
    lie: Lie,
    then: Then,
    /// Whether it is told each time, not only the first.
    always: bool,
    ends: Ends,
}

fn row(
    name: impl Into<String>,
    on: &[u8],
    ends: Ends,
    lie: impl Fn(u32, &[u8]) -> Vec<u8> + Send + std::marker::Sync + 'static,
) -> Row {
    let (name, on, lie) = (name.into(), on.to_vec(), Box::new(lie));
    Row { name, on, lie, then: Then::GoOn, always: false, ends }
}

impl Row {
    fn always(mut self) -> Row {
        self.always = true;
        self
    }

    fn then(mut self, then: Then) -> Row {
        self.then = then;
        self
    }
}

/// Bytes one after the other.
macro_rules! bytes {
    ($($part:expr),* $(,)?) => { [$(&$part.be()[..]),*].concat() };
}

#[path = "rows.rs"]
mod rows;
use rows::rows;

/// Values as they are on the wire; byte strings without their length.
trait Wire {
    fn be(&self) -> Vec<u8>;
}

impl Wire for u32 {
    fn be(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
}

impl Wire for u64 {
    fn be(&self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
}

impl Wire for Vec<u8> {
    fn be(&self) -> Vec<u8> {
        self.clone()
    }
}

impl<const N: usize> Wire for &[u8; N] {
    fn be(&self) -> Vec<u8> {
        self.to_vec()
    }
}

fn text(bytes: &[u8]) -> Vec<u8> {
    bytes!(bytes.len() as u32, bytes.to_vec())
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    bytes!(body.len() as u32 + 1, vec![kind], body.to_vec())
}

fn status(id: u32, code: u32) -> Vec<u8> {
    packet(STATUS, &bytes!(id, code, text(b"words"), text(b"en")))
}

/// Attributes with a size, a mode and times.
fn look(mode: u32, size: u64) -> Vec<u8> {
    bytes!(13_u32, size, mode, 1000_u32, 1000_u32)
}

/// A listing with these names, each with these attributes.
fn listing(id: u32, names: &[&[u8]], looks: &[u8]) -> Vec<u8> {
    let each = names.iter().map(|name| bytes!(text(name), text(b"long"), looks.to_vec()));
    packet(NAME, &bytes!(id, names.len() as u32, each.collect::<Vec<_>>().concat()))
}

fn greeting(extensions: &[u8]) -> Vec<u8> {
    packet(2, &bytes!(3_u32, extensions.to_vec()))
}

enum Node {
    Directory,
    File(Vec<u8>),
    Link(Vec<u8>),
}

/// What is true.
struct Store {
    nodes: BTreeMap<Vec<u8>, Node>,
    open: Vec<(Vec<u8>, bool)>,
}

/// The content of the files here and on the server.
fn content(name: &str) -> &'static [u8] {
    static ALL: LazyLock<Vec<u8>> =
        LazyLock::new(|| (0..200_000_u32).map(|at| (at / 7) as u8).collect());
    if name.ends_with('f') { &ALL } else { &ALL[..10] }
}

impl Store {
    fn new() -> Store {
        let nodes = BTreeMap::from([
            (b"d".to_vec(), Node::Directory),
            (b"d/s".to_vec(), Node::Directory),
            (b"d/f".to_vec(), Node::File(content("f").to_vec())),
            (b"d/s/g".to_vec(), Node::File(content("g").to_vec())),
            (b"d/l".to_vec(), Node::Link(b"f".to_vec())),
        ]);
        Store { nodes, open: Vec::new() }
    }

    fn look(&self, path: &[u8]) -> Option<Vec<u8>> {
        Some(match self.nodes.get(path)? {
            Node::Directory => look(DIRECTORY, 0),
            Node::File(bytes) => look(FILE, bytes.len() as u64),
            Node::Link(to) => look(LINK, to.len() as u64),
        })
    }

    fn opened(&mut self, id: u32, path: &[u8]) -> Vec<u8> {
        self.open.push((path.to_vec(), false));
        packet(HANDLE, &bytes!(id, text(&(self.open.len() as u32 - 1).to_be_bytes())))
    }

    fn path(&self, handle: &[u8]) -> Option<Vec<u8>> {
        let number = u32::from_be_bytes(handle.try_into().ok()?);
        self.open.get(number as usize).map(|(path, _)| path.clone())
    }

    /// The right answer; `None` if there is no such thing.
    fn answer(&mut self, kind: u8, id: u32, fields: &mut Fields<'_>) -> Option<Vec<u8>> {
        let done = status(id, 0);
        Some(match kind {
            LIMITS => packet(EXTENDED, &bytes!(id, 262_144_u64, 65_536_u64, 65_536_u64, 0_u64)),
            STATVFS => packet(EXTENDED, &bytes!(id, vec![1; 88])),
            CLOSE | SETSTAT | FSETSTAT | FSYNC => done,
            LSTAT | STAT => packet(ATTRS, &bytes!(id, self.look(fields.string())?)),
            FSTAT => packet(ATTRS, &bytes!(id, self.look(&self.path(fields.string())?)?)),
            REALPATH => listing(id, &[fields.string()], &0_u32.be()),
            READLINK => match self.nodes.get(fields.string())? {
                Node::Link(to) => listing(id, &[to], &0_u32.be()),
                _ => return None,
            },
            OPENDIR => {
                let path = fields.string();
                self.nodes.get(path)?;
                self.opened(id, path)
            }
            OPEN => {
                let (path, flags) = (fields.string(), fields.number());
                match self.nodes.contains_key(path) {
                    true if flags & 0x20 != 0 => return Some(status(id, 4)),
                    false if flags & 8 == 0 => return None,
                    false => drop(self.nodes.insert(path.to_vec(), Node::File(Vec::new()))),
                    true => {}
                }
                self.opened(id, path)
            }
            READDIR => self.names(id, fields.string())?,
            READ => {
                let path = self.path(fields.string())?;
                let (offset, length) = (fields.long() as usize, fields.number() as usize);
                let Node::File(bytes) = self.nodes.get(&path)? else { return None };
                match bytes.get(offset..bytes.len().min(offset + length)) {
                    None | Some([]) => status(id, 1),
                    Some(block) => packet(DATA, &bytes!(id, text(block))),
                }
            }
            WRITE => {
                let path = self.path(fields.string())?;
                let (offset, block) = (fields.long() as usize, fields.string());
                let Node::File(bytes) = self.nodes.get_mut(&path)? else { return None };
                bytes.resize(bytes.len().max(offset + block.len()), 0);
                bytes[offset..offset + block.len()].copy_from_slice(block);
                done
            }
            MKDIR => {
                self.nodes.insert(fields.string().to_vec(), Node::Directory);
                done
            }
            REMOVE | 15 => {
                self.nodes.remove(fields.string())?;
                done
            }
            RENAME | REPLACE => {
                let node = self.nodes.remove(fields.string())?;
                self.nodes.insert(fields.string().to_vec(), node);
                done
            }
            SYMLINK => {
                let to = fields.string().to_vec();
                self.nodes.insert(fields.string().to_vec(), Node::Link(to));
                done
            }
            _ => status(id, 8),
        })
    }

    fn names(&mut self, id: u32, handle: &[u8]) -> Option<Vec<u8>> {
        let path = self.path(handle)?;
        let number = u32::from_be_bytes(handle.try_into().ok()?) as usize;
        if std::mem::replace(&mut self.open[number].1, true) {
            return Some(status(id, 1));
        }
        let inside = |it: &&Vec<u8>| {
            let rest = it.strip_prefix(&path[..]).and_then(|rest| rest.strip_prefix(b"/"));
            rest.is_some_and(|rest| !rest.contains(&b'/'))
        };
        let found: Vec<Vec<u8>> = self.nodes.keys().filter(inside).cloned().collect();
        let each = found.iter().filter_map(|it| {
            Some(bytes!(text(&it[path.len() + 1..]), text(b"long"), self.look(it)?))
        });
        let (count, each) = (found.len() as u32, each.collect::<Vec<_>>().concat());
        Some(packet(NAME, &bytes!(id, count, each)))
    }
}

/// What a server has done.
struct Served {
    store: Store,
    told: usize,
    flooded: usize,
    asked: Vec<u8>,
}

async fn serve(mut stream: DuplexStream, row: Arc<Row>, served: Arc<Mutex<Served>>) -> Option<()> {
    loop {
        let length = stream.read_u32().await.ok()? as usize;
        let mut request = vec![0; length];
        stream.read_exact(&mut request).await.ok()?;
        let (mut kind, mut fields) = (request[0], Fields(&request[1..]));
        let id = fields.number();
        if kind == 200 {
            let name = fields.string();
            kind = EXTENSIONS.iter().find(|it| it.1 == name)?.0;
        }
        let (answer, lies) = {
            let mut served = served.lock().unwrap();
            served.asked.push(kind);
            let right = match kind {
                VERSION => {
                    greeting(&EXTENSIONS.map(|(_, name, of)| bytes!(text(name), text(of))).concat())
                }
                _ => served.store.answer(kind, id, &mut fields).unwrap_or_else(|| status(id, 2)),
            };
            let lies = row.on.contains(&kind) && (row.always || served.told == 0);
            served.told += usize::from(lies);
            (if lies { (row.lie)(id, &right) } else { right }, lies)
        };
        stream.write_all(&answer).await.ok()?;
        match row.then {
            Then::HangUp if lies => return None,
            Then::Silence if lies => std::future::pending().await,
            Then::Repeat if lies => loop {
                stream.write_all(&answer).await.ok()?;
                let mut served = served.lock().unwrap();
                served.flooded += answer.len();
                if served.flooded > FLOOD {
                    return None;
                }
            },
            _ => {}
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Verb {
    Get,
    Put,
    SyncGet,
    SyncPut,
    List,
}

const VERBS: [Verb; 5] = [Verb::Get, Verb::Put, Verb::SyncGet, Verb::SyncPut, Verb::List];

/// What a verb says, with the lie that is told to it.
async fn run(verb: Verb, row: &Arc<Row>) -> (Vec<String>, Arc<Mutex<Served>>, Target) {
    let served = Served { store: Store::new(), told: 0, flooded: 0, asked: Vec::new() };
    let served = Arc::new(Mutex::new(served));
    let target = Target::new();
    let (copy, tree) = (target.path("copy"), target.path("tree"));
    if matches!(verb, Verb::Put | Verb::SyncPut) {
        fs::create_dir_all(tree.join("s")).unwrap();
        for name in ["f", "s/g"] {
            fs::write(tree.join(name), content(name)).unwrap();
        }
        symlink("f", tree.join("l")).unwrap();
    }
    let (ours, theirs) = duplex(1 << 20);
    tokio::spawn(serve(theirs, Arc::clone(row), Arc::clone(&served)));
    let (reader, writer) = split(ours);
    let (sftp, driver) = match Sftp::open(reader, writer, InFlight::default()).await {
        Ok(opened) => opened,
        Err(failure) => return (vec![failure.to_string()], served, target),
    };
    tokio::spawn(driver);
    let fsync = row.on.contains(&FSYNC);
    let options = || TransferOptions { most_names: 300, most_depth: 20, fsync, ..trees() };
    let transfer = async |job| {
        let report = Transfer::new(vec![sftp.clone()], options()).run(&[job], &Quiet).await;
        said(&report)
    };
    let sync = async |direction| {
        let local = if direction == TransferDirection::Get { &copy } else { &tree };
        let sync = Sync {
            sftp: sftp.clone(),
            clients: vec![sftp.clone()].into(),
            local,
            remote: b"d",
            direction,
            rules: SyncRules { delete: true, ..SyncRules::default() },
            options: options(),
            shell: None,
        };
        match sync.plan().await {
            Ok(plan) => {
                let report = sync.run(&plan, &Quiet).await;
                let failures = report.failures.iter().map(ToString::to_string);
                failures.chain(said(&report.transfer)).collect()
            }
            Err(error) => vec![error.to_string()],
        }
    };
    let lines = match verb {
        Verb::Get => transfer(TransferJob::Get { from: b"d".to_vec(), to: copy.clone() }).await,
        Verb::Put => transfer(TransferJob::Put { from: tree.clone(), to: b"new".to_vec() }).await,
        Verb::SyncGet => {
            fs::create_dir(&copy).unwrap();
            fs::write(copy.join("old"), "x").unwrap();
            sync(TransferDirection::Get).await
        }
        Verb::SyncPut => {
            served
                .lock()
                .unwrap()
                .store
                .nodes
                .insert(b"d/old".to_vec(), Node::File(content("g").to_vec()));
            sync(TransferDirection::Put).await
        }
        Verb::List => list(&sftp).await.map_or_else(|it| vec![it.to_string()], |()| Vec::new()),
    };
    (lines, served, target)
}

fn said(report: &TransferReport) -> Vec<String> {
    let stopped = report.stopped.iter().map(ToString::to_string);
    report.failures.iter().map(|it| it.error.to_string()).chain(stopped).collect()
}

async fn list(sftp: &Sftp) -> tessh::sftp::SftpResult<()> {
    let path = sftp.real_path(b"d").await?;
    sftp.stat(&path).await?;
    let mut open = sftp.open_directory(&path).await?;
    while open.next().await?.is_some() {}
    sftp.read_link(b"d/l").await?;
    if sftp.extensions().has(Extension::Statvfs) {
        sftp.file_system(&path).await?;
    }
    open.close().await
}

/// Nothing is beside the target, and what has its name is whole.
fn look_around(what: &str, served: &Served, target: &Target) {
    assert_eq!(names(target.home.path()), ["in"], "{what}");
    let beside: Vec<_> = names(&target.path("")).into_iter().filter(|it| it != "tree").collect();
    assert!(beside.is_empty() || beside == ["copy"], "{what}: {beside:?}");
    let mut open = vec![target.path("copy"), target.path("tree")];
    while let Some(directory) = open.pop() {
        for name in if directory.exists() { names(&directory) } else { Vec::new() } {
            let path = directory.join(&name);
            let found = path.symlink_metadata().unwrap();
            if found.is_dir() {
                open.push(path);
            } else if found.is_file() && !name.contains(".filepart") && name != "old" {
                assert!(fs::read(&path).unwrap() == content(&name), "{what}: {name} is not whole");
            }
        }
    }
    for (path, node) in &served.store.nodes {
        let name = String::from_utf8_lossy(path);
        if let Node::File(bytes) = node
            && !name.contains(".filepart")
        {
            assert!(*bytes == content(&name), "{what}: {name} is not whole there");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_a_server_answers_each_verb_ends_and_nothing_is_broken() {
    let rows = rows();
    let mut distinct: Vec<&str> = rows.iter().map(|it| it.name.as_str()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), rows.len(), "each row has a name of its own");
    assert_eq!(rows.len(), ROWS);
    let mut wrong = Vec::new();
    for row in rows.into_iter().map(Arc::new) {
        let mut told = 0;
        for verb in VERBS {
            let what = format!("{}, {verb:?}", row.name);
            let ended = timeout(LONG, run(verb, &row)).await;
            let Ok((lines, served, target)) = ended else {
                wrong.push(format!("{what}: no end"));
                continue;
            };
            let served = served.lock().unwrap();
            for line in &lines {
                assert!(!line.contains(char::is_control) && line.len() < 3000, "{what}: {line:?}");
            }
            look_around(&what, &served, &target);
            assert!(served.flooded <= READ_OF_FLOOD, "{what}: {} bytes are read", served.flooded);
            told += served.told;
            let right = match row.ends {
                Badly if served.told > 0 => !lines.is_empty(),
                Either => true,
                _ => lines.is_empty(),
            };
            if !right {
                wrong.push(format!("{what} is to end {:?}: {lines:?}", row.ends));
            }
        }
        if told == 0 {
            wrong.push(format!("{}: is never told", row.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
