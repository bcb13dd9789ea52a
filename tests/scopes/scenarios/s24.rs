//! S24: telemetry never changes results.

use std::error::Error;
use std::fmt;
use std::ptr;
use std::sync::mpsc;
use std::time::Duration;

use opentelemetry::trace::Status;
use tracing::info_span;
use tracing_relay::engine::Engine;
use tracing_relay::{TraceScope, relay_traced};

use super::faults::{Collector, Fault, Posting};
use crate::applications::{Application, Kind};
use crate::support::{Installed, LONG, block_on, named, yield_now};

static RELAY: TraceScope = TraceScope::new("relay");

#[derive(Debug)]
struct Failed {
    message: &'static str,
    source: Option<Box<Failed>>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &Failed = self.source.as_deref()?;
        Some(source)
    }
}

fn failed() -> Failed {
    let closed = Failed {
        message: "relay socket closed",
        source: None,
    };
    Failed {
        message: "relay request failed",
        source: Some(Box::new(closed)),
    }
}

#[relay_traced(scope = RELAY, name = "relay.operation")]
async fn operation(result: Result<Box<u64>, Box<Failed>>) -> Result<Box<u64>, Box<Failed>> {
    info_span!("relay.library").in_scope(|| {});
    yield_now().await;
    result
}

#[relay_traced(scope = RELAY, name = "relay.sync")]
fn sync(result: Result<Box<u64>, Box<Failed>>) -> Result<Box<u64>, Box<Failed>> {
    result
}

/// The operations give back the very values that they were given.
fn assert_same_results() {
    for of_sync in [false, true] {
        let run = |result| {
            if of_sync {
                sync(result)
            } else {
                block_on(operation(result))
            }
        };
        let value = Box::new(7);
        let address = ptr::from_ref(&*value);
        let returned = run(Ok(value)).expect("it was given a value");
        assert!(ptr::eq(&raw const *returned, address));
        assert_eq!(*returned, 7);
        let error = Box::new(failed());
        let address = ptr::from_ref(&*error);
        let returned = run(Err(error)).expect_err("it was given an error");
        assert!(ptr::eq(&raw const *returned, address));
    }
}

#[test]
fn s24_results_are_the_same_whatever_the_collector_does() {
    let application = Application::new(Kind::TracingOpentelemetry);
    let _attached = application.attach();
    assert_same_results();
    for fault in Fault::ALL {
        println!("{fault:?}");
        let collector = Collector::with(fault).expect("there is a port");
        let (begins, begun) = mpsc::channel();
        let engine = Engine::builder().with_exporter(Posting {
            fault,
            address: collector.address(),
            begins,
        });
        let installation = RELAY.install(engine).expect("a thread can be started");
        assert_same_results();
        // The exporter is at work, and with one that hangs it stays there.
        assert!(!installation.flush(Duration::ZERO));
        begun.recv_timeout(LONG).expect("it exports");
        for _ in 0..100 {
            assert_same_results();
        }
        let statistics = installation.statistics();
        assert_eq!(statistics.exported, 0);
        drop(collector);
        assert!(!installation.uninstall(LONG), "it fails, and is over");
        let statistics = installation.statistics();
        assert_eq!((statistics.exported, statistics.dropped), (0, 0));
        assert_eq!(statistics.failed, 101 * 6);
    }
    assert!(!RELAY.is_installed());
    assert_same_results();
}

#[test]
fn s24_the_status_of_a_failed_operation_has_the_texts_of_the_error_and_of_its_source() {
    static RELAY: TraceScope = TraceScope::new("relay");

    #[relay_traced(scope = RELAY, name = "relay.failing")]
    async fn failing() -> Result<(), Failed> {
        yield_now().await;
        Err(failed())
    }

    let installed = Installed::new(&RELAY);
    assert!(block_on(failing()).is_err());
    let spans = installed.uninstall();
    let Status::Error { description } = &named(&spans, "relay.failing").status else {
        panic!("the status is {:?}", spans[0].status);
    };
    assert!(
        description.contains("relay request failed"),
        "{description}"
    );
    assert!(description.contains("relay socket closed"), "{description}");
}
