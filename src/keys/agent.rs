//! The client side of the agent protocol (draft-ietf-sshm-ssh-agent): the keys an agent holds, and
//! signatures.
//!
//! russh does signing and session binding. The list is read here, because one key of a type that
//! russh does not know, or one comment that is not UTF-8, would otherwise hide all others. Every
//! step has a deadline, so that an agent that hangs causes an error and not a login that hangs.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use russh::keys::agent::client::AgentClient;
use russh::keys::agent::{AgentIdentity, AgentSessionBinding};
use russh::keys::ssh_encoding::Encode;
use russh::keys::{HashAlg, PrivateKey, PublicKey};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use zeroize::Zeroizing;

use super::file::quoted;
use super::public::{self, CERTIFICATE_SUFFIX};
use super::refusal::fault;
use crate::error::{Error, Kind, Result, io_reason};
use crate::os::local::LocalStream;
use crate::say;
use crate::text;
use crate::wire_format::{put_uint32, take_string, take_uint32};

/// The longest wait for the agent to connect or to list its keys.
const ANSWER: Duration = Duration::from_secs(5);

/// The longest wait for a signature: the agent may ask a person, or wait for a touch.
const SIGNATURE: Duration = Duration::from_secs(60);

/// The most keys listed. OpenSSH's agent allows 2048, but a server lets a client try only a few.
pub(crate) const MAX_KEYS: usize = 1_000;

/// The longest answer read: OpenSSH's limit for agent messages.
const MAX_ANSWER: usize = 256 * 1024;

/// The most characters kept of a comment.
const MAX_COMMENT: usize = 256;

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;

const SUCCESS: u8 = 6;
const ADD_IDENTITY: u8 = 17;
const ADD_ID_CONSTRAINED: u8 = 25;
const CONSTRAIN_LIFETIME: u8 = 1;
const CONSTRAIN_CONFIRM: u8 = 2;
const CONSTRAIN_EXTENSION: u8 = 255;
/// The constraint that names a security key's library (OpenSSH's PROTOCOL.agent section 2).
const SK_PROVIDER: &str = "sk-provider@openssh.com";

/// The conditions on which an agent keeps a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// How long the agent keeps the key, in whole seconds; `None` keeps it until the agent exits.
    pub lifetime: Option<Duration>,
    /// Whether the agent asks its user before each signature.
    pub confirm: bool,
    /// The library by which the agent reaches a security key.
    pub provider: Option<String>,
}

/// A connection to an agent.
#[derive(Debug)]
pub struct Agent {
    socket: PathBuf,
    stream: LocalStream,
    // Whether an answer is still due. After a deadline it may arrive late, and would be taken for
    // the answer to the next request.
    out_of_step: bool,
    /// How many keys of the last list cannot be read.
    unreadable: usize,
}

