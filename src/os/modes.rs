//! The terminal modes that `pty-req` carries (RFC 4254 section 8, RFC 8160 for IUTF8), read from a
//! terminal and set on one.
//!
//! The set and its order are OpenSSH's, so that `stty -a` on the server shows the same: both
//! speeds, then each special character, input, local, output and control mode that this system has.
//! VDSUSP, VFLUSH, VSWTCH and VSTATUS do not exist here and are left out, as in OpenSSH. The list
//! has no TTY_OP_END, because russh writes it.

use russh::Pty;
use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios,
    tcgetattr, tcsetattr,
};

use super::descriptor::AsDescriptor;

/// RFC 4254's value for a special character that is disabled.
const DISABLED: u32 = 255;

/// This system's value for it (`_POSIX_VDISABLE`).
const POSIX_VDISABLE: u8 = 0;

/// The speed that OpenSSH sends if the actual one has no constant.
const ODD_SPEED: u32 = 9_600;

/// The modes of the terminal, in the order in which they are sent. Empty if the file is not a
/// terminal: the server then uses its own defaults.
pub fn modes(fd: impl AsDescriptor) -> Vec<(Pty, u32)> {
    tcgetattr(fd.as_descriptor().fd()).map(|tio| encode(&tio)).unwrap_or_default()
}

fn encode(tio: &Termios) -> Vec<(Pty, u32)> {
    let mut modes = vec![
        (Pty::TTY_OP_OSPEED, speed(tio.output_speed())),
        (Pty::TTY_OP_ISPEED, speed(tio.input_speed())),
    ];
    for (name, index) in SPECIAL {
        let code = tio.special_codes[index];
        let value = if code == POSIX_VDISABLE { DISABLED } else { code.into() };
        modes.push((name, value));
    }
    let flag = |name, set| (name, u32::from(set));
    modes.extend(INPUT.map(|(name, bit)| flag(name, tio.input_modes.intersects(bit))));
    modes.extend(LOCAL.map(|(name, bit)| flag(name, tio.local_modes.intersects(bit))));
    modes.extend(OUTPUT.map(|(name, bit)| flag(name, tio.output_modes.intersects(bit))));
    modes.extend(CONTROL.map(|(name, bit)| flag(name, tio.control_modes.intersects(bit))));
    modes
}

/// Sets the requested modes on a new pseudo-terminal. Speeds are ignored, because it has none;
/// modes that this system does not know are skipped, as the RFC asks. If the terminal refuses, it
/// keeps the system's default modes.
pub fn set_modes(terminal: impl AsDescriptor, modes: &[(Pty, u32)]) {
    let terminal = terminal.as_descriptor().fd();
    let Ok(mut termios) = tcgetattr(terminal) else { return };
    for (mode, value) in modes {
        set(&mut termios, *mode, *value);
    }
    let _ = tcsetattr(terminal, OptionalActions::Now, &termios);
}

fn set(termios: &mut Termios, mode: Pty, value: u32) {
    if let Some(code) = found(&SPECIAL, mode) {
        let character = if value == DISABLED { POSIX_VDISABLE.into() } else { value };
        if let Ok(character) = u8::try_from(character) {
            termios.special_codes[code] = character;
        }
    } else if let Some(flag) = found(&INPUT, mode) {
        termios.input_modes.set(flag, value != 0);
    } else if let Some(flag) = found(&LOCAL, mode) {
        termios.local_modes.set(flag, value != 0);
    } else if let Some(flag) = found(&OUTPUT, mode) {
        termios.output_modes.set(flag, value != 0);
    } else if mode == Pty::CS8 && value != 0 {
        termios.control_modes.set(ControlModes::CSIZE, false);
        termios.control_modes.insert(ControlModes::CS8);
    }
}

fn found<T: Copy>(table: &[(Pty, T)], mode: Pty) -> Option<T> {
    table.iter().find(|(name, _)| *name == mode).map(|(_, found)| *found)
}

