//! [`OtlpLogs`]: log records as OTLP.

use std::collections::HashMap;
use std::fmt;
use std::io;

use opentelemetry::InstrumentationScope;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource as OtlpResource;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLogRecord;

use super::{Destination, Sender};

/// Sends log records to one destination. For a thread without a runtime.
pub(crate) struct OtlpLogs {
    sender: Sender,
    resource: ResourceAttributesWithSchema,
}

impl OtlpLogs {
    /// Connects to nothing yet.
    pub(crate) fn new(destination: Destination) -> io::Result<Self> {
        Ok(Self {
            sender: Sender::new(destination)?,
            resource: ResourceAttributesWithSchema::default(),
        })
    }

    pub(crate) fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }

    /// Sends records, each with the number of its attributes that were dropped.
    pub(crate) fn send<'a>(
        &self,
        records: impl ExactSizeIterator<Item = (&'a SdkLogRecord, &'a InstrumentationScope, u32)>,
    ) -> Result<(), String> {
        let number = records.len();
        let schema_url = self.resource.schema_url.clone().unwrap_or_default();
        let resource = OtlpResource {
            attributes: self.resource.attributes.0.clone(),
            ..OtlpResource::default()
        };
        let request = ExportLogsServiceRequest {
            resource_logs: vec![ResourceLogs {
                resource: Some(resource),
                scope_logs: by_scope(records),
                schema_url,
            }],
        };
        self.sender.send(&request, number)
    }
}

/// Records by the name of their scope, which is their target where they have one; in the order in which they came. The
/// library's own grouping has no place for the attributes that were dropped.
fn by_scope<'a>(
    records: impl Iterator<Item = (&'a SdkLogRecord, &'a InstrumentationScope, u32)>,
) -> Vec<ScopeLogs> {
    let mut scopes: Vec<ScopeLogs> = Vec::new();
    let mut places = HashMap::new();
    for (record, instrumentation, dropped_attributes) in records {
        let target = record.target();
        let place = *places.entry((target, instrumentation)).or_insert_with(|| {
            scopes.push(ScopeLogs {
                scope: Some((instrumentation, target.cloned()).into()),
                schema_url: instrumentation.schema_url().unwrap_or_default().to_owned(),
                ..ScopeLogs::default()
            });
            scopes.len() - 1
        });
        if let Some(scope) = scopes.get_mut(place) {
            let record = LogRecord {
                dropped_attributes_count: dropped_attributes,
                ..record.into()
            };
            scope.log_records.push(record);
        }
    }
    scopes
}

impl fmt::Debug for OtlpLogs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpLogs").finish_non_exhaustive()
    }
}
