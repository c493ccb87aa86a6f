//! Encodes and decodes the messages of PROTOCOL.mux, within bounds and without I/O.
//!
//! Where the document and OpenSSH's mux.c differ, this follows mux.c: flags and the port of a stdio
//! forward are `uint32`, and the port -2 (unsigned) marks a path.

use std::fmt;

use crate::client::forward::settings::ForwardDirection;
use crate::client::mux::display::{self, MasterDisplay};
use crate::config::{Connect, Forward, Listen};
use crate::wire_format::{put_string, put_uint32, take_string, take_uint32};

/// The protocol version, which both sides send first.
pub const VERSION: u32 = 4;

/// The longest packet, as in OpenSSH's master. It has room for a command and its environment.
pub const MAX_PACKET: usize = 256 * 1024;
/// The value that means no escape character.
pub const NO_ESCAPE: u32 = u32::MAX;
/// The most variables of one session's environment, as in OpenSSH's master.
const MAX_VARIABLES: usize = 4096;
/// The most extensions of a greeting that are read; one is defined.
const MAX_EXTENSIONS: usize = 64;
/// The port that marks the host as the path of a Unix socket.
const PATH: u32 = u32::MAX - 1;

const HELLO: u32 = 0x0000_0001;
const NEW_SESSION: u32 = 0x1000_0002;
const ALIVE_CHECK: u32 = 0x1000_0004;
const TERMINATE: u32 = 0x1000_0005;
const OPEN_FORWARD: u32 = 0x1000_0006;
const CLOSE_FORWARD: u32 = 0x1000_0007;
const NEW_STDIO_FORWARD: u32 = 0x1000_0008;
const STOP_LISTENING: u32 = 0x1000_0009;
const PROXY: u32 = 0x1000_000f;
const INFO: u32 = 0x2000_0001;

const OK: u32 = 0x8000_0001;
const PERMISSION_DENIED: u32 = 0x8000_0002;
const FAILURE: u32 = 0x8000_0003;
const EXIT_MESSAGE: u32 = 0x8000_0004;
const ALIVE: u32 = 0x8000_0005;
const SESSION_OPENED: u32 = 0x8000_0006;
const REMOTE_PORT: u32 = 0x8000_0007;
const TTY_ALLOC_FAIL: u32 = 0x8000_0008;
const PROXY_BEGINS: u32 = 0x8000_000f;
const INFO_REPLY: u32 = 0x9000_0001;

/// The extension with which a master announces that it answers [`MuxRequest::Info`].
const INFORMS: &str = "info";

const LOCAL: u32 = 1;
const REMOTE: u32 = 2;
const DYNAMIC: u32 = 3;

/// The bytes are not a valid message: the sender does not speak the protocol, and the connection is
/// closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// The first message of each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The protocol version of the sender.
    pub version: u32,
    /// Names and values. OpenSSH 10.6 defines `info`, with the value `0`.
    pub extensions: Vec<(String, Vec<u8>)>,
}

/// A client's session; its standard input, output and error follow as descriptors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Whether to request a pseudo-terminal; its modes and size are those of standard input.
    pub want_tty: bool,
    /// Whether to request X11 forwarding, if the master permits it.
    pub want_x11: bool,
    /// Whether to request agent forwarding, if the master permits it.
    pub want_agent: bool,
    /// Whether `command` is the name of a subsystem.
    pub subsystem: bool,
    /// The escape character, or [`NO_ESCAPE`].
    pub escape_char: u32,
    /// TERM; may be empty.
    pub term: String,
    /// What to run; empty for a shell. No zero byte.
    pub command: Vec<u8>,
    /// `NAME=value` each; no zero byte. The master drops variables that SendEnv does not permit.
    pub env: Vec<Vec<u8>>,
}

/// A client's request. Each request has a number, which its answer repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MuxRequest {
    /// Asks whether the master is alive, and for its process id.
    AliveCheck,
    /// Opens a session; three descriptors follow.
    NewSession(NewSession),
    /// Starts a forward.
    OpenForward(ForwardDirection, Forward),
    /// Cancels a forward that was started with an equal request.
    CloseForward(ForwardDirection, Forward),
    /// Forwards standard input and output to a target (`-W`); two descriptors follow.
    NewStdioForward(Connect),
    /// Ends the master now.
    Terminate,
    /// Removes the socket, and ends the master after the last session.
    StopListening,
    /// Switches to unencrypted packets of the connection protocol (RFC 4254).
    Proxy,
    /// Asks for information about `connection` or `channels`.
    Info(String),
    /// A forward that is not valid: ssh answers `Failure("Invalid forwarding request")`.
    InvalidForward,
    /// A message of this unknown type: ssh answers `Failure("unsupported request")`.
    Unsupported(u32),
}

