//! Every option, with every value that it takes.

use tracing_relay::{SessionTelemetry, TraceCarrier, carries_trace, traced};

#[carries_trace(new)]
struct Job {
    id: u64,
    trusted: bool,
}

#[traced(
    name = "job.work",
    otel_name = format_args!("job.work {}", job.id),
    kind = "consumer",
    carrier = job.trace,
    restamp = false,
    trust = job.trusted,
    links = [&job.trace],
    session = SessionTelemetry::new().with("job.id", job.id),
    sample = 0.25f64,
    fields(job.id = job.id, ?limit),
    on_ok(|size| job.size = size),
    on_err(failed = true),
    late(phase: str = "job.phase", mode: Option<u8> = ?job.mode),
    err = "message",
    conventions = "messaging",
    metrics = false,
    level = "debug",
    target = "app::jobs",
    log_ids = false,
    strict = true,
    crate = ::tracing_relay,
)]
async fn work(job: Job, limit: Option<u8>) -> Result<u64, std::fmt::Error> {
    phase.record("started");
    mode.record(&limit);
    Ok(job.id)
}

#[traced(
    kind = "server",
    restamp = true,
    err = "type",
    conventions = "jsonrpc",
    metrics = true,
    level = "info",
    log_ids = true
)]
fn answer(job: Job) -> Result<u64, std::fmt::Error> {
    Ok(job.id)
}

#[traced(
    kind = "client",
    err = "chain",
    conventions = "http",
    level = "trace",
    strict = false
)]
async fn call(job: &mut Job) -> Result<u64, std::fmt::Error> {
    Ok(job.id)
}

#[traced(kind = "producer", sample = 0, conventions = "grpc", level = "warn")]
fn submit(carrier: TraceCarrier) -> TraceCarrier {
    carrier
}

#[traced(kind = "internal", carrier = none, conventions = "db", level = "error")]
fn query() {}

/// For whoever calls it from C.
#[traced(fields(number))]
extern "C" fn foreign(number: i32) -> i32 {
    number
}

fn main() {
    let mut job = Job::new(1, true);
    drop((call(&mut job), work(Job::new(2, true), None)));
    assert_eq!(answer(job), Ok(1));
    assert!(submit(TraceCarrier::none()).is_none());
    query();
    assert_eq!(foreign(3), 3);
}
