//! Symptoms that were found by reading the engine against its promises.

use std::cell::RefCell;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context as Task, Waker};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span as SdkSpan, SpanData, SpanProcessor};
use tracing::info_span;
use tracing_relay::testing::{LevelFilter, Pipeline, Traces};
use tracing_relay::{
    Baggage, CarriesTrace as _, Extracted, InvalidCarrier, TraceCarrier, TraceContext,
    assert_trace, carries_trace, current_baggage, current_trace_id, request_span,
    set_current_baggage, task, traced,
};
use tracing_subscriber::Layer as _;
use tracing_subscriber::layer::SubscriberExt as _;

const REMOTE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";

fn remote() -> TraceContext {
    REMOTE
        .parse::<TraceContext>()
        .unwrap()
        .with_tracestate("secret=1".parse().ok())
        .with_baggage("user=alice".parse().unwrap())
}

#[traced]
fn step<R>(body: impl FnOnce() -> R) -> R {
    body()
}

/// Its `Display` does what it should not.
#[derive(Clone, Copy, Debug)]
enum Unprintable {
    Panics,
    Fails,
}

impl fmt::Display for Unprintable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        match self {
            Self::Panics => panic!("no words"),
            Self::Fails => Err(fmt::Error),
        }
    }
}

impl std::error::Error for Unprintable {}

#[test]
fn a_field_that_cannot_be_printed_changes_nothing_for_the_function() {
    #[traced(fields(value = %value), on_ok(|ok| late = %ok), err = "chain")]
    fn sync(value: Unprintable, fail: bool) -> Result<Unprintable, Unprintable> {
        if fail { Err(value) } else { Ok(value) }
    }
    #[traced(fields(value = %value), on_ok(|ok| late = %ok), err = "message")]
    async fn polled(value: Unprintable) -> Result<Unprintable, Unprintable> {
        Ok(value)
    }
    #[traced(fields(value = %value))]
    fn returned(value: Unprintable) -> impl Future<Output = Unprintable> {
        async move { value }
    }
    for value in [Unprintable::Panics, Unprintable::Fails] {
        Pipeline::new().capture_logs().run(async |traces| {
            assert!(sync(value, false).is_ok());
            assert!(sync(value, true).is_err());
            assert!(polled(value).await.is_ok());
            returned(value).await;
            assert_eq!(traces.exported(), ["sync", "sync", "polled", "returned"]);
            assert!(traces.open().is_empty());
        });
    }
}
