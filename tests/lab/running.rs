//! A program that runs beside the test, without a terminal.

use std::process::{Child, ChildStdin, ChildStdout};

use rustix::process::{Pid, Signal, kill_process};

use super::transcript::Transcript;
use super::{DEADLINE, wait_until};

/// A running program whose standard error is taken down; it ends when dropped.
pub struct Running {
    child: Child,
    said: Transcript,
}

impl Running {
    /// Of a child with pipes.
    pub(super) fn new(mut child: Child) -> Running {
        let said = Transcript::of(child.stderr.take().expect("a pipe"), |_| ());
        Running { child, said }
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input, which closes when this is dropped.
    pub fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().expect("taken once")
    }

    /// Its standard output.
    pub fn stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().expect("taken once")
    }

    /// What it has written to standard error so far.
    pub fn said(&self) -> String {
        self.said.text()
    }

    /// Waits until it has written this to standard error.
    #[track_caller]
    pub fn wait_for(&self, text: &str) {
        let found = self.said.wait(DEADLINE, || self.said().contains(text).then_some(()));
        assert!(found.is_some(), "{text:?} was not said:\n{}", self.said());
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end: the exit code, none after a signal, and what it said.
    #[track_caller]
    pub fn ended(&mut self) -> (Option<i32>, String) {
        wait_until("the program ends", || self.child.try_wait().unwrap().is_some());
        self.said.wait(DEADLINE, || None::<()>);
        (self.child.wait().unwrap().code(), self.said())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
