//! [`Settings`]: what was understood of the variables.

use std::fmt;
use std::str::FromStr as _;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::logs::LogSettings;
use super::metrics::MetricSettings;
use super::otlp::OtlpSettings;
use super::reader::{Reader, decoded};
use super::signal::Signal;
use crate::engine::{Limits, QueueLimits, Sampler};

const SERVICE_NAME: &str = "service.name";

/// What a [`Telemetry`](super::Telemetry) is made of, as far as variables can say it.
///
/// Its `Display` is one line a subject, with the warnings at the end and without any secret: what
/// [`Telemetry::print_settings`](super::Telemetry::print_settings) prints.
#[derive(Clone, PartialEq)]
pub struct Settings {
    pub(super) disabled: bool,
    pub(super) service_name: Option<String>,
    /// Without the name of the service.
    pub(super) attributes: Vec<(String, String)>,
    /// Where spans go.
    pub(super) exporters: Vec<Exporter>,
    pub(super) metric_exporters: Vec<Exporter>,
    pub(super) logs: LogSettings,
    pub(super) metrics: MetricSettings,
    pub(super) sampler: Sampler,
    pub(super) propagators: Vec<Propagator>,
    pub(super) queue: QueueLimits,
    /// The longest that one batch may take.
    pub(super) export_timeout: Duration,
    pub(super) limits: Limits,
    /// What is shown in the log.
    pub(super) log: Targets,
    pub(super) warnings: Vec<String>,
}

/// Where a signal goes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Exporter {
    Otlp(Box<OtlpSettings>),
    Console,
}

/// How code on OpenTelemetry's API passes traces on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Propagator {
    TraceContext,
    Baggage,
}

impl Default for Settings {
    /// What holds where no variable is set, but for the exporter, of which there is none.
    fn default() -> Self {
        Self {
            disabled: false,
            service_name: None,
            attributes: Vec::new(),
            exporters: Vec::new(),
            metric_exporters: Vec::new(),
            logs: LogSettings::default(),
            metrics: MetricSettings::default(),
            sampler: Sampler::default(),
            propagators: vec![Propagator::TraceContext, Propagator::Baggage],
            queue: QueueLimits::default(),
            export_timeout: Duration::from_secs(30),
            limits: Limits::default(),
            log: Targets::new().with_default(LevelFilter::INFO),
            warnings: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads variables, which `lookup` gives by their names. Changes nothing and starts nothing.
    ///
    /// ```
    /// use tracing_relay::telemetry::Settings;
    ///
    /// let settings = Settings::read(|name| match name {
    ///     "OTEL_SERVICE_NAME" => Some("orders".to_owned()),
    ///     "OTEL_BSP_SCHEDULE_DELAY" => Some("soon".to_owned()),
    ///     _ => None,
    /// });
    /// assert!(settings.to_string().contains("service.name=orders"));
    /// let warning = "`OTEL_BSP_SCHEDULE_DELAY` is not a whole number of milliseconds, and is ignored";
    /// assert_eq!(settings.warnings(), [warning]);
    /// ```
    #[must_use]
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let mut reader = Reader::new(&lookup);
        let mut settings = Self {
            disabled: reader.is_true("OTEL_SDK_DISABLED"),
            ..Self::default()
        };
        settings.read_resource(&mut reader);
        settings.exporters = exporters(&mut reader, Signal::Traces);
        settings.metric_exporters = exporters(&mut reader, Signal::Metrics);
        settings.logs = LogSettings::read(&mut reader);
        settings.metrics = MetricSettings::read(&mut reader);
        settings.read_sampler(&mut reader);
        settings.read_propagators(&mut reader);
        settings.read_queue(&mut reader);
        settings.read_limits(&mut reader);
        if let Some(directives) = reader.text("RUST_LOG") {
            match Targets::from_str(&directives) {
                Ok(targets) => settings.log = targets,
                Err(_) => reader.warn(
                    "RUST_LOG",
                    "is not a list of `target=level`, and is ignored",
                ),
            }
        }
        settings.warnings = reader.into_warnings();
        settings
    }

    /// Where spans go, in words.
    pub(super) fn destinations(&self) -> String {
        let places: Vec<_> = self
            .exporters
            .iter()
            .map(|exporter| match exporter {
                Exporter::Otlp(collector) => collector.place(),
                Exporter::Console => "the console".to_owned(),
            })
            .collect();
        if places.is_empty() {
            return "the exporter".to_owned();
        }
        places.join(" and ")
    }

    /// What could not be used, in words: the variable, and never its value.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn read_resource(&mut self, reader: &mut Reader<'_>) {
        const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
        let pairs: Option<Vec<_>> = reader
            .pairs(ATTRIBUTES)
            .into_iter()
            .map(|pair| {
                let (key, value) = pair?;
                Some((decoded(&key)?, decoded(&value)?))
            })
            .collect();
        if pairs.is_none() {
            let fault = "is not a list of `key=value`, percent-encoded, and is ignored as a whole";
            reader.warn(ATTRIBUTES, fault);
        }
        for (key, value) in pairs.unwrap_or_default() {
            self.set_attribute(key, value);
        }
        if let Some(name) = reader.text("OTEL_SERVICE_NAME") {
            self.service_name = Some(name);
        }
    }

