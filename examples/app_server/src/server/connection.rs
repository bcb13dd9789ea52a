//! One client's connection, as its requests see it.

use std::sync::{Arc, OnceLock};

use crate::core::{Refusal, Submitter, Threads};
use crate::model_client::ModelClient;
use crate::protocol::{ClientInfo, InitializeParams, Method, Request, Response, RpcError};
use crate::transport::Transport;

/// One client's connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) id: u64,
    pub(super) transport: Transport,
    /// Who the client is, once it has said so.
    pub(super) client: OnceLock<ClientInfo>,
    pub(super) core: Submitter,
    pub(super) model: ModelClient,
}

impl Connection {
    pub(super) const fn new(
        id: u64,
        transport: Transport,
        core: Submitter,
        model: ModelClient,
    ) -> Self {
        Self {
            id,
            transport,
            client: OnceLock::new(),
            core,
            model,
        }
    }

    pub(super) const fn threads(&self) -> &Arc<Threads> {
        self.core.threads()
    }

    /// The response to a message, if it is to have one.
    pub(super) async fn answer(&self, message: &[u8]) -> Option<Response> {
        match Request::from_json(message) {
            Ok(request) => {
                let id = request.id.clone();
                let method = Method::named(&request.method);
                let client = self.client_of(method, &request);
                let result = self.handle(request, method, client).await;
                id.map(|id| Response::new(Some(id), result))
            }
            Err(refusal) => Some(*refusal),
        }
    }

    /// Who sends a request: what the client said when it introduced itself, also where that is this
    /// request.
    fn client_of(&self, method: Option<Method>, request: &Request) -> Option<ClientInfo> {
        match method {
            Some(Method::Initialize) => {
                let params = request.params::<InitializeParams>();
                params.ok().map(|params| params.client_info)
            }
            _ => self.client.get().cloned(),
        }
    }
}

impl From<Refusal> for RpcError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Stopped => Self::INTERNAL,
            _ => Self::INVALID_PARAMS,
        };
        Self::new(code, refusal)
    }
}
