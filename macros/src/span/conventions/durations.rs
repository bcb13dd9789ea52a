//! The durations that the conventions define, by the kind of the span, and which of its attributes are those of the metric
//! too: those of which there are few values.

use super::Conventions;
use crate::span::plan::SpanKind;

/// A duration that is recorded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Duration {
    /// What `DurationMetric` of the runtime calls it.
    pub(crate) metric: &'static str,
    /// The keys of its attributes, besides `error.type`.
    pub(crate) keys: &'static [&'static str],
}

const RPC: &[&str] = &[
    "rpc.system.name",
    "rpc.method",
    "rpc.status_code",
    "server.address",
    "server.port",
];

const MESSAGING: &[&str] = &[
    "messaging.operation.name",
    "messaging.system.name",
    TEMPLATE,
    DESTINATION,
    "messaging.consumer.group.name",
    "server.address",
    "server.port",
];

const TEMPLATE: &str = "messaging.destination.template";
const DESTINATION: &str = "messaging.destination.name";

static RPC_SERVER: Duration = Duration {
    metric: "RpcServer",
    keys: RPC,
};
static RPC_CLIENT: Duration = Duration {
    metric: "RpcClient",
    keys: RPC,
};
static HTTP_SERVER: Duration = Duration {
    metric: "HttpServer",
    // Not `server.address`: whoever sends requests chooses it.
    keys: &[
        "http.request.method",
        "url.scheme",
        "http.route",
        "http.response.status_code",
        "network.protocol.name",
        "network.protocol.version",
    ],
};
static HTTP_CLIENT: Duration = Duration {
    metric: "HttpClient",
    keys: &[
        "http.request.method",
        "server.address",
        "server.port",
        "url.scheme",
        "url.template",
        "http.response.status_code",
        "network.protocol.name",
        "network.protocol.version",
    ],
};
static MESSAGING_PROCESS: Duration = Duration {
    metric: "MessagingProcess",
    keys: MESSAGING,
};
static MESSAGING_CLIENT: Duration = Duration {
    metric: "MessagingClient",
    keys: MESSAGING,
};
static DB_CLIENT: Duration = Duration {
    metric: "DbClient",
    keys: &[
        "db.system.name",
        "db.namespace",
        "db.collection.name",
        "db.stored_procedure.name",
        "db.operation.name",
        "db.query.summary",
        "db.response.status_code",
        "server.address",
        "server.port",
    ],
};

impl Conventions {
    /// The duration that a function with a span of this kind records.
    pub(crate) fn duration(&self, kind: SpanKind) -> Option<&'static Duration> {
        Some(match (self.category, kind) {
            ("rpc", SpanKind::Server) => &RPC_SERVER,
            ("rpc", SpanKind::Client) => &RPC_CLIENT,
            ("http", SpanKind::Server) => &HTTP_SERVER,
            ("http", SpanKind::Client) => &HTTP_CLIENT,
            ("messaging", SpanKind::Consumer) => &MESSAGING_PROCESS,
            ("messaging", SpanKind::Client | SpanKind::Producer) => &MESSAGING_CLIENT,
            // In memory there is no client.
            ("database", SpanKind::Client | SpanKind::Internal) => &DB_CLIENT,
            _ => return None,
        })
    }
}

impl Duration {
    /// Those of its keys that a span has. A destination with a template is counted by that.
    pub(crate) fn keys_of<'a>(
        &'a self,
        has: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = &'static str> + 'a {
        let by_template = has(TEMPLATE);
        let keys = self.keys.iter().copied();
        keys.filter(move |key| has(key) && !(by_template && *key == DESTINATION))
    }
}

#[cfg(test)]
mod tests {
    use super::{DESTINATION, MESSAGING_CLIENT, TEMPLATE};
    use crate::span::conventions::{Attribute, CONVENTIONS};
    use crate::span::plan::SpanKind;

    #[test]
    fn the_attributes_of_metrics_are_current() {
        let kinds = [
            SpanKind::Internal,
            SpanKind::Server,
            SpanKind::Client,
            SpanKind::Producer,
            SpanKind::Consumer,
        ];
        let mut durations = 0;
        for conventions in &CONVENTIONS {
            for duration in kinds.iter().filter_map(|kind| conventions.duration(*kind)) {
                durations += 1;
                for key in duration.keys {
                    let known = Attribute::of(key);
                    assert!(known.is_some_and(Attribute::is_current), "{key}");
                }
            }
        }
        assert_eq!(durations, 11, "two of four conventions, three, and two");
    }

    #[test]
    fn a_destination_with_a_template_is_counted_by_that() {
        let keys: Vec<_> = MESSAGING_CLIENT.keys_of(|_| true).collect();
        assert!(keys.contains(&TEMPLATE) && !keys.contains(&DESTINATION));
        let keys: Vec<_> = MESSAGING_CLIENT.keys_of(|key| key == DESTINATION).collect();
        assert_eq!(keys, [DESTINATION]);
    }
}
