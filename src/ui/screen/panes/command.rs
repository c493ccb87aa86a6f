//! The keys of the file manager: one table for what they do, the help and the line of keys.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::catalogue::{FixedText, texts};

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PaneCommand {
    Help,
    Compare,
    View,
    Edit,
    Copy,
    Move,
    MakeDirectory,
    Remove,
    Properties,
    Quit,
    Rename,
    Open,
    Leave,
    Switch,
    Mark,
    MarkMatching,
    UnmarkMatching,
    InvertMarks,
    Filter,
    Hidden,
    SortNext,
    SortReversed,
    Reload,
    Usage,
    Link,
    GoTo,
    OtherHere,
    Synchronise,
    MakeAlike,
    Bookmarks,
    Queue,
    Shell,
}

/// One row of the table: keys, what they do, how they are written, and what the help says.
pub(super) struct CommandKeys {
    keys: &'static [(KeyCode, KeyModifiers)],
    pub(super) command: PaneCommand,
    pub(super) shown: &'static str,
    pub(super) help: FixedText,
}

/// How many commands, from the first, the line of keys has.
pub(super) const ON_LINE: usize = 10;

const PLAIN: KeyModifiers = KeyModifiers::NONE;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;

const fn row(
    keys: &'static [(KeyCode, KeyModifiers)],
    command: PaneCommand,
    shown: &'static str,
    help: FixedText,
) -> CommandKeys {
    CommandKeys { keys, command, shown, help }
}

const fn letter(c: char) -> (KeyCode, KeyModifiers) {
    (KeyCode::Char(c), PLAIN)
}

const fn function(number: u8) -> (KeyCode, KeyModifiers) {
    (KeyCode::F(number), PLAIN)
}

const fn control(c: char) -> (KeyCode, KeyModifiers) {
    (KeyCode::Char(c), CTRL)
}

const fn named(code: KeyCode) -> (KeyCode, KeyModifiers) {
    (code, PLAIN)
}

/// All commands.
#[rustfmt::skip]
pub(super) const COMMANDS: &[CommandKeys] = &[
    row(&[function(1), letter('?')], PaneCommand::Help, "F1 ?", texts::panes_key_help),
    row(&[function(2), letter('=')], PaneCommand::Compare, "F2 =", texts::panes_key_compare),
    row(&[function(3), letter('v')], PaneCommand::View, "F3 v", texts::panes_key_view),
    row(&[function(4), letter('e')], PaneCommand::Edit, "F4 e", texts::panes_key_edit),
    row(&[function(5), letter('c')], PaneCommand::Copy, "F5 c", texts::panes_key_copy),
    row(&[function(6), letter('m')], PaneCommand::Move, "F6 m", texts::panes_key_move),
    row(&[function(7), letter('k')], PaneCommand::MakeDirectory, "F7 k", texts::panes_key_mkdir),
    row(&[function(8), named(KeyCode::Delete), letter('d')], PaneCommand::Remove, "F8 Del d", texts::panes_key_remove),
    row(&[function(9), letter('p')], PaneCommand::Properties, "F9 p", texts::panes_key_properties),
    row(&[function(10), letter('q')], PaneCommand::Quit, "F10 q", texts::panes_key_quit),
    row(&[(KeyCode::F(6), KeyModifiers::SHIFT), letter('r')], PaneCommand::Rename, "S-F6 r", texts::panes_key_rename),
    row(&[named(KeyCode::Enter), named(KeyCode::Right)], PaneCommand::Open, "Enter", texts::panes_key_open),
    row(&[named(KeyCode::Backspace), named(KeyCode::Left)], PaneCommand::Leave, "Backspace", texts::panes_key_leave),
    row(&[named(KeyCode::Tab), named(KeyCode::BackTab), (KeyCode::BackTab, KeyModifiers::SHIFT)], PaneCommand::Switch, "Tab", texts::panes_key_switch),
    row(&[named(KeyCode::Insert), letter(' '), control('t')], PaneCommand::Mark, "Ins Space", texts::panes_key_mark),
    row(&[letter('+')], PaneCommand::MarkMatching, "+", texts::panes_key_mark_matching),
    row(&[letter('-')], PaneCommand::UnmarkMatching, "-", texts::panes_key_unmark_matching),
    row(&[letter('*')], PaneCommand::InvertMarks, "*", texts::panes_key_invert),
    row(&[control('s'), letter('/')], PaneCommand::Filter, "^S /", texts::panes_key_filter),
    row(&[control('h'), letter('.')], PaneCommand::Hidden, "^H .", texts::panes_key_hidden),
    row(&[letter('s')], PaneCommand::SortNext, "s", texts::panes_key_sort),
    row(&[letter('S')], PaneCommand::SortReversed, "S", texts::panes_key_reverse),
    row(&[control('r')], PaneCommand::Reload, "^R", texts::panes_key_reload),
    row(&[letter('u')], PaneCommand::Usage, "u", texts::panes_key_usage),
    row(&[letter('l')], PaneCommand::Link, "l", texts::panes_key_link),
    row(&[letter('g')], PaneCommand::GoTo, "g", texts::panes_key_go_to),
    row(&[letter('o')], PaneCommand::OtherHere, "o", texts::panes_key_other_here),
    row(&[letter('y')], PaneCommand::Synchronise, "y", texts::panes_key_synchronise),
    row(&[letter('Y')], PaneCommand::MakeAlike, "Y", texts::panes_key_make_alike),
    row(&[letter('b')], PaneCommand::Bookmarks, "b", texts::panes_key_bookmarks),
    row(&[letter('j'), control('q')], PaneCommand::Queue, "j ^Q", texts::panes_key_queue),
    row(&[letter('!')], PaneCommand::Shell, "!", texts::panes_key_shell),
];

/// The command of a key.
pub(super) fn command_of(key: &KeyEvent) -> Option<PaneCommand> {
    // A letter in upper case may come with or without Shift.
    let is_letter = matches!(key.code, KeyCode::Char(_));
    let modifiers = if is_letter { key.modifiers - KeyModifiers::SHIFT } else { key.modifiers };
    let pressed = (key.code, modifiers);
    COMMANDS.iter().find(|row| row.keys.contains(&pressed)).map(|row| row.command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_commands() {
        let mut all: Vec<_> = COMMANDS.iter().flat_map(|row| row.keys).collect();
        let count = all.len();
        all.sort_by_key(|key| format!("{key:?}"));
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
