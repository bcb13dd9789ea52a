//! The three fixed-size parts of a trace context: trace id, span id and flags.

use std::fmt;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Writes `bytes` as lower-case hexadecimal digits into `out`, which is twice as long.
pub(crate) fn write_hex(bytes: &[u8], out: &mut [u8]) {
    for (byte, digits) in bytes.iter().zip(out.chunks_exact_mut(2)) {
        digits[0] = HEX[usize::from(byte >> 4)];
        digits[1] = HEX[usize::from(byte & 0x0f)];
    }
}

macro_rules! id {
    ($(#[$docs:meta])* $name:ident, $bytes:literal, $number:ty) => {
        $(#[$docs])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// What stands where no id is known yet.
            #[cfg(feature = "engine")]
            pub(crate) const PLACEHOLDER: Self = Self([0xff; $bytes]);

            /// The id with these bytes, most significant first; `None` when all are zero, which
            /// the specification calls invalid.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Option<Self> {
                if <$number>::from_ne_bytes(bytes) == 0 {
                    None
                } else {
                    Some(Self(bytes))
                }
            }

            /// The bytes of the id, most significant first.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; $bytes] {
                self.0
            }
        }

        /// Lower-case hexadecimal digits, as in a `traceparent`.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut digits = [0; $bytes * 2];
                write_hex(&self.0, &mut digits);
                f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

id! {
    /// The id of a trace: 16 bytes, never all zero
    /// ([W3C Trace Context, `trace-id`](https://www.w3.org/TR/trace-context-2/#trace-id)).
    TraceId, 16, u128
}

id! {
    /// The id of a span: 8 bytes, never all zero
    /// ([W3C Trace Context, `parent-id`](https://www.w3.org/TR/trace-context-2/#parent-id)).
    SpanId, 8, u64
}

/// The flags byte of a trace context, whole: bits that this crate has no name for survive
/// ([W3C Trace Context Level 2, `trace-flags`](https://www.w3.org/TR/trace-context-2/#trace-flags)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TraceFlags(u8);

impl TraceFlags {
    const SAMPLED: u8 = 0x01;
    const RANDOM_BIT: u8 = 0x02;
    /// Not sampled yet, with a trace id that is random.
    #[cfg(feature = "engine")]
    pub(crate) const RANDOM: Self = Self(Self::RANDOM_BIT);

    /// Flags with these bits.
    #[must_use]
    pub const fn new(bits: u8) -> Self {
        Self(bits)
    }

    /// All eight bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether the caller may have recorded its span.
    #[must_use]
    pub const fn is_sampled(self) -> bool {
        self.0 & Self::SAMPLED != 0
    }

    /// Whether the last 7 bytes of the trace id are random (level 2).
    #[must_use]
    pub const fn is_random(self) -> bool {
        self.0 & Self::RANDOM_BIT != 0
    }

    /// The same flags without the bits that have no meaning yet, which the specification wants to be
    /// zero in what a participant sends by itself.
    #[cfg(feature = "otel")]
    #[must_use]
    pub(crate) const fn with_meaning(self) -> Self {
        Self(self.0 & (Self::SAMPLED | Self::RANDOM_BIT))
    }

    /// The same flags with the sampled bit set or cleared.
    #[must_use]
    pub const fn with_sampled(self, sampled: bool) -> Self {
        Self(if sampled {
            self.0 | Self::SAMPLED
        } else {
            self.0 & !Self::SAMPLED
        })
    }
}
