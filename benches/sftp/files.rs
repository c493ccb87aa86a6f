//! What is moved: big files and a tree of small ones, and the proof that all of it arrived.

use crate::front::Failure;
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// The bytes of a small file.
const SMALL: usize = 4096;
/// How many small files are in one directory.
const IN_ONE: usize = 500;

/// The sources, below one directory.
pub struct Files {
    /// What goes over loopback.
    pub big: PathBuf,
    /// What goes over the path with delay.
    pub far: PathBuf,
    pub tree: PathBuf,
    pub count: usize,
}

impl Files {
    /// Makes two files of so many bytes and a tree of `count` small files.
    pub fn make(
        directory: &Path,
        big_bytes: u64,
        far_bytes: u64,
        count: usize,
    ) -> Result<Files, Failure> {
        let [big, far, tree] = ["big", "far", "tree"].map(|name| directory.join(name));
        let made = || -> std::io::Result<()> {
            let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
            let mut block = vec![0; 1 << 16];
            for (path, bytes) in [(&big, big_bytes), (&far, far_bytes)] {
                let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
                let mut left = bytes;
                while left > 0 {
                    noise.fill(&mut block);
                    let length = left.min(block.len() as u64) as usize;
                    file.write_all(&block[..length])?;
                    left -= length as u64;
                }
                file.flush()?;
            }
            for number in 0..count {
                let inner = tree.join(format!("d{}", number / IN_ONE));
                if number % IN_ONE == 0 {
                    fs::create_dir_all(&inner)?;
                }
                noise.fill(&mut block[..SMALL]);
                fs::write(inner.join(format!("f{number}")), &block[..SMALL])?;
            }
            Ok(())
        };
        made().map_err(|error| format!("{}: {error}", directory.display()))?;
        Ok(Files { big, far, tree, count })
    }

    /// Fails if the copy of `from` in the directory `to` is not the same.
    pub fn check(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        let copy = to.join(from.file_name().unwrap_or_default());
        let same = match from == self.tree {
            false => same(from, &copy),
            true => (0..self.count).try_fold(true, |all, number| {
                let name = format!("d{}/f{number}", number / IN_ONE);
                Ok(all && same(&from.join(&name), &copy.join(&name))?)
            }),
        };
        match same {
            Ok(true) => Ok(()),
            Ok(false) => Err(format!("{} is not what was sent", copy.display())),
            Err(error) => Err(format!("{}: {error}", copy.display())),
        }
    }
}

fn same(one: &Path, other: &Path) -> std::io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    let (mut left, mut right) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    loop {
        let length = one.read(&mut left)?;
        if length == 0 {
            return Ok(true);
        }
        other.read_exact(&mut right[..length])?;
        if left[..length] != right[..length] {
            return Ok(false);
        }
    }
}

/// Bytes that compress badly, the same in every run (xorshift).
struct Noise(u64);

impl Noise {
    fn fill(&mut self, block: &mut [u8]) {
        for word in block.chunks_mut(8) {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            word.copy_from_slice(&self.0.to_le_bytes()[..word.len()]);
        }
    }
}
