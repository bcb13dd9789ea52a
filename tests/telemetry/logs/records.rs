//! What is in a record.

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, LoggerProvider as _, Severity};
use opentelemetry_sdk::logs::SdkLogRecord;
use tracing::{Level, debug, error, event, info, trace, warn};
use tracing_relay::SessionTelemetry;
use tracing_relay::telemetry::LogLimits;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{Logged, attribute, text};

#[test]
fn fields_keep_their_types_and_the_message_is_the_body() {
    let logged = Logged::new();
    logged.log(|| {
        info!(
            truth = true,
            small = -7,
            large = u64::MAX,
            huge = i128::MAX,
            half = 0.5,
            word = "seven",
            list = ?[1, 2],
            shown = %"shown",
            "{} orders",
            7
        );
    });
    let record = logged.only();
    assert_eq!(record.body(), Some(&text("7 orders")));
    let expected = [
        ("truth", AnyValue::Boolean(true)),
        ("small", AnyValue::Int(-7)),
        ("large", text("18446744073709551615")),
        ("huge", text(&i128::MAX.to_string())),
        ("half", AnyValue::Double(0.5)),
        ("word", text("seven")),
        ("list", text("[1, 2]")),
        ("shown", text("shown")),
        ("code.file.path", text(file!())),
    ];
    for (key, value) in &expected {
        assert_eq!(attribute(&record, key), Some(value), "{key}");
    }
    let line = attribute(&record, "code.line.number");
    assert!(matches!(line, Some(AnyValue::Int(1..))), "{line:?}");
    assert_eq!(record.attributes_iter().count(), expected.len() + 1);
    assert!(record.trace_context().is_none());
}

#[test]
fn a_level_is_a_severity_and_a_target_the_name_of_the_scope() {
    let all = Targets::new().with_default(LevelFilter::TRACE);
    let logged = Logged::with(|builder| builder.with_log_targets(all));
    logged.log(|| {
        trace!("");
        debug!("");
        info!("");
        warn!("");
        error!("");
        event!(target: "library", Level::INFO, "");
    });
    let records = logged.records();
    let found = records.iter().map(|record| {
        let target = record.target().unwrap();
        let number = record.severity_number().unwrap();
        (record.severity_text().unwrap(), number, &**target)
    });
    let here = module_path!();
    let expected = [
        ("TRACE", Severity::Trace, here),
        ("DEBUG", Severity::Debug, here),
        ("INFO", Severity::Info, here),
        ("WARN", Severity::Warn, here),
        ("ERROR", Severity::Error, here),
        ("INFO", Severity::Info, "library"),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn only_an_event_that_was_given_a_name_has_one() {
    let logged = Logged::new();
    logged.log(|| {
        info!(name: "order.shipped", id = 7);
        info!(name: "event of its own", "said");
        info!("said");
    });
    let records = logged.records();
    let names: Vec<_> = records.iter().map(SdkLogRecord::event_name).collect();
    let expected = [Some("order.shipped"), Some("event of its own"), None];
    assert_eq!(names, expected);
    assert_eq!(records[0].body(), None);
}

#[test]
fn both_times_are_that_of_the_event() {
    let logged = Logged::new();
    let before = SystemTime::now();
    logged.log(|| info!("now"));
    let after = SystemTime::now();
    let record = logged.only();
    let time = record.timestamp().unwrap();
    assert_eq!(record.observed_timestamp(), Some(time));
    // The clock of the system may be set back meanwhile.
    let slack = Duration::from_secs(1);
    assert!(before - slack <= time && time <= after + slack, "{time:?}");
}

#[derive(Debug)]
struct Refused(Option<Box<Self>>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "outer" } else { "inner" })
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&**self.0.as_ref()?)
    }
}

