//! Tests of the agent client against scripted agents and against ssh-agent.

use std::process::Stdio;

use russh::Signer;
use russh::keys::PrivateKey;
use russh::keys::ssh_key::Signature;
use russh::keys::ssh_key::private::Ed25519Keypair;
use tokio::net::UnixListener;

use super::*;

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(20), test).await.expect("the test ends")
    })
}

fn string_of(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_be_bytes(), bytes].concat()
}

fn key() -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]))
}

/// The key list as an agent sends it, made of these blobs and comments.
fn list(keys: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut answer = vec![IDENTITIES_ANSWER];
    answer.extend((keys.len() as u32).to_be_bytes());
    for (blob, comment) in keys {
        answer.extend(string_of(blob));
        answer.extend(string_of(comment));
    }
    string_of(&answer)
}

/// An agent that answers its first request with these bytes and none after it.
async fn scripted(answer: Vec<u8>) -> (tempfile::TempDir, Agent) {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("agent");
    let listener = UnixListener::bind(&socket).unwrap();
    let agent = Agent::connect(&socket).await.unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let length = stream.read_u32().await.unwrap();
        let mut request = vec![0; length as usize];
        stream.read_exact(&mut request).await.unwrap();
        stream.write_all(&answer).await.unwrap();
        std::future::pending::<()>().await;
    });
    (home, agent)
}

#[test]
fn one_odd_key_does_not_hide_the_others() {
    run(async {
        let good = key().public_key().to_bytes().unwrap();
        let ed448 = [string_of(b"ssh-ed448"), string_of(&[1; 57])].concat();
        let answer = list(&[
            (&ed448, b"unknown type"),
            (&good, b"caf\xe9 \x1b]0;x"),
            (b"\0\0\0\x0bssh-ed25519\0\0\0\x01x", b"damaged"),
            (b"", b"empty"),
            (&good, b"again"),
        ]);
        let (_home, mut agent) = scripted(answer).await;
        let found = agent.identities().await.unwrap();
        let comments: Vec<&str> = found.iter().map(AgentIdentity::comment).collect();
        assert_eq!(comments, ["caf\\xe9 \\x1b]0;x", "again"]);
        assert_eq!(agent.unreadable(), 3);
        assert_eq!(found[0].public_key().key_data(), key().public_key().key_data());
    });
}

#[test]
fn a_long_list_is_cut() {
    run(async {
        let good = key().public_key().to_bytes().unwrap();
        let (_home, mut agent) = scripted(list(&vec![(&good[..], &b""[..]); MAX_KEYS + 5])).await;
        assert_eq!(agent.identities().await.unwrap().len(), MAX_KEYS);
    });
}

#[test]
fn nonsense_is_an_error() {
    run(async {
        let failure = string_of(&[5]);
        let cut = string_of(&list(&[(b"xxxx", b"")])[4..12]);
        let endless = u32::MAX.to_be_bytes().to_vec();
        for (answer, says) in [
            (failure.clone(), "does not list its keys"),
            (string_of(b""), "does not list its keys"),
            (cut, "does not list its keys"),
            (endless, "too long"),
        ] {
            let (_home, mut agent) = scripted(answer).await;
            let error = agent.identities().await.unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert_eq!(error.kind(), Kind::Identity);
        }
        let (_home, mut agent) = scripted(failure).await;
        let refused = agent.auth_sign(&key().public_key().clone().into(), None, vec![1]).await;
        assert!(
            matches!(refused, Err(SignError::Agent(error)) if error.cause().contains("refused"))
        );
    });
}

#[test]
fn an_agent_that_goes_away_and_one_that_signs_nonsense_are_said_in_plain_words() {
    run(async {
        let sign = async |answer| {
            let (_home, mut agent) = scripted(answer).await;
            let signed = agent.auth_sign(&key().public_key().clone().into(), None, vec![1]).await;
            match signed {
                Err(SignError::Agent(error)) => error.to_string(),
                other => panic!("{other:?}"),
            }
        };
        for nonsense in [[&[14][..], &[0xff; 40]].concat(), vec![14, 0, 0, 0, 0], vec![77]] {
            let said = sign(string_of(&nonsense)).await;
            assert!(said.contains("its answer cannot be read"), "{said}");
        }
        let said = sign(u32::MAX.to_be_bytes().to_vec()).await;
        assert!(said.contains("its answer cannot be read"), "{said}");

        let home = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(home.path().join("agent")).unwrap();
        let mut agent = Agent::connect(&home.path().join("agent")).await.unwrap();
        drop(listener.accept().await.unwrap());
        let said = agent.identities().await.unwrap_err().to_string();
        assert!(said.contains("failed: it closed the connection"), "{said}");
    });
}

