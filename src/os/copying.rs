//! How memory is copied on this system.
//!
//! glibc copies what is longer than a page with `rep movsb` where the processor says that this is
//! fast, and so does Linux between a file or a socket and a program. On AMD's Zen 3 and Zen 4 it
//! is twelve times slower than usual if the target lies a few bytes above the source, counted from
//! the beginning of a page each (glibc's bug 30994, mended in 2.39). Where malloc puts a buffer
//! decides that for a whole session, and a download costs 0.7 or 1.4 s of CPU per GiB by chance.
//!
//! So what the system copies into begins where that cannot be ([`make_room`]), and the program's
//! own `memcpy` goes around it. That takes unsafe code, because it is the symbol which the compiler
//! calls for each copy. So does reading without writing zeros first ([`read`], [`receive`]), because
//! only the system knows how much of a buffer it has filled.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::os::fd::BorrowedFd;

use bytes::{Buf, BytesMut};
use rustix::net::RecvFlags;
use tokio::io::ReadBuf;

/// Buffers begin at a multiple of this: files and pipes lie in whole pages, and a target that is
/// this far above its source is copied at full speed.
const ALIGNMENT: usize = 64;

/// Makes room for `count` bytes in an empty buffer, at an address to which the system copies at
/// full speed. Room that is there already is used.
pub fn make_room(buffer: &mut BytesMut, count: usize) {
    debug_assert!(buffer.is_empty(), "what is in a buffer stays where it is");
    buffer.reserve(count + ALIGNMENT - 1);
    let skipped = buffer.as_ptr().align_offset(ALIGNMENT);
    if skipped < ALIGNMENT {
        buffer.resize(skipped, 0);
        buffer.advance(skipped);
    }
}

/// Reads from a descriptor; returns how many bytes, 0 at its end.
///
/// # Errors
/// Those of read(2).
pub fn read(fd: BorrowedFd<'_>, buffer: &mut ReadBuf<'_>) -> rustix::io::Result<usize> {
    fill(buffer, |room| rustix::io::read(fd, room).map(|(filled, _)| filled.len()))
}

/// Reads from a socket and does not wait; returns how many bytes, 0 at its end.
///
/// # Errors
/// Those of recv(2).
pub fn receive(fd: BorrowedFd<'_>, buffer: &mut ReadBuf<'_>) -> rustix::io::Result<usize> {
    let flags = RecvFlags::DONTWAIT;
    fill(buffer, |room| rustix::net::recv(fd, room, flags).map(|((filled, _), _)| filled.len()))
}

/// Has a system call write to the unfilled part of the buffer, and counts what it has written.
fn fill(
    buffer: &mut ReadBuf<'_>,
    call: impl FnOnce(&mut [MaybeUninit<u8>]) -> rustix::io::Result<usize>,
) -> rustix::io::Result<usize> {
    // SAFETY: both callers hand this to a system call, which writes bytes and undoes none.
    let room = unsafe { buffer.unfilled_mut() };
    let count = call(room)?;
    // SAFETY: both callers return how many bytes, from the first one on, the call has written.
    unsafe { buffer.assume_init(count) };
    buffer.advance(count);
    Ok(count)
}