/// A master's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MuxResponse {
    /// The request succeeded.
    Ok,
    /// The person at the master refused.
    PermissionDenied(String),
    /// The request failed, for this reason.
    Failure(String),
    /// The session has ended. Sent without a request.
    ExitMessage {
        /// The session's number, from `SessionOpened`.
        session: u32,
        /// The remote exit status, or 255.
        status: u32,
    },
    /// The master is alive.
    Alive {
        /// The master's process id.
        pid: u32,
    },
    /// The session, or the stdio forward, is open.
    SessionOpened {
        /// The session's number.
        session: u32,
    },
    /// The port on which the server listens for a remote forward, if it chose it.
    RemotePort {
        /// The port.
        port: u32,
    },
    /// The server refused the pseudo-terminal; the session goes on. Sent without a request.
    TtyAllocFail {
        /// The session's number.
        session: u32,
    },
    /// Packets of the connection protocol follow.
    Proxy,
    /// The requested information, or why it is refused.
    Info(Result<String, String>),
}

impl Hello {
    /// A client's hello.
    pub fn new() -> Hello {
        Hello { version: VERSION, extensions: Vec::new() }
    }

    /// The hello of a master that answers [`MuxRequest::Info`] and forwards this display.
    pub fn of_master(display: &MasterDisplay) -> Hello {
        let informs = (INFORMS.to_owned(), b"0".to_vec());
        let display = (display::EXTENSION.to_owned(), display.encode());
        Hello { version: VERSION, extensions: vec![informs, display] }
    }

    /// The display of the master's X11 forwarding, if it reports one.
    pub fn display(&self) -> Option<MasterDisplay> {
        let mut extensions = self.extensions.iter();
        let told = extensions.find(|(name, _)| name == display::EXTENSION);
        told.and_then(|(_, value)| MasterDisplay::decode(value))
    }

    /// Whether the sender is a master that answers [`MuxRequest::Info`].
    pub fn informs(&self) -> bool {
        self.extensions.iter().any(|(name, _)| name == INFORMS)
    }

    /// Encodes the packet's body.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new(HELLO);
        out.number(self.version);
        for (name, value) in &self.extensions {
            out.bytes(name.as_bytes());
            out.bytes(value);
        }
        out.0
    }

    /// Decodes a packet's body.
    ///
    /// # Errors
    /// It is another message, or not valid.
    pub fn decode(body: &[u8]) -> Result<Hello, Malformed> {
        let mut body = Reader(body);
        if body.number()? != HELLO {
            return Err(Malformed);
        }
        let mut hello = Hello { version: body.number()?, extensions: Vec::new() };
        while !body.0.is_empty() {
            let extension = (body.text()?, body.bytes()?);
            if hello.extensions.len() < MAX_EXTENSIONS {
                hello.extensions.push(extension);
            }
        }
        Ok(hello)
    }
}

impl Default for Hello {
    fn default() -> Hello {
        Hello::new()
    }
}

impl MuxRequest {
    /// Encodes the packet's body for the request with this number.
    pub fn encode(&self, id: u32) -> Vec<u8> {
        let mut out = Writer::new(self.kind());
        out.number(id);
        match self {
            MuxRequest::NewSession(session) => session.encode(&mut out),
            MuxRequest::OpenForward(way, forward) | MuxRequest::CloseForward(way, forward) => {
                out.number(number_of(*way));
                out.listen(&forward.listen);
                out.connect(&forward.connect);
            }
            MuxRequest::NewStdioForward(to) => {
                out.bytes(b"");
                out.connect(to);
            }
            MuxRequest::Info(what) => out.bytes(what.as_bytes()),
            MuxRequest::InvalidForward => [b"".as_slice(); 2].into_iter().for_each(|host| {
                out.bytes(host);
                out.number(0);
            }),
            _ => {}
        }
        out.0
    }

    /// Decodes a packet's body: the request and its number.
    ///
    /// # Errors
    /// It is not valid; ssh ends the connection to such a client.
    pub fn decode(body: &[u8]) -> Result<(u32, MuxRequest), Malformed> {
        let mut body = Reader(body);
        let (kind, id) = (body.number()?, body.number()?);
        let request = match kind {
            HELLO => return Err(Malformed),
            NEW_SESSION => MuxRequest::NewSession(NewSession::decode(&mut body)?),
            ALIVE_CHECK => MuxRequest::AliveCheck,
            TERMINATE => MuxRequest::Terminate,
            OPEN_FORWARD => body.forward(MuxRequest::OpenForward)?,
            CLOSE_FORWARD => body.forward(MuxRequest::CloseForward)?,
            NEW_STDIO_FORWARD => {
                body.bytes()?;
                MuxRequest::NewStdioForward(body.connect()?)
            }
            STOP_LISTENING => MuxRequest::StopListening,
            PROXY => MuxRequest::Proxy,
            INFO => MuxRequest::Info(body.text()?),
            other => MuxRequest::Unsupported(other),
        };
        Ok((id, request))
    }

