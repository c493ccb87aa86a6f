//! known_hosts as other processes see it: writers that are killed, writers at the same time, a
//! user without rights, the sample file, and what ssh-keygen makes of the file.
//!
//! The writers are this test program, started again for one test with a job in its environment.
//! Lookup and writing within one process are tested beside the code.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64;
use russh::keys::PublicKeyOrCertificate;
use russh::keys::ssh_key::public::{Ed25519PublicKey, KeyData};
use russh::keys::ssh_key::{Certificate, PublicKey};
use tessh::trust::{
    Evidence, FileLine, Finding, KnownHosts, Policy, Sources, Subject, Verdict, VerifyDns, decide,
    fingerprint, store,
};

/// What a restarted test program is to do: `JOB file first count`.
const JOB: &str = "KNOWN_HOSTS_TEST_JOB";

const WRITERS: usize = 12;
const KEYS_EACH: usize = 100;
const KILLS: usize = 1000;

/// Kills go on side by side: on a busy machine most of the time is spent waiting for a turn.
const LANES: usize = 8;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/trust").join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display())).expect("readable")
}

fn sources(file: &Path) -> Sources {
    Sources { user: vec![file.to_owned()], global: Vec::new(), caches: Vec::new() }
}

fn host(name: &str, port: u16) -> Subject {
    Subject { name: name.to_owned(), port, alias: false }
}

/// The key of host number `n`; 32 bytes are all that known_hosts asks of an Ed25519 key.
fn numbered_key(n: usize) -> PublicKey {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    PublicKey::new(KeyData::Ed25519(Ed25519PublicKey(bytes)), "")
}

fn numbered_host(n: usize) -> Subject {
    host(&format!("host{n}"), 22)
}

fn numbered_line(n: usize) -> String {
    let key = numbered_key(n).to_bytes().expect("bytes");
    format!("host{n} ssh-ed25519 {}", BASE64.encode(&key))
}

/// The test program, started again to run `test` with a job.
fn worker(program: &Path, test: &str, job: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(JOB, job);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command
}

/// Starts a program that was just copied. Another test's child may still hold the copy open for
/// writing for as long as it takes to become another program.
fn started(command: &mut Command) -> Child {
    let until = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        match command.spawn() {
            Err(error)
                if error.kind() == std::io::ErrorKind::ExecutableFileBusy
                    && std::time::Instant::now() < until =>
            {
                std::thread::yield_now();
            }
            result => return result.expect("started"),
        }
    }
}

fn this_program() -> PathBuf {
    std::env::current_exe().expect("this program")
}

fn job() -> Option<Vec<String>> {
    Some(std::env::var(JOB).ok()?.split(' ').map(str::to_owned).collect())
}

/// Reads the worker's output up to its next line that starts with this word, and gives the rest.
fn next_word(output: &mut BufReader<ChildStdout>, word: &str) -> Option<String> {
    let mut line = String::new();
    while output.read_line(&mut line).expect("output") > 0 {
        // The test harness writes its own lines, and starts one without ending it.
        if let Some(at) = line.find(word) {
            return Some(line[at + word.len()..].trim().to_owned());
        }
        line.clear();
    }
    None
}

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).expect("the parent listens");
}

/// Writes keys until killed or done, and says each number when its line is safe.
fn write_numbered(job: &[String]) {
    write_each(job, |file, n| store::add(file, &numbered_host(n), &numbered_key(n), false));
}

fn write_each(job: &[String], write: impl Fn(&Path, usize) -> tessh::error::Result<()>) {
    let [file, first, count] = job else { unreachable!("a bad job: {job:?}") };
    let (first, count): (usize, usize) =
        (first.parse().expect("number"), count.parse().expect("number"));
    std::io::stdin().read_exact(&mut [0]).expect("the parent says go");
    for n in first..first + count {
        write(Path::new(file), n).expect("written");
        say(&format!("WORKER {n}"));
    }
}

fn start_writer(test: &str, file: &Path, first: usize, count: usize) -> Writer {
    let job = format!("{} {first} {count}", file.display());
    let mut child = worker(&this_program(), test, &job).spawn().expect("started");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    Writer { child, output }
}

