//! The body runs in a closure, which does not know the caller of the function.

use tracing_relay::traced;

#[track_caller]
#[traced]
fn above() {}

#[traced]
#[track_caller]
fn below() -> u8 {
    1
}

fn main() {
    above();
    below();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(fields(caller = %caller))]
    fn called(caller: &std::panic::Location<'_>) {}
}
