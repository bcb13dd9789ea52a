//! Turns: starting, steering and stopping them.

use std::sync::Arc;

use tracing_relay::{LateField, task};

use super::connection::Connection;
use crate::core::{Op, name_thread};
use crate::protocol::{
    Done, ReviewStartParams, RpcError, ThreadParams, Turn, TurnInterruptParams, TurnResult,
    TurnStartParams, TurnStatus, TurnSteerParams, TurnSteerResult,
};

impl Connection {
    pub(super) async fn turn_start(
        &self,
        params: TurnStartParams,
        turn_id: &LateField<str>,
    ) -> Result<TurnResult, RpcError> {
        let TurnStartParams { thread_id, input } = params;
        let op = Op::UserTurn {
            input: input.clone(),
        };
        let turn = self.core.submit(&thread_id, op).await?;
        turn_id.record(&turn.id);
        let id = turn.id.clone();
        if self.threads().claim_name(&thread_id) {
            let threads = Arc::clone(self.threads());
            // It takes as long as the turn, and the answer does not wait for it.
            let naming = name_thread(threads, thread_id, turn, input);
            task::detach(self.core.track(naming));
        }
        Ok(started(id))
    }

    pub(super) async fn review_start(
        &self,
        params: ReviewStartParams,
        turn_id: &LateField<str>,
    ) -> Result<TurnResult, RpcError> {
        let op = Op::Review {
            instructions: params.instructions,
        };
        let turn = self.core.submit(&params.thread_id, op).await?;
        turn_id.record(&turn.id);
        Ok(started(turn.id))
    }

    pub(super) async fn compact_start(
        &self,
        params: &ThreadParams,
        turn_id: &LateField<str>,
    ) -> Result<TurnResult, RpcError> {
        let turn = self.core.submit(&params.thread_id, Op::Compact).await?;
        turn_id.record(&turn.id);
        Ok(started(turn.id))
    }

    pub(super) fn turn_steer(
        &self,
        params: TurnSteerParams,
        steered: &LateField<str>,
    ) -> Result<TurnSteerResult, RpcError> {
        let TurnSteerParams {
            thread_id,
            expected_turn_id,
            input,
        } = params;
        let threads = self.threads();
        let turn_id = threads.steer(&thread_id, expected_turn_id.as_deref(), input)?;
        steered.record(&turn_id);
        Ok(TurnSteerResult { turn_id })
    }

    /// Answers when the turn has ended.
    pub(super) async fn turn_interrupt(
        &self,
        params: &TurnInterruptParams,
    ) -> Result<Done, RpcError> {
        let TurnInterruptParams { thread_id, turn_id } = params;
        let mut turn = self.threads().interrupt(thread_id, turn_id)?;
        turn.done().await;
        Ok(Done {})
    }
}

fn started(id: String) -> TurnResult {
    let status = TurnStatus::InProgress;
    TurnResult {
        turn: Turn { id, status },
    }
}