    /// Of two values for a key the last counts.
    pub(super) fn set_attribute(&mut self, key: String, value: String) {
        if key == SERVICE_NAME {
            self.service_name = Some(value);
        } else {
            self.attributes.retain(|(earlier, _)| *earlier != key);
            self.attributes.push((key, value));
        }
    }

    fn read_sampler(&mut self, reader: &mut Reader<'_>) {
        const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
        const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
        let below = |root| Sampler::ParentBased(Box::new(root));
        let all = Sampler::TraceIdRatio(1.0);
        let names = [
            ("always_on", Sampler::AlwaysOn),
            ("always_off", Sampler::AlwaysOff),
            ("traceidratio", all.clone()),
            ("parentbased_always_on", below(Sampler::AlwaysOn)),
            ("parentbased_always_off", below(Sampler::AlwaysOff)),
            ("parentbased_traceidratio", below(all)),
        ];
        let named = reader.name(SAMPLER, &names);
        let argument = reader.text(ARGUMENT);
        let mut sampler = named.unwrap_or_default();
        if let Some(argument) = argument {
            let ratio = argument.parse().ok();
            let ratio = ratio.filter(|ratio: &f64| (0.0..=1.0).contains(ratio));
            match (ratio_of(&mut sampler), ratio) {
                (None, _) => {
                    let fault = "has no effect: only `traceidratio` and `parentbased_traceidratio` take an argument";
                    reader.warn(ARGUMENT, fault);
                }
                (Some(_), None) => {
                    reader.warn(ARGUMENT, "is not a number from 0 to 1, and is ignored");
                }
                (Some(place), Some(ratio)) => *place = ratio,
            }
        }
        self.sampler = sampler;
    }

    fn read_propagators(&mut self, reader: &mut Reader<'_>) {
        const PROPAGATORS: &str = "OTEL_PROPAGATORS";
        let names = [
            ("tracecontext", Some(Propagator::TraceContext)),
            ("baggage", Some(Propagator::Baggage)),
            ("none", None),
        ];
        let found = reader.names(PROPAGATORS, &names);
        if found.len() > 1 && found.contains(&None) {
            let fault = "has `none` beside others, and `none` is ignored";
            reader.warn(PROPAGATORS, fault);
        }
        if !found.is_empty() {
            self.propagators = found.into_iter().flatten().collect();
        }
    }

    fn read_queue(&mut self, reader: &mut Reader<'_>) {
        let queue = &mut self.queue;
        let batching = Batching {
            items: &mut queue.spans,
            batch: &mut queue.batch,
            delay: &mut queue.delay,
            export_timeout: &mut self.export_timeout,
        };
        batching.read(reader, "OTEL_BSP");
    }

