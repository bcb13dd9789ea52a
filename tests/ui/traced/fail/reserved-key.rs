//! Keys that the attribute records by itself are not given again.

use tracing_relay::traced;

#[traced(fields(trace_id = 1, span_id = 2, otel.kind = "server", otel.name = "name"))]
fn fields() {}

#[traced(on_err(|error| error.type = error), on_ok("relay.outcome" = "fine", otel.status_code = "ERROR"))]
fn endings() -> Result<(), u8> {
    Ok(())
}

#[traced]
fn parameter(#[field] trace_id: u64) -> u64 {
    trace_id
}

fn main() {
    fields();
    let _ = (endings(), parameter(1));
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(kind = "server", carrier = none, fields(request.trace_id = 1))]
    fn number() {}
}
