//! The tools: one that works, and one that fails.

use std::fmt;

use tracing_relay::traced;

/// A call that the model has asked for.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) tool: &'static str,
    pub(super) arguments: String,
}

/// Why a tool failed. It may hold what the user has written: only the session's events have it.
pub(super) struct ToolError(pub(super) String);

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ToolError")
    }
}

/// Without what may be the user's.
impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the tool failed")
    }
}

#[traced(name = "tool.run")]
pub(super) async fn run(call: &Call) -> Result<(), ToolError> {
    tokio::task::yield_now().await;
    if call.tool == "search" {
        return Ok(());
    }
    Err(ToolError(format!("no file is named {}", call.arguments)))
}
