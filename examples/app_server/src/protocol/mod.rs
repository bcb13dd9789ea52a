//! What client and server say to each other: the envelopes of JSON-RPC, the methods with their
//! parameters and results, and the events.

mod events;
mod jsonrpc;
mod methods;

pub use events::Event;
pub use jsonrpc::{
    NAME_LIMIT, Notification, Outcome, Request, RequestId, Response, RpcError, ServerMessage,
    Version,
};
pub use methods::{
    AppendAudioParams, AppendTextParams, ClientInfo, Config, ConfigReadResult, Done,
    InitializeParams, InitializeResult, Method, Model, ModelListResult, PastTurn,
    ReviewStartParams, Thread, ThreadListResult, ThreadParams, ThreadResult, ThreadStartParams,
    Turn, TurnInterruptParams, TurnResult, TurnStartParams, TurnStatus, TurnSteerParams,
    TurnSteerResult,
};
