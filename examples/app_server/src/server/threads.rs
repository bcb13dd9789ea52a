//! Threads: starting, copying and reading them.

use std::sync::Arc;

use tracing_relay::{LateField, task};

use super::connection::Connection;
use crate::model::MODEL;
use crate::protocol::{
    Done, RpcError, ThreadListResult, ThreadParams, ThreadResult, ThreadStartParams,
};

impl Connection {
    pub(super) fn thread_start(
        &self,
        params: ThreadStartParams,
        thread_id: &LateField<str>,
    ) -> ThreadResult {
        let model = params.model.unwrap_or_else(|| MODEL.to_owned());
        let thread = self.threads().start(self.core.peer(), model);
        thread_id.record(&thread.id);
        ThreadResult { thread }
    }

    pub(super) fn thread_resume(&self, params: &ThreadParams) -> Result<ThreadResult, RpcError> {
        let thread = self.threads().resume(self.core.peer(), &params.thread_id)?;
        Ok(ThreadResult { thread })
    }

    pub(super) async fn thread_fork(
        &self,
        params: ThreadParams,
        new_id: LateField<str>,
    ) -> Result<ThreadResult, RpcError> {
        let (threads, peer) = (Arc::clone(self.threads()), self.core.peer());
        // A thread may be long.
        let copying = task::spawn(async move {
            let copied = threads.fork(peer, &params.thread_id);
            copied.inspect(|thread| new_id.record(&thread.id))
        });
        let copied = copying.await;
        let thread = copied.map_err(|error| RpcError::new(RpcError::INTERNAL, error))??;
        Ok(ThreadResult { thread })
    }

    pub(super) fn thread_list(&self) -> ThreadListResult {
        let data = self.threads().list();
        ThreadListResult { data }
    }

    pub(super) fn thread_read(&self, params: &ThreadParams) -> Result<ThreadResult, RpcError> {
        let thread = self.threads().read(&params.thread_id)?;
        Ok(ThreadResult { thread })
    }

    pub(super) fn thread_unsubscribe(&self, params: &ThreadParams) -> Result<Done, RpcError> {
        let peer = self.core.peer();
        self.threads().unsubscribe(peer, &params.thread_id)?;
        Ok(Done {})
    }
}
