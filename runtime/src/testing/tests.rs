//! What `assert_trace!` accepts, and the text of its differences.
#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use expect_test::{Expect, expect};
use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::{Pipeline, Traces};

/// Runs `body` on a pipeline with sequential ids and returns what it exported.
fn record(body: impl FnOnce()) -> Traces {
    Pipeline::new().sequential_ids().run_sync(|traces| {
        body();
        traces
    })
}

/// A span and what is done in it.
fn inside(span: &Span, body: impl FnOnce()) {
    span.in_scope(body);
}

fn set_remote_parent(span: &Span) {
    let parent = SpanContext::new(
        TraceId::from(0x11),
        SpanId::from(0x22),
        TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    );
    span.set_parent(Context::new().with_remote_span_context(parent))
        .expect("the span has not started");
}

/// One request as the tests below expect it: all parts of a line are in it.
fn request() {
    let server = info_span!("turn/start", otel.kind = "server", relay.outcome = "failed");
    set_remote_parent(&server);
    inside(&server, || {
        let dispatch = info_span!("dispatch op", phase = "t1", queue = 3, warm = true);
        inside(&dispatch, || {
            let client = info_span!("model", otel.kind = "client", otel.status_code = "ERROR");
            client.in_scope(|| {});
        });
        let other = info_span!("publish", otel.kind = "producer", load = 0.5);
        other.follows_from(&dispatch);
        other.set_status(opentelemetry::trace::Status::error("queue full"));
        other.in_scope(|| {});
    });
}

const REQUEST: &str = r#"
    server turn/start <- remote 0000000000000022 => failed
      internal "dispatch op" {phase="t1", queue=3, warm=true}
        client model error
      producer publish ~> "dispatch op" {load=0.5} error "queue full"
"#;

fn check_difference(traces: &Traces, expected: &str, difference: &Expect) {
    let report = traces.compare(expected).expect_err("the trees differ");
    difference.assert_eq(&report);
}

#[test]
fn every_part_of_a_line_can_be_expected() {
    let traces = record(request);
    traces.compare(REQUEST).expect("as expected");
}

#[test]
fn what_is_not_mentioned_is_compared_only_where_it_must_be() {
    record(request)
        .compare(
            r#"
            server turn/start <- remote
                internal "dispatch op" {phase=_, !retry}
                    client model error _
                producer publish ~> "dispatch op" error _
            "#,
        )
        .expect("indentation is free, ids, attributes and outcome are not mentioned");
}

