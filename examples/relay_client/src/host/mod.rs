//! An application that has the relay client in it. It traces itself as most do, with spans of `tracing`, and
//! knows nothing of the component's scope.

mod report;
mod server;
mod work;

use tracing::{Instrument as _, info, info_span};

use crate::library;
use crate::relay::{Callbacks, RelayClient, RelayError};
use crate::surface::Surface;

pub use report::{Report, Step};
pub use server::observed;

/// How often the relay is busy after it has cut the connection.
const REFUSALS: u32 = 1;

/// Uses each operation of the relay once at least, while the application does other things.
pub async fn run(surface: Surface, relay: &RelayClient) -> Report {
    let work = tokio::spawn(work::turns());
    let mut report = Report::new(surface);
    let session = info_span!("user.session", %surface);
    let visited = visit(relay, &mut report).instrument(session);
    // Why it ends early, if it does, is in the report.
    visited.await.ok();
    report.note("work", work.await.map_err(|error| error.to_string()));
    report
}

async fn visit(relay: &RelayClient, report: &mut Report) -> Result<(), RelayError> {
    let home = &format!("home-{}", report.surface);
    let linked = step("link", relay.link(home)).await;
    let linked = linked.map(|linked| linked.generation);
    report.relay("link", linked)?;

    let connected = step("connect", relay.connect(home)).await;
    let mut connection = connected.inspect_err(|error| report.failed("connect", error))?;
    report.note("connect", Ok::<_, String>(connection.environment()));

    // Somebody links it again: what was given before does not count any more, and is renewed.
    let linked = step("link again", relay.link(home)).await;
    let linked = linked.map(|linked| linked.generation);
    report.relay("link again", linked)?;

    let opened = step("open", relay.open(&mut connection, &Bell)).await;
    let mut session = opened.inspect_err(|error| report.failed("open", error))?;
    report.relay("echo", step("echo", session.echo("hello")).await)?;

    let gone = step("go away", session.go_away(REFUSALS)).await;
    report.relay("go away", gone.map(|()| "gone"))?;
    let opened = step("open again", relay.open(&mut connection, &Bell)).await;
    let mut session = opened.inspect_err(|error| report.failed("open again", error))?;
    report.relay(
        "echo again",
        step("echo again", session.echo("again")).await,
    )?;
    report.relay(
        "close",
        step("close", session.close()).await.map(|()| "closed"),
    )?;

    let unlinked = step("unlink", relay.unlink(home)).await;
    let unlinked = unlinked.map(|linked| linked.generation);
    report.relay("unlink", unlinked)?;

    // Refused, because it is not linked.
    let connected = step("connect unlinked", relay.connect(home)).await;
    let connected = connected.map(|connection| connection.environment().to_owned());
    report.relay("connect unlinked", connected)?;
    Ok(())
}

/// A step of the application.
async fn step<T>(name: &'static str, work: impl Future<Output = T>) -> T {
    work.instrument(info_span!("user.step", step = name)).await
}

/// What the application does when it hears of a connection.
struct Bell;

impl Callbacks for Bell {
    async fn on_connected(&self, environment: &str) {
        let rings = async {
            let number = library::digest(environment);
            info!(number, "the bell rings");
        };
        rings
            .instrument(info_span!("user.on_connected", environment))
            .await;
    }
}
