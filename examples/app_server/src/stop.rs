//! When a process is to stop.

use std::io;

/// What makes this process stop. From now on it is not killed by an interrupt or a termination.
#[derive(Debug)]
pub(crate) struct Stop {
    signals: Signals,
    on_eof: bool,
}

impl Stop {
    /// Stops where it is told to, and at the end of standard input if that is wanted.
    pub(crate) fn new(on_eof: bool) -> io::Result<Self> {
        let signals = Signals::new()?;
        Ok(Self { signals, on_eof })
    }

    /// Resolves when the process is to stop.
    pub(crate) async fn asked(self) {
        tokio::select! {
            () = self.signals.received() => {}
            () = input_ended(), if self.on_eof => {}
        }
    }
}

async fn input_ended() {
    // Input that cannot be read is at its end too.
    let _ = tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await;
}

#[cfg(unix)]
#[derive(Debug)]
struct Signals {
    interrupted: tokio::signal::unix::Signal,
    terminated: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupted: signal(SignalKind::interrupt())?,
            terminated: signal(SignalKind::terminate())?,
        })
    }

    async fn received(mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}

#[cfg(windows)]
#[derive(Debug)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn received(mut self) {
        self.0.recv().await;
    }
}
