//! A request: its span, and the handler that it goes to. Every request comes through here, and a new
//! method is a line in the table.

use serde::Serialize;
use serde_json::Value;
use tracing_relay::request_span;

use super::connection::Connection;
use crate::protocol::{ClientInfo, Method, Request, RpcError};

impl Connection {
    /// Handles a request: `method` is the one that it names, if there is such a method, and `client`
    /// whoever sends it. A span is not called what a client has made up, of which there would be as many
    /// names as it likes.
    #[request_span(
        name = "app_server.request",
        otel_name = method.map(Method::name),
        fields(
            rpc.system = "jsonrpc", rpc.service = "codex-app-server", rpc.method = request.method,
            rpc.transport = self.transport.as_str(), rpc.request_id = request.id,
            app_server.connection_id = self.id, app_server.api_version = "v2",
        ),
        late(thread_id: str = "thread.id", turn_id: str = "turn.id"),
        err = "message"
    )]
    pub(super) async fn handle(
        &self,
        request: Request,
        method: Option<Method>,
        #[fields] client: Option<ClientInfo>,
    ) -> Result<Value, RpcError> {
        let Some(method) = method else {
            return Err(RpcError::new(
                RpcError::METHOD_NOT_FOUND,
                format_args!("there is no method `{}`", request.method),
            ));
        };
        // The thread of a fork is the new one.
        if method != Method::ThreadFork {
            request.name("threadId").inspect(|id| thread_id.record(id));
        }
        for param in ["turnId", "expectedTurnId"] {
            request.name(param).inspect(|id| turn_id.record(id));
        }
        match method {
            Method::Initialize => reply(self.initialize(request.params()?)),
            Method::Initialized => reply(Ok(Self::initialized())),
            Method::ThreadStart => reply(Ok(self.thread_start(request.params()?, &thread_id))),
            Method::ThreadResume => reply(self.thread_resume(&request.params()?)),
            Method::ThreadFork => reply(self.thread_fork(request.params()?, thread_id).await),
            Method::ThreadList => reply(Ok(self.thread_list())),
            Method::ThreadRead => reply(self.thread_read(&request.params()?)),
            Method::ThreadUnsubscribe => reply(self.thread_unsubscribe(&request.params()?)),
            Method::ThreadCompactStart => {
                reply(self.compact_start(&request.params()?, &turn_id).await)
            }
            Method::RealtimeStart => reply(self.realtime_start(&request.params()?).await),
            Method::RealtimeAppendAudio => reply(self.append_audio(request.params()?).await),
            Method::RealtimeAppendText => reply(self.append_text(request.params()?).await),
            Method::RealtimeStop => reply(self.realtime_stop(&request.params()?).await),
            Method::TurnStart => reply(self.turn_start(request.params()?, &turn_id).await),
            Method::TurnSteer => reply(self.turn_steer(request.params()?, &turn_id)),
            Method::TurnInterrupt => reply(self.turn_interrupt(&request.params()?).await),
            Method::ReviewStart => reply(self.review_start(request.params()?, &turn_id).await),
            Method::ModelList => reply(self.model_list().await),
            Method::ConfigRead => reply(Ok(Self::config_read())),
        }
    }
}

fn reply(result: Result<impl Serialize, RpcError>) -> Result<Value, RpcError> {
    serde_json::to_value(result?).map_err(|error| RpcError::new(RpcError::INTERNAL, error))
}
