//! What help text and manual page both say of the verbs: how they are typed, examples, and what the
//! exit status means.

/// What the program is called with, for the help text.
pub(super) const USES: [&str; 3] = [
    "tessh [options] [user@]host[:port] [command [argument ...]]",
    "tessh [options] ssh://[user@]host[:port] [command [argument ...]]",
    "tessh verb ...",
];

pub(super) const TRUST_USES: [&str; 1] = ["tessh trust verb [options] [host]"];

pub(super) const TELEPORT_USES: [&str; 1] = ["tessh teleport verb [options] [word ...]"];

/// Example command lines for the help text and the manual page.
pub(super) const EXAMPLES: [(&str, &str); 8] = [
    ("tessh", "ask for a host, then log in"),
    ("tessh user@host", "a shell on the host"),
    ("tessh user@host uname -a", "one command; its status is the exit code"),
    ("tessh --auth password host", "log in this way, and no other"),
    ("tessh -J gate host", "through a jump host"),
    ("tessh -N -L 8080:localhost:80 host", "a forwarded port, and no session"),
    ("tessh explain host", "what would apply, and why; no connection"),
    ("tessh demo", "try it on a server of your own"),
];

pub(super) const KEYGEN_USES: [&str; 5] = [
    "tessh keygen [-t type] [-b bits] [-f file] [-C comment] [-O openssh|ppk]",
    "tessh keygen -O format -f file [--output file]",
    "tessh keygen -p [-f file] [-a rounds]",
    "tessh keygen -l [-v] [-E hash] [-f file]",
    "tessh keygen -y|-e|-i [-f file]",
];

pub(super) const COPY_ID_STATUS: &str =
    "0 the key is on the server; 1 it is, but does not log in; 255 when tessh itself failed";

pub(super) const BENCH_STATUS: &str = "0 measured; 130 ended by Ctrl-C, with what was measured before; 255 when nothing could be measured";

pub(super) const TRUST_STATUS: &str = "0 found, changed or trusted; 1 nothing there, nothing to change or not trusted; 2 where check could not tell; 255 when tessh itself failed";

pub(super) const FILES_STATUS: &str =
    "0 all is there; 1 a file failed and others went on; 255 when tessh itself failed";
