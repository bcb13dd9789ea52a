//! [`SessionTelemetry`]: what a session is, and that it is current where something happens in it.

use tracing_relay::session::AsSession;

/// What is known of a session when it begins.
#[derive(Clone, Debug, Default)]
pub struct SessionMetadata {
    /// `conversation.id`.
    pub conversation_id: String,
    /// `gen_ai.request.model`.
    pub model: String,
    /// `auth.mode`; absent where nobody is known.
    pub auth_mode: Option<String>,
    /// `originator`: the program that the user has in front of him.
    pub originator: String,
    /// `terminal.type`.
    pub terminal: String,
    /// Whether log records have the text of prompts, and not their length alone. Traces never have it.
    pub log_user_prompts: bool,
}

/// The events of a session, each a log record, metrics, and an event that is safe in traces. All spans and records of
/// the session have its metadata.
///
/// It is given to an annotated function by the option `session`. Its methods may be called anywhere, also where the
/// session is not current. A clone is the same session.
#[derive(Clone, Debug)]
pub struct SessionTelemetry {
    attributes: tracing_relay::SessionTelemetry,
}

impl SessionTelemetry {
    /// The events of a session that begins.
    #[must_use]
    pub fn new(metadata: SessionMetadata) -> Self {
        let attributes = tracing_relay::SessionTelemetry::new()
            .with("conversation.id", metadata.conversation_id)
            .with("gen_ai.request.model", metadata.model)
            .with("auth.mode", metadata.auth_mode)
            .with("originator", metadata.originator)
            .with("terminal.type", metadata.terminal)
            .record_content(metadata.log_user_prompts);
        Self { attributes }
    }

    pub(crate) fn run(&self, f: impl FnOnce()) {
        self.attributes.run(f);
    }

    /// A text of the user, as far as log records may have it.
    pub(crate) fn content<'a>(&self, text: &'a str) -> &'a str {
        self.attributes.content(text)
    }
}

impl AsSession for SessionTelemetry {
    fn as_session(&self) -> &tracing_relay::SessionTelemetry {
        &self.attributes
    }
}
