//! Every form of function that the attributes accept: it compiles, returns what it returned before,
//! and its span has the parent, the name and the outcome that its form promises.

mod carriers;
mod control_flow;
mod functions;
mod generics;
mod macros;
mod patterns;
mod polled;
mod traits;

use tracing_relay::{TraceCarrier, TraceContext, traced};

const REMOTE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn remote() -> TraceCarrier {
    TraceCarrier::from(REMOTE.parse::<TraceContext>().expect("a valid traceparent"))
}

/// A step inside whatever is tested: its parent shows what is current there.
#[traced]
fn step() {}

#[traced]
async fn plain_async() -> u32 {
    step();
    tokio::task::yield_now().await;
    step();
    7
}
