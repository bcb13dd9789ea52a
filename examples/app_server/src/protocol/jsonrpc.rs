//! The envelopes of [JSON-RPC 2.0](https://www.jsonrpc.org/specification).
//!
//! Client and server may leave `"jsonrpc": "2.0"` out. Batches are not spoken.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use tracing_relay::{Failure, SpanError, carries_trace};

use super::Event;

/// Bytes that the name of something may have: a method, an id, a client. Names are on spans, which wait
/// in memory for their export.
pub const NAME_LIMIT: usize = 256;

/// Characters that the text of an error may have, for the same reason. What is more is cut off.
const REASON_LIMIT: usize = 1024;

/// A request, or without an id a notification, which is never answered.
///
/// On the wire it is `{"jsonrpc": "2.0", "id": …, "method": …, "params": …, "trace": …}`.
#[carries_trace]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The version of JSON-RPC.
    #[serde(default)]
    pub jsonrpc: Version,
    /// What the response repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RequestId>,
    /// What is to be done.
    pub method: String,
    /// What with: an object or a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
}

impl Request {
    /// Reads a message.
    ///
    /// # Errors
    ///
    /// With the response that the message deserves: the code is `-32700` for what is not JSON, and
    /// `-32600` for what is not a request. What is wrong with the trace is no error.
    pub fn from_json(message: &[u8]) -> Result<Self, Box<Response>> {
        let value: Value = serde_json::from_slice(message).map_err(|error| {
            let error = RpcError::new(RpcError::PARSE, format_args!("no JSON: {error}"));
            Box::new(Response::new(None, Err(error)))
        })?;
        let id = value.get("id").cloned();
        let known = id
            .clone()
            .and_then(|id| RequestId::deserialize(id).ok())
            .filter(RequestId::can_be_kept);
        let invalid = |reason: &dyn fmt::Display| {
            let reason = format_args!("no request: {reason}");
            let error = RpcError::new(RpcError::INVALID_REQUEST, reason);
            Box::new(Response::new(known.clone(), Err(error)))
        };
        // A list would be read as the fields in their order, and `null` as no value at all.
        if !value.is_object() {
            return Err(invalid(&"it is no object"));
        }
        if id.is_some() && known.is_none() {
            return Err(invalid(&format_args!(
                "the id is neither a number of 64 bits nor a string of at most {NAME_LIMIT} bytes"
            )));
        }
        if let Some(params) = value.get("params")
            && !params.is_object()
            && !params.is_array()
        {
            return Err(invalid(&"the params are neither an object nor a list"));
        }
        let request = Self::deserialize(value).map_err(|error| invalid(&error))?;
        if request.method.len() > NAME_LIMIT {
            return Err(invalid(&format_args!(
                "the method has more than {NAME_LIMIT} bytes"
            )));
        }
        Ok(request)
    }

    /// The parameters as the method knows them; absent ones are an empty object.
    ///
    /// # Errors
    ///
    /// With the code `-32602`.
    pub fn params<P: DeserializeOwned>(&self) -> Result<P, RpcError> {
        let none = Value::Object(serde_json::Map::new());
        P::deserialize(self.params.as_ref().unwrap_or(&none)).map_err(|error| {
            RpcError::new(
                RpcError::INVALID_PARAMS,
                format_args!("wrong params: {error}"),
            )
        })
    }

    /// A parameter that names something, whatever the method.
    #[must_use]
    pub fn name(&self, param: &str) -> Option<&str> {
        let name = self.params.as_ref()?.get(param)?.as_str()?;
        (name.len() <= NAME_LIMIT).then_some(name)
    }
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The version of JSON-RPC.
    #[serde(default)]
    pub jsonrpc: Version,
    /// That of the request; `null` where it could not be read.
    pub id: Option<RequestId>,
    /// The result or the error.
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Response {
    /// The response to the request with this id.
    #[must_use]
    pub fn new(id: Option<RequestId>, result: Result<Value, RpcError>) -> Self {
        Self {
            jsonrpc: Version,
            id,
            outcome: match result {
                Ok(result) => Outcome::Result(result),
                Err(error) => Outcome::Error(error),
            },
        }
    }
}

/// What a response holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// What the method returned.
    Result(Value),
    /// Why it did not.
    Error(RpcError),
}

/// What the server says without being asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// The version of JSON-RPC.
    #[serde(default)]
    pub jsonrpc: Version,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Any message from the server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum ServerMessage {
    /// Something happened.
    Notification(Notification),
    /// An answer.
    Response(Response),
}

/// The id of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RequestId {
    /// A number. An integer has at most 64 bits.
    Number(Number),
    /// Text of at most [`NAME_LIMIT`] bytes.
    Text(String),
}

impl RequestId {
    /// From here on numbers that are no integers of 64 bits lose digits: two to the power of 53.
    const LOSSY: f64 = 9_007_199_254_740_992.0;

    /// Whether the id can be kept as it is: nobody would know the answer by its first digits.
    fn can_be_kept(&self) -> bool {
        match self {
            Self::Number(number) if number.is_f64() => number
                .as_f64()
                .is_some_and(|number| number.abs() < Self::LOSSY),
            Self::Number(_) => true,
            Self::Text(text) => text.len() <= NAME_LIMIT,
        }
    }
}

/// The number, or the text without quotes.
impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Why a request failed. The codes are those of the specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RpcError {
    /// The kind of error.
    pub code: i64,
    /// What was wrong.
    pub message: String,
}

impl RpcError {
    /// The message is not JSON.
    pub const PARSE: i64 = -32700;
    /// The JSON is not a request.
    pub const INVALID_REQUEST: i64 = -32600;
    /// There is no such method.
    pub const METHOD_NOT_FOUND: i64 = -32601;
    /// The method exists, and its parameters are others.
    pub const INVALID_PARAMS: i64 = -32602;
    /// The server is at fault.
    pub const INTERNAL: i64 = -32603;

    /// An error with this code.
    #[must_use]
    pub fn new(code: i64, message: impl fmt::Display) -> Self {
        let message = message.to_string().chars().take(REASON_LIMIT).collect();
        Self { code, message }
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl std::error::Error for RpcError {}

/// The kind of error is its code: there are few of them, and each message is another.
impl SpanError for RpcError {
    fn failure(&self) -> Option<Failure<'_>> {
        Some(Failure::new(self.code.to_string()).with_error(self))
    }
}

/// `"2.0"`, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version;

impl Version {
    const TEXT: &str = "2.0";
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Self::TEXT)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = String::deserialize(deserializer)?;
        if found == Self::TEXT {
            Ok(Self)
        } else {
            Err(serde::de::Error::custom(format_args!(
                "`jsonrpc` is {found:?} and not {:?}",
                Self::TEXT
            )))
        }
    }
}
