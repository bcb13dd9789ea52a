//! Every form of function.

use std::convert::Infallible;
use std::fmt::{self, Debug, Display};
use std::future::{pending, ready, Future};
use std::num::ParseIntError;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream::{self, Stream};
use relay::{
    carries_trace, relay_traced, request_span, traced, SpanFields, TraceCarrier, TraceScope,
};

/// The scope of this component.
pub static SCOPE: TraceScope = TraceScope::new("lints");

/// A message.
#[carries_trace(crate = ::relay, serde = false)]
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Its number.
    pub id: u64,
}

impl Message {
    /// Its carrier.
    pub const fn carrier_mut(&mut self) -> &mut TraceCarrier {
        &mut self.trace
    }
}

/// A message that borrows what it holds.
#[carries_trace(crate = ::relay, new)]
#[derive(Clone, Debug)]
pub struct Borrowing<'a, T: Debug> {
    /// What it holds.
    pub value: &'a T,
}

/// Nothing.
#[traced(crate = ::relay)]
pub fn nothing() {}

/// Learns something in the middle, under a name that is read.
#[traced(
    crate = ::relay,
    otel_name = format_args!("learns {number}"),
    late(learned: u64 = "learned", text: str = "text", shown: Option<u64> = ?"shown"),
)]
pub fn learns(number: u64) {
    learned.record(&number);
    text.record("text");
    shown.record(&Some(number));
}

/// The same in a future.
#[traced(crate = ::relay, late(learned: u64 = "learned"), on_ok(|result| number = result))]
pub async fn learns_async(number: u64) -> u64 {
    learned.record(&ready(number).await);
    number
}

/// The same before and in a future.
#[traced(crate = ::relay, late(learned: u64 = "learned", word: str = "word"))]
pub fn learns_and_returns(number: u64) -> impl Future<Output = u64> {
    word.record("before");
    let next = ready(number);
    async move {
        let found = next.await;
        learned.record(&found);
        found
    }
}

/// What a turn starts with.
#[derive(Clone, Copy, Debug, SpanFields)]
#[span_fields(crate = ::relay)]
pub struct Turn<'a, T: Debug> {
    /// Recorded as it is.
    #[field("turn.id")]
    pub id: u64,
    /// Recorded by `Debug`.
    #[field(?)]
    pub mode: T,
    /// Recorded as it says itself.
    #[fields]
    pub part: Part,
    /// Not recorded.
    pub input: &'a str,
}

/// A part of a turn.
#[derive(Clone, Copy, Debug, SpanFields)]
#[span_fields(crate = ::relay)]
pub enum Part {
    /// With a field.
    Number(#[field("part.number")] u64),
    /// With names.
    Named {
        /// Recorded.
        #[field]
        name: &'static str,
    },
    /// Without one.
    Nothing,
}

/// Records what the types of its parameters say.
#[must_use]
#[traced(crate = ::relay, fields(number), otel_name = number, late(seen: u64 = "seen"))]
pub fn starts<'a>(#[fields] turn: Turn<'a, u8>, number: u64) -> &'a str {
    seen.record(&number);
    turn.input
}

/// The same in a future.
#[traced(crate = ::relay, on_ok(length))]
pub async fn starts_async(#[fields] part: &Part, length: u64) -> u64 {
    ready(length.saturating_add(u64::from(matches!(*part, Part::Nothing)))).await
}

/// One line.
#[must_use]
#[traced(crate = ::relay, fields(number))]
pub fn one_line(number: u64) -> u64 {
    number
}

/// A temporary of the tail expression borrows a parameter, which the edition lets outlive it.
#[must_use]
#[traced(crate = ::relay)]
pub fn borrows_in_the_tail(numbers: Mutex<Vec<u64>>) -> usize {
    numbers.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// The same for a local and an async function.
#[traced(crate = ::relay)]
pub async fn borrows_in_the_tail_async(numbers: Arc<Mutex<Vec<u64>>>) -> usize {
    ready(()).await;
    numbers.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// A result.
///
/// # Errors
///
/// When it is not a number.
#[traced(
    crate = ::relay,
    err = "message",
    fields(text, length = text.len()),
    on_ok(|number| number = *number),
    on_err(failed = true)
)]
pub fn parse(text: &str) -> Result<u64, ParseIntError> {
    let number = text.parse()?;
    if number == 0 {
        return Ok(1);
    }
    Ok(number)
}

/// A request.
///
/// # Errors
///
/// Never.
#[request_span(crate = ::relay, fields(id = message.id), on_err(|error| error = ?error))]
pub async fn handle(message: Message, _unused: u8) -> Result<Message, fmt::Error> {
    ready(()).await;
    Ok(message)
}

/// A request whose carrier is inside, and not always believed.
#[request_span(
    crate = ::relay,
    carrier = message.trace,
    trust = message.id != 0,
    restamp = false,
    conventions = "jsonrpc",
    fields(jsonrpc.request.id = message.id)
)]
#[must_use]
pub fn inside(message: &Message) -> u64 {
    message.id
}

/// A message that goes out.
#[traced(crate = ::relay, kind = "client", carrier = message.trace)]
pub async fn send(mut message: Message) -> Message {
    message.id = message.id.saturating_add(1);
    ready(message).await
}

/// A message that is mutable for its carrier alone.
#[traced(crate = ::relay, kind = "client", carrier = message.carrier_mut())]
pub async fn send_as_it_is(mut message: Message) -> Message {
    ready(message).await
}

/// The same, not async.
#[must_use]
#[traced(crate = ::relay, kind = "client", carrier = message.carrier_mut())]
pub fn send_now(mut message: Message) -> Message {
    message
}

/// A message that goes out and comes back.
#[traced(crate = ::relay, kind = "producer", carrier = trace)]
pub fn publish(trace: &mut TraceCarrier, id: u64) -> u64 {
    id.saturating_add(u64::from(trace.is_none()))
}

/// Patterns, also unused and underscored ones.
#[must_use]
#[traced(crate = ::relay, fields(id, left))]
pub fn patterns(
    Message { id, trace: _trace }: Message,
    (left, _): (u64, u64),
    [first, .., mut last]: [u64; 4],
    _: &str,
) -> u64 {
    last = last.saturating_sub(first);
    id.saturating_add(left).saturating_add(last)
}

/// Generic.
#[traced(crate = ::relay, fields(value = %value))]
pub async fn generic<'a, T, const N: usize>(value: &'a T, _many: [u8; N]) -> &'a T
where
    T: Display + Sync,
{
    ready(value).await
}

/// Opaque.
#[traced(crate = ::relay)]
pub fn opaque(value: impl Debug) -> impl Debug {
    Some(value)
}

/// A future.
#[traced(crate = ::relay, fields(id = message.id), kind = "consumer")]
pub fn future(message: Message) -> impl Future<Output = u64> + Send {
    async move { message.id }
}

/// A future after some work.
#[traced(crate = ::relay)]
pub fn future_after_work(id: u64) -> impl Future<Output = u64> {
    let next = id.saturating_add(1);
    async move { next }
}

/// A box.
#[must_use]
#[traced(crate = ::relay)]
pub fn boxed(id: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        ready(()).await;
        id
    })
}

/// A stream.
#[traced(crate = ::relay, fields(count))]
pub fn numbers(count: u64) -> impl Stream<Item = u64> {
    stream::iter(0..count)
}

/// Does not return.
#[traced(crate = ::relay)]
pub async fn forever() -> Infallible {
    pending().await
}

/// An operation of the component.
#[relay_traced(crate = ::relay, scope = SCOPE, name = "lints.operation")]
pub async fn operation() {
    ready(()).await;
}
