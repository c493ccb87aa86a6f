//! What of a form is shown where the screen has too few lines: first the blank lines go, then the
//! spare rows, such as a randomart, then the hints. What is left scrolls.

/// The least number of lines with hints where a form scrolls.
const HINTS_MIN: usize = 14;

/// How many lines each part of a form needs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FormLines {
    /// The rows that are always shown, the buttons among them.
    pub(super) rows: usize,
    /// The spare rows.
    pub(super) spare: usize,
    /// The hints.
    pub(super) hints: usize,
    /// The blank lines.
    pub(super) blanks: usize,
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FormFit {
    pub(super) spare: bool,
    pub(super) hints: bool,
    pub(super) blanks: usize,
}

/// Chooses what is shown in this many lines.
pub(super) fn fit(lines: FormLines, room: usize) -> FormFit {
    for (spare, hints) in [(true, true), (false, true), (false, false)] {
        let spared = if spare { lines.spare } else { 0 };
        let hinted = if hints { lines.hints } else { 0 };
        if let Some(left) = room.checked_sub(lines.rows + spared + hinted) {
            return FormFit { spare, hints, blanks: left.min(lines.blanks) };
        }
    }
    FormFit { spare: false, hints: room >= HINTS_MIN, blanks: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_go_first_then_spare_rows_then_hints() {
        let lines = FormLines { rows: 10, spare: 5, hints: 1, blanks: 4 };
        for (room, spare, hints, blanks) in [
            (40, true, true, 4),
            (20, true, true, 4),
            (18, true, true, 2),
            (16, true, true, 0),
            (15, false, true, 4),
            (11, false, true, 0),
            (10, false, false, 0),
            (9, false, false, 0),
        ] {
            assert_eq!(fit(lines, room), FormFit { spare, hints, blanks }, "{room}");
        }
        let long = FormLines { rows: 90, ..lines };
        assert_eq!(fit(long, 20), FormFit { spare: false, hints: true, blanks: 0 });
    }
}
