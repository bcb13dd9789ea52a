//! Only functions are tests.

#[tracing_relay::test]
struct Message;

#[tracing_relay::test]
mod tests {}

#[tracing_relay::test]
const NUMBER: usize = 1;

fn main() {}

#[cfg(doctest)]
mod right {
    #[tracing_relay::test]
    fn number() {
        assert_eq!(1, 1);
    }
}
