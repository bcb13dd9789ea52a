//! A macro that is only called like one of `tracing`.

use tracing_relay::traced;

mod html {
    macro_rules! span {
        ($text:literal) => {
            concat!("<span>", $text, "</span>")
        };
    }
    pub(crate) use span;
}

#[traced(strict = true)]
fn title() -> &'static str {
    html::span!("title")
}

fn main() {
    assert_eq!(title(), "<span>title</span>");
}