#[test]
fn an_agent_that_hangs_is_an_error_and_not_asked_again() {
    run(async {
        let (_home, mut agent) = scripted(Vec::new()).await;
        let Agent { socket, out_of_step, .. } = &mut agent;
        let short = Duration::from_millis(1);
        let late = in_step(socket, out_of_step, short, std::future::pending::<()>()).await;
        assert_eq!(late.unwrap_err().kind(), Kind::Timeout);
        let error = agent.identities().await.unwrap_err().to_string();
        assert!(error.contains("did not finish its last answer"), "{error}");
    });
}

/// The key types and constraints are encoded as draft-ietf-sshm-ssh-agent sections 3.2.2 and 3.2.7
/// say.
#[test]
fn a_key_is_added_with_its_comment_and_conditions() {
    let key = key();
    let public = key.public_key().key_data().ed25519().unwrap().0;
    let private = key.key_data().ed25519().unwrap().to_bytes();
    let body =
        [string_of(b"ssh-ed25519"), string_of(&public), string_of(&private), string_of(b"work")];
    let body = body.concat();
    let minutes = Some(Duration::from_secs(300));
    for (terms, kind, constraints) in [
        (Terms::default(), 17, &[][..]),
        (Terms { lifetime: minutes, confirm: false, provider: None }, 25, &[1, 0, 0, 1, 44][..]),
        (Terms { lifetime: None, confirm: true, provider: None }, 25, &[2]),
        (Terms { lifetime: minutes, confirm: true, provider: None }, 25, &[1, 0, 0, 1, 44, 2]),
    ] {
        let expected = [&[kind], &body[..], constraints].concat();
        assert_eq!(*addition(&key, "work", &terms).unwrap(), expected, "{terms:?}");
    }
}

#[test]
fn an_agent_that_does_not_take_a_key_is_an_error() {
    run(async {
        for (answer, taken) in [(&[6][..], true), (&[5], false), (&[], false)] {
            let (_home, mut agent) = scripted(string_of(answer)).await;
            let added = agent.add(&key(), "work", &Terms::default()).await;
            assert_eq!(added.is_ok(), taken, "{answer:?}");
        }
    });
}

#[test]
fn no_agent_is_said_clearly() {
    run(async {
        let home = tempfile::tempdir().unwrap();
        let socket = home.path().join("agent");
        let error = Agent::connect(&socket).await.unwrap_err().to_string();
        assert!(error.contains("does not exist"), "{error}");
        drop(UnixListener::bind(&socket).unwrap());
        let error = Agent::connect(&socket).await.unwrap_err().to_string();
        assert!(error.contains("has no agent behind it"), "{error}");
    });
}

#[test]
fn a_signature_can_be_made_on_another_task() {
    fn is_send<T: Send>(_: &T) {}
    run(async {
        let (_home, mut agent) = scripted(Vec::new()).await;
        is_send(&agent.identities());
        is_send(&agent.auth_sign(&key().public_key().clone().into(), None, Vec::new()));
    });
}

#[test]
#[ignore = "needs peers: tests/run"]
fn ssh_agent_lists_and_signs() {
    run(async {
        let home = tempfile::tempdir().unwrap();
        let socket = home.path().join("agent");
        let mut server = tokio::process::Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut agent = loop {
            match Agent::connect(&socket).await {
                Ok(agent) => break agent,
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        };
        assert!(agent.identities().await.unwrap().is_empty());
        let terms =
            Terms { lifetime: Some(Duration::from_secs(600)), confirm: false, provider: None };
        agent.add(&key(), "work", &terms).await.unwrap();
        let found = agent.identities().await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].comment(), "work");

        let signed = agent.auth_sign(&found[0], None, b"data".to_vec()).await.unwrap();
        let mut rest = signed.strip_prefix(b"data").unwrap();
        let signature = Signature::try_from(take_string(&mut rest).unwrap()).unwrap();
        let public = key().public_key().key_data().clone();
        russh::keys::signature::Verifier::verify(&public, b"data", &signature).unwrap();
        server.kill().await.unwrap();
    });
}
