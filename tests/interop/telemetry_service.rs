//! A service that knows nothing of where its telemetry goes: `telemetry_collector.py` runs it with the standard variables.
//! `telemetry_service.json` says what has to arrive of it.

use std::error::Error;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use tracing_relay::telemetry::Telemetry;
use tracing_relay::{request_span, traced};

/// The caller's span, which is not exported.
const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[request_span(name = "orders.place", kind = "server", fields(order = 7))]
fn place(_headers: HeaderMap) {
    reserve();
    charge("EUR");
}

#[traced(name = "orders.reserve", fields(items = 2))]
fn reserve() {
    tracing::info!("reserved");
}

#[traced(name = "orders.charge", fields(currency))]
fn charge(currency: &str) {
    audit();
}

#[traced(name = "orders.audit")]
fn audit() {}

fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = Telemetry::from_env().init()?;
    place(HeaderMap::from_iter([(
        "traceparent".parse()?,
        HeaderValue::from_static(CALLER),
    )]));
    Ok(telemetry.shutdown(Duration::from_secs(30))?)
}
