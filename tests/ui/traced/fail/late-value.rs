//! A late field is recorded with a value of its type, which can be an attribute.
#![deny(unused_variables)]

use tracing_relay::traced;

struct Opaque;

#[traced(late(id: str = "the.id", count: u64 = "the.count"))]
fn of_another_type() {
    id.record(&5);
    count.record("five");
}

#[traced(late(opaque: Opaque = "the.opaque", debugged: Opaque = ?"the.debugged"))]
fn not_recordable() {
    opaque.record(&Opaque);
    debugged.record(&Opaque);
}

#[traced(late(unknown: Unknown = "the.unknown", any: impl Send = "any"))]
fn unnamed() {}

fn main() {
    of_another_type();
    not_recordable();
    unnamed();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[derive(Debug)]
    struct Opaque;

    #[traced(late(id: str = "the.id", opaque: Opaque = ?"the.opaque"))]
    fn start() {
        id.record("t1");
        opaque.record(&Opaque);
    }
}
