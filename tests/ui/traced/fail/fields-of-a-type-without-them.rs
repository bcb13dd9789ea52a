use tracing_relay::traced;

struct TurnStart {
    id: u8,
}

#[traced]
fn start(#[fields] params: &TurnStart) -> u8 {
    params.id
}

fn main() {
    start(&TurnStart { id: 1 });
}

struct Holder<T>(T);

impl<T> Holder<T> {
    #[traced]
    fn of_the_impl(#[fields] part: &Holder<T>) -> &T {
        &part.0
    }
}
