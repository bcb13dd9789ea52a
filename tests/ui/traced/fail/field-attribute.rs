//! `#[field]` stands on a parameter with a name, and takes a key in quotes and a sigil.

use tracing_relay::traced;

#[traced]
fn pattern(#[field] (left, right): (u8, u8)) -> u8 {
    left + right
}

#[traced]
fn ignored(#[field] _: u8) {}

#[traced]
fn key_without_quotes(#[field(user.id)] id: u8) -> u8 {
    id
}

#[traced]
fn equals(#[field = "user.id"] id: u8) -> u8 {
    id
}

#[traced]
fn two_keys(#[field("a", "b")] id: u8) -> u8 {
    id
}

struct Receiver;

impl Receiver {
    #[traced]
    fn receiver(#[field] &self) {}
}

fn main() {
    ignored(1);
    Receiver.receiver();
    let _ = (pattern((1, 2)), key_without_quotes(1), equals(1), two_keys(1));
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced]
    fn sum(#[field] left: u8, #[field("operand.right", ?)] right: u8) -> u8 {
        left + right
    }

    #[traced(fields(left = left))]
    fn pattern((left, right): (u8, u8)) -> u8 {
        left + right
    }
}
