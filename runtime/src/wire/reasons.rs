//! The reasons that the formats of this crate give for refusing a carrier.

use crate::carrier::InvalidCarrier;

/// The reasons of the header formats.
impl InvalidCarrier {
    /// The text is empty. Carriers read that as absent; only parsing it directly gives this
    /// reason.
    pub const EMPTY: Self = Self::new("there is nothing to parse");
    /// A header that may come once came on more than one line.
    pub const SEVERAL_HEADERS: Self = Self::new("the header came more than once");
    /// Fewer parts than version, trace id, span id and flags.
    pub const MISSING_PARTS: Self = Self::new("a part of the trace context is missing");
    /// The version is not two characters long.
    pub const VERSION_LENGTH: Self = Self::new("the version is not 2 characters long");
    /// The version is `ff`, which the specification forbids.
    pub const VERSION_FF: Self = Self::new("version ff is forbidden");
    /// The trace id is not 32 characters long.
    pub const TRACE_ID_LENGTH: Self = Self::new("the trace id is not 32 characters long");
    /// The span id is not 16 characters long.
    pub const SPAN_ID_LENGTH: Self = Self::new("the span id is not 16 characters long");
    /// The flags are not two characters long.
    pub const FLAGS_LENGTH: Self = Self::new("the flags are not 2 characters long");
    /// There is a character that is not one of `0` to `9` and `a` to `f`.
    pub const NOT_LOWER_HEX: Self = Self::new("a character is not a lower-case hexadecimal digit");
    /// The trace id is all zeros.
    pub const ZERO_TRACE_ID: Self = Self::new("the trace id is all zeros");
    /// The span id is all zeros.
    pub const ZERO_SPAN_ID: Self = Self::new("the span id is all zeros");
    /// There is more than the format has room for, such as a fifth part in a `traceparent` of
    /// version 00.
    pub const TRAILING_DATA: Self = Self::new("there is something after the flags");
    /// The sampling decision of a `sentry-trace` is neither `0` nor `1`.
    pub const SENTRY_DECISION: Self = Self::new("the sampling decision is neither 0 nor 1");

    /// The `tracestate` has no member.
    pub const TRACESTATE_EMPTY: Self = Self::new("the tracestate has no member");
    /// A member of the `tracestate` is not `key=value` within the grammar.
    pub const TRACESTATE_MEMBER: Self =
        Self::new("a member of the tracestate is not within the grammar");
    /// Two members of the `tracestate` have the same key.
    pub const TRACESTATE_DUPLICATE: Self = Self::new("a key occurs twice in the tracestate");
    /// The `tracestate` has more than 32 members.
    pub const TRACESTATE_MEMBERS: Self = Self::new("the tracestate has more than 32 members");
}