struct Writer {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Writer {
    fn go(&mut self) {
        self.child.stdin.as_mut().expect("piped").write_all(b"g").expect("it listens");
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn twelve_writers_at_once_lose_no_line() {
    if let Some(job) = job() {
        return write_numbered(&job);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join(".ssh/known_hosts");
    let mut writers: Vec<Writer> = (0..WRITERS)
        .map(|w| {
            let test = "twelve_writers_at_once_lose_no_line";
            start_writer(test, &file, w * KEYS_EACH, KEYS_EACH)
        })
        .collect();
    writers.iter_mut().for_each(Writer::go);
    for writer in &mut writers {
        while next_word(&mut writer.output, "WORKER ").is_some() {}
        assert!(writer.child.wait().expect("ended").success());
    }
    let text = read(&file);
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    let mut expected: Vec<String> = (0..WRITERS * KEYS_EACH).map(numbered_line).collect();
    expected.sort_unstable();
    assert_eq!(lines, expected);
    assert_eq!(fs::read_dir(directory.path().join(".ssh")).expect("listed").count(), 1);
}

/// Numbers without a seed of its own would kill at the same points each time.
struct Dice(u64);

impl Dice {
    fn new(lane: usize) -> Dice {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        Dice(u64::from(now.subsec_nanos()) + lane as u64)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

/// Every line is whole, nothing that was there or confirmed is gone, at most one is unconfirmed.
fn assert_whole(text: &str, start: &str, confirmed: &[usize], attempted: usize) {
    let added = text.strip_prefix(start).expect("what was there first is still there");
    assert!(added.is_empty() || added.ends_with('\n'), "a torn line: {added:?}");
    let mut expected: Vec<String> = confirmed.iter().map(|&n| numbered_line(n)).collect();
    let lines: Vec<&str> = added.lines().collect();
    if lines.len() == expected.len() + 1 {
        expected.push(numbered_line(attempted));
    }
    assert_eq!(lines, expected);
}

/// Kills a writer at some point of its work; gives the numbers that it has confirmed.
fn killed(mut writer: Writer, file: &Path, dice: &mut Dice) -> Vec<usize> {
    writer.go();
    // Some keys are confirmed, and then the next write is under way.
    let mut confirmed = Vec::new();
    for _ in 0..dice.below(3) {
        let n = next_word(&mut writer.output, "WORKER ").expect("a key is written");
        confirmed.push(n.parse().expect("a number"));
    }
    for _ in 0..dice.below(1000) {
        fs::metadata(file).expect("the file is there at every moment");
    }
    writer.child.kill().expect("killed");
    writer.child.wait().expect("ended");
    while let Some(n) = next_word(&mut writer.output, "WORKER ") {
        confirmed.push(n.parse().expect("a number"));
    }
    confirmed
}

/// A file beside the known_hosts file that a killed writer has left.
fn is_left_over(file: &Path) -> bool {
    let directory = file.parent().expect("a directory");
    let left = fs::read_dir(directory).expect("listed").count() - 1;
    assert!(left <= 1, "killed writers leave one file at most");
    left == 1
}

/// One writer that appends, killed: gives whether the kill fell between a line and its word.
fn kill_a_writer(file: &Path, start: &str, dice: &mut Dice) -> bool {
    let before = read(file);
    let first = before.lines().count() - start.lines().count();
    let writer = start_writer("a_thousand_kills_tear_and_lose_no_line", file, first, KEYS_EACH);
    let confirmed = killed(writer, file, dice);
    let after = read(file);
    assert_whole(&after, &before, &confirmed, first + confirmed.len());
    assert!(!is_left_over(file));
    after.lines().count() > before.lines().count() + confirmed.len()
}

fn kill_writers(lane: usize, kills: usize) -> usize {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("known_hosts");
    let start = format!("# mine, and junk: \u{1b} \n{}\n", "junk ".repeat(2000));
    let mut dice = Dice::new(lane);
    let mut in_a_write = 0;
    for kill in 0..kills {
        // A short file keeps the writes quick.
        if kill % 10 == 0 {
            fs::write(&file, &start).expect("written");
        }
        in_a_write += usize::from(kill_a_writer(&file, &start, &mut dice));
    }
    in_a_write
}

#[test]
fn a_thousand_kills_tear_and_lose_no_line() {
    if let Some(job) = job() {
        return write_numbered(&job);
    }
    // Without a hit the test could pass by never hitting a write.
    assert!(in_lanes(KILLS, kill_writers) > 0, "no kill fell into a write");
}

/// Does something in lanes side by side, so many times in all, and adds up what comes of it.
fn in_lanes(times: usize, work: fn(usize, usize) -> usize) -> usize {
    std::thread::scope(|scope| {
        let lanes: Vec<_> =
            (0..LANES).map(|lane| scope.spawn(move || work(lane, times.div_ceil(LANES)))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("no failure")).sum()
    })
}

/// A host whose key is replaced all the time.
const REPLACED: &str = "kills_while_a_key_is_replaced_leave_the_old_one_or_the_new";

fn kill_replacers(lane: usize, kills: usize) -> usize {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("known_hosts");
    let start = format!("# mine\n{}\n", "junk ".repeat(2000));
    let line = |n: usize| numbered_line(n).replace(&format!("host{n} "), "host0 ");
    fs::write(&file, format!("{start}{}\n", line(0))).expect("written");
    let (mut dice, mut last, mut in_a_write) = (Dice::new(lane), 0, 0);
    for _ in 0..kills {
        let confirmed =
            killed(start_writer(REPLACED, &file, last + 1, KEYS_EACH), &file, &mut dice);
        last = confirmed.last().copied().unwrap_or(last);
        let text = read(&file);
        let is_ahead = text == format!("{start}{}\n", line(last + 1));
        assert!(is_ahead || text == format!("{start}{}\n", line(last)), "{text}");
        last += usize::from(is_ahead);
        in_a_write += usize::from(is_ahead || is_left_over(&file));
    }
    in_a_write
}

#[test]
fn kills_while_a_key_is_replaced_leave_the_old_one_or_the_new() {
    if let Some(job) = job() {
        return write_each(&job, |file, n| {
            store::replace(file, &numbered_host(0), &numbered_key(n), false).map(drop)
        });
    }
    assert!(in_lanes(KILLS / 5, kill_replacers) > 0, "no kill fell into a write");
}

/// A copy of this program that a user without rights can start.
fn program_for_everyone(directory: &Path) -> PathBuf {
    let copy = directory.join("program");
    fs::copy(this_program(), &copy).expect("copied");
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).expect("set");
    copy
}

/// Tries what permissions forbid, and says how it went.
fn try_forbidden(job: &[String]) {
    let directory = Path::new(&job[0]);
    let subject = host("h", 22);
    let key = numbered_key(1);
    let closed = directory.join("read-only-directory/known_hosts");
    let error = store::replace(&closed, &numbered_host(1), &numbered_key(2), false)
        .expect_err("no file can be put beside it");
    say(&format!("WORKER read-only-directory: {error}"));
    for name in ["read-only-file", "unreadable"] {
        let error = store::add(&directory.join(name), &subject, &key, false).expect_err(name);
        say(&format!("WORKER {name}: {error}"));
    }
    let unreadable = sources(&directory.join("unreadable"));
    let evidence = KnownHosts::load(&unreadable).lookup(&subject, &key.into(), SystemTime::now());
    say(&format!("WORKER lookup: {}", evidence.problems[0]));
    say(&format!("WORKER verdict: {:?}", decide(&evidence, Policy::AcceptNew, VerifyDns::No)));
}

#[test]
fn a_user_without_rights_gets_clear_errors_and_loses_nothing() {
    const NOBODY: u32 = 65534;
    if let Some(job) = job() {
        return try_forbidden(&job);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let program = program_for_everyone(directory.path());
    let line = format!("{}\n", numbered_line(1));
    let closed = directory.path().join("read-only-directory");
    fs::create_dir(&closed).expect("made");
    let files = [closed.join("known_hosts"), directory.path().join("read-only-file")];
    let unreadable = directory.path().join("unreadable");
    for (file, mode) in [(&files[0], 0o666), (&files[1], 0o444), (&unreadable, 0o000)] {
        fs::write(file, &line).expect("written");
        fs::set_permissions(file, fs::Permissions::from_mode(mode)).expect("set");
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).expect("set");
    let is_root = fs::metadata(&program).expect("there").uid() == 0;
    if is_root {
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("set");
    }
    let test = "a_user_without_rights_gets_clear_errors_and_loses_nothing";
    let mut command = worker(&program, test, &directory.path().display().to_string());
    command.current_dir("/");
    if is_root {
        command.uid(NOBODY).gid(NOBODY);
    }
    let mut child = started(&mut command);
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    let mut said = Vec::new();
    while let Some(line) = next_word(&mut output, "WORKER ") {
        said.push(line);
    }
    assert!(child.wait().expect("ended").success());
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("set");
    for (said, expected) in said.iter().zip([
        "cannot be replaced: Permission denied",
        "cannot be opened for writing: Permission denied",
        "cannot be opened for writing: Permission denied",
        "cannot be read: Permission denied",
        "Reject(\"cannot tell whether 'h' is new: ",
    ]) {
        assert!(said.contains(expected), "{said} should say {expected}");
    }
    assert_eq!(said.len(), 5);
    for file in &files {
        assert_eq!(read(file), line);
    }
}

/// A promise of the sample: `#= HOST KEY FINDING`.
struct Promise {
    line: usize,
    host: Subject,
    offered: PublicKeyOrCertificate,
    finding: String,
}

fn promises(sample: &str) -> Vec<Promise> {
    let lines = sample.lines().enumerate();
    lines
        .filter_map(|(index, line)| Some((index + 1, line.strip_prefix("#= ")?)))
        .map(|(line, promise)| {
            let words: Vec<&str> = promise.split(' ').collect();
            let [name, key, finding] = words[..] else { unreachable!("line {line}: {promise}") };
            let host = match name.strip_prefix('[').and_then(|n| n.split_once("]:")) {
                Some((name, port)) => host(name, port.parse().expect("a port")),
                None => host(name, 22),
            };
            Promise { line, host, offered: offered(key), finding: finding.to_owned() }
        })
        .collect()
}

fn offered(name: &str) -> PublicKeyOrCertificate {
    match name.strip_prefix("certificate:") {
        Some(name) => {
            let text = read(&data(&format!("certificates/{name}.cert")));
            Certificate::from_openssh(&text).expect("a certificate").into()
        }
        None => {
            let text = read(&data(&format!("certificates/{name}.pub")));
            PublicKey::from_openssh(&text).expect("a key").into()
        }
    }
}

/// The finding in a word, and the first line it stands on.
fn found(evidence: &Evidence) -> (&'static str, Option<FileLine>) {
    match &evidence.finding {
        Finding::Unknown => ("unknown", None),
        Finding::OtherTypeKnown(known) => ("other", Some(known[0].at.clone())),
        Finding::Changed(known) => ("changed", Some(known[0].at.clone())),
        Finding::Forbidden(_) => ("forbidden", None),
        Finding::Revoked(at) => ("revoked", Some(at.clone())),
        Finding::Known(at) => ("known", Some(at.clone())),
        Finding::Certified { at, .. } => ("certified", Some(at.clone())),
    }
}

#[test]
fn the_sample_keeps_its_promises() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("known_hosts.sample");
    let sample = read(&file);
    let known = KnownHosts::load(&sources(&file));
    // Within the year that the certificates are valid in: 2025-06-01.
    let at = UNIX_EPOCH + Duration::from_secs(1_748_736_000);
    let lines: Vec<&str> = sample.lines().collect();
    let mut kinds = BTreeMap::new();
    for promise in promises(&sample) {
        let evidence = known.lookup(&promise.host, &promise.offered, at);
        let (finding, place) = found(&evidence);
        assert_eq!(finding, promise.finding, "line {}", promise.line);
        if let Some(place) = place {
            let next = (promise.line..lines.len())
                .find(|&index| !lines[index].starts_with('#'))
                .expect("an entry follows");
            assert_eq!(place.line, next + 1, "line {}", promise.line);
        }
        *kinds.entry(finding).or_insert(0) += 1;
        let problems: Vec<_> = evidence.problems.iter().map(|p| p.line).collect();
        let bad = lines.iter().position(|line| line.starts_with("this line")).expect("a bad line");
        assert_eq!(problems, [Some(bad + 1)], "the bad line is reported, and no other");
    }
    assert_eq!(kinds.len(), 6, "the sample shows every finding: {kinds:?}");
}

/// What ssh-keygen prints about a file; it fails where it finds nothing.
fn ssh_keygen(arguments: &[&str], file: &Path) -> String {
    let output = Command::new("ssh-keygen").args(arguments).arg("-f").arg(file).output();
    let output = output.expect("ssh-keygen is missing: tests/run installs it");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_keygen_finds_what_we_write_and_we_find_what_it_hashes() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("known_hosts");
    let subjects = [host("web1.example.com", 22), host("web2.example.com", 2222), host("::1", 22)];
    for (n, subject) in subjects.iter().enumerate() {
        store::add(&file, subject, &numbered_key(n), n == 1).expect("added");
    }
    for (n, subject) in subjects.iter().enumerate() {
        let text = ssh_keygen(&["-F", &subject.entry_name()], &file);
        assert!(text.contains(&format!("found: line {}", n + 1)), "{text}");
    }
    ssh_keygen(&["-H"], &file);
    assert!(!read(&file).contains("example"));
    let known = KnownHosts::load(&sources(&file));
    for (n, subject) in subjects.iter().enumerate() {
        let offered = numbered_key(n).into();
        let evidence = known.lookup(subject, &offered, SystemTime::now());
        assert!(matches!(evidence.finding, Finding::Known(_)), "{:?}", evidence.finding);
        let other = host("other.example.com", subject.port);
        let evidence = known.lookup(&other, &offered, SystemTime::now());
        assert!(matches!(evidence.finding, Finding::Unknown), "{:?}", evidence.finding);
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_keygen_and_we_agree_on_names_and_patterns() {
    let directory = tempfile::tempdir().expect("a directory");
    let lists = [
        "h", "H", "h,x", "x,h", "*", "h*", "?", "??", "*.d", "[h]:22", "[h]:*", "[h]:2222", "!h,*",
        "*,!h", "!x,h", "h.?", "*h*", ",h", "h,", "!h", "!*,h", "a.*.d", "*.*", "[?]:2222",
    ];
    let key = numbered_key(0);
    for list in lists {
        let file = directory.path().join("known_hosts");
        let line = numbered_line(0).replace("host0", list);
        fs::write(&file, format!("{line}\n")).expect("written");
        for subject in [host("h", 22), host("x", 22), host("h.d", 22), host("a.b.d", 2222)] {
            let text = ssh_keygen(&["-F", &subject.entry_name()], &file);
            let known = KnownHosts::load(&sources(&file));
            // Without the alias a name without its port would be good enough for the key.
            let subject = Subject { name: subject.entry_name(), port: 22, alias: true };
            let evidence = known.lookup(&subject, &key.clone().into(), SystemTime::now());
            let is_known = matches!(evidence.finding, Finding::Known(_));
            assert_eq!(is_known, text.contains("found: line 1"), "{list} for {}", subject.name);
        }
    }
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_keygen_and_we_print_the_same_fingerprints() {
    let directory = tempfile::tempdir().expect("a directory");
    for n in 0..20 {
        let key = numbered_key(n);
        let file = directory.path().join("key.pub");
        fs::write(&file, format!("{}\n", key.to_openssh().expect("text"))).expect("written");
        let text = ssh_keygen(&["-l", "-v"], &file);
        assert!(text.contains(&fingerprint::sha256(&key)), "{text}");
        assert!(text.contains(&fingerprint::randomart(&key)), "{text}");
        let text = ssh_keygen(&["-l", "-E", "md5"], &file);
        assert!(text.contains(&fingerprint::md5(&key)), "{text}");
    }
}

#[test]
fn a_verdict_on_a_file_we_wrote_is_to_accept() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join(".ssh/known_hosts");
    let look = || {
        let offered = numbered_key(1).into();
        KnownHosts::load(&sources(&file)).lookup(&numbered_host(1), &offered, SystemTime::now())
    };
    assert_eq!(decide(&look(), Policy::AcceptNew, VerifyDns::No), Verdict::AcceptAndRecord);
    store::add(&file, &numbered_host(1), &numbered_key(1), true).expect("added");
    assert_eq!(decide(&look(), Policy::Yes, VerifyDns::No), Verdict::Accept);
    store::replace(&file, &numbered_host(1), &numbered_key(2), true).expect("replaced");
    assert!(matches!(decide(&look(), Policy::AcceptNew, VerifyDns::No), Verdict::Reject(_)));
}
