//! Who sees what of a session.

use opentelemetry::Value;
use opentelemetry::logs::AnyValue;
use opentelemetry_sdk::logs::SdkLogRecord;
use opentelemetry_sdk::trace::SpanData;
use otel_provider::OtelInMemory;

use crate::memory::{PROMPT, in_memory, play, session};

/// What one session comes to.
fn played(log_user_prompts: bool) -> OtelInMemory {
    let (memory, provider) = in_memory();
    play(&provider, session("s-1", log_user_prompts));
    assert_eq!(provider.shutdown(), Ok(()));
    memory
}

fn spans(memory: &OtelInMemory) -> Vec<SpanData> {
    memory.spans.get_finished_spans().unwrap()
}

fn records(memory: &OtelInMemory) -> Vec<SdkLogRecord> {
    let logs = memory.logs.get_emitted_logs().unwrap();
    logs.into_iter().map(|log| log.record).collect()
}

fn attribute<'a>(record: &'a SdkLogRecord, key: &str) -> Option<&'a AnyValue> {
    let mut attributes = record.attributes_iter();
    attributes
        .find(|(known, _)| known.as_str() == key)
        .map(|(_, value)| value)
}

fn prompt_of(memory: &OtelInMemory) -> SdkLogRecord {
    let mut records = records(memory).into_iter();
    let prompt = records.find(|record| record.event_name() == Some("agent.user_prompt"));
    prompt.expect("the prompt")
}

#[test]
fn the_text_of_a_prompt_is_never_in_a_trace_nor_in_a_metric() {
    for log_user_prompts in [false, true] {
        let memory = played(log_user_prompts);
        let spans = spans(&memory);
        assert_eq!(spans.len(), 6);
        assert!(!format!("{spans:?}").contains(PROMPT), "{spans:?}");
        let metrics = memory.metrics.get_finished_metrics().unwrap();
        assert!(!format!("{metrics:?}").contains(PROMPT), "{metrics:?}");
    }
}

#[test]
fn the_text_of_a_prompt_is_in_the_log_with_the_switch_alone_and_its_length_always() {
    let length = AnyValue::Int(i64::try_from(PROMPT.len()).unwrap());
    for (log_user_prompts, text) in [(false, "[redacted]"), (true, PROMPT)] {
        let memory = played(log_user_prompts);
        let record = prompt_of(&memory);
        assert_eq!(attribute(&record, "prompt"), Some(&text.into()));
        assert_eq!(attribute(&record, "prompt.length"), Some(&length));
        let all = format!("{:?}", records(&memory));
        assert_eq!(all.contains(PROMPT), log_user_prompts, "{all}");
    }
}

#[test]
fn each_event_is_one_record_and_one_event_of_the_span_that_it_is_in() {
    let memory = played(false);
    // The conversation starts before the first span.
    let records = records(&memory);
    assert_eq!(records.len(), 9);
    let spans = spans(&memory);
    let events: usize = spans.iter().map(|span| span.events.len()).sum();
    assert_eq!(events, 8);
    let turn = spans.iter().find(|span| span.name == "agent.turn").unwrap();
    let names: Vec<_> = turn
        .events
        .iter()
        .map(|event| event.name.as_ref())
        .collect();
    assert_eq!(names, ["agent.user_prompt"]);
    let context = prompt_of(&memory).trace_context().cloned().unwrap();
    assert_eq!(context.span_id, turn.span_context.span_id());
}

#[test]
fn every_span_and_every_record_has_the_metadata_of_its_session_and_of_no_other() {
    let (memory, provider) = in_memory();
    for id in ["s-1", "s-2"] {
        play(&provider, session(id, false));
    }
    tracing::dispatcher::with_default(&crate::memory::dispatch(&provider), || {
        tracing::info_span!("of no session").in_scope(|| tracing::info!("of no session"));
    });
    assert_eq!(provider.shutdown(), Ok(()));

    let of = |span: &SpanData| {
        let mut attributes = span.attributes.iter();
        let id = attributes.find(|attribute| attribute.key.as_str() == "conversation.id");
        id.map(|attribute| attribute.value.clone())
    };
    let spans = spans(&memory);
    let records = records(&memory);
    for id in ["s-1", "s-2"] {
        let own = |span: &&SpanData| of(span) == Some(Value::from(id));
        assert_eq!(spans.iter().filter(own).count(), 6);
        let own = |record: &&SdkLogRecord| attribute(record, "conversation.id") == Some(&id.into());
        assert_eq!(records.iter().filter(own).count(), 9);
    }
    let nobodys: Vec<_> = spans.iter().filter(|span| of(span).is_none()).collect();
    assert_eq!(nobodys.len(), 1);
    assert_eq!(nobodys[0].name, "of no session");
    let nobodys = |record: &&SdkLogRecord| attribute(record, "originator").is_none();
    assert_eq!(records.iter().filter(nobodys).count(), 1);
}
