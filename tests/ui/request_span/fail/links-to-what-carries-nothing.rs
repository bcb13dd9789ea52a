//! A span is linked to what carries a trace.

use tracing_relay::{SpanLinks, TraceCarrier, request_span, traced};

struct Message {
    trace: TraceCarrier,
}

struct Batch(Vec<TraceCarrier>);

impl SpanLinks for Batch {
    fn add_to(&self, links: &mut tracing_relay::Links) {
        self.0.add_to(links);
    }
}

#[traced(links = batch)]
fn messages(batch: &[Message]) -> Option<&TraceCarrier> {
    batch.first().map(|message| &message.trace)
}

#[request_span(carrier = none, links = message.len())]
async fn number(message: String) -> String {
    message
}

#[traced(links = batch)]
fn reference(batch: &Batch) -> usize {
    batch.0.len()
}

#[traced(links)]
fn nothing() {}

fn main() {
    let _ = (messages, number, reference, nothing);
}

#[cfg(doctest)]
mod right {
    use tracing_relay::{TraceCarrier, carries_trace, request_span, traced};

    #[carries_trace]
    struct Message {
        id: u64,
    }

    struct Batch {
        carriers: Vec<TraceCarrier>,
    }

    #[request_span(kind = "consumer", carrier = none, links = batch)]
    fn messages(batch: &[Message]) -> Option<u64> {
        batch.first().map(|message| message.id)
    }

    #[traced(links = batch.carriers)]
    fn part(batch: &Batch) -> usize {
        batch.carriers.len()
    }
}
