//! What happens in a session. Each event is told twice: to [`LOG_ONLY`] with all that is known, and to [`TRACE_SAFE`] with
//! what whoever may see traces may know. The provider lets the latter into traces, and no other event.

use std::time::Duration;

use tracing::{Level, event};

use crate::instruments::{
    API_DURATION, CONVERSATIONS, PROMPTS, SSE_EVENTS, TOKENS, TOOL_DECISIONS, TOOL_DURATION,
};
use crate::session::SessionTelemetry;

/// The target of events that are log records, and not in traces. They may hold what a user has written.
pub(crate) const LOG_ONLY: &str = "otel_provider.log_only";
/// The target of events that are in traces, and no log records. They hold numbers, names, and words of this file.
pub(crate) const TRACE_SAFE: &str = "otel_provider.trace_safe";

/// Whether a tool may be called, and who says so.
#[derive(Clone, Copy, Debug)]
pub struct ToolDecision<'a> {
    /// The name of the tool.
    pub tool: &'a str,
    /// Whether it may.
    pub is_approved: bool,
    /// Whether that is what the user said, and not the configuration.
    pub is_by_user: bool,
}

/// What became of the call of a tool.
#[derive(Clone, Copy, Debug)]
pub struct ToolResult<'a> {
    /// The name of the tool.
    pub tool: &'a str,
    /// What it was called with, which only log records have, and only where they have prompts.
    pub arguments: &'a str,
    /// Why it failed, where it did; as the arguments.
    pub error: Option<&'a str>,
    /// How long it took.
    pub duration: Duration,
}

/// A request to the model, and its answer.
#[derive(Clone, Copy, Debug)]
pub struct ApiRequest {
    /// Which attempt it was, counted from 1.
    pub attempt: u32,
    /// The status code, where there was an answer.
    pub status: Option<u16>,
    /// How long it took.
    pub duration: Duration,
}

/// The tokens of an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenUsage {
    /// Those that were read.
    pub input: u64,
    /// Those of them that were known from before.
    pub cached: u64,
    /// Those that were written.
    pub output: u64,
}

/// Tells an event: to traces with these fields, and to the log with those as well that are only for it.
macro_rules! tell {
    ($name:literal, { $($safe:tt)* }, only in the log { $($private:tt)* }) => {
        event!(name: $name, target: LOG_ONLY, Level::INFO, { $($safe)*, $($private)* }, $name);
        event!(name: $name, target: TRACE_SAFE, Level::INFO, { $($safe)* }, $name);
    };
    ($name:literal, { $($safe:tt)* }) => {
        event!(name: $name, target: LOG_ONLY, Level::INFO, { $($safe)* }, $name);
        event!(name: $name, target: TRACE_SAFE, Level::INFO, { $($safe)* }, $name);
    };
}

impl SessionTelemetry {
    /// A conversation begins, with this provider of the model.
    pub fn conversation_starts(&self, provider: &str) {
        self.run(|| {
            CONVERSATIONS.add(1, []);
            tell!("agent.conversation_starts", { provider });
        });
    }

    /// The user has written a prompt. Its length in characters is always told; its text only in the log, and only with
    /// `log_user_prompts`.
    pub fn user_prompt(&self, prompt: &str) {
        let text = self.content(prompt);
        let length = prompt.chars().count();
        self.run(|| {
            PROMPTS.add(1, []);
            tell!("agent.user_prompt", { prompt.length = length }, only in the log { prompt = text });
        });
    }

    /// It is decided whether a tool may be called.
    pub fn tool_decision(&self, decision: ToolDecision<'_>) {
        let ToolDecision {
            tool,
            is_approved,
            is_by_user,
        } = decision;
        self.run(|| {
            let attributes = [
                ("tool.name", tool.to_owned().into()),
                ("tool.approved", is_approved.into()),
            ];
            TOOL_DECISIONS.add(1, attributes);
            tell!("agent.tool_decision", {
                tool.name = tool,
                tool.approved = is_approved,
                tool.by_user = is_by_user
            });
        });
    }

    /// The call of a tool has ended.
    pub fn tool_result(&self, result: ToolResult<'_>) {
        let ToolResult { tool, duration, .. } = result;
        let success = result.error.is_none();
        let arguments = self.content(result.arguments);
        let error = result.error.map(|text| self.content(text));
        let seconds = duration.as_secs_f64();
        self.run(|| {
            let attributes = [
                ("tool.name", tool.to_owned().into()),
                ("tool.success", success.into()),
            ];
            TOOL_DURATION.record(seconds, attributes);
            tell!(
                "agent.tool_result",
                { tool.name = tool, tool.success = success, duration = seconds },
                only in the log { tool.arguments = arguments, tool.error = error }
            );
        });
    }

    /// A request to the model has ended, one attempt of it.
    pub fn api_request(&self, request: ApiRequest) {
        let ApiRequest {
            attempt,
            status,
            duration,
        } = request;
        let seconds = duration.as_secs_f64();
        self.run(|| {
            let code = status.unwrap_or_default();
            API_DURATION.record(seconds, [("http.response.status_code", code.into())]);
            tell!("agent.api_request", {
                attempt,
                http.response.status_code = status,
                duration = seconds
            });
        });
    }

    /// The model's stream has brought an event of this kind; the last one of an answer says what it took.
    pub fn sse_event(&self, kind: &'static str, tokens: Option<TokenUsage>) {
        let TokenUsage {
            input,
            cached,
            output,
        } = tokens.unwrap_or_default();
        self.run(|| {
            SSE_EVENTS.add(1, [("sse.kind", kind.into())]);
            for (kind, count) in [("input", input), ("cached", cached), ("output", output)] {
                TOKENS.add(count, [("token.kind", kind.into())]);
            }
            tell!("agent.sse_event", {
                sse.kind = kind,
                tokens.input = input,
                tokens.cached = cached,
                tokens.output = output
            });
        });
    }
}