    fn kind(&self) -> u32 {
        match self {
            MuxRequest::AliveCheck => ALIVE_CHECK,
            MuxRequest::NewSession(_) => NEW_SESSION,
            MuxRequest::OpenForward(..) | MuxRequest::InvalidForward => OPEN_FORWARD,
            MuxRequest::CloseForward(..) => CLOSE_FORWARD,
            MuxRequest::NewStdioForward(_) => NEW_STDIO_FORWARD,
            MuxRequest::Terminate => TERMINATE,
            MuxRequest::StopListening => STOP_LISTENING,
            MuxRequest::Proxy => PROXY,
            MuxRequest::Info(_) => INFO,
            MuxRequest::Unsupported(kind) => *kind,
        }
    }
}

impl NewSession {
    fn encode(&self, out: &mut Writer) {
        out.bytes(b"");
        for flag in [self.want_tty, self.want_x11, self.want_agent, self.subsystem] {
            out.number(u32::from(flag));
        }
        out.number(self.escape_char);
        out.bytes(self.term.as_bytes());
        out.bytes(&self.command);
        self.env.iter().for_each(|variable| out.bytes(variable));
    }

    fn decode(body: &mut Reader<'_>) -> Result<NewSession, Malformed> {
        body.bytes()?;
        let mut session = NewSession {
            want_tty: body.flag()?,
            want_x11: body.flag()?,
            want_agent: body.flag()?,
            subsystem: body.flag()?,
            escape_char: body.number()?,
            term: body.text()?,
            command: body.without_zero()?,
            env: Vec::new(),
        };
        while !body.0.is_empty() && session.env.len() < MAX_VARIABLES {
            session.env.push(body.without_zero()?);
        }
        Ok(session)
    }
}

impl MuxResponse {
    /// Encodes the packet's body as the answer to the request with this number. The number is not
    /// used in messages that are sent without a request.
    pub fn encode(&self, request: u32) -> Vec<u8> {
        let (kind, first) = match self {
            MuxResponse::Ok => (OK, request),
            MuxResponse::PermissionDenied(_) => (PERMISSION_DENIED, request),
            MuxResponse::Failure(_) => (FAILURE, request),
            MuxResponse::ExitMessage { session, .. } => (EXIT_MESSAGE, *session),
            MuxResponse::Alive { .. } => (ALIVE, request),
            MuxResponse::SessionOpened { .. } => (SESSION_OPENED, request),
            MuxResponse::RemotePort { .. } => (REMOTE_PORT, request),
            MuxResponse::TtyAllocFail { session } => (TTY_ALLOC_FAIL, *session),
            MuxResponse::Proxy => (PROXY_BEGINS, request),
            MuxResponse::Info(_) => (INFO_REPLY, request),
        };
        let mut out = Writer::new(kind);
        out.number(first);
        match self {
            MuxResponse::PermissionDenied(reason) | MuxResponse::Failure(reason) => {
                out.bytes(reason.as_bytes());
            }
            MuxResponse::ExitMessage { status: number, .. }
            | MuxResponse::Alive { pid: number }
            | MuxResponse::SessionOpened { session: number }
            | MuxResponse::RemotePort { port: number } => out.number(*number),
            MuxResponse::Info(told) => {
                out.number(u32::from(told.is_ok()));
                let (Ok(text) | Err(text)) = told;
                out.bytes(text.as_bytes());
            }
            MuxResponse::Ok | MuxResponse::TtyAllocFail { .. } | MuxResponse::Proxy => {}
        }
        out.0
    }

    /// Decodes a packet's body: the response, and the number of the request that it answers.
    ///
    /// # Errors
    /// It is not valid.
    pub fn decode(body: &[u8]) -> Result<(Option<u32>, MuxResponse), Malformed> {
        let mut body = Reader(body);
        let (kind, first) = (body.number()?, body.number()?);
        let response = match kind {
            OK => MuxResponse::Ok,
            PERMISSION_DENIED => MuxResponse::PermissionDenied(body.text()?),
            FAILURE => MuxResponse::Failure(body.text()?),
            EXIT_MESSAGE => {
                let status = body.number()?;
                return Ok((None, MuxResponse::ExitMessage { session: first, status }));
            }
            ALIVE => MuxResponse::Alive { pid: body.number()? },
            SESSION_OPENED => MuxResponse::SessionOpened { session: body.number()? },
            REMOTE_PORT => MuxResponse::RemotePort { port: body.number()? },
            TTY_ALLOC_FAIL => return Ok((None, MuxResponse::TtyAllocFail { session: first })),
            PROXY_BEGINS => MuxResponse::Proxy,
            INFO_REPLY => MuxResponse::Info(match body.flag()? {
                true => Ok(body.text()?),
                false => Err(body.text()?),
            }),
            _ => return Err(Malformed),
        };
        Ok((Some(first), response))
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed message")
    }
}

