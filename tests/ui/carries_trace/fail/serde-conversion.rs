//! A struct that serde converts leaves the carrier to the type that is written.

use tracing_relay::carries_trace;

#[derive(serde::Serialize, serde::Deserialize)]
struct Wire {
    id: u64,
}

#[carries_trace]
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(into = "Wire", from = "Wire")]
struct Job {
    id: u64,
}

impl From<Job> for Wire {
    fn from(job: Job) -> Self {
        Self { id: job.id }
    }
}

impl From<Wire> for Job {
    fn from(wire: Wire) -> Self {
        Self { id: wire.id }
    }
}

fn main() {}

#[cfg(doctest)]
mod right {
    use tracing_relay::carries_trace;

    #[carries_trace]
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Wire {
        id: u64,
    }

    #[carries_trace(serde = false)]
    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    #[serde(into = "Wire", from = "Wire")]
    struct Job {
        id: u64,
    }

    impl From<Job> for Wire {
        fn from(Job { id, trace }: Job) -> Self {
            Self { id, trace }
        }
    }

    impl From<Wire> for Job {
        fn from(Wire { id, trace }: Wire) -> Self {
            Self { id, trace }
        }
    }
}
