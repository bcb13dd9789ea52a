//! The borrow checker says about an annotated function what it says about a plain one.

use tracing_relay::traced;

#[traced]
fn moved(text: String) -> String {
    drop(text);
    text
}

#[traced]
async fn local() -> &'static str {
    let text = String::new();
    &text
}

#[traced]
fn not_mutable(text: String) -> String {
    text.push('x');
    text
}

struct Holder(String);

impl Holder {
    #[traced]
    fn behind_a_reference(&self) -> String {
        self.0
    }
}

fn main() {}
