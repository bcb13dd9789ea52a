//! [`Exporting`]: any exporter, with what it does itself kept out of the telemetry.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use tracing::Dispatch;
use tracing::instrument::WithSubscriber as _;

use crate::warn;

type Exported<'a> = Pin<Box<dyn Future<Output = OTelSdkResult> + Send + 'a>>;

/// [`PushMetricExporter`] for exporters of different types.
pub(in crate::telemetry) trait Export: Send + Sync {
    fn export<'a>(&'a self, metrics: &'a ResourceMetrics) -> Exported<'a>;
    fn force_flush(&self) -> OTelSdkResult;
    fn shutdown(&self, timeout: Duration) -> OTelSdkResult;
    fn temporality(&self) -> Temporality;
}

impl<E: PushMetricExporter> Export for E {
    fn export<'a>(&'a self, metrics: &'a ResourceMetrics) -> Exported<'a> {
        Box::pin(PushMetricExporter::export(self, metrics))
    }

    fn force_flush(&self) -> OTelSdkResult {
        PushMetricExporter::force_flush(self)
    }

    fn shutdown(&self, timeout: Duration) -> OTelSdkResult {
        self.shutdown_with_timeout(timeout)
    }

    fn temporality(&self) -> Temporality {
        PushMetricExporter::temporality(self)
    }
}

/// An exporter, and the name of its type to show.
pub(in crate::telemetry) struct NamedExporter {
    exporter: Box<dyn Export>,
    name: &'static str,
}

impl NamedExporter {
    pub(in crate::telemetry) fn new<E: PushMetricExporter>(exporter: E) -> Self {
        Self {
            exporter: Box::new(exporter),
            name: std::any::type_name::<E>(),
        }
    }
}

impl fmt::Debug for NamedExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What a reader of the SDK has. While the exporter runs there is no subscriber on its thread: what it does is
/// neither traced nor counted. Its failures are told once a minute.
pub(super) struct Exporting(NamedExporter);

impl Exporting {
    pub(super) const fn new(exporter: NamedExporter) -> Self {
        Self(exporter)
    }
}

impl PushMetricExporter for Exporting {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let export = self.0.exporter.export(metrics);
        let exported = export.with_subscriber(Dispatch::none()).await;
        if let Err(error) = &exported {
            warn::metrics_not_exported(error);
        }
        exported
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.exporter.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.exporter.shutdown(timeout)
    }

    fn temporality(&self) -> Temporality {
        self.0.exporter.temporality()
    }
}
