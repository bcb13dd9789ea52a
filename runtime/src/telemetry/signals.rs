//! What [`Telemetry::shutdown_on_signals`](super::Telemetry::shutdown_on_signals) does: SIGINT and SIGTERM act as they
//! would without it, but for the time that the export takes.
//!
//! The handler is signal-hook's, which is also tokio's, and does nothing but wake a thread. That thread has the export done by
//! another one and waits for it, so that nothing in the program that blocks keeps a signal from acting.

use std::io;
use std::time::Duration;

#[cfg(not(unix))]
pub(super) fn end_on_signals(_: Duration, _: impl FnOnce(Duration)) -> io::Result<()> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "`shutdown_on_signals` needs unix: call `shutdown` at the end of `main` instead",
    ))
}

/// Calls `end` at the first of the two signals, with the time that it has, and then lets the signal act.
#[cfg(unix)]
pub(super) fn end_on_signals(
    timeout: Duration,
    end: impl FnOnce(Duration) + Send + 'static,
) -> io::Result<()> {
    unix::end_on_signals(timeout, end)
}

#[cfg(unix)]
mod unix {
    use std::ffi::c_int;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;
    use std::{io, process, thread};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::{Handle, Signals};
    use signal_hook::{flag, low_level};

    /// What is left of the time to say in the log what was lost.
    const TO_TELL: Duration = Duration::from_millis(100);

    pub(super) fn end_on_signals(
        timeout: Duration,
        end: impl FnOnce(Duration) + Send + 'static,
    ) -> io::Result<()> {
        let status = own_status();
        let default = [SIGINT, SIGTERM].map(|signal| is_default(&status, signal).then_some(signal));
        if default == [None, None] {
            return Ok(());
        }
        // Signals act at once until everything is ready for them, and again from the first one on.
        let acts = Arc::new(AtomicBool::new(true));
        let mut signals = Signals::new([0; 0])?;
        let handle = signals.handle();
        let from_now_on = Arc::clone(&acts);
        thread::Builder::new()
            .name("relay-signals".to_owned())
            .spawn(move || {
                if let Some(signal) = signals.forever().next() {
                    from_now_on.store(true, Ordering::SeqCst);
                    wait_for(end, timeout);
                    act(signal);
                }
            })?;
        for signal in default.into_iter().flatten() {
            if let Err(error) = handle_signal(&handle, signal, &acts) {
                handle.close();
                return Err(error);
            }
        }
        acts.store(false, Ordering::SeqCst);
        Ok(())
    }

    /// What a signal does: it acts, or else it wakes the thread. Both run in the order in which they are registered.
    fn handle_signal(handle: &Handle, signal: c_int, acts: &Arc<AtomicBool>) -> io::Result<()> {
        if is_init() {
            let status = status_of(signal);
            flag::register_conditional_shutdown(signal, status, Arc::clone(acts))?;
        } else {
            flag::register_conditional_default(signal, Arc::clone(acts))?;
        }
        handle.add_signal(signal)
    }

    fn wait_for(end: impl FnOnce(Duration) + Send + 'static, timeout: Duration) {
        let (done, is_done) = mpsc::channel::<()>();
        let time = timeout.saturating_sub(TO_TELL.min(timeout / 10));
        let ending = thread::Builder::new()
            .name("relay-ending".to_owned())
            .spawn(move || {
                end(time);
                drop(done);
            });
        if ending.is_ok() {
            // Nothing is ever sent: this is the end of that thread, or that of the time.
            let _ = is_done.recv_timeout(timeout);
        }
    }

    fn act(signal: c_int) {
        if is_init() {
            low_level::exit(status_of(signal));
        }
        // It does not come back, because what it knows of these two signals is that they end a process.
        let _ = low_level::emulate_default_handler(signal);
    }

    /// Whether this is the first process of a container, for which the system ignores what it has no handler for.
    fn is_init() -> bool {
        process::id() == 1
    }

    /// What a shell says of a process that a signal has ended.
    const fn status_of(signal: c_int) -> c_int {
        128 + signal
    }

    /// What Linux says about this process; nothing elsewhere.
    fn own_status() -> String {
        std::fs::read_to_string("/proc/self/status").unwrap_or_default()
    }

    /// Whether a signal is neither handled nor ignored, as far as that is known.
    fn is_default(status: &str, signal: c_int) -> bool {
        let is_in = |set: &str| {
            let mut lines = status.lines();
            let set = lines.find_map(|line| line.strip_prefix(set)).unwrap_or("");
            let set = u64::from_str_radix(set.trim(), 16).unwrap_or(0);
            set >> (signal - 1) & 1 == 1
        };
        !is_in("SigCgt:") && !is_in("SigIgn:")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_is_caught_or_ignored_is_not_default() {
            let caught = "Name:\ta\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000004002\n";
            let ignored = "SigIgn:\t0000000000000002\nSigCgt:\t0000000000000000\n";
            for (status, of_sigint, of_sigterm) in [
                (caught, false, false),
                (ignored, false, true),
                ("SigCgt:\tnonsense\n", true, true),
                ("", true, true),
            ] {
                assert_eq!(is_default(status, SIGINT), of_sigint, "{status}");
                assert_eq!(is_default(status, SIGTERM), of_sigterm, "{status}");
            }
        }
    }
}
