//! What stands for a model: it answers that two tools are to be called with the prompt.

use std::time::Instant;

use tracing_relay::traced;

use super::tools::Call;
use crate::{ApiRequest, SessionTelemetry, TokenUsage};

#[traced(name = "model.request", kind = "client", carrier = none)]
pub(super) async fn ask(telemetry: &SessionTelemetry, prompt: &str) -> Vec<Call> {
    let start = Instant::now();
    tokio::task::yield_now().await;
    telemetry.api_request(ApiRequest {
        attempt: 1,
        status: Some(200),
        duration: start.elapsed(),
    });
    telemetry.sse_event("response.created", None);
    let usage = TokenUsage {
        input: 120,
        cached: 100,
        output: 20,
    };
    telemetry.sse_event("response.completed", Some(usage));
    ["search", "read_file"]
        .map(|tool| Call {
            tool,
            arguments: prompt.to_owned(),
        })
        .into()
}
