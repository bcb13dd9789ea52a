//! What the server does over HTTP.

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use http::HeaderMap;
use tracing::info;
use tracing_relay::relay_traced;

use super::caller::Caller;
use super::{BROKER, Broker, Refusal};
use crate::protocol::{Credential, Linked, TicketReply};

/// The routes of the server.
pub fn router(broker: Broker) -> Router {
    Router::new()
        .route("/v1/environments/{id}/link", post(link).delete(unlink))
        .route("/v1/environments/{id}/credential", post(mint))
        .route("/v1/environments/{id}/ticket", post(ticket))
        .with_state(broker)
}

#[relay_traced(scope = BROKER, name = "relay.broker.link", kind = "server",
    carrier = headers, trust = caller.is_user(),
    fields(relay.environment_id = caller.environment))]
async fn link(
    State(broker): State<Broker>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<Linked>, Refusal> {
    caller.must_be_user()?;
    Ok(Json(broker.environments.link(&caller.environment)))
}

#[relay_traced(scope = BROKER, name = "relay.broker.unlink", kind = "server",
    carrier = headers, trust = caller.is_user(),
    fields(relay.environment_id = caller.environment))]
async fn unlink(
    State(broker): State<Broker>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<Linked>, Refusal> {
    caller.must_be_user()?;
    Ok(Json(broker.environments.unlink(&caller.environment)?))
}

#[relay_traced(scope = BROKER, name = "relay.broker.mint", kind = "server",
    carrier = headers, trust = caller.is_user(),
    fields(relay.environment_id = caller.environment))]
async fn mint(
    State(broker): State<Broker>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<Credential>, Refusal> {
    caller.must_be_user()?;
    let token = broker.environments.mint(&caller.environment)?;
    info!(environment = caller.environment, "minted a credential");
    let socket = broker.socket;
    Ok(Json(Credential { token, socket }))
}

#[relay_traced(scope = BROKER, name = "relay.broker.ticket", kind = "server",
    carrier = headers, trust = caller.is_holder(),
    fields(relay.environment_id = caller.environment))]
async fn ticket(
    State(broker): State<Broker>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<TicketReply>, Refusal> {
    caller.must_be_holder()?;
    let ticket = broker.environments.ticket(&caller.environment)?;
    Ok(Json(TicketReply { ticket }))
}
