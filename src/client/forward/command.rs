//! The command line in a session (`~C`): forwards are added and cancelled in ssh's syntax and
//! answered in ssh's words.

use crate::client::forward::forwards::{Forwards, Refused};
use crate::client::forward::settings::ForwardDirection;
use crate::config::{Connect, Forward, Keyword};
use crate::say;

impl Forwards {
    /// Runs one command line; returns the lines to show.
    pub async fn command(&self, typed: &str) -> Vec<String> {
        let typed = typed.trim();
        let typed = typed.strip_prefix('-').unwrap_or(typed);
        if typed.is_empty() {
            return Vec::new();
        }
        if typed.starts_with(['h', 'H', '?']) {
            return help();
        }
        let (cancel, rest) = match typed.strip_prefix('K') {
            Some(rest) => (true, rest),
            None => (false, typed),
        };
        let mut chars = rest.chars();
        let way = match chars.next() {
            Some('L') => ForwardDirection::Local,
            Some('R') => ForwardDirection::Remote,
            Some('D') => ForwardDirection::Dynamic,
            _ => return vec![say!(forward_command_invalid)],
        };
        let place = chars.as_str().trim();
        vec![match cancel {
            true => self.cancel_typed(way, place).await,
            false => self.add_typed(way, place).await,
        }]
    }

    async fn add_typed(&self, way: ForwardDirection, place: &str) -> String {
        let Some(forward) = read(way, place) else {
            return match way {
                ForwardDirection::Remote => say!(forward_command_bad_remote),
                ForwardDirection::Local | ForwardDirection::Dynamic => {
                    say!(forward_command_bad_local)
                }
            };
        };
        match self.add(way, &forward).await {
            Ok(_) => say!(forward_command_forwarding),
            Err(Refused) => say!(forward_command_failed),
        }
    }

    async fn cancel_typed(&self, way: ForwardDirection, place: &str) -> String {
        // The cancelled forward is given by its listening side only, which is the syntax of a
        // remote dynamic forward.
        let Some(Forward { listen, connect: Connect::Socks }) =
            read(ForwardDirection::Remote, place)
        else {
            return say!(forward_command_bad_close);
        };
        match self.cancel(way, &listen).await {
            true => say!(forward_command_canceled),
            false => say!(forward_command_unknown),
        }
    }
}

fn read(way: ForwardDirection, place: &str) -> Option<Forward> {
    let keyword = match way {
        ForwardDirection::Local => Keyword::LocalForward,
        ForwardDirection::Remote => Keyword::RemoteForward,
        ForwardDirection::Dynamic => Keyword::DynamicForward,
    };
    Forward::parse(keyword, &[place.to_owned()]).ok()
}

fn help() -> Vec<String> {
    let line = |command: &str, meaning: String| format!("      {command:39}{meaning}");
    vec![
        say!(forward_command_commands),
        line("-L[bind_address:]port:host:hostport", say!(forward_command_help_l)),
        line("-R[bind_address:]port:host:hostport", say!(forward_command_help_r)),
        line("-D[bind_address:]port", say!(forward_command_help_d)),
        line("-KL[bind_address:]port", say!(forward_command_help_kl)),
        line("-KR[bind_address:]port", say!(forward_command_help_kr)),
        line("-KD[bind_address:]port", say!(forward_command_help_kd)),
    ]
}
