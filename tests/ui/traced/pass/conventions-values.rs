//! Integers where the conventions want them, behind whatever points to them; anything where they
//! want text.

use std::borrow::Cow;
use std::sync::Arc;

use tracing_relay::{LateField, traced};

#[traced(
    conventions = "http",
    late(size: u64 = "http.response.body.size"),
    fields(
        http.request.method = method,
        http.route = route,
        http.request.body.size = *length,
        http.request.header.accept = "text/html",
        http.request.resend_count = 1,
        server.port = port,
        network.peer.port = -1,
        url.path = format_args!("/threads/{length}"),
        own.port = "any",
    ),
    on_ok(|status| http.response.status_code = status),
    on_err(|status| http.response.status_code = *status),
)]
fn answer(
    method: &str,
    route: Option<Cow<'static, str>>,
    length: &Arc<usize>,
    port: Option<&u16>,
) -> Result<u16, i32> {
    size.record(&5);
    let _: LateField<u64> = size;
    assert!(port.is_some() && route.is_some());
    if method.len() == **length { Ok(200) } else { Err(400) }
}

#[traced(conventions = "grpc", fields(rpc.method = 'm', rpc.status_code = code))]
fn call(code: i32) -> i32 {
    code
}

#[traced(conventions = "messaging")]
fn process<T: Into<u64> + Copy>(
    #[field("messaging.destination.partition.id")] partition: u16,
    #[field("messaging.destination.temporary")] temporary: bool,
    batch: T,
) -> u64 {
    assert!(temporary);
    batch.into() + u64::from(partition)
}

#[traced(conventions = "db", fields(db.operation.batch.size = names.len()))]
async fn query(names: &[String]) -> usize {
    names.len()
}

fn main() {
    let _ = answer("GET", Some("/".into()), &Arc::new(3), Some(&443));
    let _ = (call(0), process(1, true, 1_u32), query(&[]));
}