#[test]
fn a_trace_of_the_sender_can_be_expected() {
    let traces = record(|| {
        let span = info_span!("handle");
        set_remote_parent(&span);
        span.in_scope(|| {});
    });
    traces
        .compare("internal handle <- remote 00000000000000000000000000000011-0000000000000022")
        .expect("the ids of the sender");
    check_difference(
        &traces,
        "internal handle <- remote 00000000000000000000000000000012-0000000000000022",
        &expect![[r#"
            the exported spans (+) are not the expected ones (-)

            - internal handle <- remote 00000000000000000000000000000012-0000000000000022
            + internal handle <- remote 00000000000000000000000000000011-0000000000000022

            exported, to be pasted:

            internal handle <- remote 00000000000000000000000000000011-0000000000000022
        "#]],
    );
}

#[test]
fn the_tree_shows_all_but_what_the_bridge_adds() {
    expect![[r#"
        server turn/start <- remote 0000000000000022 => failed
          internal "dispatch op" {phase="t1", queue=3, warm=true}
            client model error
          producer publish ~> "dispatch op" {load=0.5} error "queue full"
    "#]]
    .assert_eq(&record(request).tree());
}

#[test]
fn a_tree_is_an_expectation_that_its_spans_meet() {
    let traces = record(|| {
        request();
        info_span!("line\nbreak", "odd key" = "a\"b\\c", list = 1.0).in_scope(|| {});
    });
    traces.compare(&traces.tree()).expect("its own tree");
}

#[test]
fn each_difference_is_on_its_own_line() {
    check_difference(
        &record(request),
        r#"
        server turn/start => completed
          internal "dispatch op" {queue="3", warm=true, size=1, !phase}
            client model
          producer publish {load=1} error "queue is full"
        "#,
        &expect![[r#"
            the exported spans (+) are not the expected ones (-)

            - server turn/start => completed
            + server turn/start <- remote 0000000000000022 => failed
            -   internal "dispatch op" {queue="3", warm=true, size=1, !phase}
            +   internal "dispatch op" {queue=3, warm=true, !size, phase="t1"}
            -     client model
            +     client model error
            -   producer publish {load=1} error "queue is full"
            +   producer publish ~> "dispatch op" {load=0.5} error "queue full"

            exported, to be pasted:

            server turn/start <- remote 0000000000000022 => failed
              internal "dispatch op" {queue=3, warm=true, !size, phase="t1"}
                client model error
              producer publish ~> "dispatch op" {load=0.5} error "queue full"
        "#]],
    );
}

#[test]
fn a_missing_span_does_not_make_the_others_differ() {
    check_difference(
        &record(request),
        r#"
        server turn/start <- remote
          internal authorize
            internal "read the token"
          internal "dispatch op"
          producer publish ~> "dispatch op" error "queue full"
        "#,
        &expect![[r#"
            the exported spans (+) are not the expected ones (-)

              server turn/start <- remote
            -   internal authorize
            -     internal "read the token"
                internal "dispatch op"
            +     client model error
                producer publish ~> "dispatch op" error "queue full"

            exported, to be pasted:

            server turn/start <- remote
              internal "dispatch op"
                client model error
              producer publish ~> "dispatch op" error "queue full"
        "#]],
    );
}

#[test]
fn traces_are_apart() {
    let traces = record(|| {
        info_span!("first").in_scope(|| {});
        info_span!("second").in_scope(|| {});
    });
    traces
        .compare("internal first\n\ninternal second")
        .expect("two traces");
    check_difference(
        &traces,
        "
        internal first
        internal second
        ",
        &expect![[r#"
            the exported spans (+) are not the expected ones (-)

              internal first
            - internal second

            + internal second

            exported, to be pasted:

            internal first

            internal second
        "#]],
    );
}

#[test]
fn several_spans_below_a_parent_that_is_not_there_are_one_trace() {
    let traces = record(|| {
        let open = info_span!("open");
        open.in_scope(|| {
            info_span!("one").in_scope(|| {});
            info_span!("two").in_scope(|| {});
        });
        // Never closed, so never exported.
        std::mem::forget(open);
    });
    traces
        .compare("internal one <- missing\ninternal two <- missing 0000000000000001")
        .expect("one trace without its root");
    check_difference(
        &traces,
        "internal open\n  internal one\n  internal two",
        &expect![[r#"
            the exported spans (+) are not the expected ones (-)

            - internal open
            -   internal one
            -   internal two

            + internal one <- missing 0000000000000001
            + internal two <- missing 0000000000000001

            exported, to be pasted:

            internal one <- missing 0000000000000001
            internal two <- missing 0000000000000001

            open, not exported yet: ["open"]
        "#]],
    );
}

#[test]
fn unordered_children_and_traces_come_in_any_order() {
    let traces = record(|| {
        for name in ["b", "a"] {
            info_span!("root", name).in_scope(|| {
                for number in [2, 1, 3] {
                    info_span!("child", number).in_scope(|| {});
                }
            });
        }
    });
    traces
        .compare(
            r#"
            unordered
            internal root {name="a"} unordered
              internal child
              internal child {number=1}
              internal child {number=3}

            internal root {name="b"}
              internal child {number=2}
              internal child {number=1}
              internal child {number=3}
            "#,
        )
        .expect("a line that fits several spans leaves the others theirs");
    check_difference(
        &traces,
        r#"
        unordered
        internal root {name="a"} unordered
          internal child {number=1}
          internal child {number=4}

        internal root {name="b"} unordered
          internal child {number=3}
          internal child {number=2}
          internal child {number=1}
        "#,
        &expect![[r#"
            the exported spans (+) are not the expected ones (-)

              internal root {name="a"} unordered
                internal child {number=1}
            -   internal child {number=4}
            +   internal child {number=2}
            +   internal child

              internal root {name="b"} unordered
                internal child {number=3}
                internal child {number=2}
                internal child {number=1}

            exported, to be pasted:

            unordered

            internal root {name="a"} unordered
              internal child {number=1}
              internal child {number=2}
              internal child

            internal root {name="b"} unordered
              internal child {number=3}
              internal child {number=2}
              internal child {number=1}
        "#]],
    );
}

#[test]
fn hundreds_of_children_are_compared_in_any_order() {
    let traces = record(|| {
        info_span!("root").in_scope(|| {
            for number in (0..300).rev() {
                info_span!("child", number).in_scope(|| {});
            }
        });
    });
    let children = (0..300).map(|number| format!("  internal child {{number={number}}}\n"));
    let children = children.collect::<Vec<_>>().concat();
    let expected = format!("internal root unordered\n{children}");
    assert_eq!(traces.compare(&expected), Ok(()));
    let report = traces
        .compare(&format!("internal root\n{children}"))
        .expect_err("another order");
    assert!(
        report.contains("-   internal child {number=1}\n"),
        "{report}"
    );
}

#[test]
fn a_key_that_is_exported_twice_is_no_single_value() {
    let traces = record(|| {
        let span = info_span!("work", step = 1);
        span.in_scope(|| span.record("step", 2));
    });
    check_difference(
        &traces,
        "internal work {step=2}",
        &expect![[r#"
        the exported spans (+) are not the expected ones (-)

        - internal work {step=2}
        + internal work {step=1, step=2}

        exported, to be pasted:

        internal work {step=1, step=2}
    "#]],
    );
    let span = traces.span("work");
    let panic = std::panic::catch_unwind(|| span.attribute("step").cloned());
    expect!["span `work` has the attribute `step` more than once: first 1, then 2"].assert_eq(
        panic
            .expect_err("it panics")
            .downcast_ref::<String>()
            .expect("text"),
    );
}

#[test]
fn nothing_is_expected_as_an_empty_text() {
    let nothing = Pipeline::new().build();
    nothing.compare("").expect("nothing was exported");
    check_difference(
        &nothing,
        "internal work",
        &expect![[r#"
        the exported spans (+) are not the expected ones (-)

        - internal work

        exported, to be pasted:

        (nothing)
    "#]],
    );
    check_difference(
        &record(|| info_span!("work").in_scope(|| {})),
        " \n ",
        &expect![[r#"
            the exported spans (+) are not the expected ones (-)

            + internal work

            exported, to be pasted:

            internal work
        "#]],
    );
}

#[test]
fn a_span_that_names_itself_as_its_remote_parent_is_seen() {
    let traces = record(|| {
        let span = info_span!("self");
        let parent = SpanContext::new(
            TraceId::from(0x11),
            SpanId::from(1),
            TraceFlags::SAMPLED,
            true,
            TraceState::default(),
        );
        span.set_parent(Context::new().with_remote_span_context(parent))
            .expect("the span has not started");
        span.in_scope(|| {});
    });
    traces
        .compare("internal self <- remote 0000000000000001")
        .expect("at the top");
}

#[test]
fn malformed_expectations_say_where_and_what_is_accepted() {
    let malformed = [
        "internal a\n  sever b",
        "server",
        "server a b",
        "server a <- local",
        "server a <- remote 22",
        "server a {count}",
        "server a {method=GET}",
        "server a {count=1 size=2}",
        "server a {names=[\"x\"",
        "server a error \"no end",
        r#"server "a\q""#,
        "server a ok error",
        "server a ~>",
        "server a\n    internal b\n  internal c",
        "server a\n\n  internal b\ninternal c",
        "server a\n\tinternal b",
    ];
    let messages = malformed.map(|expected| {
        let traces = Pipeline::new().build();
        let panic = std::panic::catch_unwind(|| traces.compare(expected)).expect_err("it panics");
        let message = panic.downcast::<String>().expect("a formatted message");
        message.replacen("malformed expectation, ", "", 1) + "\n"
    });
    expect![[r#"
        line 2: a line starts with the kind of its span
          | sever b
          | ^
        accepted: `internal`, `server`, `client`, `producer` or `consumer`

        line 1: the name of the span is missing
          | server
          |       ^
        accepted: a word, or a string in quotes if it has blanks or signs in it

        line 1: no part of a line starts like this
          | server a b
          |          ^
        accepted: `<- remote`, `<- missing`, `~> name`, `{key=value}`, `ok`, `error "text"`, `=> outcome` or `unordered`

        line 1: no parent is called this
          | server a <- local
          |             ^
        accepted: `<- remote` or `<- missing`, and then the parent's id if it is to be compared

        line 1: this is not an id
          | server a <- remote 22
          |                    ^
        accepted: the 16 lower-case hexadecimal digits of a span, or the 32 of a trace, `-` and the 16 of a span

        line 1: the attribute `count` is compared with nothing
          | server a {count}
          |           ^
        accepted: `key=value`, `key=_` if any value will do, `!key` if it must not be there

        line 1: this is not a value
          | server a {method=GET}
          |                  ^
        accepted: `"text"`, `42`, `1.5`, `true`, `false`, a list in `[` and `]`, or `_` for any value

        line 1: a comma or the end of the attributes is missing
          | server a {count=1 size=2}
          |                   ^
        accepted: `,` or `}`

        line 1: a comma or the end of the list is missing
          | server a {names=["x"
          |                     ^
        accepted: `,` or `]`

        line 1: the string does not end
          | server a error "no end
          |                ^
        accepted: `"`

        line 1: this string has an unknown escape
          | server "a\q"
          |        ^
        accepted: `\"`, `\\`, `\'`, `\n`, `\r`, `\t`, `\0` and `\u{...}`

        line 1: this part is there a second time
          | server a ok error
          |             ^
        accepted: each part once; only links repeat

        line 1: the name or the id of the linked span is missing
          | server a ~>
          |            ^
        accepted: a word, or a string in quotes if it has blanks or signs in it

        line 3: the indentation fits no line above
          | internal c
          | ^
        accepted: that of a sibling, or more than that of the parent; none after an empty line, where another trace begins

        line 3: the indentation fits no line above
          | internal b
          | ^
        accepted: that of a sibling, or more than that of the parent; none after an empty line, where another trace begins

        line 2: only spaces can indent a line
          | 	internal b
          | ^
        accepted: the same number of spaces for all children of a span
    "#]].assert_eq(&messages.join("\n"));
}
