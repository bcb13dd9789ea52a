//! The function attributes, documented where users look.

/// Opens the span of a request around a handler, as a child of what called it.
///
/// ```
/// use tracing_relay::{carries_trace, request_span};
///
/// #[carries_trace(new)]
/// struct Request {
///     method: String,
/// }
///
/// #[request_span(fields(rpc.method = request.method))]
/// async fn handle(request: Request) -> Result<u32, std::io::Error> {
///     Ok(request.method.len().try_into().unwrap_or(u32::MAX))
/// }
/// # let _ = handle(Request::new("thread/start".to_owned()));
/// ```
///
/// # What it does
///
/// The handler above becomes, in essence:
///
/// ```text
/// async fn handle(mut request: Request) -> Result<u32, std::io::Error> {
///     static SITE: SpanSite = …;                         // name, level, kind, keys
///     let span = open a server span                      // parent: the context in `request`
///     write the context of the span into `request`       // so that what is forwarded is a child
///     run the body inside the span, at each poll
///     record how it ended, and end the span              // at once, whatever was spawned
/// }
/// ```
///
/// - **The parent** is the context that the message carries; without one the span that is current;
///   without one the `TRACEPARENT` of the process; else the span is the root of a new trace. A
///   context that is there but invalid counts as absent, the environment is not asked then, and one
///   warning a minute for each span name and reason says so.
/// - **The carrier** is the one parameter whose type implements
///   [`CarriesTrace`](trait@crate::CarriesTrace). None or several is a compile error that says what to
///   write. For `kind = "client"` and `"producer"` the carrier goes out: once the span is open its
///   context is written into it, so that it has to be owned or `&mut`.
/// - **A message that the handler owns** gets the context of the span, so that forwarding it makes a
///   child and not a sibling. `restamp = false` leaves it as it came.
/// - **The span ends when the function ends**, also when tasks that it spawned still run, and is
///   exported then. Its attribute `relay.outcome` says how: `completed`; `failed`, with `error.type`
///   and the status Error, when it returned `Err` or a [`SpanOutcome`](crate::SpanOutcome) that is a
///   failure ([`SpanError`](crate::SpanError) says which values of an error type are none); `cancelled`, when the future was dropped before it was ready; `panicked`, with the
///   status Error and the `error.type` `panic`, when this body unwound.
/// - **Log lines** inside have the fields of the span, `trace_id` and `span_id` among them. The layer of
///   tracing-opentelemetry exports these two as attributes as well, the engine does not.
/// - **Where nobody wants the span** (it is filtered out, or there is no subscriber), what was
///   received is what is sent on. A span that is not sampled sends its own context, which says so.
///
/// Drop order, laziness and results are those of the plain function.
///
/// # Accepted items
///
/// Functions and methods with a body: `fn`, `async fn`, methods of traits, `async_trait` in both
/// orders, and functions that return `impl Future`, `impl Stream`, `Pin<Box<dyn Future>>` or
/// `Pin<Box<dyn Stream>>`. For the last four, the parent and the fields are read at the call and the
/// span opens at the first poll; never polled, there is no span.
///
/// # Options
///
#[doc = include_str!("options.md")]
///
/// The kind is `"server"`; the others are `"client"`, `"producer"`, `"consumer"` and `"internal"`.
/// `err` is `"type"`, or `"message"` or `"chain"`: the text of an error can hold what nobody wants in
/// a trace, so that it is asked for. It goes into the status of the span; nothing is logged.
///
/// ```
/// # use tracing_relay::{TraceCarrier, request_span};
/// # struct Caller; impl Caller { fn is_authenticated(&self) -> bool { true } }
/// # struct Reply { id: u64 }
/// # struct Refused; impl Refused { fn code(&self) -> i64 { -32000 } }
/// # struct Request { id: u64, method: String, trace: TraceCarrier }
/// #[request_span(
///     name = "app_server.request",
///     carrier = request.trace,
///     trust = caller.is_authenticated(),
///     fields(rpc.method = request.method, rpc.request_id = request.id),
///     on_ok(|reply| turn.id = reply.id),
///     on_err(|error| rpc.status_code = error.code()),
/// )]
/// fn handle(request: Request, caller: &Caller) -> Result<Reply, Refused> {
///     Ok(Reply { id: request.id })
/// }
/// # let request = Request { id: 1, method: String::new(), trace: TraceCarrier::none() };
/// # assert!(handle(request, &Caller).is_ok());
/// ```
///
/// ## Fields
///
/// Nothing is recorded unless it is named. `key = value` records integers that fit into an `i64`,
/// floats and truth values as what they are, text as text, `None` not at all, and everything else by
/// `Display`; `?` is for types that have only `Debug`. A variable alone, as in `fields(id, ?mode)`, is
/// recorded under its own name. `#[field]` on a parameter does the same, and `#[field("the.key")]`,
/// `#[field(?)]` as they say. `#[fields]` on a parameter records what its type says, which derives
/// [`SpanFields`](derive@crate::SpanFields). A key is given once. Fields are attributes of the span and
/// fields for log lines.
///
/// ```
/// # use tracing_relay::{TraceCarrier, request_span};
/// #[request_span]
/// fn read(#[field("turn.id")] id: u64, carrier: &TraceCarrier) -> u64 {
///     id
/// }
/// # assert_eq!(read(3, &TraceCarrier::none()), 3);
/// ```
///
/// ```
/// # use tracing_relay::{SpanFields, traced};
/// #[derive(SpanFields)]
/// struct TurnStart {
///     #[field("thread.id")]
///     thread_id: String,
///     input: String,
/// }
///
/// #[traced]
/// fn start(#[fields] params: TurnStart) -> usize {
///     params.input.len()
/// }
/// # assert_eq!(start(TurnStart { thread_id: String::new(), input: String::new() }), 0);
/// ```
///
/// ## Late fields
///
/// What is learned in the middle is declared with `late`: a name, the type of the value, and the key,
/// which is written as in `fields`, with `?` or `%` before it where a field has them before its value.
/// The body then has a [`LateField`](crate::LateField) of that name, and records with it, itself or
/// by handing it to whoever learns the value: another function, a task, a thread. The value goes to
/// this span, whatever is current there. The first value counts; after the end of the span nothing
/// is recorded, and a handle that is kept keeps nothing alive.
///
/// ```
/// # use tracing_relay::traced;
/// # #[derive(Debug)] enum Mode { Fast }
/// # async fn submit() -> Option<String> { Some("turn-7".to_owned()) }
/// #[traced(late(turn_id: str = "turn.id", mode: Mode = ?app.mode))]
/// async fn start() -> Option<usize> {
///     mode.record(&Mode::Fast);
///     let id = submit().await?;
///     turn_id.record(&id);
///     Some(id.len())
/// }
/// # let _ = start();
/// ```
///
/// ## Names
///
/// `name` is the name in the metadata of the span: what filters and log lines see. What backends see
/// is the same, unless `otel_name` says otherwise. Its value is taken as that of a field is, and
/// should be one of few.
///
/// ```
/// # use tracing_relay::traced;
/// # enum Op { Read, Write }
/// # impl Op { fn kind(&self) -> &'static str { match self { Op::Read => "read", Op::Write => "write" } } }
/// #[traced(name = "op.dispatch", otel_name = format_args!("op.dispatch.{}", op.kind()))]
/// fn dispatch(op: Op) {}
/// # dispatch(Op::Read); dispatch(Op::Write);
/// ```
///
/// ## Links
///
/// `links` says what the span is linked to, beside its parent. It takes what carries a trace, a slice, an array or a `Vec`
/// of that, and what implements [`SpanLinks`](crate::SpanLinks): for a batch of messages one span, and a link
/// to each span that sent one of them. What is empty or invalid is no link.
///
/// ```
/// # use tracing_relay::{carries_trace, request_span};
/// #[carries_trace]
/// struct Message { id: u64 }
///
/// #[request_span(kind = "consumer", carrier = none, links = batch)]
/// async fn process(batch: Vec<Message>) -> usize {
///     batch.len()
/// }
/// # drop(process(Vec::new()));
/// ```
///
/// With an [`Attempt`](crate::Attempt) the span is the root of a new trace, linked to the attempt before: for what
/// is tried again. A context that comes in with the call becomes a link too.
///
/// ```
/// # use tracing_relay::{Attempt, traced};
/// #[traced(kind = "client", carrier = none, links = attempt)]
/// fn connect(attempt: &Attempt) -> Result<(), std::io::Error> {
///     Ok(())
/// }
/// # assert!(connect(&Attempt::first()).is_ok());
/// ```
///
/// The value is read when the parent is, where a subscriber may want the span. Each span is linked once. Of more than
/// 128 links, or what the limit of the engine or of the SDK is, the rest is dropped.
///
/// ## Sessions
///
/// `session` names a [`SessionTelemetry`](crate::SessionTelemetry), what refers to one, or an `Option` of that: the span has its
/// attributes, and everything below it, also where the span itself is disabled. A key that the span declares is its own. The
/// value is read at the call, as the fields are. See [`session`](crate::session).
///
/// ```
/// # use tracing_relay::{SessionTelemetry, traced};
/// struct Session { telemetry: SessionTelemetry }
///
/// impl Session {
///     #[traced(session = self.telemetry)]
///     async fn listen(&self) {}
/// }
/// # let session = Session { telemetry: SessionTelemetry::new().with("session.id", 7) };
/// # drop(session.listen());
/// ```
///
/// ## Sampling
///
/// `sample` is the part of the traces that are kept, of those that start with this span: a number from 0 to 1. Where the
/// span has a parent, that decides, and a request that came with a trace is as its caller says. It takes the place of what
/// the [sampler](crate::engine::Sampler) says of the first span of a trace; a rule that matches counts before it, and
/// with `AlwaysOn` and `AlwaysOff` alone it means nothing.
///
/// ```
/// # use tracing_relay::traced;
/// #[traced(sample = 0.01)]
/// fn poll() {}
/// # poll();
/// ```
///
/// It is decided as by [`Sampler::Probability`](crate::engine::Sampler::Probability), so that other services keep the same
/// traces. On tracing-opentelemetry it does nothing: there the sampler of the application's provider decides alone.
///
/// ## Conventions
///
/// `conventions` names the [semantic conventions](https://opentelemetry.io/docs/specs/semconv/) that the
/// span follows. What is the same on every span is added, and with neither `name` nor `otel_name` the
/// span is exported under the name that they give it, as far as its fields are there when it opens:
///
/// | value | adds | is exported as, for example |
/// | --- | --- | --- |
/// | `"jsonrpc"` | `rpc.system.name`, `jsonrpc.protocol.version` | `{rpc.method}` |
/// | `"grpc"` | `rpc.system.name` | `{rpc.method}` |
/// | `"http"` | nothing | `{http.request.method} {http.route}` |
/// | `"messaging"` | nothing | `{messaging.operation.name} {messaging.destination.name}` |
/// | `"db"` | nothing | `{db.operation.name} {db.collection.name}` |
///
/// ```
/// # use tracing_relay::traced;
/// # struct Request { method: &'static str, port: u16 }
/// # struct Response { status: u16 }
/// #[traced(
///     conventions = "http",
///     kind = "server",
///     carrier = none,
///     fields(
///         http.request.method = request.method,
///         http.route = "/threads/{id}",
///         server.port = request.port,
///     ),
///     on_ok(|response| http.response.status_code = response.status),
/// )]
/// fn answer(request: &Request) -> Response {
///     Response { status: 200 }
/// }
/// # assert_eq!(answer(&Request { method: "GET", port: 443 }).status, 200);
/// ```
///
/// The keys that begin as those of the conventions do (`client.`, `code.`, `db.`, `error.`,
/// `exception.`, `http.`, `jsonrpc.`, `messaging.`, `net.`, `network.`, `rpc.`, `server.`, `url.` and
/// `user_agent.`) are compared with OpenTelemetry's registry. One that it does not know is an error, and
/// one that is deprecated a warning that names what to write. A value that has to be an integer and is
/// none is an error; where text is wanted, an integer or a truth value becomes text.
///
/// ```compile_fail
/// # use tracing_relay::traced;
/// #[traced(conventions = "http", fields(http.request.methd = "GET", server.port = "443"))]
/// fn answer() {}
/// ```
///
/// Kind and outcome stay what the function says. With `"messaging"` a message keeps the context that it was
/// created with, unless `restamp = true`. Keys of types under `#[fields]` are not compared.
///
/// While a system moves from older conventions, `OTEL_SEMCONV_STABILITY_OPT_IN` can ask for the older
/// names besides: `rpc/dup` for the first two, `http/dup`, `messaging/dup` and `database/dup`, several
/// with commas. Those are recorded whose value is the same. It is read once.
///
/// ```
/// // With `http/dup` this span has `http.method` and `http.status_code` as well.
/// # use tracing_relay::traced;
/// #[traced(
///     conventions = "http",
///     fields(http.request.method = method),
///     on_ok(|status| http.response.status_code = status),
/// )]
/// fn forward(method: &str) -> u16 {
///     200
/// }
/// # assert_eq!(forward("GET"), 200);
/// ```
///
/// ## Durations
///
/// With the feature `metrics`, a function with `conventions` records how long it took, in seconds, whichever way it ends: also
/// cancelled or panicked, and also where its span is not sampled, filtered or not exported. Where its values go, the module
/// `metrics` says; where nobody has metrics, it costs a relaxed load or two. `metrics = false` turns it off.
///
/// | conventions | `kind` | metric |
/// | --- | --- | --- |
/// | `"jsonrpc"`, `"grpc"` | `"server"` | `rpc.server.call.duration` |
/// | | `"client"` | `rpc.client.call.duration` |
/// | `"http"` | `"server"` | `http.server.request.duration`, and `http.server.active_requests` while it runs |
/// | | `"client"` | `http.client.request.duration` |
/// | `"messaging"` | `"consumer"` | `messaging.process.duration` |
/// | | `"producer"`, `"client"` | `messaging.client.operation.duration` |
/// | `"db"` | `"client"`, `"internal"` | `db.client.operation.duration` |
///
/// Its attributes are those fields of the span that the conventions list for the metric, as far as they are there, and
/// `error.type`: few values each. So neither `url.path` nor `jsonrpc.request.id` is among them, a destination that has a
/// template is counted by that, and a method that HTTP does not know is `_OTHER`. What `rpc.method` may be is
/// the caller's choice: give it the name of a method that is known, and another attribute what was asked for. Where a span is not sampled, no other fields
/// are read for it.
///
/// ```
/// # use tracing_relay::traced;
/// // Records `http.client.request.duration` with these three attributes.
/// #[traced(
///     conventions = "http",
///     kind = "client",
///     carrier = none,
///     fields(http.request.method = "GET", server.address = host),
///     on_ok(|status| http.response.status_code = *status),
/// )]
/// fn fetch(host: &str) -> u16 {
///     200
/// }
/// # assert_eq!(fetch("threads.example"), 200);
/// ```
///
/// ## Warnings
///
/// A body that calls `tokio::spawn`, `tokio::task::spawn_blocking`, `std::thread::spawn`, `rayon::spawn`
/// and the like starts work outside of its trace: a warning at the call names the helper in
/// [`task`](crate::task) that stays inside. It is about these paths only, and not where the task takes
/// the span along by hand, with `.in_current_span()`, `.instrument(…)`, `.in_scope(…)` or `.enter()`.
/// `#[allow(deprecated)]` on the function takes it away, and for a workspace the environment of the
/// compiler:
///
/// ```toml
/// # .cargo/config.toml
/// [env]
/// TRACING_RELAY_BARE_SPAWN = "allow"
/// TRACING_RELAY_STRICT = "my_service, my_worker" # packages, or "*"
/// ```
///
/// A value that the body records by hand, `Span::current().record("item.id", …)`, under a key that the span
/// has not would be lost: a warning names the handle to declare with `late`.
///
/// With `strict`, of the attribute or of the package, what is a warning otherwise is an error, and so is
/// a span that the body makes by hand (`info_span!` and its like).
///
/// # Errors and panics
///
/// Misuse is a compile error. At run time nothing fails and nothing panics, except what is written
/// in `fields`, `on_ok`, `on_err`, `carrier`, `trust`, `links` and `session`, which is the program's own code.
///
/// # Limitations
///
/// A message inside a pattern (`Json(request): Json<Request>`) is found when the whole parameter
/// carries; otherwise name it with `carrier = request`. What a pattern binds is a reference in the
/// options, as the value is in `on_ok`. The type of a parameter under `#[fields]` is written out, without
/// type parameters of the function or of its `impl`. A function that returns a future which is not one
/// `async move` block owns its message no more when the span opens: the message is not re-stamped,
/// and an outgoing carrier is a compile error. A parameter that is there for its carrier alone,
/// beside others, is unused to the compiler: call it `_headers`. The body runs in a closure, so that
/// it cannot be `const` nor `#[track_caller]`. A function has one of these attributes and no more.
///
/// `tracing::Span::current()` in the body is the span of the function on tracing-opentelemetry. On the engine it
/// is where another layer wants the span, or `TracingSpans::Always` is set; else it is the span around it that is
/// one of `tracing`, or none. What works on both: `late` for values that are learned, `otel::set_attribute` and its
/// siblings for values of OpenTelemetry, [`task`](crate::task) for what is spawned.
///
/// ```compile_fail
/// # use tracing_relay::request_span;
/// // Nothing here carries a trace: write `carrier = none` if that is meant.
/// #[request_span]
/// fn handle(method: &str) {}
/// ```
///
/// # Cost
///
/// Without a subscriber and with an empty carrier: no allocation, 21 instructions for a function and
/// less than `#[tracing::instrument]` for an async one.
///
/// On tracing-opentelemetry, what the span costs in `tracing` and in the layers, with the outcome and the two
/// ids as three more fields; in all about twice what `#[tracing::instrument]` costs there. On the engine two fifths
/// of what `#[tracing::instrument]` costs there, and without context activation less than a fifth and no allocation;
/// where another layer wants the span too, as one that writes log lines does, a span of `tracing` is made, and that
/// is most of what was saved.
///
/// # See also
///
/// [`traced`](macro@crate::traced) for the steps in between,
/// [`carries_trace`](macro@crate::carries_trace) for the message.
pub use tracing_relay_macros::request_span;

