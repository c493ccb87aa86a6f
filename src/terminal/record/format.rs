//! How a log is written: what of the output, and which time before each line.

/// What is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines of text.
    #[default]
    Text,
    /// Every byte.
    Raw,
}

impl LogFormat {
    /// The words for them.
    pub const WORDS: [(&'static str, LogFormat); 2] =
        [("text", LogFormat::Text), ("raw", LogFormat::Raw)];

    /// The format of this name.
    pub fn find(word: &str) -> Option<LogFormat> {
        LogFormat::WORDS.iter().find(|(known, _)| *known == word).map(|(_, format)| *format)
    }
}

/// Which time stands before each line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stamps {
    /// None.
    #[default]
    None,
    /// The time of day here.
    Local,
    /// The time of day in UTC.
    Utc,
    /// The time since the log began.
    Elapsed,
    /// The time since the connection was made.
    Connection,
}

impl Stamps {
    /// The words for them.
    pub const WORDS: [(&'static str, Stamps); 5] = [
        ("none", Stamps::None),
        ("local", Stamps::Local),
        ("utc", Stamps::Utc),
        ("elapsed", Stamps::Elapsed),
        ("connection", Stamps::Connection),
    ];

    /// The kind of this name.
    pub fn find(word: &str) -> Option<Stamps> {
        Stamps::WORDS.iter().find(|(known, _)| *known == word).map(|(_, stamps)| *stamps)
    }
}
