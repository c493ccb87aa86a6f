//! The width of the terminal on which lines are written.

use crate::os::AsDescriptor;
use crate::terminal;

/// The width if the terminal does not report one.
const COLUMNS: usize = 80;
/// The least width that is assumed; nothing useful fits on a narrower terminal.
const COLUMNS_MIN: usize = 20;

/// The number of columns of a terminal.
pub fn columns(terminal: impl AsDescriptor) -> usize {
    let columns = terminal::window_size(terminal).map(|size| size.columns);
    let columns = columns.and_then(|columns| usize::try_from(columns).ok());
    columns.filter(|&columns| columns >= COLUMNS_MIN).unwrap_or(COLUMNS)
}
