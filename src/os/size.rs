//! The size of a terminal, as `pty-req` and `window-change` carry it (RFC 4254 sections 6.2
//! and 6.7).

use super::descriptor::AsDescriptor;

/// The size of a terminal's window. 0 means that the terminal does not know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindowSize {
    /// The width in characters.
    pub columns: u32,
    /// The height in characters.
    pub rows: u32,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

/// The current size, or `None` if the file is not a terminal.
pub fn window_size(fd: impl AsDescriptor) -> Option<WindowSize> {
    let size = rustix::termios::tcgetwinsize(fd.as_descriptor().fd()).ok()?;
    Some(WindowSize {
        columns: size.ws_col.into(),
        rows: size.ws_row.into(),
        width: size.ws_xpixel.into(),
        height: size.ws_ypixel.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_tells_its_size_and_a_file_has_none() {
        let (tty, person) = crate::os::terminal::testing::pty();
        person.resize(pty_process::Size::new_with_pixel(30, 100, 800, 600)).unwrap();
        let expected = WindowSize { columns: 100, rows: 30, width: 800, height: 600 };
        assert_eq!(window_size(&tty), Some(expected));
        assert_eq!(window_size(std::fs::File::open("/dev/null").unwrap()), None);
    }
}
