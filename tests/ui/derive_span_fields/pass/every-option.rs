//! Every option, and every form of the marks.

use tracing_relay::{SpanFields, traced};

#[derive(Debug)]
enum Mode {
    Fast,
}

#[derive(SpanFields)]
#[span_fields(crate = ::tracing_relay)]
struct TurnStart {
    #[field]
    id: u64,
    #[field("turn.name")]
    name: String,
    #[field(%)]
    text: std::fmt::Arguments<'static>,
    #[field("turn.mode", ?)]
    mode: Mode,
    #[fields]
    client: Option<Client>,
}

#[derive(SpanFields)]
struct Client(#[field("client.name")] String);

#[traced]
fn start(#[fields] turn: &TurnStart) -> u64 {
    turn.id
}

fn main() {
    let client = Some(Client("desktop".to_owned()));
    let turn = TurnStart {
        id: 1,
        name: "first".to_owned(),
        text: format_args!("text"),
        mode: Mode::Fast,
        client,
    };
    assert_eq!(start(&turn), 1);
}
