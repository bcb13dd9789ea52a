//! The job itself has attributes and nothing else of tracing.

/// The files that do the job, as they were built.
const BUSINESS: &[(&str, &str)] = &[
    ("client.rs", include_str!("../src/client.rs")),
    ("core_loop.rs", include_str!("../src/core_loop.rs")),
    ("model.rs", include_str!("../src/model.rs")),
    ("model_client.rs", include_str!("../src/model_client.rs")),
    ("protocol.rs", include_str!("../src/protocol.rs")),
    ("server.rs", include_str!("../src/server.rs")),
    ("session.rs", include_str!("../src/session.rs")),
    ("turn.rs", include_str!("../src/turn.rs")),
];

#[test]
fn the_business_files_hold_no_tracing_code() {
    for (name, text) in BUSINESS {
        for word in [
            "span!",
            "set_parent",
            "opentelemetry",
            "Span::",
            "tracing::",
        ] {
            assert!(!text.contains(word), "{name} holds `{word}`");
        }
    }
}