    fn read_limits(&mut self, reader: &mut Reader<'_>) {
        const ALL: &str = "OTEL_ATTRIBUTE_COUNT_LIMIT";
        let count = |reader: &mut Reader<'_>, name: &str| reader.number(name, 0);
        let limits = &mut self.limits;
        // For an attribute of anything, where the thing has no limit of its own.
        let all = count(reader, ALL);
        let mut set = |limit: &mut u32, name, general: Option<u32>| {
            *limit = count(reader, name).or(general).unwrap_or(*limit);
        };
        set(
            &mut limits.attributes,
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
            all,
        );
        set(
            &mut limits.attributes_of_event,
            "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
            all,
        );
        set(
            &mut limits.attributes_of_link,
            "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
            all,
        );
        set(&mut limits.events, "OTEL_SPAN_EVENT_COUNT_LIMIT", None);
        set(&mut limits.links, "OTEL_SPAN_LINK_COUNT_LIMIT", None);
        let lengths = [
            "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        ];
        if let Some(length) = reader.either(lengths, |reader, name| reader.number(name, 0)) {
            limits.value_length = usize::try_from(length).unwrap_or(usize::MAX);
        }
    }

    /// What the spans are about. The name of a service that nobody named is that of its program.
    pub(super) fn resource(&self) -> Resource {
        let pairs = self.attributes.iter().cloned();
        Resource::builder_empty()
            .with_attributes([
                KeyValue::new("telemetry.sdk.language", "rust"),
                KeyValue::new("telemetry.sdk.name", env!("CARGO_PKG_NAME")),
                KeyValue::new("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
            ])
            .with_attributes(pairs.map(|(key, value)| KeyValue::new(key, value)))
            .with_service_name(self.name_of_service())
            .build()
    }

    fn name_of_service(&self) -> String {
        self.service_name.clone().unwrap_or_else(|| {
            let program = std::env::current_exe().ok();
            match program.as_deref().and_then(|path| path.file_name()) {
                Some(name) => format!("unknown_service:{}", name.to_string_lossy()),
                None => "unknown_service".to_owned(),
            }
        })
    }
}

/// Where a signal goes, as the variables say.
pub(super) fn exporters(reader: &mut Reader<'_>, signal: Signal) -> Vec<Exporter> {
    #[derive(Clone, Copy, PartialEq)]
    enum Name {
        Otlp,
        Console,
        None,
    }
    let variable = signal.exporters();
    let names = [
        ("otlp", Name::Otlp),
        ("console", Name::Console),
        ("none", Name::None),
    ];
    let mut found = reader.names(variable, &names);
    if found.len() > 1 && found.contains(&Name::None) {
        reader.warn(variable, "has `none` beside others, and `none` is ignored");
    }
    if found.is_empty() {
        found.push(Name::Otlp);
    }
    // Also where nothing is sent there, so that mistakes are told.
    let otlp = OtlpSettings::read(reader, signal);
    let exporters = found.into_iter().filter_map(|name| match name {
        Name::Otlp => Some(Exporter::Otlp(Box::new(otlp.clone()))),
        Name::Console => Some(Exporter::Console),
        Name::None => None,
    });
    exporters.collect()
}

/// How items wait for others to be exported with: what the four variables of a batch processor say.
pub(super) struct Batching<'a> {
    /// Items that wait at most.
    pub(super) items: &'a mut usize,
    pub(super) batch: &'a mut usize,
    pub(super) delay: &'a mut Duration,
    pub(super) export_timeout: &'a mut Duration,
}

impl Batching<'_> {
    /// The names of the variables begin with `processor`.
    pub(super) fn read(self, reader: &mut Reader<'_>, processor: &str) {
        let variable = |subject| format!("{processor}_{subject}");
        if let Some(delay) = reader.milliseconds(&variable("SCHEDULE_DELAY")) {
            *self.delay = delay;
        }
        if let Some(timeout) = reader.timeout(&variable("EXPORT_TIMEOUT")) {
            *self.export_timeout = timeout;
        }
        let of_queue = variable("MAX_QUEUE_SIZE");
        if let Some(items) = size(reader, &of_queue) {
            *self.items = items;
        }
        let of_batch = variable("MAX_EXPORT_BATCH_SIZE");
        let batch = size(reader, &of_batch);
        if batch.is_some_and(|batch| batch > *self.items) {
            let fault =
                format!("is more than `{of_queue}` has room for, and a batch is as large as that");
            reader.warn(&of_batch, fault);
        }
        *self.batch = batch.unwrap_or(*self.batch).min(*self.items);
    }
}

fn size(reader: &mut Reader<'_>, variable: &str) -> Option<usize> {
    usize::try_from(reader.number(variable, 1)?).ok()
}

fn ratio_of(sampler: &mut Sampler) -> Option<&mut f64> {
    match sampler {
        Sampler::TraceIdRatio(ratio) => Some(ratio),
        Sampler::ParentBased(root) => ratio_of(root),
        // No variable names the others.
        Sampler::AlwaysOn
        | Sampler::AlwaysOff
        | Sampler::Probability(_)
        | Sampler::ByParent(_)
        | Sampler::RateLimiting(_)
        | Sampler::Rules(_) => None,
    }
}

impl fmt::Display for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Otlp(settings) => settings.fmt(f),
            Self::Console => f.write_str("console, on stderr"),
        }
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.disabled {
            writeln!(f, "disabled:    all signals")?;
        }
        write!(f, "resource:    {SERVICE_NAME}={}", self.name_of_service())?;
        for (key, value) in &self.attributes {
            write!(f, " {key}={value}")?;
        }
        for (label, exporters) in [
            ("traces to: ", &self.exporters),
            ("metrics to:", &self.metric_exporters),
            ("logs to:   ", &self.logs.exporters),
        ] {
            if exporters.is_empty() {
                write!(f, "\n{label}  none")?;
            }
            for exporter in exporters {
                write!(f, "\n{label}  {exporter}")?;
            }
        }
        write!(f, "\nmetrics:     {}", self.metrics)?;
        write!(f, "\nsampler:     {:?}", self.sampler)?;
        write!(f, "\npropagators: {:?}", self.propagators)?;
        let queue = &self.queue;
        write!(
            f,
            "\nqueue:       {} spans, {} bytes, batches of {}, delay {:?}, timeout {:?}",
            queue.spans, queue.bytes, queue.batch, queue.delay, self.export_timeout
        )?;
        let limits = &self.limits;
        write!(
            f,
            "\nlimits:      {} attributes, {} events of {}, {} links of {}, values of ",
            limits.attributes,
            limits.events,
            limits.attributes_of_event,
            limits.links,
            limits.attributes_of_link
        )?;
        match limits.value_length {
            usize::MAX => f.write_str("any length")?,
            length => write!(f, "{length} bytes")?,
        }
        write!(f, "\n{}", self.logs)?;
        write!(f, "\nstderr:      {}", self.log)?;
        for warning in &self.warnings {
            write!(f, "\nwarning:     {warning}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Settings({self})")
    }
}
