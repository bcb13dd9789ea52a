//! No text that anybody may see has the token in it, nor the query of the URL.

use std::fmt::Debug;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

use opentelemetry_sdk::trace::SpanExporter as _;
use proptest::prelude::*;
use tracing_relay::engine::Engine;
use tracing_relay::scope::{ScopeConfig, ScopeOff, ScopeVariables};

const TOKEN: &str = "hush-hush-token";
const KEY: &str = "hush-hush-key";

fn variables(url: &'static str, token: &'static str) -> ScopeVariables {
    ScopeVariables::new("RELAY")
        .with_embedded(Some(url), Some("ds"), Some(token))
        .allow_loopback_http()
}

fn resolve(variables: ScopeVariables) -> Result<ScopeConfig, ScopeOff> {
    variables.resolve_with(|_| None)
}

/// Where nobody listens.
const REFUSED: &str = "http://127.0.0.1:9/v1/traces?key=hush-hush-key";

fn assert_no_secret(text: &str) {
    let shown = text.to_ascii_lowercase();
    for secret in [TOKEN, KEY, "hush"] {
        assert!(!shown.contains(secret), "{text}");
    }
}

fn both_debugs(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

#[test]
fn nothing_that_is_formatted_has_a_secret_in_it() {
    let variables = variables(REFUSED, TOKEN);
    let config = resolve(variables).unwrap();
    let exporter = config.exporter().unwrap();
    let builder = Engine::builder().with_exporter(config.exporter().unwrap());
    let texts = [
        both_debugs(&variables),
        both_debugs(&config),
        both_debugs(&config.headers()),
        both_debugs(&exporter),
        both_debugs(&builder),
        both_debugs(&builder.build().unwrap()),
    ];
    for text in &texts {
        assert_no_secret(text);
    }
    assert!(texts[0].contains("[redacted]"), "{}", texts[0]);
    assert!(texts[1].contains("[redacted]"), "{}", texts[1]);
    assert!(texts[3].contains("127.0.0.1:9"), "{}", texts[3]);
}

#[test]
fn no_reason_and_no_panic_has_a_secret_in_it() {
    let https = "https://collector.example/?key=hush-hush-key";
    let off = [
        variables("http://collector.example/?key=hush-hush-key", TOKEN),
        variables("https://hush:hush@collector.example/", TOKEN),
        variables("hush-hush-key", TOKEN),
        variables("https://collector.example:hush/", TOKEN),
        variables(https, "hush-hush-token\nx"),
        variables(https, "hush-hush-t\u{f6}ken"),
        variables(https, ""),
        ScopeVariables::new("RELAY").with_embedded(Some(https), Some("hush\nx"), Some(TOKEN)),
    ];
    for variables in off {
        let off = resolve(variables).unwrap_err();
        assert_no_secret(&format!("{off} {}", both_debugs(&off)));
        assert_no_secret(&panic_of(|| drop(resolve(variables).unwrap())));
    }
    let config = resolve(variables(https, TOKEN)).unwrap();
    assert_no_secret(&panic_of(|| panic!("{config:?}")));
    assert_no_secret(&panic_of(|| {
        drop(resolve(variables(https, TOKEN)).unwrap_err());
    }));
}

#[test]
fn no_failure_of_an_export_has_a_secret_in_it() {
    let config = resolve(variables(REFUSED, TOKEN)).unwrap();
    let exporter = config.exporter().unwrap();
    let export = move || futures_util::FutureExt::now_or_never(exporter.export(Vec::new()));
    let error = std::thread::spawn(export).join().unwrap();
    let error = error.expect("it blocks").unwrap_err();
    let text = format!("{error} {error:?}");
    assert_no_secret(&text);
    assert!(text.contains("refused"), "it says what went wrong: {text}");
}

/// Text with something in the middle that is nowhere else.
fn secret() -> impl Strategy<Value = String> {
    ("\\PC{0,5}", "\\PC{0,5}").prop_map(|(before, after)| format!("{before}hush{after}"))
}

proptest! {
    #[test]
    fn no_value_is_in_what_is_said_about_it(
        token in secret(),
        key in secret(),
        scheme in "https?|ftp|",
        host in "[a-z.]{0,3}",
        dataset in "[a-z\n]{0,3}",
        loopback in any::<bool>(),
    ) {
        let variables = ScopeVariables::new("RELAY");
        let variables = if loopback { variables.allow_loopback_http() } else { variables };
        let resolved = variables.resolve_with(|variable| Some(match variable {
            "RELAY_URL" => format!("{scheme}://{host}/v1/traces?{key}"),
            "RELAY_DATASET" => dataset.clone(),
            _ => token.clone(),
        }));
        match resolved {
            Ok(config) => assert_no_secret(&both_debugs(&config)),
            Err(off) => assert_no_secret(&format!("{off} {}", both_debugs(&off))),
        }
    }
}

/// What a panic says.
fn panic_of(f: impl FnOnce()) -> String {
    let payload = panic::catch_unwind(AssertUnwindSafe(f)).unwrap_err();
    payload.downcast_ref::<String>().unwrap().clone()
}

/// The log of one thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_mistake_is_told_once_in_the_log_and_an_unconfigured_scope_is_silent() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        // Names that no environment has.
        let nothing = ScopeVariables::new("TRACING_RELAY_TEST_NOTHING_SET");
        assert!(nothing.config().is_none());
        let half = ScopeVariables::new("TRACING_RELAY_TEST_HALF_SET");
        let half = half.with_embedded(None, Some("ds"), Some(TOKEN));
        assert!(half.config().is_none() && half.config().is_none());
        let whole = ScopeVariables::new("TRACING_RELAY_TEST_WHOLE_SET");
        let whole =
            whole.with_embedded(Some("https://collector.example/"), Some("ds"), Some(TOKEN));
        assert!(whole.config().is_some());
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(
        log.contains("`TRACING_RELAY_TEST_HALF_SET_URL` is not set") && log.contains("WARN"),
        "{log}"
    );
    assert_no_secret(&log);
}
