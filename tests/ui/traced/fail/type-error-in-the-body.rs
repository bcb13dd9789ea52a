use tracing_relay::traced;

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
fn early(number: u32) -> Result<u32, String> {
    if number > 3 {
        return Ok("text");
    }
    Ok(number)
}

#[traced]
async fn early_async(number: u32) -> Result<u32, String> {
    if number > 3 {
        return Ok("text");
    }
    Ok(number)
}

#[traced]
async fn question_mark(text: &str) -> Result<u32, String> {
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
fn later(number: u32) -> impl Future<Output = u32> {
    async move { number.to_string() }
}

fn main() {}
