//! Where WinSCP keeps what: in an ini file, or in an export of the registry.

/// The keys under which each site has a key.
pub const SITES: &[&str] = &["Sessions", "Martin Prikryl\\WinSCP 2\\Sessions"];

/// The keys with the master password's settings.
pub const SECURITY: [&str; 2] =
    ["Configuration\\Security", "Martin Prikryl\\WinSCP 2\\Configuration\\Security"];

/// The values that hold a secret.
pub const SECRETS: &[&str] = &[
    "Password",
    "PasswordPlain",
    "NewPassword",
    "TunnelPassword",
    "TunnelPasswordPlain",
    "TunnelPassphrase",
    "TunnelPassphrasePlain",
    "ProxyPassword",
    "ProxyPasswordEnc",
    "Passphrase",
    "PassphrasePlain",
    "EncryptKey",
    "EncryptKeyPlain",
    "S3SessionToken",
];
