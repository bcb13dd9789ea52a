//! Every form of function that the attributes accept: it compiles, returns what it returned before,
//! and its span has the parent, the name and the outcome that its form promises.

use std::fmt::Display;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::stream::{self, Stream, StreamExt as _};
use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, TraceContext, assert_trace, request_span, traced};

const REMOTE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn remote() -> TraceCarrier {
    TraceCarrier::from(REMOTE.parse::<TraceContext>().expect("a valid traceparent"))
}

/// A step inside whatever is tested: its parent shows what is current there.
#[traced]
fn step() {}

#[traced]
fn plain() -> u32 {
    step();
    7
}

#[traced]
async fn plain_async() -> u32 {
    step();
    tokio::task::yield_now().await;
    step();
    7
}

#[tracing_relay::test]
async fn functions(traces: Traces) {
    assert_eq!(plain(), 7);
    assert_eq!(plain_async().await, 7);
    assert_trace!(
        traces,
        "
        unordered
        internal plain => completed
          internal step => completed

        internal plain_async => completed
          internal step => completed
          internal step => completed
        "
    );
}

#[derive(Debug, Default, Clone, PartialEq)]
struct Counter {
    count: u32,
    label: String,
}

impl Counter {
    #[traced]
    fn by_reference(&self) -> &str {
        &self.label
    }

    #[traced]
    fn by_exclusive_reference(&mut self, by: u32) -> &mut u32 {
        self.count += by;
        &mut self.count
    }

    #[traced]
    fn by_value(self) -> u32 {
        self.count
    }

    #[traced]
    fn by_mutable_value(mut self) -> Self {
        self.count += 1;
        self
    }

    #[traced]
    fn by_arc(self: Arc<Self>) -> usize {
        Arc::strong_count(&self)
    }

    #[traced]
    fn by_arc_reference(self: &Arc<Self>) -> usize {
        Arc::strong_count(self)
    }

    #[traced]
    fn by_rc(self: Rc<Self>) -> u32 {
        self.count
    }

    #[traced]
    #[allow(clippy::boxed_local, reason = "it is the receiver that is tested")]
    fn by_box(self: Box<Self>) -> Self {
        *self
    }

    #[traced]
    fn by_pin(self: Pin<&mut Self>) -> u32 {
        self.get_mut().count += 1;
        2
    }

    #[traced]
    async fn async_by_reference(&self) -> &str {
        tokio::task::yield_now().await;
        &self.label
    }

    #[traced]
    async fn async_by_exclusive_reference(&mut self, by: u32) -> &mut u32 {
        tokio::task::yield_now().await;
        self.count += by;
        &mut self.count
    }

    #[traced]
    async fn async_by_value(mut self) -> Self {
        tokio::task::yield_now().await;
        self.count += 1;
        self
    }

    #[traced]
    async fn async_by_arc(self: Arc<Self>) -> u32 {
        tokio::task::yield_now().await;
        self.count
    }

    #[traced]
    fn constructor(count: u32) -> Self {
        Self {
            count,
            label: "made".to_owned(),
        }
    }
}

#[tracing_relay::test]
async fn methods(traces: Traces) {
    let mut counter = Counter::constructor(1);
    assert_eq!(counter.by_reference(), "made");
    *counter.by_exclusive_reference(2) += 1;
    assert_eq!(counter.clone().by_value(), 4);
    assert_eq!(counter.clone().by_mutable_value().count, 5);
    let shared = Arc::new(counter.clone());
    assert_eq!(shared.by_arc_reference(), 1);
    assert_eq!(shared.by_arc(), 1);
    assert_eq!(Rc::new(counter.clone()).by_rc(), 4);
    assert_eq!(Box::new(counter.clone()).by_box(), counter);
    assert_eq!(Pin::new(&mut counter).by_pin(), 2);
    assert_eq!(counter.async_by_reference().await, "made");
    *counter.async_by_exclusive_reference(2).await += 1;
    assert_eq!(counter.clone().async_by_value().await.count, 9);
    assert_eq!(Arc::new(counter).async_by_arc().await, 8);
    assert_eq!(
        traces.exported(),
        [
            "constructor",
            "by_reference",
            "by_exclusive_reference",
            "by_value",
            "by_mutable_value",
            "by_arc_reference",
            "by_arc",
            "by_rc",
            "by_box",
            "by_pin",
            "async_by_reference",
            "async_by_exclusive_reference",
            "async_by_value",
            "async_by_arc"
        ]
    );
}