/// Opens a span around a step of the work, as a child of the span that is current.
///
/// ```
/// use tracing_relay::traced;
///
/// #[traced(fields(turn.id = id))]
/// async fn run_turn(id: u64) -> Result<(), std::io::Error> {
///     # let _ = id;
///     Ok(())
/// }
/// # let _ = run_turn(1);
/// ```
///
/// # What it does
///
/// The step above becomes, in essence:
///
/// ```text
/// async fn run_turn(id: u64) -> Result<(), std::io::Error> {
///     static SITE: SpanSite = …;        // name, level, kind, keys
///     let span = open an internal span  // parent: the span that is current; fields: `turn.id`
///     run the body inside the span, at each poll
///     record how it ended, and end the span
/// }
/// ```
///
/// It is [`request_span`](macro@crate::request_span) with other defaults: the kind is `"internal"`, no carrier
/// is looked for, and the environment is never asked. How the span ends, what `relay.outcome` says,
/// and what log lines have is the same. With `kind = "consumer"` it continues the trace
/// of a message, for work that is dispatched inside a process; with `kind = "client"` or
/// `"producer"` it writes its context into what is sent, which has to be owned or `&mut`.
///
/// ```
/// use tracing_relay::{TraceCarrier, carries_trace, traced};
///
/// #[carries_trace(new)]
/// struct Job { id: u64 }
///
/// /// The job takes the context of this span along.
/// #[traced(kind = "producer", fields(job.id = job.id))]
/// fn submit(job: Job, queue: &mut Vec<Job>) {
///     queue.push(job);
/// }
///
/// /// The parent of this span is the one that submitted the job.
/// #[traced(kind = "consumer", fields(job.id = job.id))]
/// fn work(job: Job) -> u64 {
///     job.id
/// }
/// # let mut queue = Vec::new();
/// # submit(Job::new(1), &mut queue);
/// # assert_eq!(queue.pop().map(work), Some(1));
/// ```
///
/// # On a block
///
/// On an `impl` block or a trait, the attribute is put on each method that has a body. A method with
/// one of the function attributes keeps its own, which then knows nothing of the block, and
/// `#[traced(skip)]` takes a method out. What is no method, and what a macro in the block expands to,
/// is left alone.
///
/// ```
/// use tracing_relay::traced;
///
/// struct Threads(Vec<String>);
///
/// #[traced(prefix = "threads", level = "debug")]
/// impl Threads {
///     /// In the span `threads.start`.
///     async fn start(&mut self, name: &str) -> usize {
///         self.0.push(name.to_owned());
///         self.0.len()
///     }
///
///     /// In the span `threads.rename`.
///     #[traced(name = "threads.rename", fields(thread.name = name))]
///     fn rename(&mut self, at: usize, name: &str) {
///         self.0[at] = name.to_owned();
///     }
///
///     #[traced(skip)]
///     const fn is_empty(&self) -> bool {
///         self.0.is_empty()
///     }
/// }
/// # let mut threads = Threads(vec![String::new()]);
/// # threads.rename(0, "first");
/// # assert!(!threads.is_empty());
/// # drop(threads.start("second"));
/// ```
///
/// With `async_trait` it may stand above or below it.
///
/// # Accepted items
///
/// Functions and methods with a body, of the same forms as under
/// [`request_span`](macro@crate::request_span#accepted-items); `impl` blocks, of types and of traits, and traits.
///
/// # Options
///
/// On a function or a method:
///
#[doc = include_str!("options.md")]
///
/// The kind is `"internal"`, and there is no carrier unless the kind asks for one. Fields, late fields,
/// names, conventions and warnings are described with
/// [`request_span`](macro@crate::request_span#fields).
///
/// ```
/// # use tracing_relay::traced;
/// # struct Reply { size: u64 }
/// #[traced(
///     name = "cache.read",
///     level = "debug",
///     fields(cache.key = key),
///     late(shard: u64 = "cache.shard"),
///     on_ok(|reply| cache.size = reply.size),
///     err = "message",
/// )]
/// fn read(key: &str) -> Result<Reply, std::fmt::Error> {
///     shard.record(&7);
///     Ok(Reply { size: 1 })
/// }
/// # assert!(read("a").is_ok());
/// ```
///
/// On a block, those that are not about one function:
///
/// | option | effect on every method |
/// | --- | --- |
/// | `prefix = "threads"` | what the names of the spans begin with, before a dot: `threads.start`; default: the names of the methods alone |
/// | `err = "message"` | what the status says about an error: its type only, its message, or also its sources |
/// | `conventions = "jsonrpc"` | semantic conventions whose constant attributes are added and whose keys are checked |
/// | `level = "debug"` | level of the span; default: `"info"` |
/// | `target = "app::rpc"` | target of the span for filters; default: the path of the module |
/// | `log_ids = false` | whether `trace_id` and `span_id` are fields of the span, for log lines; default: `true` |
/// | `strict = true` | whether what is a warning otherwise is an error, and a span made by hand in the body too; default: what `TRACING_RELAY_STRICT` says |
/// | `crate = ::tracing_relay` | where the runtime is found, if it was renamed or re-exported |
///
/// # Errors and panics
///
/// Misuse is a compile error, and a block in which no method would get a span is one too. At run time
/// nothing fails and nothing panics, except what is written in the options, which is the program's own
/// code.
///
/// # Limitations
///
/// Those of [`request_span`](macro@crate::request_span#limitations). What a macro in a block expands to
/// gets no spans. mockall's `#[automock]` copies what stands on a trait and on its methods to where no
/// attribute can be: put `#[traced]` on the `impl` blocks, or write `#[cfg_attr(not(test), traced)]`.
///
/// ```compile_fail
/// # use tracing_relay::traced;
/// // The compiler knows no attributes on closures: make it a function.
/// # fn f() {
/// let step = #[traced] || 1;
/// # }
/// ```
///
/// # Cost
///
/// That of [`request_span`](macro@crate::request_span#cost), less what it takes to read a carrier.
///
/// # See also
///
/// [`request_span`](macro@crate::request_span) for what begins with a message,
/// [`task`](crate::task) for what is spawned.
pub use tracing_relay_macros::traced;

