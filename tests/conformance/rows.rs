//! What the specifications demand, as data: the headers of a request, and what a service must then
//! send on. The rows say nothing about how they are run, so that the same rows hold for the codec
//! and for a whole service.

/// The trace id in the rows that carry a valid one.
pub(crate) const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";
/// The span id in the rows that carry a valid one.
pub(crate) const SPAN_ID: &str = "b7ad6b7169203331";

/// One case: a request and what goes out for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The name, after the rule.
    pub(crate) name: &'static str,
    /// The header lines of the request, in order. Names may repeat.
    pub(crate) request: &'static [(&'static str, &'static str)],
    /// What happens with the trace.
    pub(crate) trace: Trace,
    /// The one `tracestate` that is sent on, if any.
    pub(crate) tracestate: Option<&'static str>,
    /// The one `baggage` that is sent on, if any.
    pub(crate) baggage: Option<&'static str>,
    /// How many outgoing requests are made. Their trace id is the same when the trace is
    /// continued, and their span ids are always different from each other and from the received one.
    pub(crate) callbacks: usize,
}

/// What happens with the trace of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// The outgoing trace id is [`TRACE_ID`]; so are the two flags that have a meaning, where the row
    /// is about them.
    Continued {
        /// The flags with a meaning, sampled (1) and random (2).
        flags: Option<u8>,
    },
    /// The outgoing trace id is a new one.
    New,
}

const fn continued(name: &'static str, request: &'static [(&'static str, &'static str)]) -> Row {
    Row {
        name,
        request,
        trace: Trace::Continued { flags: None },
        tracestate: None,
        baggage: None,
        callbacks: 1,
    }
}

const fn restarted(name: &'static str, request: &'static [(&'static str, &'static str)]) -> Row {
    Row {
        trace: Trace::New,
        ..continued(name, request)
    }
}

impl Row {
    const fn flags(self, flags: u8) -> Self {
        Self {
            trace: Trace::Continued { flags: Some(flags) },
            ..self
        }
    }

    const fn tracestate(self, tracestate: &'static str) -> Self {
        Self {
            tracestate: Some(tracestate),
            ..self
        }
    }

    const fn baggage(self, baggage: &'static str) -> Self {
        Self {
            baggage: Some(baggage),
            ..self
        }
    }

    const fn callbacks(self, callbacks: usize) -> Self {
        Self { callbacks, ..self }
    }
}

/// A `traceparent` with the ids of the rows: what stands before them, and what behind.
macro_rules! parent {
    ($before:literal, $behind:literal) => {
        concat!(
            $before,
            "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            $behind
        )
    };
}

/// The name and value of a valid `traceparent`.
const PARENT: (&str, &str) = ("traceparent", parent!("00-", "-01"));

macro_rules! x16 {
    ($text:literal) => {
        concat!(
            $text, $text, $text, $text, $text, $text, $text, $text, $text, $text, $text, $text,
            $text, $text, $text, $text
        )
    };
}

/// 240 characters.
macro_rules! z240 {
    () => {
        x16!("zzzzzzzzzzzzzzz")
    };
}

/// Ten members with keys that begin with a text.
macro_rules! ten {
    ($key:literal) => {
        concat!(
            $key, "0=0,", $key, "1=1,", $key, "2=2,", $key, "3=3,", $key, "4=4,", $key, "5=5,",
            $key, "6=6,", $key, "7=7,", $key, "8=8,", $key, "9=9"
        )
    };
}

