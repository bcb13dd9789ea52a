use tracing_relay::traced;

#[track_caller]
#[traced]
fn above() {}

#[traced]
#[track_caller]
fn below() -> u8 {
    1
}

fn main() {
    above();
    below();
}