impl Agent {
    /// Connects to the agent at this socket, usually the one that `SSH_AUTH_SOCK` names.
    ///
    /// # Errors
    /// There is no agent, or it does not answer within 5 seconds.
    pub async fn connect(socket: &Path) -> Result<Agent> {
        let name = quoted(socket);
        let stream = match tokio::time::timeout(ANSWER, LocalStream::connect(socket)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                let cause = match error.kind() {
                    ErrorKind::NotFound => say!(agent_socket_missing),
                    ErrorKind::ConnectionRefused => say!(agent_socket_dead),
                    _ => say!(agent_socket_unusable, error = io_reason(&error)),
                };
                return Err(fault(say!(agent_socket_fault, name, cause))
                    .hint(say!(agent_socket_fault_hint)));
            }
            Err(_) => return Err(hangs(socket, ANSWER)),
        };
        Ok(Agent { socket: socket.to_owned(), stream, out_of_step: false, unreadable: 0 })
    }

    /// Lists the keys and certificates that the agent holds, in the agent's order, at most 1000.
    /// Comments are sanitised; keys of unknown types are left out.
    ///
    /// # Errors
    /// The agent does not answer within 5 seconds, refuses the request, or answers with malformed
    /// data.
    pub async fn identities(&mut self) -> Result<Vec<AgentIdentity>> {
        let Agent { socket, stream, out_of_step, unreadable } = self;
        let answer = in_step(socket, out_of_step, ANSWER, request_identities(stream)).await?;
        let answer = answer.map_err(|cause| failed(socket, &cause))?;
        let nonsense = || {
            fault(say!(agent_list_failed, socket = quoted(socket)))
                .hint(say!(agent_list_failed_hint))
        };
        let list = answer.strip_prefix(&[IDENTITIES_ANSWER]).ok_or_else(nonsense)?;
        let read = parse_list(list).ok_or_else(nonsense)?;
        *unreadable = read.unreadable;
        Ok(read.identities)
    }

    /// How many keys of the last list were left out, because they cannot be read.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// Tells the agent which server this connection is for, so that it shows and uses keys
    /// restricted to certain destinations. Call it before [`identities`](Agent::identities).
    ///
    /// # Errors
    /// The agent refuses (old ones do not know the request) or does not answer in 5 seconds.
    pub async fn bind(&mut self, binding: &AgentSessionBinding) -> Result<()> {
        let Agent { socket, stream, out_of_step, .. } = self;
        let mut client = AgentClient::connect(stream);
        let bound = in_step(socket, out_of_step, ANSWER, client.bind_session(binding, false));
        bound.await?.map_err(|error| failed(socket, &library_reason(&error)))
    }

    /// Adds a private key to the agent under these conditions.
    ///
    /// # Errors
    /// The agent refuses the key, or does not answer within 5 seconds.
    pub async fn add(&mut self, key: &PrivateKey, comment: &str, terms: &Terms) -> Result<()> {
        let message = addition(key, comment, terms)
            .ok_or_else(|| failed(&self.socket, &say!(agent_does_not_take)))?;
        let Agent { socket, stream, out_of_step, .. } = self;
        let answer = in_step(socket, out_of_step, ANSWER, converse(stream, &message)).await?;
        let answer = answer.map_err(|cause| failed(socket, &cause))?;
        match answer.first() {
            Some(&SUCCESS) => Ok(()),
            _ => Err(failed(socket, &say!(agent_does_not_take))),
        }
    }

    /// The identity by which the agent knows this key. An agent that holds the key without the
    /// certificate is asked to sign with the plain key.
    async fn as_held(&mut self, wanted: AgentIdentity) -> Result<AgentIdentity> {
        let AgentIdentity::Certificate { certificate, .. } = &wanted else { return Ok(wanted) };
        let mut key = None;
        for held in self.identities().await? {
            match &held {
                AgentIdentity::Certificate { certificate: held, .. } if held == certificate => {
                    return Ok(wanted);
                }
                AgentIdentity::PublicKey { key: plain, .. }
                    if plain.key_data() == certificate.public_key() =>
                {
                    key = Some(held);
                }
                _ => {}
            }
        }
        Ok(key.unwrap_or(wanted))
    }

    async fn sign(
        &mut self,
        key: AgentIdentity,
        hash_alg: Option<HashAlg>,
        to_sign: Vec<u8>,
    ) -> Result<Vec<u8>> {
        let Agent { socket, stream, out_of_step, .. } = self;
        let mut client = AgentClient::connect(stream);
        let signing = client.sign_request(&key, hash_alg, to_sign);
        in_step(socket, out_of_step, SIGNATURE, signing).await?.map_err(|error| match error {
            russh::keys::Error::AgentFailure => {
                fault(say!(agent_refused_to_sign)).hint(say!(agent_refused_to_sign_hint))
            }
            other => failed(socket, &library_reason(&other)),
        })
    }
}

/// Why [`russh::Signer`] for [`Agent`] made no signature.
#[derive(Debug)]
pub enum SignError {
    /// The connection to the server is gone.
    ConnectionLost,
    /// The agent refused, failed, or did not answer within 60 seconds.
    Agent(Error),
}

impl From<russh::SendError> for SignError {
    fn from(_: russh::SendError) -> SignError {
        SignError::ConnectionLost
    }
}

impl russh::Signer for Agent {
    type Error = SignError;

    fn auth_sign(
        &mut self,
        key: &AgentIdentity,
        hash_alg: Option<HashAlg>,
        to_sign: Vec<u8>,
    ) -> impl Future<Output = Result<Vec<u8>, SignError>> + Send {
        let key = key.clone();
        async move {
            let key = self.as_held(key).await.map_err(SignError::Agent)?;
            let signed = self.sign(key, hash_alg, to_sign).await;
            signed.map_err(SignError::Agent)
        }
    }
}

/// Waits for one answer, at most this long. Fails at once if an earlier answer is still due.
async fn in_step<T>(
    socket: &Path,
    out_of_step: &mut bool,
    limit: Duration,
    answer: impl Future<Output = T>,
) -> Result<T> {
    if std::mem::replace(out_of_step, true) {
        return Err(failed(socket, &say!(agent_answer_unfinished)));
    }
    let answer = tokio::time::timeout(limit, answer).await.map_err(|_| hangs(socket, limit))?;
    // A refusal is an answer, too. If the stream is broken, the next request fails as well.
    *out_of_step = false;
    Ok(answer)
}

