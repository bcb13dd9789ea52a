//! The attributes are for functions, and `#[traced]` for blocks of methods too.

use tracing_relay::{TraceScope, relay_traced, request_span, traced};

#[traced]
struct Struct {
    number: u8,
}

#[request_span]
impl Struct {
    fn number(&self) -> u8 {
        self.number
    }
}

#[traced]
mod module {
    pub fn inside() {}
}

#[request_span]
trait Trait {
    fn method(&self) {}
}

#[traced]
enum Enum {
    One,
}

#[traced]
const CONSTANT: u8 = 1;

#[relay_traced(scope = CONSTANT)]
static SCOPE: TraceScope = TraceScope::new("relay");

#[traced]
extern crate core as renamed;

#[traced]
thread_local! {
    static NUMBER: u8 = 1;
}

fn main() {
    let _ = (Struct { number: CONSTANT }.number(), Enum::One);
    module::inside();
    let _ = (
        SCOPE.name(),
        renamed::any::TypeId::of::<u8>(),
        NUMBER.with(|number| *number),
    );
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    struct Threads;

    #[traced]
    impl Threads {
        fn start(&self) {}
    }

    #[traced]
    fn start() {}
}
