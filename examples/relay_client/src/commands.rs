//! What each of the processes does.

use std::error::Error;
use std::fmt;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::time::Duration;

use relay_client::broker::{self, BROKER};
use relay_client::host;
use relay_client::processes::LISTENING;
use relay_client::protocol::Secret;
use relay_client::receiver::Receiver;
use relay_client::relay::{RELAY, RelayClient};
use relay_client::surface::Surface;
use relay_client::telemetry::{Application, Product, TRACES};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use tracing::warn;
use tracing_relay::TraceScope;

use crate::cli;

pub(crate) async fn collect() -> Result<(), Box<dyn Error>> {
    let receiver = Receiver::start().await?;
    say(format_args!("{LISTENING}{}", receiver.url()))?;
    input_ended().await;
    say(format_args!(
        "{}",
        serde_json::to_string(&receiver.dataset())?
    ))?;
    Ok(())
}

pub(crate) async fn broker(options: cli::Broker) -> Result<(), Box<dyn Error>> {
    let pipelines = Pipelines::install(&BROKER, Surface::EnvironmentServer, &options.export)?;
    let sockets = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let requests = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = requests.local_addr()?;
    let socket = format!("ws://{}", sockets.local_addr()?);
    let broker = broker::Broker::new(Secret::new(options.login), socket);
    let routes = host::observed(broker::router(broker.clone()));
    say(format_args!("{LISTENING}http://{url}"))?;
    tokio::select! {
        served = axum::serve(requests, routes).into_future() => served?,
        () = broker::serve_sockets(sockets, broker) => {}
        () = input_ended() => {}
    }
    pipelines.shut_down().await
}

pub(crate) async fn host(options: cli::Host) -> Result<(), Box<dyn Error>> {
    let pipelines = Pipelines::install(&RELAY, options.surface, &options.export)?;
    let relay = RelayClient::new(&options.relay, Secret::new(options.login))?;
    // As an application does: its work is not what `main` waits for.
    let report = tokio::spawn(async move { host::run(options.surface, &relay).await }).await?;
    say(format_args!("{}", serde_json::to_string(&report)?))?;
    pipelines.shut_down().await
}

/// Both pipelines of a process.
struct Pipelines {
    application: Application,
    product: Option<Product>,
    patience: Duration,
}

impl Pipelines {
    fn install(
        scope: &'static TraceScope,
        surface: Surface,
        export: &cli::Export,
    ) -> Result<Self, Box<dyn Error>> {
        let application = Application::install(format!("{surface}-application"), &export.traces)?;
        let patience = export.patience;
        let config = TRACES.config();
        let product = config.and_then(|config| {
            let product = Product::install(scope, surface, &config.with_timeout(patience));
            let refused = |error: &io::Error| warn!(%error, "the component is not traced");
            product.inspect_err(refused).ok()
        });
        Ok(Self {
            application,
            product,
            patience,
        })
    }

    /// Exports what is left. What is lost is a warning: it changes nothing.
    async fn shut_down(self) -> Result<(), Box<dyn Error>> {
        let Self {
            application,
            product,
            patience,
        } = self;
        // Not on a thread of the runtime, which may be the one that a collector needs.
        let shut_down = move || {
            if let Some(Err(statistics)) = product.map(|product| product.uninstall(patience)) {
                warn!(statistics, "the component lost spans");
            }
            if let Err(error) = application.shutdown() {
                warn!(%error, "the application lost spans");
            }
        };
        Ok(spawn_blocking(shut_down).await?)
    }
}

/// Without anybody who listens that is an error, and no panic.
fn say(line: fmt::Arguments<'_>) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

async fn input_ended() {
    // Input that cannot be read is at its end too.
    let _ = tokio::io::copy(&mut tokio::io::stdin(), &mut tokio::io::sink()).await;
}