fn failed(socket: &Path, cause: &str) -> Error {
    let cause = text::line(cause, MAX_COMMENT);
    fault(say!(agent_failed, socket = quoted(socket), cause)).hint(say!(agent_no_answer_hint))
}

fn hangs(socket: &Path, limit: Duration) -> Error {
    let (name, seconds) = (quoted(socket), limit.as_secs());
    Error::new(Kind::Timeout, say!(agent_no_answer, name, seconds)).hint(say!(agent_no_answer_hint))
}

/// The message that adds a key (draft-ietf-sshm-ssh-agent section 3.2), without its length.
fn addition(key: &PrivateKey, comment: &str, terms: &Terms) -> Option<Zeroizing<Vec<u8>>> {
    let kind = match *terms == Terms::default() {
        true => ADD_IDENTITY,
        false => ADD_ID_CONSTRAINED,
    };
    // Reserve the whole size at once: a growing buffer leaves copies of the key in memory.
    let provider = terms.provider.as_ref().map_or(0, String::len);
    let room = key.key_data().encoded_len().ok()? + comment.len() + provider + 64;
    let mut message = Zeroizing::new(Vec::with_capacity(room));
    message.push(kind);
    key.key_data().encode(&mut *message).ok()?;
    comment.encode(&mut *message).ok()?;
    if let Some(lifetime) = terms.lifetime {
        message.push(CONSTRAIN_LIFETIME);
        let seconds = u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX);
        put_uint32(&mut message, seconds);
    }
    if terms.confirm {
        message.push(CONSTRAIN_CONFIRM);
    }
    if let Some(provider) = &terms.provider {
        message.push(CONSTRAIN_EXTENSION);
        SK_PROVIDER.encode(&mut *message).ok()?;
        provider.encode(&mut *message).ok()?;
    }
    Some(message)
}

/// Asks for the list and reads the answer without its length.
async fn request_identities(stream: &mut LocalStream) -> Result<Vec<u8>, String> {
    converse(stream, &[REQUEST_IDENTITIES]).await
}

/// Sends a message and reads the answer, both without their lengths.
async fn converse(stream: &mut LocalStream, message: &[u8]) -> Result<Vec<u8>, String> {
    let talk = async {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(message).await?;
        let length = stream.read_u32().await?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > MAX_ANSWER {
            return Ok(Err(say!(agent_answer_too_long, length)));
        }
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer).await?;
        Ok(Ok(answer))
    };
    talk.await.unwrap_or_else(|error: io::Error| Err(lost_reason(&error)))
}

/// Why nothing came back.
fn lost_reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
            say!(agent_closed)
        }
        _ => io_reason(error),
    }
}

/// Why the library has no answer for us.
fn library_reason(error: &russh::keys::Error) -> String {
    use russh::keys::Error as Library;
    match error {
        Library::IO(error) => lost_reason(error),
        Library::AgentFailure => error.to_string(),
        _ => say!(agent_answer_unreadable),
    }
}

/// A list of keys as far as they can be read.
struct ReadList {
    identities: Vec<AgentIdentity>,
    unreadable: usize,
}

/// Reads the keys of an answer and skips those that cannot be read.
fn parse_list(list: &[u8]) -> Option<ReadList> {
    let mut rest = list;
    let count = usize::try_from(take_uint32(&mut rest)?).ok()?;
    let mut read = ReadList { identities: Vec::new(), unreadable: 0 };
    for _ in 0..count.min(MAX_KEYS) {
        let blob = take_string(&mut rest)?;
        let comment = text::line_bytes(take_string(&mut rest)?, MAX_COMMENT);
        match parse_identity(blob, comment) {
            Some(identity) => read.identities.push(identity),
            None => read.unreadable += 1,
        }
    }
    Some(read)
}

fn parse_identity(blob: &[u8], comment: String) -> Option<AgentIdentity> {
    let name = std::str::from_utf8(take_string(&mut &*blob)?).ok()?;
    if name.ends_with(CERTIFICATE_SUFFIX) {
        let certificate = public::certificate(blob).ok()?;
        return Some(AgentIdentity::Certificate { certificate, comment });
    }
    if !public::is_supported(name) {
        return None;
    }
    let key = PublicKey::from_bytes(blob).ok()?;
    Some(AgentIdentity::PublicKey { key, comment })
}

#[cfg(test)]
mod tests;
