//! Every option of a block, with every value that it takes.

use tracing_relay::traced;

struct Threads(Vec<u64>);

#[traced(
    prefix = "threads",
    err = "message",
    conventions = "jsonrpc",
    level = "debug",
    target = "app::threads",
    log_ids = false,
    strict = true,
    crate = ::tracing_relay,
)]
impl Threads {
    async fn start(
        &mut self,
        #[field("jsonrpc.request.id")] id: u64,
    ) -> Result<usize, std::fmt::Error> {
        self.0.push(id);
        Ok(self.0.len())
    }

    #[traced(skip)]
    const fn limit() -> usize {
        3
    }
}

#[traced(
    err = "type",
    conventions = "grpc",
    level = "trace",
    log_ids = true,
    strict = false
)]
impl Threads {
    fn count(&self) -> usize {
        self.0.len()
    }
}

#[traced(err = "chain", conventions = "http", level = "info")]
trait Answers {
    fn answer(&self) -> u16 {
        200
    }
}

#[traced(conventions = "messaging", level = "warn")]
impl Answers for Threads {
    fn answer(&self) -> u16 {
        201
    }
}

struct Table;

#[traced(conventions = "db", level = "error")]
impl Answers for Table {
    fn answer(&self) -> u16 {
        202
    }
}

fn main() {
    let mut threads = Threads(Vec::new());
    drop(threads.start(1));
    assert_eq!(threads.count() + Threads::limit(), 3);
    assert_eq!(threads.answer() + Table.answer(), 403);
}
