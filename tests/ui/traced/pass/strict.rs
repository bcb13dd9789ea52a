//! A macro that is only called like one of `tracing`, and a function inside with a span by hand.

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
    fn count() -> usize {
        tracing::info_span!("count").in_scope(|| 1)
    }
    assert_eq!(count(), 1);
    html::span!("title")
}

fn main() {
    assert_eq!(title(), "<span>title</span>");
}
