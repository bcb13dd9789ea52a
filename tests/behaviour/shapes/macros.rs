//! Functions that macros write, and several attributes on one.

use std::pin::Pin;

use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, assert_trace, request_span, traced};

use super::step;

/// Attributes and functions that a macro by example writes.
macro_rules! handlers {
    ($($name:ident => $value:expr),*) => {
        $(
            #[traced(fields(value = $value))]
            async fn $name() -> u32 {
                $value
            }
        )*
    };
    (item $function:item) => {
        #[traced]
        $function
    };
    (types $name:ident, $text:literal, $output:ty, $input:ty, $body:block) => {
        #[traced(name = $text, kind = "consumer")]
        fn $name(_message: $input) -> $output $body
    };
}

handlers!(first_handler => 1, second_handler => 1 + 1);
handlers!(types passed_types, "passed.types", Pin<Box<dyn Future<Output = u8>>>, TraceCarrier, {
    Box::pin(async move { 1 })
});
handlers!(item fn whole_item(number: u32) -> u32 { number });

/// Each attribute wraps what the one before it made: the last one is around all others.
#[traced(name = "first")]
#[request_span(name = "last", carrier = none)]
fn twice() -> u32 {
    step();
    5
}

#[tracing_relay::test]
async fn attributes_written_by_macros_and_by_other_attributes(traces: Traces) {
    assert_eq!(first_handler().await + second_handler().await, 3);
    assert_eq!(whole_item(1), 1);
    assert_eq!(passed_types(TraceCarrier::none()).await, 1);
    assert_eq!(twice(), 5);
    assert_trace!(
        traces,
        "
        unordered
        internal first_handler {value=1}

        internal second_handler {value=2}

        internal whole_item

        consumer passed.types

        server last
          internal first
            internal step
        "
    );
}
