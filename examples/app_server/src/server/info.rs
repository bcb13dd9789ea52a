//! What a client and the server tell each other of themselves.

use super::REQUESTS_IN_FLIGHT;
use super::connection::Connection;
use crate::model::MODEL;
use crate::protocol::{
    Config, ConfigReadResult, Done, InitializeParams, InitializeResult, Model, ModelListResult,
    RpcError,
};
use crate::transport::MESSAGE_LIMIT;

impl Connection {
    pub(super) fn initialize(
        &self,
        params: InitializeParams,
    ) -> Result<InitializeResult, RpcError> {
        let own = env!("CARGO_PKG_VERSION");
        let client = &params.client_info;
        let user_agent = format!("app_server/{own} ({} {})", client.name, client.version);
        match self.client.set(params.client_info) {
            Ok(()) => Ok(InitializeResult { user_agent }),
            Err(_) => Err(RpcError::new(
                RpcError::INVALID_REQUEST,
                "the client has introduced itself already",
            )),
        }
    }

    pub(super) const fn initialized() -> Done {
        Done {}
    }

    pub(super) async fn model_list(&self) -> Result<ModelListResult, RpcError> {
        let models = self.model.models().await;
        let ids = models.map_err(|error| RpcError::new(RpcError::INTERNAL, error))?;
        let data = ids.into_iter().map(|id| Model { id }).collect();
        Ok(ModelListResult { data })
    }

    pub(super) fn config_read() -> ConfigReadResult {
        ConfigReadResult {
            config: Config {
                model: MODEL.to_owned(),
                message_limit: MESSAGE_LIMIT,
                requests_in_flight: REQUESTS_IN_FLIGHT,
            },
        }
    }
}
