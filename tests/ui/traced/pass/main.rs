//! A function that others call is not the `main` of the program, whatever its name is.

mod worker {
    use tracing_relay::traced;

    #[traced]
    pub(crate) fn main() -> u8 {
        1
    }
}

fn main() {
    assert_eq!(worker::main(), 1);
}
