//! Subsystems that end halfway: no more data follows, and the channel is never closed.

use super::Server;
use super::lab::arg;
use super::lab::conversation::{Conversation, Gone, KEX, Talk, data, eof, exit_status};
use super::lab::message::number;

/// SFTP's VERSION 3, as a packet.
const VERSION: &[u8] = &[0, 0, 0, 5, 2, 0, 0, 0, 3];

/// Answers the client's greeting; gives its number of the channel.
fn greeted(talk: &mut Conversation) -> Result<u32, Gone> {
    let id = talk.started()?;
    talk.skip(number::CHANNEL_DATA)?;
    talk.send(&data(id, VERSION))?;
    Ok(id)
}

/// Has each verb for files meet a server that does this, which leaves the channel open.
#[track_caller]
fn met(
    input: &'static str,
    cause: &'static str,
    script: impl Fn(&mut Conversation) -> Talk + Send + Sync + Copy + 'static,
) {
    let server = Server::new(move |talk| {
        script(talk)?;
        talk.linger()
    });
    let home = &server.peer.home;
    let (file, tree) = (home.write("file", "text"), home.path("tree"));
    std::fs::create_dir(&tree).unwrap();
    let (file, tree) = (arg(&file), arg(&tree));
    let commands: [&[&str]; 4] = [
        &["get", "someone@127.0.0.1:file", tree],
        &["put", file, "someone@127.0.0.1:file"],
        &["sync", tree, "someone@127.0.0.1:tree"],
        &["files", "--batch", "-", "someone@127.0.0.1"],
    ];
    for command in commands {
        let login = ["-o", KEX, "--auth", "none", "-p", &server.peer.port];
        let arguments = [&command[..1], &login, &command[1..]].concat();
        let ended = home.tessh(&arguments).stdin("ls\n").output();
        assert_eq!(ended.status.code(), Some(255), "{input}: {ended:?}");
        let said = format!("the server's sftp program ended early: {cause}; ");
        assert!(ended.stderr.contains(&said), "{input}: {ended:?}");
        // A transfer names the file, too.
        assert!(ended.stderr.lines().count() <= 2, "{input}: {ended:?}");
    }
}

#[test]
fn the_end_of_a_subsystems_data_is_the_end_of_sftp() {
    met("EOF before the version", "it sends nothing more", |talk| {
        let id = talk.started()?;
        talk.send(&eof(id))
    });
    met("EOF in place of an answer", "it sends nothing more", |talk| {
        let id = greeted(talk)?;
        talk.skip(number::CHANNEL_DATA)?;
        talk.send(&eof(id))
    });
    met("EOF and a status in place of an answer", "status 3", |talk| {
        let id = greeted(talk)?;
        talk.skip(number::CHANNEL_DATA)?;
        talk.send_all(&[eof(id), exit_status(id, 3)])
    });
}
