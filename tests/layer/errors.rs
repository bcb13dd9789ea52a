//! Errors that are not as they should be.

use std::error::Error;
use std::fmt;

use opentelemetry::trace::Status;
use tracing::{error, info_span};
use tracing_relay::traced;

use crate::recorded::{Recorded, event_names};

#[derive(Debug)]
struct Circular;

impl fmt::Display for Circular {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("round and round")
    }
}

impl Error for Circular {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

#[test]
fn an_error_that_is_its_own_source_does_not_hang_the_program() {
    let recorded = Recorded::new();
    recorded.run(|| {
        let error: &(dyn Error + 'static) = &Circular;
        info_span!("failed", error).in_scope(|| error!(error));
    });
    assert_eq!(event_names(&recorded.span("failed")).len(), 1);
}

#[traced(err = "chain")]
fn failing() -> Result<(), Circular> {
    Err(Circular)
}

#[test]
fn the_chain_of_an_error_that_is_its_own_source_ends() {
    let recorded = Recorded::new();
    assert!(recorded.run(failing).is_err());
    let Status::Error { description } = recorded.span("failing").status else {
        panic!("it failed");
    };
    assert!(description.starts_with("round and round: round and round"));
}
