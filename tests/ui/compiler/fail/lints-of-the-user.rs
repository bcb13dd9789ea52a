//! The lints of the plain function are those of the annotated one.
#![deny(unused, unused_must_use, unreachable_code)]

use tracing_relay::traced;

#[traced]
fn unused_parameter(number: u8) {}

#[traced]
async fn unused_parameter_async(number: u8, (left, right): (u8, u8)) -> u8 {
    left
}

#[traced]
fn unused_mut(mut number: u8) -> u8 {
    number
}

#[traced]
async fn unused_variable() {
    let number = 1;
}

#[traced]
fn unused_result() {
    "1".parse::<u8>();
}

#[traced]
async fn unreachable() -> u8 {
    return 1;
    drop(2);
}

#[traced]
fn dead() {}

#[traced]
#[must_use]
fn must_use() -> u8 {
    1
}

#[traced]
async fn future() {}

fn main() {
    unused_parameter(1);
    let _ = unused_parameter_async(1, (1, 2));
    unused_mut(1);
    let _ = unused_variable();
    unused_result();
    let _ = unreachable();
    must_use();
    future();
}
