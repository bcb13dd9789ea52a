//! A struct that describes a type of another crate to serde has the fields of that type and no more.

use serde::{Deserialize, Serialize};
use tracing_relay::carries_trace;

mod other_crate {
    pub struct Job {
        pub id: u64,
    }
}

#[carries_trace]
#[derive(Serialize, Deserialize)]
#[serde(remote = "other_crate::Job")]
struct Job {
    id: u64,
}

fn main() {}

#[cfg(doctest)]
mod right {
    use serde::{Deserialize, Serialize};
    use tracing_relay::carries_trace;

    mod other_crate {
        pub struct Id {
            pub number: u64,
        }
    }

    #[derive(Serialize, Deserialize)]
    #[serde(remote = "other_crate::Id")]
    struct Id {
        number: u64,
    }

    #[carries_trace]
    #[derive(Serialize, Deserialize)]
    struct Job {
        #[serde(with = "Id")]
        id: other_crate::Id,
    }
}
