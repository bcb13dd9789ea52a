//! Collectors that do not work.

use std::net::Ipv4Addr;

use axum::Router;
use http::StatusCode;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How a collector does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nobody listens.
    Refuses,
    /// It takes a request, and never answers.
    Hangs,
    /// It answers 500.
    Fails,
    /// It cuts the connection.
    Resets,
}

impl Fault {
    pub(crate) const ALL: [Self; 4] = [Self::Refuses, Self::Hangs, Self::Fails, Self::Resets];
}

/// A collector that does not work.
pub(crate) struct Faulty {
    pub(crate) url: String,
    asked: watch::Receiver<bool>,
    _serving: JoinSet<()>,
}

impl Faulty {
    pub(crate) async fn start(fault: Fault) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (sender, asked) = watch::channel(false);
        let mut serving = JoinSet::new();
        match fault {
            Fault::Refuses => drop(listener),
            Fault::Hangs | Fault::Resets => {
                serving.spawn(mistreat(listener, fault, sender));
            }
            Fault::Fails => {
                let fail = move || {
                    sender.send_replace(true);
                    async { StatusCode::INTERNAL_SERVER_ERROR }
                };
                let routes = Router::new().fallback(fail);
                serving.spawn(async move { axum::serve(listener, routes).await.expect("serves") });
            }
        }
        Self {
            url,
            asked,
            _serving: serving,
        }
    }

    /// Returns once it was called.
    pub(crate) async fn asked(&self) {
        let mut asked = self.asked.clone();
        asked.wait_for(|asked| *asked).await.expect("it listens");
    }
}

async fn mistreat(listener: TcpListener, fault: Fault, asked: watch::Sender<bool>) {
    let mut held = Vec::new();
    while let Ok((mut connection, _)) = listener.accept().await {
        let mut first = [0];
        // What cannot be read was asked all the same.
        let _ = connection.read(&mut first).await;
        asked.send_replace(true);
        if fault == Fault::Hangs {
            held.push(connection);
        }
        // Else there is more to read, so that the other side sees a reset.
    }
}
