//! A type that has only `Debug` is recorded with `?`.

use tracing_relay::traced;

#[derive(Clone, Debug)]
struct OnlyDebug;

struct Nothing;

#[traced(fields(value = value, list = list))]
fn plain(value: OnlyDebug, list: &[u8]) {
    let _ = (value, list);
}

#[traced]
async fn parameter(#[field] value: OnlyDebug) {
    let _ = value;
}

#[traced(fields(value = %value.clone(), other = ?other))]
fn sigils(value: OnlyDebug, other: Nothing) {
    let _ = (value, other);
}

#[traced]
fn generic<T>(#[field] value: T) -> T {
    value
}

#[traced(fields(value = Some(value.clone())))]
fn option(value: OnlyDebug) {
    let _ = value;
}

#[traced(on_ok(|value| value = value))]
async fn result() -> OnlyDebug {
    OnlyDebug
}

fn main() {
    let _ = (plain, parameter, sigils, generic::<u8>, option, result);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[derive(Clone, Debug)]
    struct OnlyDebug;

    #[traced(fields(value = ?value, list = ?list, size = list.len()))]
    fn plain(value: OnlyDebug, list: &[u8]) {
        let _ = (value, list);
    }

    #[traced]
    async fn parameter(#[field(?)] value: OnlyDebug) {
        let _ = value;
    }
}
