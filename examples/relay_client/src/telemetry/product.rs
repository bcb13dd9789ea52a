//! The tracing of the component: a pipeline that the scope alone has.

use std::io;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use tracing_relay::engine::{Builder, Engine, QueueLimits, Sampler};
use tracing_relay::scope::{Installation, ScopeConfig, ScopeVariables};
use tracing_relay::{TraceScope, scope_config};

use crate::surface::Surface;

/// How long a span waits for others to go with: not long, so that a collector is called while operations run.
const DELAY: Duration = Duration::from_millis(20);

/// The variables that say where the component's spans go, which the build can embed. The collectors of the demo are
/// on this machine, and have no certificates; a product leaves that out.
pub const TRACES: ScopeVariables =
    scope_config!("T3CODE_RELAY_CLIENT_OTLP_TRACES").allow_loopback_http();

/// Their names: the URL, the dataset and the token.
pub const VARIABLES: [&str; 3] = [
    "T3CODE_RELAY_CLIENT_OTLP_TRACES_URL",
    "T3CODE_RELAY_CLIENT_OTLP_TRACES_DATASET",
    "T3CODE_RELAY_CLIENT_OTLP_TRACES_TOKEN",
];

/// The dataset of the demo.
pub const DATASET: &str = "relay-traces";

/// What one needs to add to the dataset of the demo, and nothing else.
pub const INGEST_TOKEN: &str = "ingest-only";

/// The pipeline of a scope of the component.
#[derive(Debug)]
#[must_use = "dropping it uninstalls the scope"]
pub struct Product(Installation);

impl Product {
    /// Installs the scope: from now on its operations go to that collector.
    ///
    /// # Errors
    ///
    /// When the export cannot be set up, which is no reason not to go on.
    pub fn install(
        scope: &'static TraceScope,
        surface: Surface,
        config: &ScopeConfig,
    ) -> io::Result<Self> {
        let engine = engine(config)?.with_resource(resource(surface));
        Ok(Self(scope.install(engine)?))
    }

    /// Exports what is left. Blocks the thread, for as long as this at most.
    ///
    /// # Errors
    ///
    /// With how many spans are lost.
    pub fn uninstall(self, patience: Duration) -> Result<(), String> {
        if self.0.uninstall(patience) {
            Ok(())
        } else {
            Err(format!("{:?}", self.0.statistics()))
        }
    }
}

/// The settings of an engine whose spans go to that collector. Each trace is recorded.
///
/// # Errors
///
/// When the export cannot be set up, which is no reason not to go on.
pub fn engine(config: &ScopeConfig) -> io::Result<Builder> {
    let mut queue = QueueLimits::default();
    queue.delay = DELAY;
    Ok(Engine::builder()
        .with_exporter(config.exporter()?)
        .with_sampler(Sampler::AlwaysOn)
        .with_queue(queue))
}

fn resource(surface: Surface) -> Resource {
    Resource::builder_empty()
        .with_service_name(surface.service_name())
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.runtime", surface.runtime()),
            KeyValue::new("service.component", surface.component()),
            KeyValue::new("t3.client.surface", surface.to_string()),
        ])
        .build()
}
