//! Who calls, as far as the request shows it.

use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::{Broker, Refusal};
use crate::protocol::{PROOF, Secret};

/// Who calls about an environment.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) environment: String,
    who: Who,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    User,
    Holder,
    Unknown,
}

impl Caller {
    /// Whether it is the user.
    pub(super) fn is_user(&self) -> bool {
        self.who == Who::User
    }

    /// Whether it has a credential for the environment.
    pub(super) fn is_holder(&self) -> bool {
        self.who == Who::Holder
    }

    /// Refuses anybody but the user.
    pub(super) fn must_be_user(&self) -> Result<(), Refusal> {
        known(self.is_user())
    }

    /// Refuses anybody without a credential.
    pub(super) fn must_be_holder(&self) -> Result<(), Refusal> {
        known(self.is_holder())
    }
}

fn known(known: bool) -> Result<(), Refusal> {
    known.then_some(()).ok_or(Refusal::Unauthorized)
}

impl FromRequestParts<Broker> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, broker: &Broker) -> Result<Self, Response> {
        let path = Path::<String>::from_request_parts(parts, broker).await;
        let Path(environment) = path.map_err(IntoResponse::into_response)?;
        let who = who(broker, &environment, &parts.headers);
        Ok(Self { environment, who })
    }
}

fn who(broker: &Broker, environment: &str, headers: &HeaderMap) -> Who {
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some(token) = token.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Who::Unknown;
    };
    let token = Secret::new(token.to_owned());
    if !headers.contains_key(PROOF) {
        Who::Unknown
    } else if token == broker.login {
        Who::User
    } else if broker.environments.has_credential(environment, &token) {
        Who::Holder
    } else {
        Who::Unknown
    }
}
