//! A field is a key and a value, or the name of a variable.

use tracing_relay::traced;

#[traced(fields(rpc.method))]
fn without_value(method: &str) -> &str {
    method
}

#[traced(fields("rpc.method"))]
fn literal_without_value(method: &str) -> &str {
    method
}

#[traced(fields(method = ))]
fn without_expression(method: &str) -> &str {
    method
}

#[traced(fields(1 = method))]
fn not_a_key(method: &str) -> &str {
    method
}

#[traced(fields(a = 1 b = 2))]
fn without_comma() {}

#[traced(fields("" = 1))]
fn empty_key() {}

#[traced(fields(%rpc.method))]
fn sigil_before_a_dotted_key(method: &str) -> &str {
    method
}

#[traced(fields(rpc. = 1))]
fn dot_at_the_end() {}

#[traced(on_ok(|reply, other| a = 1))]
fn two_parameters() {}

#[traced(on_ok(|reply a = 1))]
fn no_second_bar() {}

#[traced(on_ok(move |reply| a = 1))]
fn not_a_pattern() {}

fn main() {
    let _ = (without_value, literal_without_value, without_expression, not_a_key);
    let _ = sigil_before_a_dotted_key;
    without_comma();
    empty_key();
    dot_at_the_end();
    two_parameters();
    no_second_bar();
    not_a_pattern();
}

#[cfg(doctest)]
mod right {
    use tracing_relay::traced;

    #[traced(fields(rpc.method = method, "rpc.size" = method.len(), ?mode), on_ok(|reply| size = reply))]
    fn call(method: &str, mode: u8) -> usize {
        method.len() + usize::from(mode)
    }
}
