//! The SFTP client against OpenSSH's own server, which runs as a child on pipes.
#![allow(clippy::unwrap_used, clippy::panic)]

mod lab;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use lab::{noise, sftp_server};
use tessh::sftp::{Attributes, Extension, FileType, OpenFlags, RemoteFile, Sftp, SftpFault};
use tokio::process::Child;

async fn open(sftp: &Sftp, name: &[u8], flags: OpenFlags) -> RemoteFile {
    sftp.open_file(name, flags, &Attributes::default()).await.unwrap()
}

fn descriptors(child: &Child) -> usize {
    fs::read_dir(format!("/proc/{}/fd", child.id().unwrap())).unwrap().count()
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn blocks_written_and_read_many_at_a_time_are_the_file() {
    let home = tempfile::tempdir().unwrap();
    let (sftp, _child) = sftp_server(home.path()).await;
    let limits = sftp.limits().await.unwrap();
    assert_eq!((limits.read, limits.write), (261_120, 261_120));
    let data = Bytes::from(noise(20_000_003));

    let to = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    let file = open(&sftp, b"big", to).await;
    let block = limits.write as usize;
    let writes: Vec<_> = (0..data.len())
        .step_by(block)
        .map(|at| file.write_at(at as u64, data.slice(at..data.len().min(at + block))))
        .collect();
    // Made before the writes have been answered, and carried out after them.
    let (stat, close) = (file.stat(), file.close());
    for write in writes {
        write.await.unwrap();
    }
    assert_eq!(stat.await.unwrap().size, Some(data.len() as u64));
    close.await.unwrap();
    assert!(fs::read(home.path().join("big")).unwrap() == data);

    let file = open(&sftp, b"big", OpenFlags::READ).await;
    let reads: Vec<_> = (0..data.len() + 2 * block)
        .step_by(block)
        .map(|at| file.read_at(at as u64, limits.read))
        .collect();
    let mut read = Vec::new();
    for block in reads {
        read.extend_from_slice(&block.await.unwrap());
    }
    assert!(read == data);

    let mut buffer = BytesMut::with_capacity(64);
    buffer.extend_from_slice(b"kept: ");
    let buffer = file.read_into(5, 9, buffer).await.unwrap();
    assert_eq!(buffer[..], [&b"kept: "[..], &data[5..14]].concat());
    // The end of the file gives the buffer back as it was.
    assert_eq!(file.read_into(1 << 40, 9, buffer).await.unwrap().len(), 15);
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn every_operation_does_what_it_says() {
    let home = tempfile::tempdir().unwrap();
    let (sftp, _child) = sftp_server(home.path()).await;
    let root = home.path().canonicalize().unwrap();
    let at = |name: &str| root.join(name);
    assert_eq!(sftp.real_path(b".").await.unwrap(), root.as_os_str().as_bytes());

    let mode = |mode| Attributes { permissions: Some(mode), ..Attributes::default() };
    sftp.make_directory(b"d", &mode(0o750)).await.unwrap();
    fs::write(at("d/f"), "0123456789").unwrap();
    let times = Attributes { times: Some((1_000_000_000, 4_000_000_000)), ..mode(0o100_640) };
    sftp.set_stat(b"d/f", &times).await.unwrap();
    let found = sftp.stat(b"d/f").await.unwrap();
    assert_eq!((found.times, found.size), (times.times, Some(10)));
    assert_eq!(found.file_type(), FileType::Regular);
    assert_eq!(fs::metadata(at("d/f")).unwrap().permissions().mode() & 0o777, 0o640);

    sftp.symlink(b"d/f", b"link").await.unwrap();
    assert_eq!(fs::read_link(at("link")).unwrap(), Path::new("d/f"));
    assert_eq!(sftp.read_link(b"link").await.unwrap(), b"d/f");
    assert_eq!(sftp.lstat(b"link").await.unwrap().file_type(), FileType::Symlink);
    let link_times = Attributes { times: Some((7, 8)), ..Attributes::default() };
    sftp.set_lstat(b"link", &link_times).await.unwrap();
    assert_eq!(fs::symlink_metadata(at("link")).unwrap().mtime(), 8);
    assert_eq!(fs::metadata(at("d/f")).unwrap().mtime(), 4_000_000_000);

    sftp.hard_link(b"d/f", b"hard").await.unwrap();
    assert_eq!(fs::metadata(at("hard")).unwrap().nlink(), 2);
    fs::write(at("other"), "x").unwrap();
    let refused = sftp.rename_new(b"other", b"hard").await.unwrap_err();
    assert_eq!(refused.fault(), SftpFault::Failure);
    sftp.rename(b"other", b"hard").await.unwrap();
    assert_eq!(fs::read(at("hard")).unwrap(), b"x");

    let from = open(&sftp, b"d/f", OpenFlags::READ).await;
    let to = open(&sftp, b"copy", OpenFlags::WRITE | OpenFlags::CREATE).await;
    if sftp.extensions().has(Extension::CopyData) {
        from.copy_to(2, 5, &to, 1).await.unwrap();
        assert_eq!(fs::read(at("copy")).unwrap(), b"\x0023456");
    }
    to.set_stat(&Attributes { size: Some(3), ..Attributes::default() }).await.unwrap();
    to.fsync().await.unwrap();
    assert_eq!(to.stat().await.unwrap().size, Some(3));
    let (by_path, by_handle) = (sftp.file_system(b"d"), to.file_system());
    let (by_path, by_handle) = (by_path.await.unwrap(), by_handle.await.unwrap());
    assert_eq!((by_path.blocks, by_path.block), (by_handle.blocks, by_handle.block));
    assert!(by_path.blocks > 0 && by_path.name_max == 255);

    let expanded = sftp.expand_path(b"~/x").await.unwrap();
    assert!(expanded.starts_with(b"/") && expanded.ends_with(b"/x"));
    let announced = sftp.extensions().has(Extension::HomeDirectory);
    match sftp.home_directory(b"root").await {
        Ok(home) => assert!(announced && home == b"/root"),
        Err(failure) => assert!(!announced && failure.fault() == SftpFault::Unsupported),
    }
    if sftp.extensions().has(Extension::UsersGroupsById) {
        let names = sftp.account_names(&[0, 4_000_000], &[0]).await.unwrap();
        assert_eq!(names.users, [&b"root"[..], b""]);
        assert_eq!(names.groups, [b"root"]);
    }

    sftp.remove(b"d/f").await.unwrap();
    sftp.remove_directory(b"d").await.unwrap();
    assert!(!at("d").exists());
    let missing = sftp.stat(b"d\x1b").await.unwrap_err();
    assert_eq!(missing.fault(), SftpFault::NoSuchFile);
    assert_eq!(missing.to_string(), "d\\x1b: no such file or directory on the server");
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn hundreds_of_files_are_open_at_once() {
    let home = tempfile::tempdir().unwrap();
    let (sftp, child) = sftp_server(home.path()).await;
    let flags = OpenFlags::WRITE | OpenFlags::READ | OpenFlags::CREATE;
    let names: Vec<String> = (0..300).map(|number| format!("f{number}")).collect();
    let opening: Vec<_> = names
        .iter()
        .map(|name| sftp.open_file(name.as_bytes(), flags, &Attributes::default()))
        .collect();
    let mut files = Vec::new();
    for file in opening {
        files.push(file.await.unwrap());
    }
    // The handles from the 128th on are no UTF-8.
    for (number, file) in files.iter().enumerate() {
        file.write_at(0, Bytes::from(number.to_string())).await.unwrap();
    }
    for (number, file) in files.iter().enumerate() {
        assert_eq!(file.read_at(0, 99).await.unwrap(), number.to_string());
    }
    drop(files);
    // Dropped files have been closed by the time that the next request is answered.
    sftp.stat(b".").await.unwrap();
    let open = descriptors(&child);
    assert!(open < 20, "{open} are open");
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn names_are_bytes() {
    let home = tempfile::tempdir().unwrap();
    let (sftp, _child) = sftp_server(home.path()).await;
    let mut names: BTreeSet<Vec<u8>> =
        (1..=255).filter(|byte| *byte != b'/').map(|byte| vec![b'n', byte, b'e']).collect();
    names.insert((1..=255).filter(|byte| *byte != b'/').collect());
    names.insert(vec![0xff; 255]);
    for name in &names {
        let file = open(&sftp, name, OpenFlags::WRITE | OpenFlags::CREATE).await;
        file.write_at(0, Bytes::copy_from_slice(name)).await.unwrap();
        file.close().await.unwrap();
        assert_eq!(&fs::read(home.path().join(OsStr::from_bytes(name))).unwrap(), name);
    }
    let mut listed = BTreeSet::new();
    let mut directory = sftp.open_directory(b".").await.unwrap();
    while let Some(entries) = directory.next().await.unwrap() {
        listed.extend(entries.into_iter().map(|entry| entry.name));
    }
    names.extend([b".".to_vec(), b"..".to_vec()]);
    assert_eq!(listed, names);
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn large_directories_are_read_piece_by_piece() {
    let home = tempfile::tempdir().unwrap();
    for number in 0..5_000 {
        fs::write(home.path().join(format!("file-{number}")), "").unwrap();
    }
    let (sftp, child) = sftp_server(home.path()).await;
    let mut directory = sftp.open_directory(b".").await.unwrap();
    let mut count = 0;
    while let Some(entries) = directory.next().await.unwrap() {
        assert!(entries.len() < 5_000);
        count += entries.len();
    }
    assert_eq!(count, 5_002);
    assert!(directory.next().await.unwrap().is_none(), "the end stays the end");
    directory.close().await.unwrap();
    // One that is dropped in the middle is closed.
    let before = descriptors(&child);
    let mut directory = sftp.open_directory(b".").await.unwrap();
    directory.next().await.unwrap();
    drop(directory);
    sftp.stat(b".").await.unwrap();
    assert_eq!(descriptors(&child), before);
}

#[tokio::test]
#[ignore = "needs peers: tests/run"]
async fn the_server_ends_with_the_last_user() {
    let home = tempfile::tempdir().unwrap();
    let (sftp, mut child) = sftp_server(home.path()).await;
    let file = open(&sftp, b"f", OpenFlags::WRITE | OpenFlags::CREATE).await;
    drop(sftp);
    file.write_at(0, Bytes::from_static(b"still here")).await.unwrap();
    drop(file);
    let ended = tokio::time::timeout(Duration::from_secs(30), child.wait()).await;
    assert!(ended.unwrap().unwrap().success());
    assert_eq!(fs::read(home.path().join("f")).unwrap(), b"still here");

    let (sftp, mut child) = sftp_server(home.path()).await;
    let file = open(&sftp, b"f", OpenFlags::READ).await;
    child.kill().await.unwrap();
    let failure = file.read_at(0, 9).await.unwrap_err();
    assert_eq!(failure.fault(), SftpFault::ConnectionLost);
    assert_eq!(failure.to_string(), "f: the server ended the file transfer session");
    assert_eq!(sftp.stat(b"x").await.unwrap_err().fault(), SftpFault::ConnectionLost);
}
