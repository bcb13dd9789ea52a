//! A `const fn` cannot have a span.

use tracing_relay::traced;

#[traced]
const fn constant() -> u8 {
    1
}

#[traced(name = "x")]
pub const unsafe fn unsafe_constant() -> u8 {
    1
}

fn main() {
    constant();
    let _ = unsafe { unsafe_constant() };
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced]
    fn number() -> u8 {
        1
    }
}
