//! How wide the terminal is that lines are written to.

use crate::os::AsDescriptor;
use crate::terminal;

/// The width of a terminal that does not say.
const COLUMNS: usize = 80;
/// A narrower terminal shows nothing anyway.
const COLUMNS_MIN: usize = 20;

/// The columns of a terminal.
pub fn columns(terminal: impl AsDescriptor) -> usize {
    let columns = terminal::window_size(terminal).map(|size| size.columns);
    let columns = columns.and_then(|columns| usize::try_from(columns).ok());
    columns.filter(|&columns| columns >= COLUMNS_MIN).unwrap_or(COLUMNS)
}
