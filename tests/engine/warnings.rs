//! Losses are told to the application, and not to the engine.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::layer::SubscriberExt as _;

use crate::exporter::{Answer, Exporter, LONG, Traced, patient};

/// What the log says.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("nothing panics")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn lines_with(&self, text: &str) -> Vec<String> {
        String::from_utf8(self.0.lock().expect("nothing panics").clone())
            .expect("it is text")
            .lines()
            .filter(|line| line.contains(text))
            .map(str::to_owned)
            .collect()
    }
}

#[test]
fn losses_are_warned_of_once_a_minute_and_at_the_end() {
    let log = Log::default();
    let writer = log.clone();
    let of_others = Exporter::that_takes();
    let other = Traced::new(of_others.clone(), patient());
    let subscriber = tracing_subscriber::registry()
        .with(other.engine.layer())
        .with(
            tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_writer(move || writer.clone()),
        );
    tracing::subscriber::set_global_default(subscriber).expect("no other test sets one");

    let exporter = Exporter::new(|_| Answer::Refuse);
    let traced = Traced::new(exporter, patient());
    for _ in 0..3 {
        traced.make(321);
        assert!(!traced.engine.flush(LONG));
    }
    assert!(traced.engine.shutdown(LONG));
    let first = log.lines_with("321 the exporter refused");
    assert!(
        first.len() == 1 && first[0].contains("WARN") && first[0].contains("refused"),
        "{first:?}"
    );
    assert_eq!(log.lines_with("642 the exporter refused").len(), 1);
    assert!(other.engine.flush(LONG));
    assert_eq!(other.sum(), 0, "a warning is no span");
}