/// W3C Trace Context Level 2: a row for each rule that a service can be seen to follow from outside.
/// The names follow those of the harness of the W3C where it has the case.
pub(crate) const TRACE_CONTEXT: &[Row] = &[
    // Presence.
    restarted("both_traceparent_and_tracestate_missing", &[]),
    continued("traceparent_included_tracestate_missing", &[PARENT]),
    continued(
        "tracestate_included_traceparent_included",
        &[PARENT, ("tracestate", "foo=1,bar=2")],
    )
    .tracestate("foo=1,bar=2"),
    restarted(
        "tracestate_included_traceparent_missing",
        &[("tracestate", "foo=1")],
    ),
    restarted(
        "tracestate_included_traceparent_invalid",
        &[("traceparent", "00-1-2-01"), ("tracestate", "foo=1")],
    ),
    restarted("traceparent_empty", &[("traceparent", "")]),
    restarted(
        "traceparent_empty_tracestate_included",
        &[("traceparent", ""), ("tracestate", "foo=1")],
    ),
    restarted(
        "traceparent_duplicated",
        &[
            PARENT,
            (
                "traceparent",
                "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ),
        ],
    ),
    restarted("traceparent_duplicated_same_value", &[PARENT, PARENT]),
    restarted(
        "traceparent_duplicated_by_comma",
        &[(
            "traceparent",
            concat!(parent!("00-", "-01"), ",", parent!("00-", "-01")),
        )],
    ),
    restarted(
        "traceparent_duplicated_tracestate_included",
        &[PARENT, PARENT, ("tracestate", "foo=1")],
    ),
    // The name of the header, in any case and in no other spelling.
    restarted(
        "traceparent_header_name_hyphen",
        &[("trace-parent", parent!("00-", "-01"))],
    ),
    restarted(
        "traceparent_header_name_dot",
        &[("trace.parent", parent!("00-", "-01"))],
    ),
    continued(
        "traceparent_header_name_valid_casing_camel",
        &[("TraceParent", parent!("00-", "-01"))],
    ),
    continued(
        "traceparent_header_name_valid_casing_mixed",
        &[("TrAcEpArEnT", parent!("00-", "-01"))],
    ),
    continued(
        "traceparent_header_name_valid_casing_upper",
        &[("TRACEPARENT", parent!("00-", "-01"))],
    ),
    // version
    restarted(
        "traceparent_version_0x00_trailing_character",
        &[("traceparent", parent!("00-", "-01."))],
    ),
    restarted(
        "traceparent_version_0x00_trailing_part",
        &[("traceparent", parent!("00-", "-01-what-comes-later"))],
    ),
    restarted(
        "traceparent_version_0x00_trailing_dash",
        &[("traceparent", parent!("00-", "-01-"))],
    ),
    continued(
        "traceparent_version_0x01",
        &[("traceparent", parent!("01-", "-01"))],
    )
    .flags(1),
    continued(
        "traceparent_version_0xcc",
        &[("traceparent", parent!("cc-", "-01"))],
    )
    .flags(1),
    continued(
        "traceparent_version_0xcc_trailing_part",
        &[("traceparent", parent!("cc-", "-01-what-comes-later"))],
    )
    .flags(1),
    continued(
        "traceparent_version_0xcc_trailing_dash",
        &[("traceparent", parent!("cc-", "-01-"))],
    ),
    continued(
        "traceparent_version_0xfe_trailing_unknown_alphabet",
        &[("traceparent", parent!("fe-", "-00-Any.Thing;\"at\" all"))],
    )
    .flags(0),
    restarted(
        "traceparent_version_0xcc_trailing_character",
        &[("traceparent", parent!("cc-", "-01.what-comes-later"))],
    ),
    restarted(
        "traceparent_version_0xcc_too_short",
        &[("traceparent", parent!("cc-", "-0"))],
    ),
    continued(
        "traceparent_version_0xcc_tracestate_included",
        &[("traceparent", parent!("cc-", "-01")), ("tracestate", "foo=1")],
    )
    .tracestate("foo=1"),
    restarted(
        "traceparent_version_0xff",
        &[("traceparent", parent!("ff-", "-01"))],
    ),
    restarted(
        "traceparent_version_illegal_characters_first",
        &[("traceparent", parent!(".0-", "-01"))],
    ),
    restarted(
        "traceparent_version_illegal_characters_second",
        &[("traceparent", parent!("0.-", "-01"))],
    ),
    restarted(
        "traceparent_version_upper_case",
        &[("traceparent", parent!("CC-", "-01"))],
    ),
    restarted(
        "traceparent_version_too_long",
        &[("traceparent", parent!("000-", "-01"))],
    ),
    restarted(
        "traceparent_version_too_long_by_two",
        &[("traceparent", parent!("0000-", "-01"))],
    ),
    restarted(
        "traceparent_version_too_short",
        &[("traceparent", parent!("0-", "-01"))],
    ),
    restarted(
        "traceparent_version_missing",
        &[("traceparent", parent!("", "-01"))],
    ),
    // trace-id
    restarted(
        "traceparent_trace_id_all_zero",
        &[(
            "traceparent",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        )],
    ),
    restarted(
        "traceparent_trace_id_illegal_characters_first",
        &[(
            "traceparent",
            "00-.af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )],
    ),
    restarted(
        "traceparent_trace_id_illegal_characters_last",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319.-b7ad6b7169203331-01",
        )],
    ),
    restarted(
        "traceparent_trace_id_upper_case",
        &[(
            "traceparent",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        )],
    ),
    restarted(
        "traceparent_trace_id_not_ascii",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c8031é-b7ad6b7169203331-01",
        )],
    ),
    restarted(
        "traceparent_trace_id_too_long",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319cf-b7ad6b7169203331-01",
        )],
    ),
    restarted(
        "traceparent_trace_id_too_short",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
        )],
    ),
    restarted(
        "traceparent_trace_id_of_16_digits",
        &[("traceparent", "00-8448eb211c80319c-b7ad6b7169203331-01")],
    ),
    // parent-id
    restarted(
        "traceparent_parent_id_all_zero",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        )],
    ),
    restarted(
        "traceparent_parent_id_illegal_characters_first",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-.7ad6b7169203331-01",
        )],
    ),
    restarted(
        "traceparent_parent_id_illegal_characters_last",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333.-01",
        )],
    ),
    restarted(
        "traceparent_parent_id_upper_case",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
        )],
    ),
    restarted(
        "traceparent_parent_id_too_long",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331f-01",
        )],
    ),
    restarted(
        "traceparent_parent_id_too_short",
        &[(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
        )],
    ),
    // trace-flags
    restarted(
        "traceparent_trace_flags_illegal_characters_first",
        &[("traceparent", parent!("00-", "-.0"))],
    ),
    restarted(
        "traceparent_trace_flags_illegal_characters_last",
        &[("traceparent", parent!("00-", "-0."))],
    ),
    restarted(
        "traceparent_trace_flags_upper_case",
        &[("traceparent", parent!("00-", "-0B"))],
    ),
    restarted(
        "traceparent_trace_flags_too_long",
        &[("traceparent", parent!("00-", "-001"))],
    ),
    restarted(
        "traceparent_trace_flags_too_short",
        &[("traceparent", parent!("00-", "-1"))],
    ),
    restarted(
        "traceparent_trace_flags_missing",
        &[("traceparent", parent!("00-", ""))],
    ),
    restarted(
        "traceparent_trace_flags_empty",
        &[("traceparent", parent!("00-", "-"))],
    ),
    continued(
        "traceparent_trace_flags_not_sampled",
        &[("traceparent", parent!("00-", "-00"))],
    )
    .flags(0),
    continued(
        "traceparent_trace_flags_sampled",
        &[("traceparent", parent!("00-", "-01"))],
    )
    .flags(1),
    continued(
        "traceparent_trace_flags_random_is_propagated",
        &[("traceparent", parent!("00-", "-02"))],
    )
    .flags(2),
    continued(
        "traceparent_trace_flags_sampled_and_random",
        &[("traceparent", parent!("00-", "-03"))],
    )
    .flags(3),
    continued(
        "traceparent_trace_flags_are_bits_not_a_number",
        &[("traceparent", parent!("00-", "-09"))],
    )
    .flags(1),
    continued(
        "traceparent_trace_flags_unknown_bits_only",
        &[("traceparent", parent!("00-", "-fc"))],
    )
    .flags(0),
    // Shape.
    restarted(
        "traceparent_not_a_traceparent",
        &[("traceparent", "not-a-traceparent")],
    ),
    restarted(
        "traceparent_other_delimiter",
        &[(
            "traceparent",
            "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
        )],
    ),
    continued(
        "traceparent_ows_handling_leading_space",
        &[("traceparent", parent!(" 00-", "-01"))],
    ),
    continued(
        "traceparent_ows_handling_leading_tab",
        &[("traceparent", parent!("\t00-", "-01"))],
    ),
    continued(
        "traceparent_ows_handling_trailing_space",
        &[("traceparent", parent!("00-", "-01 "))],
    ),
    continued(
        "traceparent_ows_handling_trailing_tab",
        &[("traceparent", parent!("00-", "-01\t"))],
    ),
    continued(
        "traceparent_ows_handling_both",
        &[("traceparent", parent!("\t 00-", "-01 \t"))],
    ),
    restarted(
        "traceparent_space_inside",
        &[("traceparent", parent!("00 -", "-01"))],
    ),
    // The name of the tracestate header.
    continued(
        "tracestate_header_name_hyphen",
        &[PARENT, ("trace-state", "foo=1")],
    ),
    continued(
        "tracestate_header_name_dot",
        &[PARENT, ("trace.state", "foo=1")],
    ),
    continued(
        "tracestate_header_name_valid_casing_camel",
        &[PARENT, ("TraceState", "foo=1")],
    )
    .tracestate("foo=1"),
    continued(
        "tracestate_header_name_valid_casing_mixed",
        &[PARENT, ("TrAcEsTaTe", "foo=1")],
    )
    .tracestate("foo=1"),
    continued(
        "tracestate_header_name_valid_casing_upper",
        &[PARENT, ("TRACESTATE", "foo=1")],
    )
    .tracestate("foo=1"),
    // Lists.
    continued("tracestate_empty_header", &[PARENT, ("tracestate", "")]),
    continued("tracestate_blank_header", &[PARENT, ("tracestate", " \t ")]),
    continued(
        "tracestate_empty_header_last",
        &[PARENT, ("tracestate", "foo=1"), ("tracestate", "")],
    )
    .tracestate("foo=1"),
    continued(
        "tracestate_empty_header_first",
        &[PARENT, ("tracestate", ""), ("tracestate", "foo=1")],
    )
    .tracestate("foo=1"),
    continued(
        "tracestate_empty_members",
        &[PARENT, ("tracestate", ",foo=1, ,\t,bar=2,")],
    )
    .tracestate("foo=1,bar=2"),
    continued(
        "tracestate_only_empty_members",
        &[PARENT, ("tracestate", ", ,,")],
    ),
    continued(
        "tracestate_multiple_headers_different_keys",
        &[
            PARENT,
            ("tracestate", "foo=1,bar=2"),
            ("tracestate", "rojo=1,congo=2"),
            ("tracestate", "baz=3"),
        ],
    )
    .tracestate("foo=1,bar=2,rojo=1,congo=2,baz=3"),
    continued(
        "tracestate_duplicated_keys_same_value",
        &[PARENT, ("tracestate", "foo=1,foo=1")],
    ),
    continued(
        "tracestate_duplicated_keys_other_value",
        &[PARENT, ("tracestate", "foo=1,foo=2")],
    ),
    continued(
        "tracestate_duplicated_keys_two_headers",
        &[PARENT, ("tracestate", "foo=1"), ("tracestate", "bar=1,foo=2")],
    ),
    continued(
        "tracestate_member_count_limit_32",
        &[
            PARENT,
            ("tracestate", ten!("a")),
            ("tracestate", ten!("b")),
            ("tracestate", ten!("c")),
            ("tracestate", "d0=0,d1=1"),
        ],
    )
    .tracestate(concat!(
        ten!("a"),
        ",",
        ten!("b"),
        ",",
        ten!("c"),
        ",d0=0,d1=1"
    )),
    continued(
        "tracestate_member_count_limit_33",
        &[
            PARENT,
            ("tracestate", ten!("a")),
            ("tracestate", ten!("b")),
            ("tracestate", ten!("c")),
            ("tracestate", "d0=0,d1=1,d2=2"),
        ],
    ),
    continued(
        "tracestate_longer_than_512_characters",
        &[
            PARENT,
            ("tracestate", concat!("a=", z240!())),
            ("tracestate", concat!("b=", z240!())),
            ("tracestate", concat!("c=", z240!())),
        ],
    )
    .tracestate(concat!("a=", z240!(), ",b=", z240!(), ",c=", z240!())),
    // Keys.
    continued(
        "tracestate_all_allowed_characters",
        &[
            PARENT,
            (
                "tracestate",
                "abcdefghijklmnopqrstuvwxyz0123456789_-*/@= !\"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
            ),
        ],
    )
    .tracestate(
        "abcdefghijklmnopqrstuvwxyz0123456789_-*/@= !\"#$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
    ),
    continued(
        "tracestate_key_begins_with_digit",
        &[PARENT, ("tracestate", "1a-2@b=1")],
    )
    .tracestate("1a-2@b=1"),
    continued(
        "tracestate_key_at_signs_anywhere_but_first",
        &[PARENT, ("tracestate", "foo@=1,foo@@bar=2,a@b@c=3")],
    )
    .tracestate("foo@=1,foo@@bar=2,a@b@c=3"),
    continued(
        "tracestate_key_illegal_vendor_format",
        &[PARENT, ("tracestate", "@foo=1,bar=2")],
    ),
    continued(
        "tracestate_key_illegal_characters_space",
        &[PARENT, ("tracestate", "foo =1")],
    ),
    continued(
        "tracestate_key_illegal_characters_upper_case",
        &[PARENT, ("tracestate", "FOO=1")],
    ),
    continued(
        "tracestate_key_illegal_characters_dot",
        &[PARENT, ("tracestate", "foo.bar=1")],
    ),
    continued(
        "tracestate_key_illegal_characters_not_ascii",
        &[PARENT, ("tracestate", "fooé=1")],
    ),
    continued(
        "tracestate_key_illegal_first_character",
        &[PARENT, ("tracestate", "_foo=1")],
    ),
    continued("tracestate_key_empty", &[PARENT, ("tracestate", "=1,bar=2")]),
    continued(
        "tracestate_key_length_limit_256",
        &[
            PARENT,
            ("tracestate", "foo=1"),
            ("tracestate", concat!(z240!(), "zzzzzzzzzzzzzzzz=1")),
        ],
    )
    .tracestate(concat!("foo=1,", z240!(), "zzzzzzzzzzzzzzzz=1")),
    continued(
        "tracestate_key_length_limit_257",
        &[
            PARENT,
            ("tracestate", "foo=1"),
            ("tracestate", concat!(z240!(), "zzzzzzzzzzzzzzzzz=1")),
        ],
    ),
    continued(
        "tracestate_key_length_limit_long_tenant",
        &[
            PARENT,
            ("tracestate", concat!("foo=1,", z240!(), "zz@v=1")),
        ],
    )
    .tracestate(concat!("foo=1,", z240!(), "zz@v=1")),
    // Values.
    continued(
        "tracestate_value_illegal_characters_equal_sign",
        &[PARENT, ("tracestate", "foo=bar=baz")],
    ),
    continued(
        "tracestate_value_illegal_characters_tab",
        &[PARENT, ("tracestate", "foo=bar\tbaz")],
    ),
    continued(
        "tracestate_value_illegal_characters_not_ascii",
        &[PARENT, ("tracestate", "foo=é")],
    ),
    continued(
        "tracestate_value_empty",
        &[PARENT, ("tracestate", "foo=,bar=3")],
    ),
    continued(
        "tracestate_value_blank",
        &[PARENT, ("tracestate", "foo=  ,bar=3")],
    ),
    continued(
        "tracestate_value_missing",
        &[PARENT, ("tracestate", "foo,bar=3")],
    ),
    continued(
        "tracestate_value_leading_spaces_are_preserved",
        &[PARENT, ("tracestate", "foo=  a b  ,bar=1")],
    )
    .tracestate("foo=  a b,bar=1"),
    continued(
        "tracestate_value_length_limit_256",
        &[
            PARENT,
            ("tracestate", concat!("foo=", z240!(), "zzzzzzzzzzzzzzzz")),
        ],
    )
    .tracestate(concat!("foo=", z240!(), "zzzzzzzzzzzzzzzz")),
    continued(
        "tracestate_value_length_limit_257",
        &[
            PARENT,
            (
                "tracestate",
                concat!("bar=1,foo=", z240!(), "zzzzzzzzzzzzzzzzz"),
            ),
        ],
    ),
    // Whitespace.
    continued(
        "tracestate_ows_handling_between_members",
        &[PARENT, ("tracestate", "foo=1 \t , \t bar=2, \t baz=3")],
    )
    .tracestate("foo=1,bar=2,baz=3"),
    continued(
        "tracestate_ows_handling_tabs_between_members",
        &[PARENT, ("tracestate", "foo=1\t \t,\t \tbar=2,\t \tbaz=3")],
    )
    .tracestate("foo=1,bar=2,baz=3"),
    continued(
        "tracestate_ows_handling_leading",
        &[PARENT, ("tracestate", "\t foo=1")],
    )
    .tracestate("foo=1"),
    continued(
        "tracestate_ows_handling_trailing",
        &[PARENT, ("tracestate", "foo=1 \t")],
    )
    .tracestate("foo=1"),
    // Several outgoing requests for one incoming one.
    continued("multiple_requests_with_valid_traceparent", &[PARENT]).callbacks(3),
    restarted("multiple_requests_without_traceparent", &[]).callbacks(3),
    restarted(
        "multiple_requests_with_illegal_traceparent",
        &[(
            "traceparent",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        )],
    )
    .callbacks(3),
    // Baggage does not depend on the trace, nor the trace on it.
    continued(
        "baggage_with_traceparent",
        &[PARENT, ("baggage", "user=alice")],
    )
    .baggage("user=alice"),
    restarted("baggage_without_traceparent", &[("baggage", "user=alice")]).baggage("user=alice"),
    restarted(
        "baggage_with_invalid_traceparent",
        &[("traceparent", "00-1-2-01"), ("baggage", "user=alice")],
    )
    .baggage("user=alice"),
    continued(
        "baggage_with_bad_tracestate",
        &[PARENT, ("tracestate", "FOO=1"), ("baggage", "user=alice")],
    )
    .baggage("user=alice"),
    continued("baggage_malformed", &[PARENT, ("baggage", "user alice")]),
    continued("baggage_empty_header", &[PARENT, ("baggage", "")]),
    continued(
        "baggage_header_name_valid_casing",
        &[PARENT, ("BagGage", "user=alice")],
    )
    .baggage("user=alice"),
];

