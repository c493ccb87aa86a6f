//! Servers that run inside the test program, each on its own thread and runtime.

use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use russh::keys::ssh_key::PrivateKey;
use russh::server::Config;
use tokio::sync::oneshot;

/// A running server; it ends when dropped.
pub struct Hosted {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Hosted {
    /// Runs `serve`, and gives what it sends once it has begun.
    pub fn start<T, F>(serve: impl FnOnce(mpsc::Sender<T>) -> F + Send + 'static) -> (Hosted, T)
    where
        T: Send + 'static,
        F: Future<Output = ()>,
    {
        let (begins, begun) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                tokio::select! {
                    () = serve(begins) => {}
                    _ = stopped => {}
                }
            });
        });
        let begun = begun.recv().expect("the server starts");
        (Hosted { stop: Some(stop), thread: Some(thread) }, begun)
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "a fault of the test's own");
        }
    }
}

/// A server of the SSH library with this key that refuses without a pause and never leaves.
pub fn library_server(key: PrivateKey) -> Config {
    Config {
        keys: vec![key],
        auth_rejection_time: Duration::ZERO,
        auth_rejection_time_initial: Some(Duration::ZERO),
        inactivity_timeout: None,
        ..Config::default()
    }
}
