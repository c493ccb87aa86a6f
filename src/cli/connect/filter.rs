//! The optional filters between session and terminal: a log of the output, and another encoding.
//! Without them the streams are used directly.

use std::io::{self, Cursor};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use log::{debug, warn};
use tokio::io::{AsyncRead, AsyncReadExt, Chain, ReadBuf};

use crate::cli::environment::ProcessEnvironment;
use crate::cli::local::window_size;
use crate::cli::resolve::{LogPlan, Plan};
use crate::client::flow::OutputSink;
use crate::error::{Error, Kind, Result};
use crate::os::stdio::DescriptorInput;
use crate::say;
use crate::terminal::encoding::{Decoded, Encoded, Encoding};
use crate::terminal::record::{
    self, LogFile, LogFormat, LogNames, SessionLog, SharedLog, Stamps, Tee,
};
use crate::text;

/// The requested filters, prepared as far as possible before the connection.
pub(super) struct FilterRequest {
    encoding: Option<Encoding>,
    log: Option<(LogFile, LogFormat, Stamps, TimeZone)>,
}

impl FilterRequest {
    /// Opens the log and checks the encoding. `interactive` says that a person's terminal is on
    /// both sides.
    ///
    /// # Errors
    /// The log cannot be written, or an encoding was typed for a session whose data may not be
    /// text.
    pub fn prepare(
        plan: &Plan,
        environment: &ProcessEnvironment,
        interactive: bool,
    ) -> Result<FilterRequest> {
        let encoding = match plan.encoding {
            Some(wanted) if interactive => Some(wanted.encoding),
            Some(wanted) if wanted.typed => {
                return Err(Error::new(Kind::Usage, say!(encoding_terminal))
                    .hint(say!(encoding_terminal_hint)));
            }
            Some(_) => {
                warn!("{}", say!(encoding_not_applied));
                None
            }
            None => None,
        };
        let has_session = plan.options.session_type.value != crate::config::SessionType::None;
        let log = plan.log.as_ref().filter(|_| has_session);
        let log = log.map(|log| {
            let zone = zone(environment, log);
            let names = LogNames {
                host: &plan.host,
                port: plan.options.port.value,
                user: &plan.options.user.value,
            };
            let now = Timestamp::now().to_zoned(zone.clone());
            let name = record::file_name(&log.template, &names, &now)?;
            debug!("The session is logged to {}", text::line(&name, 200));
            Ok((LogFile::open(name.as_ref())?, log.format, log.stamps, zone))
        });
        Ok(FilterRequest { encoding, log: log.transpose()? })
    }

    /// Starts the filters. `connected` is the time of the connection; `pty` says whether the server
    /// has a terminal of the local one's size.
    pub fn begin(self, connected: Instant, pty: bool) -> SessionFilter {
        let width = move || match pty {
            true => window_size().map_or(0, |size| size.columns as usize),
            false => 0,
        };
        let log = self.log.map(|(file, format, stamps, zone)| {
            let clock = record::clock();
            SharedLog::new(SessionLog::begin(file, (format, stamps), zone, connected, clock), width)
        });
        SessionFilter { encoding: self.encoding, log }
    }
}

/// The local time zone, or UTC if none is known. An unknown zone in TZ is reported if the log would
/// show local times.
fn zone(environment: &ProcessEnvironment, log: &LogPlan) -> TimeZone {
    TimeZone::try_system().unwrap_or_else(|error| {
        let named = environment.get("TZ").is_some_and(|name| !name.is_empty());
        if named && (log.stamps == Stamps::Local || log.template.contains('%')) {
            let error = text::line(&error.to_string(), 200);
            warn!("{}", say!(log_zone_unknown, error));
        }
        TimeZone::UTC
    })
}

/// The filters of a running session.
pub(super) struct SessionFilter {
    encoding: Option<Encoding>,
    log: Option<SharedLog>,
}

impl SessionFilter {
    /// Puts the filters in front of a sink for the session's output.
    pub fn output(&self, mut sink: OutputSink) -> OutputSink {
        if let Some(log) = &self.log {
            sink = Box::new(Tee::new(sink, log.clone()));
        }
        if let Some(encoding) = self.encoding {
            sink = Box::new(Decoded::new(sink, encoding));
        }
        sink
    }

    /// Puts the filters behind a source for the session's input, after what was typed ahead of it.
    pub fn input(&self, typed: Vec<u8>, input: DescriptorInput) -> FilteredInput {
        let input = Cursor::new(typed).chain(input);
        match self.encoding {
            None => FilteredInput::Plain(input),
            Some(encoding) => FilteredInput::Encoded(Encoded::new(input, encoding)),
        }
    }

    /// Ends the log with what there is of its last line.
    pub fn finish(&self) {
        if let Some(log) = &self.log {
            log.finish();
        }
    }
}

/// What was typed ahead, then standard input.
type TypedInput = Chain<Cursor<Vec<u8>>, DescriptorInput>;

/// Standard input, converted if an encoding is set.
pub(super) enum FilteredInput {
    Plain(TypedInput),
    Encoded(Encoded<TypedInput>),
}

impl AsyncRead for FilteredInput {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            FilteredInput::Plain(input) => Pin::new(input).poll_read(cx, buf),
            FilteredInput::Encoded(input) => Pin::new(input).poll_read(cx, buf),
        }
    }
}
