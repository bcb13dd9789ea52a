//! Nothing that is generated is warned about.
#![deny(
    warnings,
    missing_docs,
    single_use_lifetimes,
    unreachable_pub,
    unused,
    unused_qualifications,
    rust_2018_idioms,
    rust_2024_compatibility,
    nonstandard_style
)]

/// The messages.
pub mod protocol {
    use serde::{Deserialize, Serialize};
    use tracing_relay::{CarriesTrace, TraceCarrier, carries_trace};

    /// A message.
    #[carries_trace(new, default = none)]
    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    pub struct Job<T: Clone>
    where
        T: Send,
    {
        /// The number.
        pub id: T,
        /// No longer used.
        #[deprecated]
        pub name: String,
    }

    /// Several messages.
    #[derive(Debug, CarriesTrace)]
    pub enum Op<'a> {
        /// The first.
        Start(&'a str, #[carrier] TraceCarrier),
        /// The last.
        #[deprecated]
        #[carrier(none)]
        Stop,
    }

    /// No longer used.
    #[carries_trace(new, default = none)]
    #[deprecated]
    #[derive(Default, Serialize)]
    pub struct Ping {}
}

fn main() {
    let job = protocol::Job::new(1, String::new());
    assert_eq!(job.id, 1);
    let op = protocol::Op::Start("a", job.trace);
    assert_eq!(format!("{op:?}"), "Start(\"a\", none)");
}
