//! The algorithms that a key exchange has agreed on (RFC 4253 section 7.1).

/// The algorithms in use, from the last key exchange.
#[derive(Clone, Debug)]
pub struct Negotiated {
    /// Key exchange algorithm.
    pub kex: String,
    /// Host key algorithm.
    pub host_key: String,
    /// Cipher, the same in both directions.
    pub cipher: String,
    /// MAC from client to server; meaningless with an AEAD cipher.
    pub client_mac: String,
    /// MAC from server to client.
    pub server_mac: String,
    /// Compression from client to server.
    pub client_compression: &'static str,
    /// Compression from server to client.
    pub server_compression: &'static str,
    /// Whether the key exchange was strict (OpenSSH's PROTOCOL, section 1.10).
    pub strict: bool,
}

impl Negotiated {
    /// Whether the cipher authenticates its data itself, so that no MAC is used.
    pub fn is_aead(&self) -> bool {
        self.cipher.contains("gcm") || self.cipher.contains("poly1305")
    }
}
