//! [`Threshold`]: the part of the traces that is kept, as OpenTelemetry's consistent probability sampling counts it.
//!
//! Each trace has a random number of 56 bits that all its services know. A service keeps the traces whose number is
//! not below its threshold, so that what a service with a small ratio keeps, one with a greater ratio keeps too.

use std::fmt;

use crate::context::TraceContext;
use crate::ids::TraceId;

/// How many numbers there are.
const ALL: u64 = 1 << 56;
/// The hexadecimal digits of a number.
const DIGITS: u32 = 14;
/// The digits of a threshold that are kept behind those that are `f`.
const PRECISION: u32 = 4;

/// How many of the 2^56 random numbers are rejected: all below this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Threshold(u64);

impl Threshold {
    /// Nothing is rejected.
    pub(crate) const NONE: Self = Self(0);

    /// The threshold for a ratio, rounded to four digits as the specification asks for; `None` where the ratio is no
    /// number or nothing is kept.
    pub(crate) const fn of_ratio(ratio: f64) -> Option<Self> {
        if ratio >= 1.0 {
            return Some(Self::NONE);
        }
        #[expect(clippy::cast_precision_loss, reason = "a power of two, which is exact")]
        let kept = ratio * ALL as f64;
        if kept.is_nan() || kept < 1.0 {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 1 and 2^56"
        )]
        let exact = ALL - (kept + 0.5) as u64;
        // The rejected part of a small ratio begins with digits that say nothing.
        let leading = ((exact << 8).leading_ones()) / 4;
        let digits = if leading + PRECISION < DIGITS {
            leading + PRECISION
        } else {
            DIGITS
        };
        if digits == DIGITS {
            return Some(Self(exact));
        }
        let cut = 4 * (DIGITS - digits);
        let rounded = ((exact + (1 << (cut - 1))) >> cut) << cut;
        Some(Self(if rounded < ALL { rounded } else { exact }))
    }

    /// The value of `th`: up to 14 digits, without the zeros at the end.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = u32::try_from(text.len()).ok()?;
        if digits > DIGITS {
            return None;
        }
        Some(Self(hexadecimal(text)? << (4 * (DIGITS - digits))))
    }

    pub(super) const fn keeps(self, randomness: Randomness) -> bool {
        randomness.0 >= self.0
    }
}

/// The part of its traces that a span of its own accord keeps where it is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnRatio {
    /// It leaves that to the sampler.
    Unsaid,
    Nothing,
    Of(Threshold),
}

impl OwnRatio {
    pub(crate) const fn new(ratio: f64) -> Self {
        match Threshold::of_ratio(ratio) {
            Some(threshold) => Self::Of(threshold),
            None => Self::Nothing,
        }
    }
}

/// As it is sent.
impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:014x}", self.0);
        f.write_str(match digits.trim_end_matches('0') {
            "" => "0",
            digits => digits,
        })
    }
}

/// The random number of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Randomness(u64);

impl Randomness {
    /// The last 56 bits.
    pub(super) const fn of_number(number: u64) -> Self {
        Self(number & (ALL - 1))
    }

    /// The last 7 bytes of a trace id.
    pub(super) const fn of_trace_id(trace_id: TraceId) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the last bytes are meant")]
        Self::of_number(u128::from_be_bytes(trace_id.to_bytes()) as u64)
    }

    /// That of the trace of a context: the one that it names itself, else that of its id.
    pub(super) fn of(context: &TraceContext) -> Self {
        let named = context.tracestate().and_then(super::state::randomness);
        named.unwrap_or_else(|| Self::of_trace_id(context.trace_id()))
    }

    /// Whether that is an id that need not be random: W3C Trace Context Level 1 has no flag that says so.
    pub(super) fn is_presumed(context: &TraceContext) -> bool {
        let named = context.tracestate().and_then(super::state::randomness);
        !context.flags().is_random() && named.is_none()
    }

    /// The value of `rv`: 14 digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() != DIGITS as usize {
            return None;
        }
        hexadecimal(text).map(Self)
    }
}

/// As it is sent.
impl fmt::Display for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014x}", self.0)
    }
}

