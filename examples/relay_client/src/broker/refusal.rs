//! Why the server does not do what it was asked.

use std::error::Error;
use std::fmt;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::protocol::Refused;

/// Why the server does not do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not know who asks, or not any more.
    Unauthorized,
    /// The environment is not linked.
    NotLinked,
    /// It has no time now.
    Busy,
}

impl Refusal {
    /// What it is in HTTP.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotLinked => StatusCode::CONFLICT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => "it is not known who asks",
            Self::NotLinked => "the environment is not linked",
            Self::Busy => "the environment starts again",
        })
    }
}

impl Error for Refusal {}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = self.to_string();
        (self.status(), Json(Refused { error })).into_response()
    }
}