fn speed(baud: u32) -> u32 {
    const KNOWN: [u32; 31] = [
        0, 50, 75, 110, 134, 150, 200, 300, 600, 1_200, 1_800, 2_400, 4_800, 9_600, 19_200, 38_400,
        57_600, 115_200, 230_400, 460_800, 500_000, 576_000, 921_600, 1_000_000, 1_152_000,
        1_500_000, 2_000_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000,
    ];
    if KNOWN.contains(&baud) { baud } else { ODD_SPEED }
}

const SPECIAL: [(Pty, SpecialCodeIndex); 14] = [
    (Pty::VINTR, SpecialCodeIndex::VINTR),
    (Pty::VQUIT, SpecialCodeIndex::VQUIT),
    (Pty::VERASE, SpecialCodeIndex::VERASE),
    (Pty::VKILL, SpecialCodeIndex::VKILL),
    (Pty::VEOF, SpecialCodeIndex::VEOF),
    (Pty::VEOL, SpecialCodeIndex::VEOL),
    (Pty::VEOL2, SpecialCodeIndex::VEOL2),
    (Pty::VSTART, SpecialCodeIndex::VSTART),
    (Pty::VSTOP, SpecialCodeIndex::VSTOP),
    (Pty::VSUSP, SpecialCodeIndex::VSUSP),
    (Pty::VREPRINT, SpecialCodeIndex::VREPRINT),
    (Pty::VWERASE, SpecialCodeIndex::VWERASE),
    (Pty::VLNEXT, SpecialCodeIndex::VLNEXT),
    (Pty::VDISCARD, SpecialCodeIndex::VDISCARD),
];

const INPUT: [(Pty, InputModes); 13] = [
    (Pty::IGNPAR, InputModes::IGNPAR),
    (Pty::PARMRK, InputModes::PARMRK),
    (Pty::INPCK, InputModes::INPCK),
    (Pty::ISTRIP, InputModes::ISTRIP),
    (Pty::INLCR, InputModes::INLCR),
    (Pty::IGNCR, InputModes::IGNCR),
    (Pty::ICRNL, InputModes::ICRNL),
    (Pty::IUCLC, InputModes::IUCLC),
    (Pty::IXON, InputModes::IXON),
    (Pty::IXANY, InputModes::IXANY),
    (Pty::IXOFF, InputModes::IXOFF),
    (Pty::IMAXBEL, InputModes::IMAXBEL),
    (Pty::IUTF8, InputModes::IUTF8),
];

const LOCAL: [(Pty, LocalModes); 13] = [
    (Pty::ISIG, LocalModes::ISIG),
    (Pty::ICANON, LocalModes::ICANON),
    (Pty::XCASE, LocalModes::XCASE),
    (Pty::ECHO, LocalModes::ECHO),
    (Pty::ECHOE, LocalModes::ECHOE),
    (Pty::ECHOK, LocalModes::ECHOK),
    (Pty::ECHONL, LocalModes::ECHONL),
    (Pty::NOFLSH, LocalModes::NOFLSH),
    (Pty::TOSTOP, LocalModes::TOSTOP),
    (Pty::IEXTEN, LocalModes::IEXTEN),
    (Pty::ECHOCTL, LocalModes::ECHOCTL),
    (Pty::ECHOKE, LocalModes::ECHOKE),
    (Pty::PENDIN, LocalModes::PENDIN),
];

const OUTPUT: [(Pty, OutputModes); 6] = [
    (Pty::OPOST, OutputModes::OPOST),
    (Pty::OLCUC, OutputModes::OLCUC),
    (Pty::ONLCR, OutputModes::ONLCR),
    (Pty::OCRNL, OutputModes::OCRNL),
    (Pty::ONOCR, OutputModes::ONOCR),
    (Pty::ONLRET, OutputModes::ONLRET),
];

// CS7 and CS8 are values of the two-bit field CSIZE (2 and 3). OpenSSH tests each as a bit mask, so
// that eight bits count as both, and this table sends the same.
const CONTROL: [(Pty, ControlModes); 4] = [
    (Pty::CS7, ControlModes::CS7),
    (Pty::CS8, ControlModes::CS8),
    (Pty::PARENB, ControlModes::PARENB),
    (Pty::PARODD, ControlModes::PARODD),
];

#[cfg(test)]
mod tests;
