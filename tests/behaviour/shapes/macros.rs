//! Functions that macros write.

use std::pin::Pin;

use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, assert_trace, traced};

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

#[tracing_relay::test]
async fn attributes_written_by_macros(traces: Traces) {
    assert_eq!(first_handler().await + second_handler().await, 3);
    assert_eq!(whole_item(1), 1);
    assert_eq!(passed_types(TraceCarrier::none()).await, 1);
    assert_trace!(
        traces,
        "
        unordered
        internal first_handler {value=1}

        internal second_handler {value=2}

        internal whole_item

        consumer passed.types
        "
    );
}
