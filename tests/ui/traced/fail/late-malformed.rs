use tracing_relay::traced;

#[traced(late(turn_id = "turn.id", thread_id: = "thread.id", mode: str, other: str =))]
fn parts() {}

#[traced(late(self: u8 = "own.id", "turn.id", id: u8 = 5, level: u8 = "level" % 2, last: u8 = a.b.))]
fn names() {}

#[traced(late())]
fn none() {}

#[traced(late)]
fn no_list() {}

#[traced(late = "turn.id")]
fn no_parentheses() {}

fn main() {
    parts();
    names();
    none();
    no_list();
    no_parentheses();
}
