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

#[traced(late(text: str = %"the.text"))]
fn without_a_size() {
    text.record("text");
}

#[traced(late(unknown: Unknown = "the.unknown", any: impl Send = "any"))]
fn unnamed() {}

fn main() {
    of_another_type();
    not_recordable();
    without_a_size();
    unnamed();
}
