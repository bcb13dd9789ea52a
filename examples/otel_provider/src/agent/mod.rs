//! What is traced: a turn of an agent, which asks a model and calls the tools that this names.

mod model;
mod tools;

use std::time::Instant;

use tracing_relay::traced;

use crate::{SessionTelemetry, ToolDecision, ToolResult};
use tools::{Call, ToolError};

/// A conversation of a user with a model.
#[derive(Debug)]
pub struct Agent {
    telemetry: SessionTelemetry,
}

impl Agent {
    /// A conversation that begins.
    #[must_use]
    pub fn new(telemetry: SessionTelemetry) -> Self {
        telemetry.conversation_starts("example");
        Self { telemetry }
    }

    /// One turn: returns how many of the tools that the model has named have failed.
    #[traced(name = "agent.turn", session = self.telemetry, fields(prompt.length = prompt.len()))]
    pub async fn turn(&self, prompt: &str) -> usize {
        self.telemetry.user_prompt(prompt);
        let mut failed = 0;
        for call in model::ask(&self.telemetry, prompt).await {
            failed += usize::from(self.call(&call).await.is_err());
        }
        failed
    }

    #[traced(name = "agent.tool", fields(tool.name = call.tool))]
    async fn call(&self, call: &Call) -> Result<(), ToolError> {
        self.telemetry.tool_decision(ToolDecision {
            tool: call.tool,
            is_approved: true,
            is_by_user: false,
        });
        let start = Instant::now();
        let outcome = tools::run(call).await;
        self.telemetry.tool_result(ToolResult {
            tool: call.tool,
            arguments: &call.arguments,
            error: outcome.as_ref().err().map(|error| error.0.as_str()),
            duration: start.elapsed(),
        });
        outcome
    }
}