fn number_of(way: ForwardDirection) -> u32 {
    match way {
        ForwardDirection::Local => LOCAL,
        ForwardDirection::Remote => REMOTE,
        ForwardDirection::Dynamic => DYNAMIC,
    }
}

/// A message under construction.
struct Writer(Vec<u8>);

impl Writer {
    fn new(kind: u32) -> Writer {
        Writer(kind.to_be_bytes().to_vec())
    }

    fn number(&mut self, number: u32) {
        put_uint32(&mut self.0, number);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        put_string(&mut self.0, bytes);
    }

    /// Encodes a listening address as mux.c does: no address becomes the empty string, and an empty
    /// address becomes `*`.
    fn listen(&mut self, listen: &Listen) {
        let (host, port) = match listen {
            Listen::Tcp { host: None, port } => ("", u32::from(*port)),
            Listen::Tcp { host: Some(host), port } if host.is_empty() => ("*", u32::from(*port)),
            Listen::Tcp { host: Some(host), port } => (host.as_str(), u32::from(*port)),
            Listen::Path(path) => (path.as_str(), PATH),
        };
        self.bytes(host.as_bytes());
        self.number(port);
    }

    fn connect(&mut self, connect: &Connect) {
        let (host, port) = match connect {
            Connect::Tcp { host, port } => (host.as_str(), u32::from(*port)),
            Connect::Path(path) => (path.as_str(), PATH),
            // The name under which OpenSSH compares dynamic forwards.
            Connect::Socks => ("socks", 0),
        };
        self.bytes(host.as_bytes());
        self.number(port);
    }
}

/// The part of a message that is not read yet.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self) -> Result<u32, Malformed> {
        take_uint32(&mut self.0).ok_or(Malformed)
    }

    fn flag(&mut self) -> Result<bool, Malformed> {
        self.number().map(|number| number != 0)
    }

    fn bytes(&mut self) -> Result<Vec<u8>, Malformed> {
        take_string(&mut self.0).map(<[u8]>::to_vec).ok_or(Malformed)
    }

    fn without_zero(&mut self) -> Result<Vec<u8>, Malformed> {
        self.bytes().and_then(|bytes| if bytes.contains(&0) { Err(Malformed) } else { Ok(bytes) })
    }

    /// Reads a string as UTF-8. Other bytes cannot be a host, a path that we use, or a reason to
    /// show.
    fn text(&mut self) -> Result<String, Malformed> {
        self.without_zero().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads a host or a path, and its port.
    fn place(&mut self) -> Result<(String, Option<u16>), Malformed> {
        let host = self.text()?;
        match self.number()? {
            PATH => Ok((host, None)),
            port => u16::try_from(port).map(|port| (host, Some(port))).map_err(|_| Malformed),
        }
    }

    fn connect(&mut self) -> Result<Connect, Malformed> {
        Ok(match self.place()? {
            (host, Some(port)) => Connect::Tcp { host, port },
            (path, None) => Connect::Path(path),
        })
    }

    fn forward(
        &mut self,
        request: impl Fn(ForwardDirection, Forward) -> MuxRequest,
    ) -> Result<MuxRequest, Malformed> {
        let (way, listen, connect) = (self.number()?, self.place()?, self.connect()?);
        let listen = match listen {
            (host, Some(port)) => {
                Listen::Tcp { host: Some(host).filter(|host| !host.is_empty()), port }
            }
            (path, None) => Listen::Path(path),
        };
        let way = match way {
            LOCAL => ForwardDirection::Local,
            REMOTE => ForwardDirection::Remote,
            DYNAMIC => ForwardDirection::Dynamic,
            _ => return Ok(MuxRequest::InvalidForward),
        };
        let connect = match (way, connect) {
            (ForwardDirection::Dynamic, Connect::Tcp { .. }) => Connect::Socks,
            (ForwardDirection::Remote, Connect::Tcp { host, port: 0 }) if !host.is_empty() => {
                Connect::Socks
            }
            (_, connect) => connect,
        };
        let possible = match (way, &listen, &connect) {
            (ForwardDirection::Dynamic, Listen::Path(_), _) => false,
            (_, Listen::Path(path), _) if path.is_empty() => false,
            (_, _, Connect::Tcp { host, port }) => !host.is_empty() && *port != 0,
            (_, _, Connect::Path(path)) => !path.is_empty() && way != ForwardDirection::Dynamic,
            (_, _, Connect::Socks) => true,
        };
        Ok(match possible {
            true => request(way, Forward { listen, connect }),
            false => MuxRequest::InvalidForward,
        })
    }
}

#[cfg(test)]
mod tests;
