//! The counters and histograms beside the events of a session. Their attributes have few values: no id and no text of a user.

use tracing_relay::metrics::{Counter, Histogram};

pub(crate) static CONVERSATIONS: Counter<u64> = Counter::new("agent.conversations")
    .with_unit("{conversation}")
    .with_description("Conversations that were started.");

pub(crate) static PROMPTS: Counter<u64> = Counter::new("agent.user_prompts")
    .with_unit("{prompt}")
    .with_description("Prompts of users.");

pub(crate) static TOOL_DECISIONS: Counter<u64> = Counter::new("agent.tool.decisions")
    .with_unit("{decision}")
    .with_description("Decisions on whether a tool may be called.");

pub(crate) static TOOL_DURATION: Histogram<f64> = Histogram::new("agent.tool.duration")
    .with_unit("s")
    .with_description("How long calls of tools took.");

pub(crate) static API_DURATION: Histogram<f64> = Histogram::new("agent.api_request.duration")
    .with_unit("s")
    .with_description("How long requests to the model took.");

pub(crate) static SSE_EVENTS: Counter<u64> = Counter::new("agent.sse_events")
    .with_unit("{event}")
    .with_description("Events of the model's stream.");

pub(crate) static TOKENS: Counter<u64> = Counter::new("agent.tokens")
    .with_unit("{token}")
    .with_description("Tokens that the model has read and written.");
