//! A test has no span of its own.

use tracing_relay::traced;

#[traced]
#[test]
fn it_works() {}

fn main() {}
