//! Only functions are tests.

#[tracing_relay::test]
struct Message;

#[tracing_relay::test]
mod tests {}

#[tracing_relay::test]
const NUMBER: usize = 1;

fn main() {}
