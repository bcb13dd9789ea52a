//! The derive of `SpanFields`, documented where users look.

/// Says which fields of a type are attributes of a span, for `#[fields]` on a parameter of an annotated
/// function.
///
/// ```
/// use tracing_relay::{SpanFields, traced};
///
/// #[derive(SpanFields)]
/// struct ClientInfo {
///     #[field("app.client.name")]
///     name: String,
///     token: String,
/// }
///
/// #[derive(Debug)]
/// enum Mode { Fast }
///
/// #[derive(SpanFields)]
/// struct TurnStart {
///     #[field("thread.id")]
///     thread_id: String,
///     #[field(?)]
///     mode: Mode,
///     #[fields]
///     client: Option<ClientInfo>,
///     input: String,
/// }
///
/// /// Has the attributes `thread.id`, `mode` and, where there is a client, `app.client.name`.
/// #[traced]
/// fn start(#[fields] params: TurnStart) -> usize {
///     params.input.len()
/// }
/// # let client = Some(ClientInfo { name: String::new(), token: String::new() });
/// # let params = TurnStart { thread_id: String::new(), mode: Mode::Fast, client, input: String::new() };
/// # assert_eq!(start(params), 0);
/// ```
///
/// # What it does
///
/// Nothing is recorded that is not marked. `#[field]` records a field under its name,
/// `#[field("the.key")]` under another, `#[field(?)]` by `Debug` and `#[field(%)]` by `Display`, all as on
/// a parameter. `#[fields]` records what the type of the field says, which implements
/// [`SpanFields`](trait@crate::SpanFields) itself. The keys are joined at compile time; one that is there
/// twice does not compile.
///
/// # Accepted items
///
/// Structs; in those without names for their fields, a field needs a key. Enums, with the keys of all
/// variants: a variant that has a key not has no value for it. In an enum there is no `#[fields]`.
///
/// A field whose type is or contains a type parameter adds a bound: [`FieldValue`](crate::FieldValue),
/// `Display`, `Debug` or [`SpanFields`](trait@crate::SpanFields), by how it is recorded.
///
/// # Options
///
/// `#[span_fields(…)]` on the type:
///
/// | option | effect |
/// | --- | --- |
/// | `crate = ::path` | The path of this crate, where it is not `::tracing_relay`. |
///
/// # Limitations
///
/// A type that has other types among its fields has at most 64 keys. Keys of types are not compared
/// with semantic conventions, and values under them are not adapted to those.
///
/// ```compile_fail
/// # use tracing_relay::SpanFields;
/// // Nothing is marked.
/// #[derive(SpanFields)]
/// struct TurnStart {
///     input: String,
/// }
/// ```
pub use tracing_relay_macros::SpanFields;
