//! The thread that exports log records. As on that of the spans, what an exporter does there is neither logged nor traced: it
//! has no subscriber, and OpenTelemetry's telemetry is suppressed. A panic of an exporter is a failed batch.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Instant;

use opentelemetry_sdk::Resource;
use tracing::{Dispatch, dispatcher};

use super::export::Export;
use super::queue::{LogStatistics, Queue};
use super::record::Record;
use crate::engine::{Losses, Lost};

/// Starts the thread.
pub(super) fn start(
    queue: &Arc<Queue>,
    exporters: Vec<Box<dyn Export>>,
    resource: Resource,
) -> io::Result<JoinHandle<()>> {
    let queue = Arc::clone(queue);
    Builder::new().name("relay-logs".to_owned()).spawn(move || {
        let _suppressed = opentelemetry::Context::enter_telemetry_suppressed_scope();
        // Whatever happens, nobody waits for this thread any longer than it runs.
        let _ended = Ended(&queue);
        let worker = Worker {
            queue: &queue,
            exporters,
            nobody: Dispatch::none(),
            losses: Losses::new(warn_of_records),
        };
        worker.run(&resource);
    })
}

struct Ended<'a>(&'a Queue);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

struct Worker<'a> {
    queue: &'a Queue,
    exporters: Vec<Box<dyn Export>>,
    /// What is current while an exporter runs.
    nobody: Dispatch,
    losses: Losses,
}

impl Worker<'_> {
    fn run(mut self, resource: &Resource) {
        self.each(|exporter| {
            exporter.set_resource(resource);
            Ok(())
        });
        while let Some(batch) = self.queue.take() {
            self.export(&batch);
            self.losses.tell(self.lost(), Instant::now());
        }
        self.each(|exporter| exporter.shutdown());
        self.losses.tell_the_rest(self.lost());
        let (exporters, nobody) = (self.exporters, self.nobody);
        for exporter in exporters {
            let drop = || dispatcher::with_default(&nobody, || drop(exporter));
            // Its panic was told by the hook, and nothing depends on it.
            let _ = catch_unwind(AssertUnwindSafe(drop));
        }
    }

    fn lost(&self) -> Lost {
        let LogStatistics {
            dropped, failed, ..
        } = self.queue.statistics();
        Lost { dropped, failed }
    }

    fn export(&mut self, batch: &[Record]) {
        let exported = self.each(|exporter| exporter.export(batch));
        self.queue.count(batch.len(), exported);
    }

    /// Lets each exporter do something, and says whether all of them did.
    fn each(&mut self, f: impl Fn(&mut dyn Export) -> Result<(), String>) -> bool {
        let mut all = true;
        for exporter in &mut self.exporters {
            let call = || dispatcher::with_default(&self.nobody, || f(&mut **exporter));
            let done = catch_unwind(AssertUnwindSafe(call));
            if let Err(reason) = done.unwrap_or_else(|_| Err("the exporter panicked".to_owned())) {
                self.losses.reason(reason);
                all = false;
            }
        }
        all
    }
}

/// The warning about log records. It is not exported as one, because telemetry is suppressed on this thread: a loss cannot feed
/// itself.
fn warn_of_records(lost: Lost, reason: Option<&str>) {
    let Lost { dropped, failed } = lost;
    tracing::warn!(
        dropped,
        failed,
        reason,
        "log records were lost: {dropped} found no room in the queue, {failed} an exporter refused"
    );
}