/// Runs an operation in the [`TraceScope`](crate::TraceScope) of its component.
///
/// ```
/// use tracing_relay::{TraceScope, relay_traced};
///
/// static RELAY: TraceScope = TraceScope::new("relay");
///
/// #[relay_traced(scope = RELAY, name = "relay.environment.connect")]
/// async fn connect(url: &str) -> Result<(), std::io::Error> {
///     # let _ = url;
///     Ok(())
/// }
/// # let _ = connect("https://relay.example");
/// ```
///
/// # What it does
///
/// The operation above becomes, in essence:
///
/// ```text
/// async fn connect(url: &str) -> Result<(), std::io::Error> {
///     static SITE: SpanSite = …;        // name, level, kind, keys
///     let span = open an internal span  // parent: the span of RELAY that is current, else none
///     enter the scope RELAY and the span, at each poll, and run the body there
///     record how it ended, with the text of an error, and end the span
/// }
/// ```
///
/// That is where the program has [installed](crate::TraceScope::install) the scope. All that runs inside is the scope's
/// then: spans of other libraries too, tasks that [`task`](crate::task) spawns, and the context of carriers that are
/// filled. What the application has current is not touched, and a callback of the user goes back to it with
/// [`scope::outside`](crate::scope::outside).
///
/// A scope that the program has not installed changes nothing: the operation is an ordinary span of
/// the application, the child of the span that is current.
///
/// With `carrier = …`, or with `kind = "server"` or `"consumer"` and a parameter that carries, the operation continues the
/// trace that came in, unless `trust = …` refuses it. The application's own trace is never continued.
///
/// # Accepted items
///
/// Those of [`request_span`](macro@crate::request_span#accepted-items).
///
/// # Options
///
/// | option | effect |
/// | --- | --- |
/// | `scope = RELAY` | the `TraceScope` that the operation belongs to; required |
///
/// and those of the other function attributes:
///
#[doc = include_str!("options.md")]
///
/// The kind is `"internal"`, and `err` is `"chain"`: the status of a failed operation has the text of the
/// error and of its sources. Fields, late fields, names, conventions and warnings are described with
/// [`request_span`](macro@crate::request_span#fields).
///
/// ```
/// # use tracing_relay::{TraceScope, relay_traced};
/// # static RELAY: TraceScope = TraceScope::new("relay");
/// /// The status says that there was an error, and not its text.
/// #[relay_traced(scope = RELAY, fields(attempt), err = "type")]
/// fn register(attempt: u64) -> Result<(), std::fmt::Error> {
///     Ok(())
/// }
/// # assert!(register(1).is_ok());
/// ```
///
/// # Errors and panics
///
/// Misuse is a compile error. At run time nothing fails and nothing panics, except what is written in
/// the options, which is the program's own code.
///
/// # Limitations
///
/// Those of [`request_span`](macro@crate::request_span#limitations). The scope is a static, or a path to
/// one: an operation belongs to one component. What the module [`scope`](crate::scope#limits) says about span handles
/// that cross its border holds. Its fields are read before the scope is entered, where the application's trace is current.
///
/// ```compile_fail
/// # use tracing_relay::relay_traced;
/// // Which component is it?
/// #[relay_traced]
/// fn register() {}
/// ```
///
/// # Cost
///
/// That of [`traced`](macro@crate::traced), and one look at the scope. Where that is installed, entering it costs about
/// what setting a subscriber and attaching a context of OpenTelemetry cost, at each poll, and allocates nothing.
///
/// # See also
///
/// [`TraceScope`](crate::TraceScope) and the module [`scope`](crate::scope), and [`traced`](macro@crate::traced) for the application's own steps.
pub use tracing_relay_macros::relay_traced;
