//! A type error in a body is found where it is written.

use tracing_relay::traced;

struct Failure;

#[traced]
fn sync() -> u32 {
    let text = "text";
    text
}

#[traced]
async fn asynchronous() -> u32 {
    let text = "text";
    text
}

#[traced]
fn early(number: u32) -> u32 {
    if number > 3 {
        return "text";
    }
    number
}

#[traced]
async fn early_async(number: u32) -> u32 {
    if number > 3 {
        return "text";
    }
    number
}

#[traced]
async fn question_mark(text: &str) -> Result<u32, Failure> {
    let number: u32 = text.parse()?;
    Ok(number)
}

#[traced]
fn missing() -> u32 {
    let number = 1;
}

#[traced]
async fn missing_async() -> u32 {
    let number = 1;
    number;
}

#[traced]
async fn returns_too_much() {
    5
}

#[traced]
fn later(number: u32) -> impl Future<Output = u32> {
    async move { number.to_string() }
}

#[traced]
fn later_after_work(number: u32) -> impl Future<Output = u32> {
    let text = number.to_string();
    async move { text }
}

fn main() {}
