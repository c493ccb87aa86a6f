//! The size of a terminal, as `pty-req` and `window-change` carry it (RFC 4254 sections 6.2
//! and 6.7).

use super::descriptor::AsDescriptor;

/// The size of a terminal. A value of 0 means that the terminal does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Winsize {
    /// Width in characters.
    pub cols: u32,
    /// Height in rows.
    pub rows: u32,
    /// Width in pixels.
    pub x_pixels: u32,
    /// Height in pixels.
    pub y_pixels: u32,
}

/// The size now, or `None` if the file is not a terminal.
pub fn winsize(fd: impl AsDescriptor) -> Option<Winsize> {
    let size = rustix::termios::tcgetwinsize(fd.as_descriptor().fd()).ok()?;
    Some(Winsize {
        cols: size.ws_col.into(),
        rows: size.ws_row.into(),
        x_pixels: size.ws_xpixel.into(),
        y_pixels: size.ws_ypixel.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_tells_its_size_and_a_file_has_none() {
        let (tty, person) = crate::os::terminal::testing::pty();
        person.resize(pty_process::Size::new_with_pixel(30, 100, 800, 600)).unwrap();
        let expected = Winsize { cols: 100, rows: 30, x_pixels: 800, y_pixels: 600 };
        assert_eq!(winsize(&tty), Some(expected));
        assert_eq!(winsize(std::fs::File::open("/dev/null").unwrap()), None);
    }
}
