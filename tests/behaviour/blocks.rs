//! `#[traced]` on an `impl` block or a trait: which methods get a span, and what it is called.

use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, assert_trace, request_span, traced};

struct Threads {
    names: Vec<String>,
}

macro_rules! last {
    () => {
        fn last(&self) -> Option<&str> {
            self.names.last().map(String::as_str)
        }
    };
}

#[traced(prefix = "threads", err = "message", log_ids = false)]
impl Threads {
    const LIMIT: usize = 2;

    last!();

    async fn start(&mut self, #[field("thread.name")] name: &str) -> Result<usize, String> {
        tokio::task::yield_now().await;
        if self.names.len() == Self::LIMIT {
            return Err(format!("{} threads are enough", Self::LIMIT));
        }
        self.names.push(name.to_owned());
        Ok(self.r#match(name))
    }

    fn r#match(&self, name: &str) -> usize {
        self.names.iter().filter(|other| *other == name).count()
    }

    #[traced(skip)]
    const fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    #[traced(name = "rename", fields(to = name))]
    fn rename_last(&mut self, name: &str) {
        self.names.pop();
        self.names.push(name.to_owned());
    }

    #[request_span]
    fn handle(&self, _message: TraceCarrier) -> bool {
        self.is_empty()
    }
}

#[tracing_relay::test]
async fn each_method_of_a_block_has_a_span_under_its_prefix(traces: Traces) {
    let mut threads = Threads { names: Vec::new() };
    assert_eq!(threads.start("a").await, Ok(1));
    assert_eq!(threads.start("a").await, Ok(2));
    assert_eq!(
        threads.start("a").await,
        Err("2 threads are enough".to_owned())
    );
    threads.rename_last("b");
    assert_eq!(threads.last(), Some("b"));
    assert!(!threads.handle(TraceCarrier::none()));
    assert_trace!(
        traces,
        r#"
        internal threads.start {thread.name="a"} => completed
          internal threads.match => completed

        internal threads.start {thread.name="a"} => completed
          internal threads.match => completed

        internal threads.start {thread.name="a"} error "2 threads are enough" => failed

        internal rename {to="b"} => completed

        server handle => completed
        "#
    );
}

#[traced]
trait Step {
    fn number(&self) -> u32;

    fn twice(&self) -> u32 {
        self.number() * 2
    }

    #[traced(skip)]
    fn thrice(&self) -> u32 {
        self.number() * 3
    }
}

impl Step for u32 {
    fn number(&self) -> u32 {
        *self
    }
}

#[tracing_relay::test]
fn the_provided_methods_of_a_trait_have_spans(traces: Traces) {
    assert_eq!((7.twice(), 7.thrice()), (14, 21));
    assert_trace!(traces, "internal twice => completed");
}

#[async_trait::async_trait]
trait Service: Sync {
    async fn call(&self, number: u32) -> u32;
}

struct Above;
struct Below;

#[traced(prefix = "above")]
#[async_trait::async_trait]
impl Service for Above {
    async fn call(&self, number: u32) -> u32 {
        tokio::task::yield_now().await;
        number + 1
    }
}

#[async_trait::async_trait]
#[traced(prefix = "below")]
impl Service for Below {
    async fn call(&self, number: u32) -> u32 {
        tokio::task::yield_now().await;
        Above.call(number).await + 1
    }
}

#[tracing_relay::test]
async fn async_trait_may_stand_above_or_below(traces: Traces) {
    assert_eq!(Below.call(1).await, 3);
    assert_trace!(
        traces,
        "
        internal below.call => completed
          internal above.call => completed
        "
    );
}

struct Written(u32);

macro_rules! block {
    ($name:ident, $prefix:literal, $vis:vis, $output:ty, $body:block, $($member:tt)*) => {
        #[traced(prefix = $prefix)]
        impl Written {
            $vis async fn $name(&self) -> $output $body

            $($member)*
        }
    };
    ($block:item) => {
        #[traced]
        $block
    };
}

block!(first, "written", pub(super), u32, { 1 }, fn second(&self) -> u32 { self.0 + 1 });
block!(impl Written {
    fn third(&self) -> u32 {
        self.0 + 2
    }
});

#[tracing_relay::test]
async fn blocks_that_macros_write(traces: Traces) {
    let written = Written(1);
    assert_eq!(
        written.first().await + written.second() + written.third(),
        6
    );
    assert_trace!(
        traces,
        "
        internal written.first => completed

        internal written.second => completed

        internal third => completed
        "
    );
}
