//! The format of a log: text or raw bytes, and the kind of timestamp before each line.

/// What is written of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines of text without escape sequences.
    #[default]
    Text,
    /// Every byte as it came.
    Raw,
}

impl LogFormat {
    /// The words by which a user chooses a format.
    pub const WORDS: [(&'static str, LogFormat); 2] =
        [("text", LogFormat::Text), ("raw", LogFormat::Raw)];

    /// Finds the format of this name.
    pub fn find(word: &str) -> Option<LogFormat> {
        LogFormat::WORDS.iter().find(|(known, _)| *known == word).map(|(_, format)| *format)
    }
}

/// The kind of timestamp before each line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stamps {
    /// No timestamp.
    #[default]
    None,
    /// The local time of day.
    Local,
    /// The time of day in UTC.
    Utc,
    /// The time since the log began.
    Elapsed,
    /// The time since the connection was made.
    Connection,
}

impl Stamps {
    /// The words by which a user chooses a kind of timestamp.
    pub const WORDS: [(&'static str, Stamps); 5] = [
        ("none", Stamps::None),
        ("local", Stamps::Local),
        ("utc", Stamps::Utc),
        ("elapsed", Stamps::Elapsed),
        ("connection", Stamps::Connection),
    ];

    /// Finds the kind of timestamp of this name.
    pub fn find(word: &str) -> Option<Stamps> {
        Stamps::WORDS.iter().find(|(known, _)| *known == word).map(|(_, stamps)| *stamps)
    }
}
