//! Talks.

use super::connection::Connection;
use crate::core::Op;
use crate::protocol::{AppendAudioParams, AppendTextParams, Done, RpcError, ThreadParams};

impl Connection {
    pub(super) async fn realtime_start(&self, params: &ThreadParams) -> Result<Done, RpcError> {
        self.threads().talk(self.core.peer(), &params.thread_id)?;
        self.core
            .submit(&params.thread_id, Op::RealtimeStart)
            .await?;
        Ok(Done {})
    }

    pub(super) async fn append_audio(&self, params: AppendAudioParams) -> Result<Done, RpcError> {
        let AppendAudioParams { thread_id, audio } = params;
        self.talk(&thread_id, Op::RealtimeAudio { audio }).await
    }

    pub(super) async fn append_text(&self, params: AppendTextParams) -> Result<Done, RpcError> {
        let AppendTextParams { thread_id, text } = params;
        self.talk(&thread_id, Op::RealtimeText { text }).await
    }

    /// Answers when the talk has ended, so that the next one may begin.
    pub(super) async fn realtime_stop(&self, params: &ThreadParams) -> Result<Done, RpcError> {
        let thread_id = &params.thread_id;
        self.threads().check_talk(thread_id)?;
        let mut stop = self.core.submit(thread_id, Op::RealtimeStop).await?;
        stop.done().await;
        Ok(Done {})
    }

    /// Submits what is part of a talk.
    async fn talk(&self, thread_id: &str, op: Op) -> Result<Done, RpcError> {
        self.threads().check_talk(thread_id)?;
        self.core.submit(thread_id, op).await?;
        Ok(Done {})
    }
}