#[traced(fields(count = values.len()))]
fn generic<'a, T, const N: usize>(values: &'a [T; N], other: impl Display) -> (&'a T, String)
where
    T: Display + 'a,
{
    (&values[N - 1], other.to_string())
}

#[traced]
async fn generic_async<'a, T, const N: usize>(
    values: &'a [T; N],
    other: impl Display,
) -> (&'a T, String)
where
    T: Display + 'a,
{
    tokio::task::yield_now().await;
    (&values[N - 1], other.to_string())
}

#[traced]
fn longest<'a>(left: &'a str, right: &'a str) -> &'a str {
    if left.len() > right.len() {
        left
    } else {
        right
    }
}

#[traced]
fn returns_an_opaque_type<'a>(words: &'a [&'a str]) -> impl Iterator<Item = usize> + use<'a> {
    words.iter().map(|word| word.len())
}

#[traced]
async fn returns_an_opaque_type_async(word: &str) -> impl Display {
    tokio::task::yield_now().await;
    word.len()
}

#[traced]
fn returns_a_trait_object<'a>(word: &'a str) -> Box<dyn Display + 'a> {
    Box::new(word)
}

#[traced]
fn returns_a_closure(by: u32) -> impl Fn(u32) -> u32 {
    move |number| number + by
}

