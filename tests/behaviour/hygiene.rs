//! What a module declares, imports or shadows does not change what an annotated function means.

use tracing_relay::testing::Traces;
use tracing_relay::{TraceCarrier, TraceContext, assert_trace};

/// No prelude, and every name that generated code could want is something else.
mod hostile {
    #![no_implicit_prelude]
    #![allow(
        dead_code,
        non_camel_case_types,
        unused_macros,
        reason = "the names are there to be in the way"
    )]

    use ::tracing_relay::{
        SpanFields, TraceCarrier, TraceScope, relay_traced, request_span, traced,
    };

    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Box;
    pub(super) struct String;
    pub(super) struct Vec;
    pub(super) struct Pin;
    pub(super) struct Span;
    pub(super) struct Level;
    pub(super) struct Metadata;
    pub(super) struct bool;
    pub(super) struct usize;
    pub(super) struct str;
    pub(super) trait Future {}
    pub(super) trait Stream {}
    pub(super) trait Send {}
    pub(super) trait Sized {}
    pub(super) trait Clone {}
    pub(super) trait Default {}
    pub(super) trait Into {}
    pub(super) trait Display {}
    pub(super) trait CarriesTrace {}
    pub(super) const CALLSITE: u32 = 1;
    pub(super) const METADATA: u32 = 2;
    pub(super) const SITE: u32 = 3;
    pub(super) fn drop() {}
    pub(super) fn identity() {}
    pub(super) fn in_span() {}
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod alloc {}
    pub(super) mod tracing {}
    pub(super) mod tracing_relay {}
    pub(super) mod __private {}

    macro_rules! shadowed {
        ($($name:ident)*) => {$(
            macro_rules! $name { () => { ::core::compile_error!("shadowed") }; }
        )*};
    }
    shadowed!(vec line file module_path concat stringify format panic matches);

    /// Has every method that the generated code calls.
    pub(super) trait Everything {
        fn value(&self) {}
        fn field(self)
        where
            Self: ::core::marker::Sized,
        {
        }
        fn late_fields(&self) {}
        fn record(&self) {}
        fn values(&self) {}
        fn and_part(&self) {}
        fn as_slice(&self) {}
        fn len(&self) {}
        fn failure(&self) {}
        fn find(&self) {}
        fn answer(&self) {}
        fn restamp(&mut self) {}
        fn send(&mut self) {}
        fn ok(&self) {}
        fn err(&self) {}
        fn check(&self) {}
        fn and(&self) {}
        fn extract(&self) {}
        fn inject(&self) {}
    }

    impl<T: ?::core::marker::Sized> Everything for T {}

    static RELAY: TraceScope = TraceScope::new("relay");

    #[traced(fields(number, left, text = ?text), on_ok(|sum| sum))]
    pub(super) fn sync(number: u32, (left, _): (u32, u32), text: &::core::primitive::str) -> u32 {
        number + left + CALLSITE + METADATA + SITE
    }

    #[request_span(
        fields(number, none = ::core::option::Option::None::<u32>),
        on_ok(|(number, _)| result = number),
        on_err(failed = true)
    )]
    pub(super) async fn asynchronous(
        #[field("other.number")] number: u32,
        carrier: TraceCarrier,
    ) -> ::core::result::Result<(u32, TraceCarrier), ::core::fmt::Error> {
        if number > 100 {
            return ::core::result::Result::Err(::core::fmt::Error);
        }
        ::core::result::Result::Ok((number, carrier))
    }

    #[traced(kind = "client", fields(number))]
    pub(super) fn returned(
        number: u32,
        carrier: TraceCarrier,
    ) -> impl ::core::future::Future<Output = (u32, TraceCarrier)> {
        async move { (number, carrier) }
    }

    #[traced(conventions = "jsonrpc", fields(jsonrpc.request.id = number))]
    pub(super) fn boxed(
        number: u32,
    ) -> ::core::pin::Pin<::std::boxed::Box<dyn ::core::future::Future<Output = u32>>> {
        let number = number + 1;
        ::std::boxed::Box::pin(async move { number })
    }

    #[traced(kind = "consumer", trust = number == 1)]
    pub(super) fn stream(
        number: u32,
        _carrier: &TraceCarrier,
    ) -> impl ::futures_util::Stream<Item = u32> + use<> {
        ::futures_util::stream::iter([number])
    }

    #[traced(otel_name = number, late(some: ::core::primitive::u32 = "some", late: ::core::primitive::str = "late", value: ::core::primitive::u8 = ?value))]
    pub(super) fn learned(number: u32) {
        some.record(&number);
        late.record("late");
        value.record(&1);
    }

    #[derive(SpanFields)]
    pub(super) struct Recorded<'a> {
        #[field]
        pub(super) out: ::core::primitive::u32,
        #[fields]
        pub(super) part: ::core::option::Option<Part<'a>>,
    }

    #[derive(SpanFields)]
    pub(super) enum Part<'a> {
        Text(#[field("text")] &'a ::core::primitive::str),
        #[allow(dead_code, reason = "a second variant")]
        Nothing,
    }

    #[traced]
    pub(super) fn recorded<'a>(#[fields] values: Recorded<'a>, #[fields] other: &Other<'_>) {
        let _ = (values.out, other.0);
    }

    #[derive(SpanFields)]
    pub(super) struct Other<'values>(#[field("other")] pub(super) &'values ::core::primitive::str);

    #[relay_traced(scope = RELAY)]
    pub(super) fn nothing() {}
}