#[test]
fn an_error_is_an_exception_with_what_it_came_from() {
    let logged = Logged::new();
    let inner = Refused(None);
    let outer = Refused(Some(Box::new(Refused(None))));
    logged.log(|| {
        error!(error = &outer as &(dyn Error + 'static), "refused");
        error!(error = &inner as &(dyn Error + 'static), "refused");
        error!(error = %outer, "refused");
    });
    let records = logged.records();
    let keys = ["error", "exception.message", "exception.stacktrace"];
    let found = records
        .iter()
        .map(|record| keys.map(|key| attribute(record, key).cloned()));
    let (outer, inner) = (Some(text("outer")), Some(text("inner")));
    let causes = Some(text("outer\ncaused by: inner"));
    let expected = [
        [outer.clone(), outer.clone(), causes],
        [inner.clone(), inner, None],
        [outer, None, None],
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn a_value_that_panics_spoils_its_own_text_and_nothing_else() {
    struct Panics;

    impl fmt::Debug for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no text for this");
        }
    }

    let logged = Logged::new();
    logged.log(|| info!(bad = ?Panics, good = 1, "said"));
    let record = logged.only();
    assert_eq!(attribute(&record, "bad"), Some(&text("(no text)")));
    assert_eq!(attribute(&record, "good"), Some(&AnyValue::Int(1)));
    assert_eq!(record.body(), Some(&text("said")));
}

#[test]
fn what_is_over_a_limit_is_cut_and_the_body_is_not() {
    let mut limits = LogLimits::default();
    (limits.attributes, limits.value_length) = (2, 4);
    let logged = Logged::with(|builder| builder.with_log_limits(limits));
    logged.log(|| info!(a = "aaaé", b = ?"bbbbbb", c = 1, "a body of any length"));
    let record = logged.only();
    let attributes: Vec<_> = record.attributes_iter().cloned().collect();
    let expected = [("a".into(), text("aaa")), ("b".into(), text("\"bbb"))];
    assert_eq!(attributes, expected);
    assert_eq!(record.body(), Some(&text("a body of any length")));
}

#[test]
fn targets_and_levels_say_what_is_exported() {
    let targets = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("chatty", LevelFilter::OFF)
        .with_target("shop", LevelFilter::DEBUG);
    let logged = Logged::with(|builder| builder.with_log_targets(targets));
    logged.log(|| {
        info!("too low");
        warn!("a warning");
        event!(target: "chatty::inner", Level::ERROR, "hushed");
        event!(target: "shop::cart", Level::DEBUG, "a detail");
        event!(target: "shop", Level::TRACE, "too fine");
    });
    let records = logged.records();
    let bodies: Vec<_> = records
        .iter()
        .map(|record| record.body().cloned())
        .collect();
    assert_eq!(bodies, [Some(text("a warning")), Some(text("a detail"))]);
}

#[test]
fn code_on_the_api_of_opentelemetry_logs_into_the_same_export() {
    let logged = Logged::new();
    let provider = logged.telemetry.logger_provider().unwrap();
    let logger = provider.logger("theirs");
    let mut record = logger.create_log_record();
    record.set_body(text("by hand"));
    logger.emit(record);
    provider.shutdown().unwrap();
    logged.log(|| info!("by an event"));
    let bodies: Vec<_> = logged
        .records()
        .iter()
        .map(|record| record.body().cloned())
        .collect();
    assert_eq!(bodies, [Some(text("by hand")), Some(text("by an event"))]);
    let logs = logged.logs.get_emitted_logs().unwrap();
    assert_eq!(logs[0].instrumentation.name(), "theirs");
    assert_eq!(logged.telemetry.log_statistics().exported, 2);
}

#[test]
fn a_record_has_what_its_session_says_and_the_records_of_others_have_not() {
    let session = SessionTelemetry::new()
        .with("session.id", 7)
        .with("word", "of the session");
    let logged = Logged::new();
    logged.log(|| {
        session.run(|| info!(word = "its own", "inside"));
        info!("outside");
    });
    let records = logged.records();
    assert_eq!(
        attribute(&records[0], "session.id"),
        Some(&AnyValue::Int(7))
    );
    assert_eq!(attribute(&records[0], "word"), Some(&text("its own")));
    assert_eq!(attribute(&records[1], "session.id"), None);
}