#[tracing_relay::test]
async fn generics_and_opaque_types(traces: Traces) {
    assert_eq!(generic(&[1, 2, 3], 'x'), (&3, "x".to_owned()));
    assert_eq!(generic_async(&[1, 2, 3], 'x').await, (&3, "x".to_owned()));
    assert_eq!(longest("a", "bc"), "bc");
    assert_eq!(
        returns_an_opaque_type(&["a", "bc"]).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(returns_an_opaque_type_async("four").await.to_string(), "4");
    assert_eq!(returns_a_trait_object("word").to_string(), "word");
    assert_eq!(returns_a_closure(1)(2), 3);
    assert_eq!(traces.spans().len(), 7);
    assert_eq!(
        traces.span("generic").attribute("count"),
        Some(&3_i64.into())
    );
}

struct Pair<A, B>(A, B);

struct Envelope<T> {
    id: u64,
    body: T,
}

#[traced(fields(left, right = right.len(), id, first = %first))]
fn patterns(
    Pair(mut left, ref right): Pair<u32, String>,
    &Envelope {
        id,
        body: ref body_of_it,
    }: &Envelope<String>,
    [first, .., mut last]: [char; 3],
    _: Rc<u8>,
    whole @ (one, _): (u8, u8),
    mut text: String,
) -> String {
    left += 1;
    last = last.to_ascii_uppercase();
    text.push('!');
    format!("{left} {right} {id} {body_of_it} {first}{last} {whole:?} {one} {text}")
}

#[traced(fields(left, right = right.len(), id, first = %first))]
async fn async_patterns(
    Pair(mut left, ref right): Pair<u32, String>,
    &Envelope {
        id,
        body: ref body_of_it,
    }: &Envelope<String>,
    [first, .., mut last]: [char; 3],
    _: Rc<u8>,
    whole @ (one, _): (u8, u8),
    mut text: String,
) -> String {
    tokio::task::yield_now().await;
    left += 1;
    last = last.to_ascii_uppercase();
    text.push('!');
    format!("{left} {right} {id} {body_of_it} {first}{last} {whole:?} {one} {text}")
}

#[traced(fields(left, id))]
fn returned_patterns(
    Pair(mut left, right): Pair<u32, String>,
    &Envelope { id, body: _ }: &Envelope<String>,
    mut text: String,
) -> impl Future<Output = String> + use<> {
    async move {
        left += 1;
        text.push('!');
        format!("{left} {right} {id} {text}")
    }
}

#[tracing_relay::test]
async fn patterns_in_parameters(traces: Traces) {
    let pair = || Pair(1, "right".to_owned());
    let envelope = Envelope {
        id: 9,
        body: "body".to_owned(),
    };
    let text = || "text".to_owned();
    let expected = "2 right 9 body aC (1, 2) 1 text!";
    let letters = ['a', 'b', 'c'];
    assert_eq!(
        patterns(pair(), &envelope, letters, Rc::new(1), (1, 2), text()),
        expected
    );
    assert_eq!(
        async_patterns(pair(), &envelope, letters, Rc::new(1), (1, 2), text()).await,
        expected
    );
    assert_eq!(
        returned_patterns(pair(), &envelope, text()).await,
        "2 right 9 text!"
    );
    assert_trace!(
        traces,
        r#"
        unordered
        internal patterns {left=1, right=5, id=9, first="a"}

        internal async_patterns {left=1, right=5, id=9, first="a"}

        internal returned_patterns {left=1, id=9}
        "#
    );
}

/// A message with its carrier, taken apart by its handlers.
struct Message {
    number: u32,
    trace: TraceCarrier,
}

#[request_span(carrier = trace)]
fn taken_apart(Message { number, trace }: Message) -> (u32, TraceCarrier) {
    (number, trace)
}

#[request_span(kind = "client", carrier = trace)]
async fn taken_apart_to_send(Message { number, trace }: Message) -> (u32, TraceCarrier) {
    (number, trace)
}

#[tracing_relay::test]
async fn a_carrier_inside_a_pattern_is_read_and_stamped(traces: Traces) {
    let message = || Message {
        number: 3,
        trace: remote(),
    };
    let (number, received) = taken_apart(message());
    let (_, sent) = taken_apart_to_send(message()).await;
    let server = traces.span("taken_apart");
    let client = traces.span("taken_apart_to_send");
    assert_eq!(number, 3);
    assert_eq!(server.trace_id().to_string(), &REMOTE[3..35]);
    assert_eq!(
        received.context().map(TraceContext::span_id),
        Some(server.span_id())
    );
    assert_eq!(client.parent(), None);
    assert_eq!(
        sent.context().map(TraceContext::span_id),
        Some(client.span_id())
    );
}

trait Native {
    async fn call(&mut self, number: u32) -> Result<u32, String>;

    #[traced]
    async fn provided(&self, number: u32) -> u32 {
        step();
        number
    }
}

struct Service {
    calls: u32,
}

impl Native for Service {
    #[traced(name = "native.call", fields(number))]
    async fn call(&mut self, number: u32) -> Result<u32, String> {
        self.calls += 1;
        tokio::task::yield_now().await;
        Ok(number + self.calls)
    }
}

#[async_trait::async_trait]
trait Boxed {
    async fn call_boxed(&self, message: TraceCarrier) -> Result<u32, String>;

    #[traced]
    async fn provided_boxed(&self) -> u32 {
        step();
        1
    }
}

/// The attribute inside: it sees what async-trait made.
#[async_trait::async_trait]
impl Boxed for Service {
    #[request_span(name = "below")]
    async fn call_boxed(&self, message: TraceCarrier) -> Result<u32, String> {
        step();
        tokio::task::yield_now().await;
        Ok(u32::from(message.context().is_some()) + self.calls)
    }
}

struct Outside;

/// The attribute on the function that async-trait sees afterwards.
#[request_span(name = "above")]
async fn outside(message: TraceCarrier) -> Result<u32, String> {
    tokio::task::yield_now().await;
    Err(format!("{}", message.context().is_some()))
}

#[async_trait::async_trait]
impl Boxed for Outside {
    async fn call_boxed(&self, message: TraceCarrier) -> Result<u32, String> {
        outside(message).await
    }
}

#[tracing_relay::test]
async fn methods_of_traits(traces: Traces) {
    let mut service = Service { calls: 0 };
    assert_eq!(service.call(1).await, Ok(2));
    assert_eq!(service.provided(4).await, 4);
    assert_eq!(service.call_boxed(remote()).await, Ok(2));
    assert_eq!(service.provided_boxed().await, 1);
    let boxed: &dyn Boxed = &Outside;
    assert_eq!(boxed.call_boxed(remote()).await, Err("true".to_owned()));
    assert_trace!(
        traces,
        "
        unordered
        internal native.call {number=1} => completed

        internal provided => completed
          internal step

        internal provided_boxed => completed
          internal step

        server below <- remote b7ad6b7169203331 => completed
          internal step
        server above <- remote b7ad6b7169203331 error => failed
        "
    );
}

#[traced]
fn returned(word: &str) -> impl Future<Output = usize> {
    async move {
        step();
        tokio::task::yield_now().await;
        word.len()
    }
}

#[traced]
fn returned_after_work(word: &str) -> impl Future<Output = usize> + Send {
    let length = word.len();
    async move {
        step();
        length
    }
}

#[traced]
fn returned_ready(word: &str) -> impl Future<Output = usize> + use<> {
    std::future::ready(word.len())
}

#[traced]
fn boxed(word: &str) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
    Box::pin(async move {
        step();
        word.len()
    })
}

