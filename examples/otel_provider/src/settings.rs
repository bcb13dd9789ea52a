//! [`OtelSettings`]: what a program says of its telemetry.

use std::path::PathBuf;

use serde::Deserialize;

use crate::exporter::OtelExporter;

/// What a program says of its telemetry, in code or in a file. An exporter that is left out is
/// [`None`](OtelExporter::None). Its `Debug` has no secret.
///
/// ```
/// use otel_provider::{OtelExporter, OtelSettings};
///
/// let settings: OtelSettings = toml::from_str(r#"
///     service_name = "agent"
///     [trace_exporter.otlp-http]
///     endpoint = "https://collector.example/v1/traces"
///     headers = { api-key = { env = "COLLECTOR_KEY" } }
///     protocol = "json"
/// "#)?;
/// assert_eq!(settings.environment, "dev");
/// assert!(matches!(settings.metrics_exporter, OtelExporter::None));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OtelSettings {
    /// `deployment.environment.name` of everything; `dev` unless set.
    pub environment: String,
    /// `service.name` of everything; that of this package unless set.
    pub service_name: String,
    /// `service.version` of everything; that of this package unless set.
    pub service_version: String,
    /// The folder that names of files are relative to; the working directory unless set.
    pub home: PathBuf,
    /// Where log records go.
    pub exporter: OtelExporter,
    /// Where spans go.
    pub trace_exporter: OtelExporter,
    /// Where metrics go.
    pub metrics_exporter: OtelExporter,
}

impl Default for OtelSettings {
    fn default() -> Self {
        Self {
            environment: "dev".into(),
            service_name: env!("CARGO_PKG_NAME").into(),
            service_version: env!("CARGO_PKG_VERSION").into(),
            home: PathBuf::new(),
            exporter: OtelExporter::None,
            trace_exporter: OtelExporter::None,
            metrics_exporter: OtelExporter::None,
        }
    }
}

impl OtelSettings {
    /// Whether nothing is exported.
    pub(crate) fn are_off(&self) -> bool {
        let all = [&self.exporter, &self.trace_exporter, &self.metrics_exporter];
        all.iter()
            .all(|exporter| matches!(exporter, OtelExporter::None))
    }
}
