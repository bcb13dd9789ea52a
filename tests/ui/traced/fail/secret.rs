//! A secret has no attribute value: nothing records it by accident.

use secrecy::SecretString;
use tracing_relay::traced;

struct Password(String);

#[traced(fields(token = token))]
async fn sign_in(token: SecretString) {
    drop(token);
}

#[traced]
fn parameter(#[field] password: Password) -> usize {
    password.0.len()
}

#[traced(fields(token = %token))]
fn displayed(token: &SecretString) {
    let _ = token;
}

#[traced(on_ok(|token| token = token))]
fn result() -> SecretString {
    SecretString::from("hunter2")
}

fn main() {}

#[cfg(doctest)]
mod right {
    use secrecy::SecretString;
    use tracing_relay::traced;

    #[traced(fields(account = account))]
    async fn sign_in(account: &str, token: SecretString) {
        drop(token);
    }
}