/// One case of baggage: the lines of a request, what they mean, and what goes out for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BaggageRow {
    /// The name, after the rule.
    pub(crate) name: &'static str,
    /// The values of the `baggage` lines, in order.
    pub(crate) lines: &'static [&'static str],
    /// Keys and decoded values in order.
    pub(crate) entries: &'static [(&'static str, &'static str)],
    /// The one line that is sent on, if any.
    pub(crate) sent: Option<&'static str>,
}

const fn baggage(
    name: &'static str,
    lines: &'static [&'static str],
    entries: &'static [(&'static str, &'static str)],
    sent: &'static str,
) -> BaggageRow {
    BaggageRow {
        name,
        lines,
        entries,
        sent: Some(sent),
    }
}

const fn no_baggage(name: &'static str, lines: &'static [&'static str]) -> BaggageRow {
    BaggageRow {
        name,
        lines,
        entries: &[],
        sent: None,
    }
}

/// W3C Baggage: a row for each rule, and for each thing that is often done wrong.
pub(crate) const BAGGAGE: &[BaggageRow] = &[
    baggage("one_member", &["a=b"], &[("a", "b")], "a=b"),
    baggage(
        "order_is_kept",
        &["c=1,a=2,b=3"],
        &[("c", "1"), ("a", "2"), ("b", "3")],
        "c=1,a=2,b=3",
    ),
    baggage(
        "several_headers_are_joined_in_order",
        &["a=1,b=2", "c=3"],
        &[("a", "1"), ("b", "2"), ("c", "3")],
        "a=1,b=2,c=3",
    ),
    baggage(
        "whitespace_around_everything_is_trimmed",
        &[" \ta \t= \t1 \t; \tp \t= \tq \t, \tb = 2\t "],
        &[("a", "1"), ("b", "2")],
        "a=1;p=q,b=2",
    ),
    baggage(
        "equal_signs_belong_to_the_value",
        &["a=b=c,d==,e=f%3Dg=h"],
        &[("a", "b=c"), ("d", "="), ("e", "f=g=h")],
        "a=b=c,d==,e=f%3Dg=h",
    ),
    baggage(
        "percent_is_encoded_again",
        &["a=x%2520y"],
        &[("a", "x%20y")],
        "a=x%2520y",
    ),
    baggage(
        "percent_alone_stays_percent",
        &["a=100%25,b=50%"],
        &[("a", "100%"), ("b", "50%")],
        "a=100%25,b=50%25",
    ),
    baggage(
        "percent_without_digits_is_repaired_on_the_way_out",
        &["a=%zz,b=%4,c=%%41"],
        &[("a", "%zz"), ("b", "%4"), ("c", "%A")],
        "a=%25zz,b=%254,c=%25%41",
    ),
    baggage(
        "space_is_percent_20",
        &["a=DF%2028"],
        &[("a", "DF 28")],
        "a=DF%2028",
    ),
    baggage(
        "plus_is_plus",
        &["a=b+c,d=e%2Bf"],
        &[("a", "b+c"), ("d", "e+f")],
        "a=b+c,d=e%2Bf",
    ),
    baggage(
        "backslash_quote_comma_and_semicolon_stay_encoded",
        &["a=%5C%22%2C%3B"],
        &[("a", "\\\",;")],
        "a=%5C%22%2C%3B",
    ),
    baggage(
        "utf8_is_decoded",
        &["a=Am%C3%A9lie%20%F0%9F%98%BC"],
        &[("a", "Amélie 😼")],
        "a=Am%C3%A9lie%20%F0%9F%98%BC",
    ),
    baggage(
        "octets_that_are_not_utf8_become_replacement_characters",
        &["a=x%FFy%C3"],
        &[("a", "x\u{fffd}y\u{fffd}")],
        "a=x%FFy%C3",
    ),
    baggage(
        "case_of_the_digits_is_kept",
        &["a=%c3%a9,b=%C3%A9"],
        &[("a", "é"), ("b", "é")],
        "a=%c3%a9,b=%C3%A9",
    ),
    baggage(
        "needless_encoding_is_kept",
        &["sentry-release=a%2Fb%40c,d=a/b@c"],
        &[("sentry-release", "a/b@c"), ("d", "a/b@c")],
        "sentry-release=a%2Fb%40c,d=a/b@c",
    ),
    baggage(
        "all_characters_that_need_no_encoding",
        &["!#$%&'*+-.^_`|~09azAZ=!#$&'()*+-./09:<=>?@AZ[]^_`az{|}~"],
        &[("!#$%&'*+-.^_`|~09azAZ", "!#$&'()*+-./09:<=>?@AZ[]^_`az{|}~")],
        "!#$%&'*+-.^_`|~09azAZ=!#$&'()*+-./09:<=>?@AZ[]^_`az{|}~",
    ),
    baggage(
        "keys_are_not_decoded",
        &["a%20b=1"],
        &[("a%20b", "1")],
        "a%20b=1",
    ),
    baggage(
        "keys_have_case",
        &["a=1,A=2"],
        &[("a", "1"), ("A", "2")],
        "a=1,A=2",
    ),
    baggage(
        "empty_value",
        &["a=,b=1"],
        &[("a", ""), ("b", "1")],
        "a=,b=1",
    ),
    baggage(
        "properties_are_kept",
        &["a=1;p;q=r;s=t=u,b=2"],
        &[("a", "1"), ("b", "2")],
        "a=1;p;q=r;s=t=u,b=2",
    ),
    baggage(
        "property_values_stay_encoded",
        &["a=1;p=x%2520y%2C"],
        &[("a", "1")],
        "a=1;p=x%2520y%2C",
    ),
    baggage(
        "repeated_keys_are_kept_in_order",
        &["a=1,b=2,a=3"],
        &[("a", "1"), ("b", "2"), ("a", "3")],
        "a=1,b=2,a=3",
    ),
    baggage(
        "empty_members_and_properties_are_dropped",
        &["", " , a=1;;p; ,,", "b=2"],
        &[("a", "1"), ("b", "2")],
        "a=1;p,b=2",
    ),
    baggage(
        "malformed_keys_are_dropped_alone",
        &["ok=1,no key=2,\"q\"=3,=4,a@b=5,é=6,novalue,last=7"],
        &[("ok", "1"), ("last", "7")],
        "ok=1,last=7",
    ),
    baggage(
        "malformed_values_are_dropped_alone",
        &["ok=1,a=b c,d=\"e\",f=g\\h,i=é,j=k\tl,last=7"],
        &[("ok", "1"), ("last", "7")],
        "ok=1,last=7",
    ),
    baggage(
        "malformed_properties_drop_their_member_alone",
        &["ok=1,a=1;p q,b=2;=r,c=3;s=\"t\",last=7"],
        &[("ok", "1"), ("last", "7")],
        "ok=1,last=7",
    ),
    baggage(
        "the_example_of_the_specification",
        &["key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=propertyValue"],
        &[("key1", "value1"), ("key2", "value2"), ("key3", "value3")],
        "key1=value1;property1;property2,key2=value2,key3=value3;propertyKey=propertyValue",
    ),
    no_baggage("empty_header", &[""]),
    no_baggage("blank_headers", &[" \t", ",, ,"]),
    no_baggage(
        "nothing_but_malformed_members",
        &["a", "b c=d", "=", ";p=q"],
    ),
];
