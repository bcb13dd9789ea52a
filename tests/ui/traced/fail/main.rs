//! `main` begins before there is a subscriber.

use tracing_relay::traced;

#[traced]
fn main() {}