#[traced]
fn boxed_after_work<'a>(word: &'a str) -> Pin<Box<dyn Future<Output = usize> + Send + 'a>> {
    if word.is_empty() {
        return Box::pin(std::future::ready(0));
    }
    Box::pin(async move {
        step();
        word.len()
    })
}

#[tracing_relay::test]
async fn returned_futures(traces: Traces) {
    assert_eq!(returned("four").await, 4);
    assert_eq!(returned_after_work("four").await, 4);
    assert_eq!(returned_ready("four").await, 4);
    assert_eq!(boxed("four").await, 4);
    assert_eq!(boxed_after_work("four").await, 4);
    assert_eq!(boxed_after_work("").await, 0);
    assert_trace!(
        traces,
        "
        unordered
        internal returned => completed
          internal step

        internal returned_after_work => completed
          internal step

        internal returned_ready => completed

        internal boxed => completed
          internal step

        internal boxed_after_work => completed
          internal step

        internal boxed_after_work => completed
        "
    );
}

#[traced(name = "caller")]
fn call_all() -> Vec<Pin<Box<dyn Future<Output = usize>>>> {
    vec![
        Box::pin(returned("a")),
        Box::pin(returned_after_work("a")),
        boxed("a"),
        Box::pin(async { plain_async().await as usize }),
    ]
}

#[traced(name = "poller")]
async fn poll_all(futures: Vec<Pin<Box<dyn Future<Output = usize>>>>) {
    for future in futures {
        future.await;
    }
}

#[tracing_relay::test]
async fn the_parent_is_read_at_the_call_and_the_span_opens_at_the_first_poll(traces: Traces) {
    let futures = call_all();
    assert_eq!(traces.exported(), ["caller"], "the caller is over");
    assert_eq!(traces.open(), Vec::<String>::new(), "nothing was polled");
    poll_all(futures).await;
    assert_trace!(
        traces,
        "
        internal caller
          internal returned
            internal step
          internal returned_after_work
            internal step
          internal boxed
            internal step

        internal poller
          internal plain_async
            internal step
            internal step
        "
    );
}

#[tracing_relay::test]
async fn a_future_that_is_never_polled_has_no_span(traces: Traces) {
    drop(plain_async());
    drop(returned("a"));
    drop(returned_after_work("a"));
    drop(boxed("a"));
    drop(stream_of(3));
    assert_eq!(traces.exported(), Vec::<String>::new());
    assert_eq!(traces.open(), Vec::<String>::new());
}

#[traced(fields(count))]
fn stream_of(count: u32) -> impl Stream<Item = u32> {
    stream::iter(0..count).map(|number| {
        step();
        number
    })
}

#[traced]
fn boxed_stream(count: u32) -> Pin<Box<dyn Stream<Item = u32> + Send>> {
    Box::pin(stream::iter(0..count).then(async |number| {
        tokio::task::yield_now().await;
        step();
        number
    }))
}

#[tracing_relay::test]
async fn streams(traces: Traces) {
    assert_eq!(stream_of(2).collect::<Vec<_>>().await, [0, 1]);
    assert_eq!(boxed_stream(2).collect::<Vec<_>>().await, [0, 1]);
    let mut stopped = stream_of(3);
    assert_eq!(stopped.size_hint(), (3, Some(3)));
    assert_eq!(stopped.next().await, Some(0));
    drop(stopped);
    assert_trace!(
        traces,
        "
        unordered
        internal stream_of {count=2} => completed
          internal step
          internal step

        internal boxed_stream => completed
          internal step
          internal step

        internal stream_of {count=3} => cancelled
          internal step
        "
    );
}

#[traced]
#[allow(
    unsafe_code,
    reason = "it is the `unsafe` of the header that is tested"
)]
unsafe fn unsafe_function(number: &u32) -> u32 {
    let pointer: *const u32 = number;
    // SAFETY: it comes from a reference.
    unsafe { *pointer }
}

#[traced]
extern "C" fn with_an_abi(number: u32) -> u32 {
    number + 1
}

