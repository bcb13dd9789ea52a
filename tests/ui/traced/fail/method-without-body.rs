use tracing_relay::traced;

trait Service {
    #[traced]
    async fn call(&self, number: u8) -> u8;

    #[traced(name = "x")]
    fn sync(&self);
}

struct Implemented;

impl Service for Implemented {
    async fn call(&self, number: u8) -> u8 {
        number
    }

    fn sync(&self) {}
}

fn main() {
    Implemented.sync();
    let _ = Implemented.call(1);
}