fn remote() -> TraceCarrier {
    let context: TraceContext = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        .parse()
        .expect("a valid traceparent");
    TraceCarrier::from(context)
}

#[tracing_relay::test]
async fn names_in_the_way_change_nothing(traces: Traces) {
    use futures_util::StreamExt as _;

    assert_eq!(hostile::sync(1, (2, 3), "text"), 9);
    let (number, carrier) = hostile::asynchronous(1, remote())
        .await
        .expect("it succeeds");
    assert_eq!(number, 1);
    let server = traces.span("asynchronous");
    assert_eq!(
        carrier.context().map(TraceContext::span_id),
        Some(server.span_id())
    );
    hostile::returned(1, TraceCarrier::none()).await;
    assert_eq!(hostile::boxed(1).await, 2);
    assert_eq!(hostile::stream(1, &remote()).collect::<Vec<_>>().await, [1]);
    hostile::learned(4);
    let part = Some(hostile::Part::Text("text"));
    hostile::recorded(hostile::Recorded { out: 5, part }, &hostile::Other("other"));
    hostile::nothing();
    assert_trace!(
        traces,
        r#"
        unordered
        internal sync {number=1, left=2, text="\"text\"", sum=9} => completed

        client returned {number=1} => completed

        internal boxed {jsonrpc.request.id="1", rpc.system.name="jsonrpc"} => completed

        internal 4 {some=4, late="late", value="1"} => completed

        internal recorded {out=5, text="text", other="other"} => completed

        internal nothing => completed

        server asynchronous <- remote b7ad6b7169203331 {number=1, other.number=1, result=1, !none} => completed
        consumer stream <- remote b7ad6b7169203331 => completed
        "#
    );
}

/// Glob imports that bring the same names as the expansion uses.
mod globs {
    #[allow(
        unused_imports,
        clippy::wildcard_imports,
        reason = "they are in the way"
    )]
    use super::hostile::*;
    #[allow(
        unused_imports,
        clippy::wildcard_imports,
        reason = "they are in the way"
    )]
    use ::tracing_relay::*;

    #[::tracing_relay::traced(fields(number))]
    pub(super) async fn handle(number: u32) -> u32 {
        number
    }
}

#[tracing_relay::test]
async fn glob_imports_change_nothing(traces: Traces) {
    assert_eq!(globs::handle(2).await, 2);
    assert_trace!(traces, "internal handle {number=2} => completed");
}

/// A body whose own names look like those of the expansion.
#[tracing_relay::traced(fields(span = opening, finish))]
fn own_names(opening: u32, finish: u32) -> u32 {
    let span = opening;
    let result = finish;
    let values = [span, result];
    values.iter().sum()
}

/// A parameter under the name of something that the expansion calls.
#[tracing_relay::request_span(fields(find = find, p = in_span))]
fn parameters_named_like_calls(find: u32, in_span: u32, carriers: TraceCarrier) -> u32 {
    drop(carriers);
    find + in_span
}

/// Items and labels of the body stay its own.
#[tracing_relay::traced]
fn items_inside(rows: &[&[u32]]) -> u32 {
    const LIMIT: u32 = 3;
    fn double(number: u32) -> u32 {
        number * 2
    }
    let mut sum = 0;
    'rows: for row in rows {
        for number in *row {
            if *number > LIMIT {
                continue 'rows;
            }
            sum += double(*number);
        }
    }
    sum
}

#[tracing_relay::test]
fn names_of_the_body_are_its_own(traces: Traces) {
    assert_eq!(own_names(1, 2), 3);
    assert_eq!(parameters_named_like_calls(1, 2, remote()), 3);
    assert_eq!(items_inside(&[&[1, 9, 1], &[2]]), 6);
    assert_trace!(
        traces,
        "
        unordered
        internal own_names {span=1, finish=2}

        server parameters_named_like_calls <- remote b7ad6b7169203331 {find=1, p=2}

        internal items_inside
        "
    );
}
