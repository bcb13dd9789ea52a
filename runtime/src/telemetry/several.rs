//! [`Several`]: one exporter made of any number, each of which gets every batch.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

type Exported<'a> = Pin<Box<dyn Future<Output = OTelSdkResult> + Send + 'a>>;

/// The part of [`SpanExporter`] that is needed, for exporters of different types.
pub(super) trait Export: Debug + Send + Sync {
    fn export(&self, batch: Vec<SpanData>) -> Exported<'_>;
    fn force_flush(&self) -> OTelSdkResult;
    fn shutdown(&self) -> OTelSdkResult;
    fn set_resource(&mut self, resource: &Resource);
}

impl<E: SpanExporter> Export for E {
    fn export(&self, batch: Vec<SpanData>) -> Exported<'_> {
        Box::pin(SpanExporter::export(self, batch))
    }

    fn force_flush(&self) -> OTelSdkResult {
        SpanExporter::force_flush(self)
    }

    fn shutdown(&self) -> OTelSdkResult {
        SpanExporter::shutdown(self)
    }

    fn set_resource(&mut self, resource: &Resource) {
        SpanExporter::set_resource(self, resource);
    }
}

/// Exporters, one after the other. What one of them says does not keep a batch from the next; the first error is that of
/// all.
#[derive(Debug)]
pub(super) struct Several(pub(super) Vec<Box<dyn Export>>);

impl Several {
    fn each(&self, f: impl Fn(&(dyn Export + 'static)) -> OTelSdkResult) -> OTelSdkResult {
        let done: Vec<_> = self.0.iter().map(|exporter| f(&**exporter)).collect();
        done.into_iter().collect()
    }
}

impl SpanExporter for Several {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let Some((last, others)) = self.0.split_last() else {
            return Ok(());
        };
        let mut done = Ok(());
        for exporter in others {
            done = done.and(exporter.export(batch.clone()).await);
        }
        done.and(last.export(batch).await)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.each(Export::force_flush)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.each(Export::shutdown)
    }

    fn set_resource(&mut self, resource: &Resource) {
        for exporter in &mut self.0 {
            exporter.set_resource(resource);
        }
    }
}
