//! The server: reads requests from a connection, has many of them handled at once, and writes what
//! comes of them.

mod connection;
mod info;
mod realtime;
mod request;
mod threads;
mod turns;

use std::io;
use std::task::Poll;

use bytes::Bytes;
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _, poll};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use crate::core::{Core, Live};
use crate::model_client::ModelClient;
use crate::protocol::{Event, Notification, Response, RpcError, Version};
use crate::transport::{self, Incoming, Input, MESSAGE_LIMIT, Output};
use connection::Connection;

/// Requests of a connection that may wait for their answers. With so many, no more are read.
pub const REQUESTS_IN_FLIGHT: usize = 256;

/// Messages that may wait for a client that does not read.
const OUTGOING_MESSAGES: usize = 64;

/// What all connections share. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Server {
    core: Core,
    model: ModelClient,
    requests: TaskTracker,
}

/// Why a connection ends before its work is done.
enum End {
    /// The client has gone.
    Gone,
    /// The client does not take its events.
    Deaf,
    /// The connection failed.
    Failed(io::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Server {
    /// A server whose turns run in `core`, and that asks this model what models there are.
    #[must_use]
    pub fn new(core: Core, model: ModelClient) -> Self {
        Self {
            core,
            model,
            requests: TaskTracker::new(),
        }
    }

    /// What is there at this moment, and how many requests are not answered.
    #[must_use]
    pub fn live(&self) -> (Live, usize) {
        (self.core.live(), self.requests.len())
    }

    /// Serves a connection until its input ends. What it has started is finished then if the client
    /// can still hear of it, as over standard output, and else ended.
    ///
    /// Each request begins before the next one is read, and its answer comes when it is there, maybe
    /// after those of later requests. What is no request is answered with an error. Where the future
    /// is dropped, the work of the connection ends too.
    ///
    /// # Errors
    ///
    /// When the connection cannot be read or written, or the client does not take its events.
    pub async fn serve(
        &self,
        connection_id: u64,
        connection: transport::Connection,
    ) -> io::Result<()> {
        let (core, events) = self.core.connect();
        let transport::Connection {
            transport,
            input,
            output,
        } = connection;
        let connection = Connection::new(connection_id, transport, core, self.model.clone());
        let (replies, outgoing) = mpsc::channel(OUTGOING_MESSAGES);

        let notifying = notify(events, replies.clone());
        let working = async {
            self.work(&connection, input, replies).await?;
            // Nobody tells events any more, so that the others end when they have written them.
            connection.core.cut().await;
            Ok(())
        };
        let served = tokio::try_join!(working, notifying, write(outgoing, output));
        connection.core.cut().await;
        match served {
            Ok(_) | Err(End::Gone) => Ok(()),
            Err(End::Deaf) => Err(io::Error::other("the client does not take its events")),
            Err(End::Failed(error)) => Err(error),
        }
    }

    /// Handles what comes in, and finishes what it has started.
    async fn work(
        &self,
        connection: &Connection,
        input: Input,
        replies: mpsc::Sender<Bytes>,
    ) -> Result<(), End> {
        let handling = async {
            self.handle_all(connection, input, &replies).await?;
            connection.core.finish().await;
            Ok(())
        };
        tokio::select! {
            handled = handling => handled,
            () = connection.core.is_cut() => Err(End::Deaf),
        }
    }

    async fn handle_all(
        &self,
        connection: &Connection,
        mut input: Input,
        replies: &mpsc::Sender<Bytes>,
    ) -> Result<(), End> {
        let mut in_flight = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(answered) = in_flight.next() => answered?,
                incoming = input.try_next(), if in_flight.len() < REQUESTS_IN_FLIGHT => {
                    let Some(incoming) = incoming? else {
                        break;
                    };
                    let request = answer(connection, incoming, replies);
                    let mut request = Box::pin(self.requests.track_future(request));
                    // What a request does before it waits for anything is done in the order of
                    // their arrival.
                    match poll!(&mut request) {
                        Poll::Ready(answered) => answered?,
                        Poll::Pending => in_flight.push(request),
                    }
                }
            }
        }
        if !connection.transport.outlives_its_input() {
            return Err(End::Gone);
        }
        while let Some(answered) = in_flight.next().await {
            answered?;
        }
        Ok(())
    }
}

/// Handles a message, and sends the response if it is to have one.
async fn answer(
    connection: &Connection,
    incoming: Incoming,
    replies: &mpsc::Sender<Bytes>,
) -> io::Result<()> {
    let response = match incoming {
        Incoming::Message(message) => connection.answer(&message).await,
        Incoming::TooLong => Some(too_long()),
    };
    match response {
        Some(response) => send(replies, &response).await,
        None => Ok(()),
    }
}

fn too_long() -> Response {
    let reason = format_args!("no request: it has more than {MESSAGE_LIMIT} bytes");
    Response::new(None, Err(RpcError::new(RpcError::INVALID_REQUEST, reason)))
}

async fn notify(
    mut events: mpsc::Receiver<Event>,
    outgoing: mpsc::Sender<Bytes>,
) -> Result<(), End> {
    while let Some(event) = events.recv().await {
        let notification = Notification {
            jsonrpc: Version,
            event,
        };
        send(&outgoing, &notification).await?;
    }
    Ok(())
}

async fn write(mut outgoing: mpsc::Receiver<Bytes>, mut output: Output) -> Result<(), End> {
    while let Some(message) = outgoing.recv().await {
        output.send(message).await?;
    }
    Ok(())
}

async fn send(outgoing: &mpsc::Sender<Bytes>, message: &impl Serialize) -> io::Result<()> {
    outgoing
        .send(serde_json::to_vec(message)?.into())
        .await
        .map_err(|_| io::ErrorKind::BrokenPipe.into())
}