#[traced]
fn question_mark(text: &str) -> Result<u32, std::num::ParseIntError> {
    let number: u32 = text.parse()?;
    if number == 0 {
        return Ok(1);
    }
    Ok(number * 2)
}

#[traced]
async fn async_question_mark(text: &str) -> Option<u32> {
    let number: u32 = text.parse().ok()?;
    tokio::task::yield_now().await;
    if number == 0 {
        return Some(1);
    }
    Some(number * 2)
}

#[traced]
async fn recursive(depth: u32) -> u32 {
    if depth == 0 {
        return 0;
    }
    1 + Box::pin(recursive(depth - 1)).await
}

#[traced]
fn recursive_boxed(depth: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(async move {
        if depth == 0 {
            return 0;
        }
        1 + recursive_boxed(depth - 1).await
    })
}

#[tracing_relay::test]
async fn control_flow(traces: Traces) {
    let number = 7;
    #[allow(
        unsafe_code,
        reason = "it is the `unsafe` of the header that is tested"
    )]
    // SAFETY: the function asks for nothing.
    let read = unsafe { unsafe_function(&number) };
    assert_eq!(read, 7);
    assert_eq!(with_an_abi(1), 2);
    assert_eq!(question_mark("4"), Ok(8));
    assert_eq!(question_mark("0"), Ok(1));
    assert!(question_mark("x").is_err());
    assert_eq!(async_question_mark("4").await, Some(8));
    assert_eq!(async_question_mark("0").await, Some(1));
    assert_eq!(async_question_mark("x").await, None);
    assert_eq!(recursive(2).await, 2);
    assert_eq!(recursive_boxed(2).await, 2);
    assert_trace!(
        traces,
        "
        unordered
        internal unsafe_function

        internal with_an_abi

        internal question_mark => completed

        internal question_mark => completed

        internal question_mark error => failed

        internal async_question_mark => completed

        internal async_question_mark => completed

        internal async_question_mark => completed

        internal recursive
          internal recursive
            internal recursive

        internal recursive_boxed
          internal recursive_boxed
            internal recursive_boxed
        "
    );
}

#[traced]
fn never_returns() -> ! {
    step();
    panic!("on purpose")
}

#[traced]
async fn never_returns_async() -> ! {
    loop {
        step();
        std::future::pending::<()>().await;
    }
}

#[traced]
async fn diverges_by_its_body() -> u32 {
    step();
    std::future::pending().await
}

#[tracing_relay::test]
async fn functions_that_do_not_return(traces: Traces) {
    std::panic::catch_unwind(|| never_returns()).expect_err("it panics");
    assert!(futures_util::poll!(std::pin::pin!(never_returns_async())).is_pending());
    assert!(futures_util::poll!(std::pin::pin!(diverges_by_its_body())).is_pending());
    assert_trace!(
        traces,
        r#"
        unordered
        internal never_returns error "panicked" => panicked
          internal step

        internal never_returns_async => cancelled
          internal step

        internal diverges_by_its_body => cancelled
          internal step
        "#
    );
}

/// Attributes and functions that a macro by example writes.
macro_rules! handlers {
    ($($name:ident => $value:expr),*) => {
        $(
            #[traced(fields(value = $value))]
            async fn $name() -> u32 {
                $value
            }
        )*
    };
    (item $function:item) => {
        #[traced]
        $function
    };
    (types $name:ident, $text:literal, $output:ty, $input:ty, $body:block) => {
        #[traced(name = $text, kind = "consumer")]
        fn $name(_message: $input) -> $output $body
    };
}

handlers!(first_handler => 1, second_handler => 1 + 1);
handlers!(types passed_types, "passed.types", Pin<Box<dyn Future<Output = u8>>>, TraceCarrier, {
    Box::pin(async move { 1 })
});
handlers!(item fn whole_item(number: u32) -> u32 { number });

/// Each attribute wraps what the one before it made: the last one is around all others.
#[traced(name = "first")]
#[request_span(name = "last", carrier = none)]
fn twice() -> u32 {
    step();
    5
}

#[tracing_relay::test]
async fn attributes_written_by_macros_and_by_other_attributes(traces: Traces) {
    assert_eq!(first_handler().await + second_handler().await, 3);
    assert_eq!(whole_item(1), 1);
    assert_eq!(passed_types(TraceCarrier::none()).await, 1);
    assert_eq!(twice(), 5);
    assert_trace!(
        traces,
        "
        unordered
        internal first_handler {value=1}

        internal second_handler {value=2}

        internal whole_item

        consumer passed.types

        server last
          internal first
            internal step
        "
    );
}

