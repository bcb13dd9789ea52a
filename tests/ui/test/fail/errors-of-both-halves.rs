//! Faults of the options and of the function are reported together, and the function stays.

#[tracing_relay::test(flavour = "multi_thread")]
fn wrong_twice(_one: usize, _two: usize) {}

fn main() {
    wrong_twice(1, 2);
}

#[cfg(doctest)]
mod right {
    #[tracing_relay::test(flavor = "multi_thread")]
    async fn right_twice() {}
}
