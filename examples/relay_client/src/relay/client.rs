//! The operations of the relay client.

use std::time::Duration;

use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use tracing::{info, warn};
use tracing_relay::scope::outside;
use tracing_relay::{Attempt, TraceCarrier, relay_traced};

use super::connection::{Ticket, authorized};
use super::proof::prove;
use super::{ManagedConnection, RELAY, RelayError, Session};
use crate::protocol::{Credential, Linked, PROOF, Refused, Secret, TicketReply};

/// How often a connection is tried before its user hears of it.
const ATTEMPTS: u32 = 5;

/// The time before the second attempt. It doubles each time.
const DELAY: Duration = Duration::from_millis(10);

/// What an application wants to be told. It is called outside of the scope, as if the application had done it.
pub trait Callbacks: Sync {
    /// There is a connection to an environment now.
    fn on_connected(&self, environment: &str) -> impl Future<Output = ()> + Send;
}

/// The relay, for one user.
#[derive(Clone, Debug)]
pub struct RelayClient {
    http: reqwest::Client,
    base_url: String,
    login: Secret,
}

impl RelayClient {
    /// A client of the relay at this address, for whoever has this login.
    ///
    /// # Errors
    ///
    /// When the HTTP client cannot be set up.
    pub fn new(base_url: &str, login: Secret) -> Result<Self, RelayError> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            base_url: base_url.trim_end_matches('/').to_owned(),
            login,
        })
    }

    /// Links an environment to the user. Credentials from before do not count any more.
    ///
    /// # Errors
    ///
    /// When the relay does not do it.
    #[relay_traced(scope = RELAY, name = "relay.environment.link",
        fields(relay.environment_id = environment))]
    pub async fn link(&self, environment: &str) -> Result<Linked, RelayError> {
        let linked: Linked = self
            .call(Method::POST, environment, "link", &self.login)
            .await?;
        info!(environment, generation = linked.generation, "linked");
        Ok(linked)
    }

    /// Ends the link.
    ///
    /// # Errors
    ///
    /// When the relay does not do it.
    #[relay_traced(scope = RELAY, name = "relay.environment.unlink",
        fields(relay.environment_id = environment))]
    pub async fn unlink(&self, environment: &str) -> Result<Linked, RelayError> {
        self.call(Method::DELETE, environment, "link", &self.login)
            .await
    }

    /// Gets what is needed to connect to an environment. The result carries the trace that begins here.
    ///
    /// # Errors
    ///
    /// When the relay does not give it.
    #[relay_traced(scope = RELAY, name = "relay.environment.connect",
        fields(relay.environment_id = environment))]
    pub async fn connect(&self, environment: &str) -> Result<ManagedConnection, RelayError> {
        self.mint(environment).await
    }

    /// Gets other credentials for an environment. The result carries the trace that begins here.
    ///
    /// # Errors
    ///
    /// When the relay does not give them.
    #[relay_traced(scope = RELAY, name = "relay.environment.renew",
        fields(relay.environment_id = environment))]
    pub async fn renew(&self, environment: &str) -> Result<ManagedConnection, RelayError> {
        let renewed = self.mint(environment).await?;
        info!(environment, "has new credentials");
        Ok(renewed)
    }

    /// Opens the connection, for the first time or again. Credentials that do not count any more are
    /// renewed once, and while the relay is busy it is tried again.
    ///
    /// # Errors
    ///
    /// When there is no connection after all that.
    pub async fn open(
        &self,
        saved: &mut ManagedConnection,
        user: &impl Callbacks,
    ) -> Result<Session, RelayError> {
        let mut attempt = Attempt::first();
        let mut delay = DELAY;
        let mut may_renew = true;
        loop {
            let error = match self.attempt(saved, &attempt, user).await {
                Ok(session) => return Ok(session),
                Err(error) => error,
            };
            if may_renew && error.is_unauthorized() {
                may_renew = false;
                // With the credentials comes their trace: the old connection is gone as a whole.
                *saved = self.renew(saved.environment()).await?;
                continue;
            }
            if !error.is_passing() || attempt.number() == ATTEMPTS {
                return Err(error);
            }
            attempt = attempt.retry_after(delay, error.kind());
            sleep(delay).await;
            delay *= 2;
        }
    }

    /// Continues the trace that the connection carries; later there is none, and each attempt is one, linked to
    /// the one before.
    async fn attempt(
        &self,
        saved: &mut ManagedConnection,
        attempt: &Attempt,
        user: &impl Callbacks,
    ) -> Result<Session, RelayError> {
        let trace = saved.take_trace();
        if trace.is_none() {
            return self.reconnect(saved, attempt, user).await;
        }
        let ticket = self.ticket(saved, trace).await?;
        self.enter(ticket, user).await
    }

    #[relay_traced(scope = RELAY, name = "relay.environment.reconnect", links = attempt,
        fields(relay.environment_id = saved.environment(), connection.attempt = attempt.number()))]
    async fn reconnect(
        &self,
        saved: &ManagedConnection,
        attempt: &Attempt,
        user: &impl Callbacks,
    ) -> Result<Session, RelayError> {
        let ticket = self.ticket(saved, TraceCarrier::capture()).await?;
        self.enter(ticket, user).await
    }

    #[relay_traced(scope = RELAY, name = "relay.websocket.ticket", carrier = trace,
        fields(relay.environment_id = saved.environment()))]
    async fn ticket(
        &self,
        saved: &ManagedConnection,
        trace: TraceCarrier,
    ) -> Result<Ticket, RelayError> {
        let Credential { token, socket } = saved.credential();
        let environment = saved.environment();
        let reply = self.call(Method::POST, environment, "ticket", token).await;
        let TicketReply { ticket } =
            reply.inspect_err(|error| warn!(environment, %error, "got no ticket"))?;
        Ok(Ticket::new(environment.to_owned(), socket.clone(), ticket))
    }

    #[relay_traced(scope = RELAY, name = "relay.websocket.open", carrier = ticket,
        fields(relay.environment_id = ticket.environment))]
    async fn enter(&self, ticket: Ticket, user: &impl Callbacks) -> Result<Session, RelayError> {
        let environment = ticket.environment.clone();
        let session = Session::open(ticket).await?;
        info!(environment, "connected");
        outside(user.on_connected(&environment)).await;
        Ok(session)
    }

    async fn mint(&self, environment: &str) -> Result<ManagedConnection, RelayError> {
        let credential = self
            .call(Method::POST, environment, "credential", &self.login)
            .await?;
        let trace = TraceCarrier::capture();
        Ok(ManagedConnection::new(
            environment.to_owned(),
            credential,
            trace,
        ))
    }

    /// Asks the relay for something of an environment.
    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        environment: &str,
        what: &str,
        token: &Secret,
    ) -> Result<T, RelayError> {
        let path = format!("/v1/environments/{environment}/{what}");
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url));
        if let Some(proof) = prove(token.clone(), path).await {
            request = request.header(PROOF, proof);
        }
        let body = self
            .send(authorized(request, token).body(Vec::new())?)
            .await?;
        Ok(serde_json::from_slice(&body)?)
    }

    #[relay_traced(scope = RELAY, name = "relay.request", kind = "client",
        fields(http.request.method = request.method(), url.path = request.uri().path()))]
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<Vec<u8>, RelayError> {
        let response = self.http.execute(request.try_into()?).await?;
        let status = response.status();
        let body = response.bytes().await?;
        if status.is_success() {
            return Ok(body.into());
        }
        let reason = match serde_json::from_slice(&body) {
            Ok(Refused { error }) => error,
            Err(_) => status.to_string(),
        };
        Err(match status {
            StatusCode::UNAUTHORIZED => RelayError::Unauthorized,
            StatusCode::SERVICE_UNAVAILABLE => RelayError::Busy(reason),
            _ => RelayError::Refused(reason),
        })
    }
}