/// A carrier can be anything that implements the trait, as long as it is one parameter.
mod carriers {
    use std::sync::Arc;

    use tracing_relay::{CarriesTrace, TraceCarrier, request_span, traced};

    pub(super) type Alias = TraceCarrier;

    #[request_span]
    pub(super) fn generic<T: CarriesTrace>(_message: T, _other: u8) {}

    #[request_span]
    pub(super) async fn opaque(_number: u8, _message: impl CarriesTrace) {}

    #[request_span]
    pub(super) fn dynamic(_message: &dyn CarriesTrace) {}

    #[request_span]
    pub(super) fn boxed(_message: Box<TraceCarrier>) {}

    #[request_span]
    pub(super) async fn shared(_message: Arc<TraceCarrier>) {}

    #[request_span]
    pub(super) fn optional(_message: Option<TraceCarrier>) {}

    #[request_span]
    pub(super) fn alias<'a>(_words: &'a str, _message: &'a Alias) {}

    #[request_span]
    pub(super) fn exclusive(_message: &mut TraceCarrier) {}

    #[request_span]
    pub(super) fn tuple<A, B>(_both: (A, B), _message: TraceCarrier) {}

    /// Not a place: the `mut` is needed for the carrier only.
    #[deny(unused_mut)]
    #[traced(kind = "client", carrier = request.headers_mut())]
    pub(super) fn by_method(mut request: http::Request<()>) -> http::Request<()> {
        request
    }

    #[traced(kind = "client", carrier = requests[0])]
    pub(super) async fn by_index(requests: &mut [TraceCarrier]) -> usize {
        requests.len()
    }
}

#[tracing_relay::test]
async fn carriers_of_every_form(traces: Traces) {
    carriers::generic(remote(), 1);
    carriers::opaque(1, remote()).await;
    carriers::dynamic(&remote());
    carriers::boxed(Box::new(remote()));
    carriers::shared(Arc::new(remote())).await;
    carriers::optional(Some(remote()));
    carriers::alias("words", &remote());
    carriers::exclusive(&mut remote());
    carriers::tuple((1, 2), remote());
    for span in traces.spans() {
        assert_eq!(
            span.parent().map(|id| id.to_string()).as_deref(),
            Some("b7ad6b7169203331"),
            "{}",
            span.name()
        );
    }
    assert_eq!(traces.spans().len(), 9);

    let sent = carriers::by_method(http::Request::new(()));
    let span = traces.span("by_method");
    let traceparent = sent.headers()["traceparent"].to_str().expect("text");
    assert!(traceparent.contains(&span.span_id().to_string()));
    let mut requests = [TraceCarrier::none()];
    carriers::by_index(&mut requests).await;
    assert_eq!(
        requests[0].context().map(TraceContext::span_id),
        Some(traces.span("by_index").span_id())
    );
}

/// More fields than `tracing`'s own macros take.
#[traced(fields(
    a0 = 0,
    a1 = 1,
    a2 = 2,
    a3 = 3,
    a4 = 4,
    a5 = 5,
    a6 = 6,
    a7 = 7,
    a8 = 8,
    a9 = 9,
    b0 = 0,
    b1 = 1,
    b2 = 2,
    b3 = 3,
    b4 = 4,
    b5 = 5,
    b6 = 6,
    b7 = 7,
    b8 = 8,
    b9 = 9,
    c0 = 0,
    c1 = 1,
    c2 = 2,
    c3 = 3,
    c4 = 4,
    c5 = 5,
    c6 = 6,
    c7 = 7,
    c8 = 8,
    c9 = 9,
    d0 = 0,
    d1 = 1,
    d2 = 2,
    d3 = 3,
    d4 = 4,
    d5 = 5,
    d6 = 6,
    d7 = 7,
    d8 = 8,
    d9 = 9
))]
fn many_fields() {}

#[tracing_relay::test]
fn forty_fields(traces: Traces) {
    many_fields();
    let span = traces.span("many_fields");
    for key in ["a0", "c9", "d9"] {
        assert!(span.attribute(key).is_some(), "{key}");
    }
    assert_eq!(span.outcome(), Some("completed"));
}
