//! [`Exporting`]: any exporter, with what it does itself kept out of the telemetry.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use tracing::{Dispatch, dispatcher};

use super::waiting::Ends;
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
/// neither traced nor counted. Its failures are told once a minute. A panic is a failure, because it would end the
/// thread, and with it the metrics.
pub(super) struct Exporting {
    exporter: NamedExporter,
    /// Whether the last export failed.
    has_failed: AtomicBool,
    ends: Arc<Ends>,
}

impl Exporting {
    pub(super) fn new(exporter: NamedExporter, ends: &Arc<Ends>) -> Self {
        ends.add();
        Self {
            exporter,
            has_failed: AtomicBool::new(false),
            ends: Arc::clone(ends),
        }
    }

    async fn export_to_it(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let mut export = Box::pin(async { self.exporter.exporter.export(metrics).await });
        poll_fn(|context| {
            guarded(|| export.as_mut().poll(context))
                .unwrap_or_else(|error| Poll::Ready(Err(error)))
        })
        .await
    }
}

/// Code of an exporter.
fn guarded<R>(f: impl FnOnce() -> R) -> Result<R, OTelSdkError> {
    let call = || dispatcher::with_default(&Dispatch::none(), f);
    catch_unwind(AssertUnwindSafe(call))
        .map_err(|_| OTelSdkError::InternalFailure("the exporter panicked".to_owned()))
}

impl PushMetricExporter for Exporting {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let exported = self.export_to_it(metrics).await;
        self.has_failed.store(exported.is_err(), Ordering::Relaxed);
        if let Err(error) = &exported {
            // A subscriber that panics costs its warning and nothing else.
            let _ = catch_unwind(AssertUnwindSafe(|| warn::metrics_not_exported(error)));
        }
        exported
    }

    fn force_flush(&self) -> OTelSdkResult {
        guarded(|| self.exporter.exporter.force_flush())?
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        let ended = guarded(|| self.exporter.exporter.shutdown(timeout)).and_then(|ended| ended);
        self.ends
            .ended(ended.is_ok() && !self.has_failed.load(Ordering::Relaxed));
        ended
    }

    fn temporality(&self) -> Temporality {
        self.exporter.exporter.temporality()
    }
}
