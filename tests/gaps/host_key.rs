//! Gap G3 and related ones: a server that shows or proves another key than the one agreed on.

use std::sync::Arc;

use russh::keys::signature::Signer;
use russh::keys::ssh_key::private::KeypairData;
use russh::keys::ssh_key::{HashAlg, Signature};
use tessh::error::{Error, Kind};
use tokio::io::{AsyncRead, AsyncWrite};

use super::honest::{ECDSA, ED25519, Honest, RSA, key};
use super::ours::{self, Options};
use super::plain::{Names, Plain};
use super::{bare, plain_server, raw_server, still_open};

/// Both kinds of client find something in it that they know.
const NAMES: Names =
    Names { cipher: "none,aes128-ctr", mac: "none,hmac-sha2-256", ..Names::EXCHANGED };

/// A server that agrees on ssh-ed25519 and proves an ECDSA key.
async fn another_key<S: AsyncRead + AsyncWrite + Unpin>(stream: S) {
    let mut server = Plain::greet(stream).await;
    server.exchange(NAMES, &key(ECDSA)).await;
    server.wait().await;
}

/// A server that agrees on rsa-sha2-512 and signs with this hash; `None` is SHA-1.
async fn rsa<S: AsyncRead + AsyncWrite + Unpin>(stream: S, hash: Option<HashAlg>) {
    let mut server = Plain::greet(stream).await;
    let names = Names { host_key: "rsa-sha2-512", ..NAMES };
    let key = key(RSA);
    let sign = |data: &[u8]| match key.key_data() {
        KeypairData::Rsa(pair) => Signer::<Signature>::sign(&(pair, hash), data),
        _ => panic!("an RSA key"),
    };
    server.exchange_signed(names, key.public_key(), sign).await;
    server.wait().await;
}

/// A server that shows a key which it does not have.
async fn forged<S: AsyncRead + AsyncWrite + Unpin>(stream: S) {
    let mut server = Plain::greet(stream).await;
    let (own, other) = (key(ED25519), honest_other());
    let sign = |hash: &[u8]| own.key_data().sign(hash);
    server.exchange_signed(NAMES, &other, sign).await;
    server.wait().await;
}

fn honest_other() -> russh::keys::PublicKey {
    let text = include_str!("../data/trust/certificates/host-ed25519.pub");
    russh::keys::PublicKey::from_openssh(text).unwrap()
}

/// Whether the library by itself takes the server's key.
async fn taken<F>(script: impl FnOnce(tokio::io::DuplexStream) -> F) -> bool
where
    F: Future<Output = ()> + Send + 'static,
{
    let connected = bare::connect(plain_server(script)).await;
    connected.is_ok_and(|(_, bare)| bare.told(|told| told.keys == 1))
}

/// Why this client refuses the server.
async fn refused<F>(script: impl FnOnce(tokio::net::TcpStream) -> F + Send + 'static) -> Error
where
    F: Future<Output = ()> + Send + 'static,
{
    let (address, _) = raw_server(script).await;
    let host_key = Some("ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,ssh-rsa");
    let options = Options { host_key, ..Options::default() };
    let error = ours::transport_for(address, Arc::default(), options).await.err().unwrap();
    assert_eq!(error.kind(), Kind::KeyExchange, "{error}");
    error
}

#[tokio::test]
async fn g3_bare_another_type_of_key_than_agreed_on_is_accepted() {
    still_open("G3", taken(another_key).await, "client/observe: key_type_of");
}

#[tokio::test]
async fn g3_ours_another_type_of_key_than_agreed_on_is_refused() {
    let text = refused(another_key).await.to_string();
    assert!(text.contains("agreed on ssh-ed25519 and sent a key of type ecdsa-sha2"), "{text}");
}

#[tokio::test]
async fn g3_bare_a_sha1_signature_is_accepted_where_sha2_was_agreed_on() {
    still_open("G3", taken(|stream| rsa(stream, None)).await, "client/observe: signature_of");
}

#[tokio::test]
async fn g3_ours_a_sha1_signature_is_refused_where_sha2_was_agreed_on() {
    let text = refused(|stream| rsa(stream, None)).await.to_string();
    assert!(text.contains("agreed on rsa-sha2-512 and signed with ssh-rsa"), "{text}");
    let text = refused(|stream| rsa(stream, Some(HashAlg::Sha256))).await.to_string();
    assert!(text.contains("signed with rsa-sha2-256"), "{text}");
}

#[tokio::test]
async fn a_key_that_the_server_does_not_have_is_refused() {
    assert!(!taken(forged).await);
    let text = refused(forged).await.to_string();
    assert!(text.contains("could not prove that it holds its host key"), "{text}");
}

#[tokio::test]
async fn an_rsa_host_key_that_is_too_short_is_refused() {
    let pem = include_str!("../data/keys/refused/rsa1000.pem");
    let short = russh::keys::decode_secret_key(pem, None).unwrap();
    let (script, _acts) = Honest::new();
    let address = Honest { keys: vec![short], ..script }.listen().await;
    let error = ours::transport(address).await.err().unwrap();
    assert_eq!(error.kind(), Kind::HostKey, "{error}");
    assert!(error.to_string().contains("only 1000 bits"), "{error}");
}
