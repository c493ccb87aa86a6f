//! How long each step of a connection may take (gaps G4 and G11: the library underneath
//! has no deadlines before authentication is over).
//!
//! Time that a person spends on a question does not count; time in which the peer is silent does.

use std::time::Duration;

use tokio::time::Instant;

/// Time for name resolution and the TCP connection where ConnectTimeout is not set.
pub const CONNECT: Duration = Duration::from_secs(60);
/// Time for the server's identification line.
pub const GREETING: Duration = Duration::from_secs(15);
/// Time for the first key exchange, questions not counted.
pub const KEY_EXCHANGE: Duration = Duration::from_secs(30);
/// Time for the answer to one authentication request: as long as sshd's LoginGraceTime,
/// because a second factor may wait for somebody to pick up a telephone.
pub const AUTHENTICATION_STEP: Duration = Duration::from_secs(120);
/// Time for an exchange of new keys, from the wish of either side for it.
pub const REKEY: Duration = Duration::from_secs(60);
/// How long to wait after a password got an answer that is neither acceptance nor refusal (G4).
pub const UNREADABLE_ANSWER: Duration = Duration::from_secs(5);
/// Time for a channel, a pty or a command to be confirmed.
pub const CHANNEL: Duration = Duration::from_secs(60);
/// Time for a program's exit status and the channel's end once the server has said that no more data
/// follows; usually all of it comes together.
pub const STATUS_AFTER_EOF: Duration = Duration::from_secs(2);
/// Time for a short program that is given its input, such as the installation of a key.
pub const PROGRAM: Duration = Duration::from_secs(60);
/// Time for the installation of a key over SFTP, with all its requests: the largest file of keys has
/// some hundred blocks, and a slow path takes a second for each.
pub const KEY_OVER_SFTP: Duration = Duration::from_secs(600);
/// Time for the answer to a request to forward, which the session waits for.
pub const FORWARD: Duration = Duration::from_secs(15);
/// Time for a server to prove that it has the host keys it announced. A command that has ended
/// waits at most this long for the proof.
pub const PROOF: Duration = Duration::from_secs(5);
/// Time for a KnownHostsCommand.
pub const KNOWN_HOSTS_COMMAND: Duration = Duration::from_secs(30);
/// Time for the answer to a liveness check while a person waits for the result.
pub const SIGN_OF_LIFE: Duration = Duration::from_secs(1);
/// Time for the master of a shared connection to greet and to answer that it is alive.
pub const MASTER: Duration = Duration::from_secs(10);
/// Time for the master to carry out a request: it may ask its person first (ControlMaster ask).
pub const MASTER_ANSWER: Duration = Duration::from_secs(120);
/// How long to read from a server to which nothing can be written any more: it may still send its
/// reason.
pub const LAST_WORDS: Duration = Duration::from_secs(5);
/// Time for a ProxyCommand to end after the hang-up. The program waits for it, and kills what stays.
pub const PROXY_COMMAND_END: Duration = Duration::from_secs(2);
/// Time for the last messages to be sent when a connection is closed.
pub const GOODBYE: Duration = Duration::from_millis(250);

/// The time left for all steps up to the end of the key exchange.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    end: Option<Instant>,
}

impl Budget {
    /// Starts the clock; `limit` is ConnectTimeout, which covers connection, greeting and
    /// key exchange together.
    pub fn start(limit: Option<Duration>) -> Budget {
        Budget { end: limit.and_then(|limit| Instant::now().checked_add(limit)) }
    }

    /// The deadline of a step that may take at most `own`, and not longer than the whole budget.
    pub fn until(&self, own: Duration) -> Instant {
        let own = Instant::now() + own;
        self.end.unwrap_or(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn connect_timeout_covers_all_steps_together() {
        let start = Instant::now();
        let budget = Budget::start(Some(Duration::from_secs(20)));
        tokio::time::advance(Duration::from_secs(12)).await;
        // A step's deadline is neither beyond its own limit nor beyond ConnectTimeout.
        for own in [CONNECT, GREETING, Duration::from_secs(1)] {
            assert_eq!(budget.until(own), start + Duration::from_secs(20));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_it_each_step_has_its_own() {
        let budget = Budget::start(None);
        tokio::time::advance(Duration::from_secs(12)).await;
        assert_eq!(budget.until(GREETING), Instant::now() + GREETING);
        // A limit that overflows the clock counts as no limit.
        let budget = Budget::start(Some(Duration::MAX));
        assert_eq!(budget.until(GREETING), Instant::now() + GREETING);
    }
}