/// A number of digits and nothing else: not even a sign.
fn hexadecimal(text: &str) -> Option<u64> {
    if !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One in so many, and what the specification's table has for four digits.
    const ONE_IN: [(f64, &str); 13] = [
        (1.0, "0"),
        (2.0, "8"),
        (3.0, "aaab"),
        (4.0, "c"),
        (5.0, "cccd"),
        (8.0, "e"),
        (10.0, "e666"),
        (16.0, "f"),
        (100.0, "fd70a"),
        (1_000.0, "ffbe77"),
        (10_000.0, "fff9724"),
        (100_000.0, "ffff583a"),
        (1_000_000.0, "ffffef39"),
    ];

    #[test]
    fn a_ratio_has_the_threshold_of_the_specification() {
        for (number, threshold) in ONE_IN {
            let ratio = Threshold::of_ratio(1.0 / number).expect("something is kept");
            assert_eq!(ratio.to_string(), threshold, "1 in {number}");
            assert_eq!(Threshold::parse(threshold), Some(ratio));
        }
    }

    #[test]
    fn a_ratio_that_keeps_nothing_has_no_threshold() {
        for nothing in [0.0, -0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 1e-17] {
            assert_eq!(Threshold::of_ratio(nothing), None, "{nothing}");
        }
        let least = Threshold::of_ratio(2f64.powi(-56)).expect("one in 2^56");
        assert_eq!(least.to_string(), "ffffffffffffff");
        assert_eq!(Threshold::of_ratio(f64::INFINITY), Some(Threshold::NONE));
        let most = Threshold::of_ratio(1.0 - f64::EPSILON).expect("nearly all");
        assert_eq!(most, Threshold::NONE);
    }

    #[test]
    fn a_threshold_has_1_to_14_digits_and_a_random_number_14() {
        for (text, number) in [
            ("0", Some(0)),
            ("8", Some(1 << 55)),
            ("00000000000001", Some(1)),
            ("C", Some(3 << 54)),
            ("ffffffffffffff", Some(ALL - 1)),
            ("", None),
            ("000000000000000", None),
            ("g", None),
            ("+1", None),
            ("-1", None),
            ("1 ", None),
            ("٣", None),
        ] {
            assert_eq!(
                Threshold::parse(text).map(|threshold| threshold.0),
                number,
                "{text:?}"
            );
        }
        for (text, number) in [
            ("00000000000001", Some(1)),
            ("abcdef01234567", Some(0x00ab_cdef_0123_4567)),
            ("ABCDEF01234567", Some(0x00ab_cdef_0123_4567)),
            ("1", None),
            ("", None),
            ("abcdef012345678", None),
            ("abcdef0123456g", None),
            ("+bcdef01234567", None),
        ] {
            assert_eq!(
                Randomness::parse(text).map(|randomness| randomness.0),
                number,
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_random_number_of_a_trace_is_the_last_seven_bytes_of_its_id() {
        let bytes = 0xffff_ffff_ffff_ffff_ff12_3456_789a_bcde_u128.to_be_bytes();
        let trace_id = TraceId::from_bytes(bytes).expect("not zero");
        let randomness = Randomness::of_trace_id(trace_id);
        assert_eq!(randomness.to_string(), "123456789abcde");
    }

    proptest! {
        #[test]
        fn what_is_sent_is_read_as_the_same(number in 0..ALL) {
            prop_assert_eq!(Threshold::parse(&Threshold(number).to_string()), Some(Threshold(number)));
            prop_assert_eq!(Randomness::parse(&Randomness(number).to_string()), Some(Randomness(number)));
        }

        /// Also where rounding takes the two in different directions.
        #[test]
        fn a_greater_ratio_never_has_a_greater_threshold(a in 0.0..1.0, b in 0.0..1.0, power in 0..50i32) {
            let (a, b) = (a * 2f64.powi(-power), b * 2f64.powi(-power));
            let (less, more) = if a < b { (a, b) } else { (b, a) };
            match (Threshold::of_ratio(less), Threshold::of_ratio(more)) {
                (Some(of_less), Some(of_more)) => prop_assert!(of_more <= of_less),
                (Some(_), None) => prop_assert!(false, "the greater one keeps nothing"),
                (None, _) => {}
            }
        }

        #[test]
        fn a_threshold_is_within_an_eight_thousandth_of_its_ratio(ratio in 1e-9..1.0) {
            let threshold = Threshold::of_ratio(ratio).expect("something is kept");
            #[expect(clippy::cast_precision_loss, reason = "an approximation")]
            let kept = (ALL - threshold.0) as f64 / ALL as f64;
            prop_assert!((kept - ratio).abs() <= ratio / 8_000.0, "{} {}", kept, ratio);
        }
    }
}