#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu", not(miri)))]
mod memcpy {
    use std::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_storeu_si128};
    use std::ffi::c_void;

    /// The bytes of a page.
    const PAGE: usize = 4096;
    /// Targets up to this far above their source, counted within a page, are slow.
    const SLOW: usize = 63;
    /// Shorter copies are made without `rep movsb`.
    const SHORT: usize = 2048;
    /// What is copied in one step.
    const STEP: usize = 64;

    unsafe extern "C" {
        fn memmove(to: *mut c_void, from: *const c_void, count: usize) -> *mut c_void;
    }

    /// C's `memcpy`. All copies but the slow ones are the system's.
    ///
    /// # Safety
    /// That of C: `from` has `count` bytes to read, `to` as many to write, and they do not overlap.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn memcpy(to: *mut c_void, from: *const c_void, count: usize) -> *mut c_void {
        let above = (to as usize).wrapping_sub(from as usize) % PAGE;
        if count < SHORT || above == 0 || above > SLOW {
            // SAFETY: the caller's promise is more than `memmove` asks for.
            return unsafe { memmove(to, from, count) };
        }
        // SAFETY: the caller's promise, and `count` is more than one step.
        unsafe { copy_by_steps(to.cast(), from.cast(), count) };
        to
    }

    /// Copies at least one step; the last one overlaps the one before.
    #[inline(never)]
    unsafe fn copy_by_steps(to: *mut u8, from: *const u8, count: usize) {
        let last = count - STEP;
        let mut at = 0;
        while at < last {
            // SAFETY: `at` is less than `last`, so a whole step is left.
            unsafe { copy_step(to.add(at), from.add(at)) };
            at += STEP;
        }
        // SAFETY: `last` is one step before the end.
        unsafe { copy_step(to.add(last), from.add(last)) };
    }

    #[inline(always)]
    unsafe fn copy_step(to: *mut u8, from: *const u8) {
        let (to, from) = (to.cast::<__m128i>(), from.cast::<__m128i>());
        // SAFETY: a step of four vectors is there to read and to write; the operations take any
        // alignment.
        unsafe {
            let first = _mm_loadu_si128(from);
            let second = _mm_loadu_si128(from.add(1));
            let third = _mm_loadu_si128(from.add(2));
            let fourth = _mm_loadu_si128(from.add(3));
            _mm_storeu_si128(to, first);
            _mm_storeu_si128(to.add(1), second);
            _mm_storeu_si128(to.add(2), third);
            _mm_storeu_si128(to.add(3), fourth);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Copies of all lengths around the limits, at all distances within a page, are whole and touch
    /// nothing beside them.
    #[test]
    fn copies_are_whole_wherever_they_go() {
        let source: Vec<u8> = (0..20_000_u32).map(|at| (at % 251) as u8).collect();
        for count in [0, 1, 63, 64, 2047, 2048, 2049, 2111, 2112, 4096, 8191] {
            for above in (0..130).chain([4000, 4095]) {
                let mut target = vec![0xff; 20_000];
                let behind = (source.as_ptr() as usize).wrapping_sub(target.as_ptr() as usize);
                let begin = behind.wrapping_add(above) % 4096 + 1;
                target[begin..begin + count].copy_from_slice(&source[1..1 + count]);
                assert_eq!(target[begin..begin + count], source[1..1 + count]);
                assert!(target[..begin].iter().all(|byte| *byte == 0xff), "{count} {above}");
                assert!(
                    target[begin + count..].iter().all(|byte| *byte == 0xff),
                    "{count} {above}"
                );
            }
        }
    }

    #[test]
    fn what_is_read_follows_what_is_there_and_counts() {
        use std::io::{Seek, Write};
        use std::os::fd::AsFd;
        use std::os::unix::net::UnixStream;

        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"a file").unwrap();
        file.rewind().unwrap();
        let (socket, mut peer) = UnixStream::pair().unwrap();
        peer.write_all(b"a socket's bytes").unwrap();

        let mut memory = [MaybeUninit::uninit(); 17];
        let mut buffer = ReadBuf::uninit(&mut memory);
        buffer.put_slice(b"> ");
        assert_eq!(read(file.as_fd(), &mut buffer), Ok(6));
        assert_eq!(read(file.as_fd(), &mut buffer), Ok(0));
        assert_eq!(buffer.filled(), b"> a file");
        assert_eq!(receive(socket.as_fd(), &mut buffer), Ok(9));
        assert_eq!(buffer.filled(), b"> a filea socket'");
        assert_eq!(buffer.remaining(), 0);
        buffer.set_filled(8);
        assert_eq!(receive(socket.as_fd(), &mut buffer), Ok(7));
        assert_eq!(receive(socket.as_fd(), &mut buffer), Err(rustix::io::Errno::AGAIN));
        assert_eq!(buffer.filled(), b"> a files bytes");
    }

    #[test]
    fn room_begins_at_full_speed_and_is_used_again() {
        let mut buffer = BytesMut::new();
        make_room(&mut buffer, 64 * 1024);
        assert_eq!(buffer.as_ptr().align_offset(ALIGNMENT), 0);
        assert!(buffer.is_empty() && buffer.capacity() >= 64 * 1024);
        let first = buffer.as_ptr();
        make_room(&mut buffer, 60 * 1024);
        assert_eq!(buffer.as_ptr(), first, "nothing was moved");
        buffer.resize(100, 0);
        drop(buffer.split());
        make_room(&mut buffer, 10_000);
        assert_eq!(buffer.as_ptr().align_offset(ALIGNMENT), 0);
    }
}
