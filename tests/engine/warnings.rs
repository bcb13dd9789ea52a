//! What the exporting thread tells the application, and not the engine.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use tracing_relay::engine::{Engine, Rule, Rules, Sampler};
use tracing_relay::{TraceCarrier, TraceContext, request_span};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::exporter::{Answer, Exporter, LONG, Traced, patient};

/// What the log says.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("nothing panics")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn lines_with(&self, text: &str) -> Vec<String> {
        String::from_utf8(self.0.lock().expect("nothing panics").clone())
            .expect("it is text")
            .lines()
            .filter(|line| line.contains(text))
            .map(str::to_owned)
            .collect()
    }
}

/// The log of the process, and an engine in the same subscriber.
fn global() -> &'static (Log, Traced) {
    static GLOBAL: OnceLock<(Log, Traced)> = OnceLock::new();
    GLOBAL.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let other = Traced::new(Exporter::that_takes(), patient());
        let lines = tracing_subscriber::fmt::layer().with_ansi(false);
        let subscriber = tracing_subscriber::registry()
            .with(other.engine.layer())
            .with(lines.with_writer(move || writer.clone()));
        tracing::subscriber::set_global_default(subscriber).expect("nothing else sets one");
        (log, other)
    })
}

#[test]
fn losses_are_warned_of_once_a_minute_and_at_the_end() {
    let (log, other) = global();
    let exporter = Exporter::new(|_| Answer::Refuse);
    let traced = Traced::new(exporter, patient());
    for _ in 0..3 {
        traced.make(321);
        assert!(!traced.engine.flush(LONG));
    }
    assert!(traced.engine.shutdown(LONG));
    let first = log.lines_with("321 the exporter refused");
    assert!(
        first.len() == 1 && first[0].contains("WARN") && first[0].contains("refused"),
        "{first:?}"
    );
    assert_eq!(log.lines_with("642 the exporter refused").len(), 1);
    assert!(other.engine.flush(LONG));
    assert_eq!(other.sum(), 0, "a warning is no span");
}

#[test]
fn an_id_that_is_taken_for_random_without_the_flag_is_warned_of_once() {
    #[request_span]
    fn handle(request: &TraceCarrier) {
        let _ = request;
    }

    const ID: &str = "00-00000000000000000000000000000011-0000000000000022";
    let (log, _) = global();
    let ratio = || Sampler::Probability(0.5);
    let rules = || Rules::new([Rule::ratio(0.5)]);
    let rows: [(Sampler, &str, &str, usize); 7] = [
        (ratio(), "-01", "", 1),
        (rules().into(), "-01", "", 1),
        (ratio(), "-03", "", 0),
        (ratio(), "-01", "ot=rv:00000000000011", 0),
        (Sampler::Probability(1.0), "-01", "", 0),
        (Sampler::ParentBased(Box::new(ratio())), "-01", "", 0),
        (Sampler::TraceIdRatio(0.5), "-01", "", 0),
    ];
    for (sampler, flags, state, warnings) in rows {
        let before = log.lines_with("for random that do not say so").len();
        let builder = Engine::builder().with_exporter(Exporter::that_takes());
        let engine = builder.with_sampler(sampler.clone()).build();
        let traced = Traced::of(engine.expect("a thread can be started"));
        let context: TraceContext = format!("{ID}{flags}").parse().expect("a context");
        let state = (!state.is_empty()).then(|| state.parse().expect("a state"));
        let request = TraceCarrier::from(context.with_tracestate(state));
        for _ in 0..3 {
            traced.run(|| handle(&request));
            assert!(traced.engine.flush(LONG));
        }
        assert!(traced.engine.shutdown(LONG));
        let after = log.lines_with("for random that do not say so").len();
        assert_eq!(after - before, warnings, "{sampler:?} {flags} {request:?}");
    }
}
