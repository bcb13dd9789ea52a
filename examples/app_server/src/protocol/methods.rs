//! What a client can ask for: the methods, their parameters and their results.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use tracing_relay::SpanFields;

use super::NAME_LIMIT;

/// The methods that the server knows, by their names on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
pub enum Method {
    /// The client introduces itself.
    #[strum(serialize = "initialize")]
    Initialize,
    /// The client has read the answer; a notification.
    #[strum(serialize = "initialized")]
    Initialized,
    /// Starts a thread.
    #[strum(serialize = "thread/start")]
    ThreadStart,
    /// Goes on with a thread, whoever started it.
    #[strum(serialize = "thread/resume")]
    ThreadResume,
    /// Copies a thread.
    #[strum(serialize = "thread/fork")]
    ThreadFork,
    /// Lists all threads.
    #[strum(serialize = "thread/list")]
    ThreadList,
    /// Reads a thread with its turns.
    #[strum(serialize = "thread/read")]
    ThreadRead,
    /// Ends the events of a thread on this connection.
    #[strum(serialize = "thread/unsubscribe")]
    ThreadUnsubscribe,
    /// Puts a summary in the place of a thread's turns.
    #[strum(serialize = "thread/compact/start")]
    ThreadCompactStart,
    /// Starts to talk.
    #[strum(serialize = "thread/realtime/start")]
    RealtimeStart,
    /// Says something.
    #[strum(serialize = "thread/realtime/appendAudio")]
    RealtimeAppendAudio,
    /// Writes something meanwhile.
    #[strum(serialize = "thread/realtime/appendText")]
    RealtimeAppendText,
    /// Ends the talk; answered when it has ended.
    #[strum(serialize = "thread/realtime/stop")]
    RealtimeStop,
    /// Asks the model.
    #[strum(serialize = "turn/start")]
    TurnStart,
    /// Adds to what a running turn was asked.
    #[strum(serialize = "turn/steer")]
    TurnSteer,
    /// Stops a turn; answered when it has ended.
    #[strum(serialize = "turn/interrupt")]
    TurnInterrupt,
    /// Has the model look at what it said.
    #[strum(serialize = "review/start")]
    ReviewStart,
    /// Lists the models.
    #[strum(serialize = "model/list")]
    ModelList,
    /// Reads the server's settings.
    #[strum(serialize = "config/read")]
    ConfigRead,
}

impl Method {
    /// The method of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// The name of the method.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Parameters of `initialize`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitializeParams {
    /// Who the client is.
    pub client_info: ClientInfo,
}

/// Who a client is, which each of its requests says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SpanFields)]
pub struct ClientInfo {
    /// Its name, of at most [`NAME_LIMIT`] bytes.
    #[field("app_server.client_name")]
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// Its version, the same.
    #[field("app_server.client_version")]
    #[serde(deserialize_with = "name")]
    pub version: String,
}

#[derive(Deserialize)]
struct Name(#[serde(deserialize_with = "name")] String);

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.len() > NAME_LIMIT {
        return Err(D::Error::custom(format_args!(
            "a name has more than {NAME_LIMIT} bytes"
        )));
    }
    Ok(name)
}

fn maybe_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = Option::<Name>::deserialize(deserializer)?;
    Ok(name.map(|Name(name)| name))
}

/// Result of `initialize`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitializeResult {
    /// Who server and client are.
    pub user_agent: String,
}

/// Parameters of `thread/start`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadStartParams {
    /// The model that the thread talks to; without it the server chooses one. Its name has at most
    /// [`NAME_LIMIT`] bytes.
    #[serde(
        default,
        deserialize_with = "maybe_name",
        skip_serializing_if = "Option::is_none"
    )]
    pub model: Option<String>,
}

/// Parameters of what is about a thread and nothing else: `thread/resume`, `thread/fork`,
/// `thread/read`, `thread/unsubscribe`, `thread/compact/start`, `thread/realtime/start` and
/// `thread/realtime/stop`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadParams {
    /// The thread.
    pub thread_id: String,
}

/// Result of `thread/start`, `thread/resume`, `thread/fork` and `thread/read`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadResult {
    /// The thread.
    pub thread: Thread,
}

/// Result of `thread/list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadListResult {
    /// The threads without their turns, in the order in which they were started.
    pub data: Vec<Thread>,
}

/// A thread: what was said between a user and a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Names the thread.
    pub id: String,
    /// The model that it talks to.
    pub model: String,
    /// What it is about, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The turns that have ended, where they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<PastTurn>,
}

/// A turn that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTurn {
    /// Names the turn.
    pub id: String,
    /// How it ended.
    pub status: TurnStatus,
    /// What the model was asked.
    pub input: String,
    /// The model's answer, or why there is none.
    pub text: String,
}

/// How it is with a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TurnStatus {
    /// It has not ended.
    InProgress,
    /// It ended with an answer.
    Completed,
    /// It was stopped.
    Interrupted,
    /// It ended without an answer.
    Failed,
}

/// Parameters of `turn/start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnStartParams {
    /// The thread.
    pub thread_id: String,
    /// What to ask.
    pub input: String,
}

/// Result of `turn/start`, `review/start` and `thread/compact/start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnResult {
    /// The turn that was started.
    pub turn: Turn,
}

/// A turn that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Names the turn.
    pub id: String,
    /// How it is with it.
    pub status: TurnStatus,
}

/// Parameters of `turn/steer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnSteerParams {
    /// The thread.
    pub thread_id: String,
    /// The turn; without it the one that was started last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_turn_id: Option<String>,
    /// What to ask besides.
    pub input: String,
}

/// Result of `turn/steer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnSteerResult {
    /// The turn that will ask it.
    pub turn_id: String,
}

/// Parameters of `turn/interrupt`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnInterruptParams {
    /// The thread.
    pub thread_id: String,
    /// The turn.
    pub turn_id: String,
}

/// Parameters of `review/start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewStartParams {
    /// The thread.
    pub thread_id: String,
    /// What to look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
}

/// Parameters of `thread/realtime/appendAudio`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppendAudioParams {
    /// The thread.
    pub thread_id: String,
    /// The sound, in base64.
    pub audio: String,
}

/// Parameters of `thread/realtime/appendText`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppendTextParams {
    /// The thread.
    pub thread_id: String,
    /// The text.
    pub text: String,
}

/// Result of what has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// Result of `model/list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelListResult {
    /// The models.
    pub data: Vec<Model>,
}

/// A model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Names the model.
    pub id: String,
}

/// Result of `config/read`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigReadResult {
    /// The settings.
    pub config: Config,
}

/// The settings that a client may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// The model of threads whose client names none.
    pub model: String,
    /// Bytes that a message may have.
    pub message_limit: usize,
    /// Requests of a connection that may wait for their answers.
    pub requests_in_flight: usize,
}
