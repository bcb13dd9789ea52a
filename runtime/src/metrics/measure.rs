//! [`Measure`]: one call whose duration is recorded.
//!
//! It rides where the late fields of the call are, so that a call without metrics is what it was. It begins where the span
//! opens, also where no span does, and is recorded where the call ends, whichever way.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use opentelemetry::KeyValue;

use super::duration::OF_ACTIVE_REQUESTS;
use super::instruments::Held;
use super::pipeline::{self, Pipeline};
use super::value::Value;
use crate::semconv;
use crate::span::{AttributeValue, DurationMetric, Measured, OwnedValue, Site};

/// A value for one of the fields that a function declares, by its number.
pub(crate) type Numbered = (usize, OwnedValue);

/// A call, and the metrics that it is for.
pub(crate) struct Measure {
    pipeline: Arc<Pipeline>,
    site: &'static Site,
    measured: &'static Measured,
    begun: Option<Begun>,
}

struct Begun {
    at: Instant,
    attributes: Vec<KeyValue>,
    /// One more request to an HTTP server. Dropped, one less.
    _request: Option<Held<i64>>,
}

impl Measure {
    /// One call of the function with this site, if it is measured and there are metrics here.
    pub(crate) fn new(site: &'static Site) -> Option<Self> {
        let measured = site.options.measured.as_ref()?;
        let pipeline = pipeline::with_current(Arc::clone)?;
        Some(Self {
            pipeline,
            site,
            measured,
            begun: None,
        })
    }

    /// The call begins, with the values that are there by now.
    pub(crate) fn begin(&mut self, values: &[AttributeValue<'_>]) {
        let at = Instant::now();
        let values = values.iter().take(self.site.opening_fields).enumerate();
        let attributes: Vec<_> = values
            .filter_map(|(number, value)| self.attribute(number, value))
            .collect();
        let request = (self.measured.duration == DurationMetric::HttpServer).then(|| {
            let counted = attributes.iter();
            let counted =
                counted.filter(|attribute| OF_ACTIVE_REQUESTS.contains(&attribute.key.as_str()));
            Held::new(
                self.pipeline.active_requests(),
                1,
                counted.cloned().collect(),
            )
        });
        self.begun = Some(Begun {
            at,
            attributes,
            _request: request,
        });
    }

    /// The call has ended: with an error of this type, and with what was learned in the middle and at the end.
    pub(crate) fn end<'a>(
        mut self,
        error_type: Option<&str>,
        values: impl Iterator<Item = &'a Numbered>,
    ) {
        let Some(mut begun) = self.begun.take() else {
            return;
        };
        let took = begun.at.elapsed();
        for (number, value) in values {
            begun
                .attributes
                .extend(self.attribute(*number, &value.borrow()));
        }
        if let Some(error_type) = error_type {
            let error_type = Value::from(error_type.to_owned());
            begun.attributes.push(error_type.under(semconv::ERROR_TYPE));
        }
        self.pipeline
            .histogram(self.measured.duration)
            .record(took.as_secs_f64(), &begun.attributes);
    }

    /// The value of a field, if it is an attribute of the metric.
    fn attribute(&self, number: usize, value: &AttributeValue<'_>) -> Option<KeyValue> {
        let fields = self.site.metadata().fields();
        let name = fields.iter().nth(Site::FIELDS.len() + number)?.name();
        let key = self.measured.keys.iter().find(|key| **key == name)?;
        let mut value = Value::of(value)?;
        if *key == METHOD && !METHODS.contains(&value.to_string().as_str()) {
            value = "_OTHER".into();
        }
        Some(value.under(key))
    }
}

impl fmt::Debug for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measure").finish_non_exhaustive()
    }
}

const METHOD: &str = "http.request.method";

/// The methods that the conventions know. Whoever sends others would make series.
const METHODS: [&str; 10] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
];
