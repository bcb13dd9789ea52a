//! The server of the relay and an application, in processes of their own.

use std::path::Path;
use std::process::Output;

use relay_client::dataset::Dataset;
use relay_client::host::Report;
use relay_client::processes::{self, Program, Server};
use relay_client::receiver::Receiver;

pub(crate) const LOGIN: &str = "login-of-a-test";

/// The program, whose component sends its spans to this collector.
pub(crate) fn program(product: Option<&str>) -> Program<'_> {
    let file = Path::new(env!("CARGO_BIN_EXE_relay_client"));
    Program { file, product }
}

/// The collectors of the applications and of the component, and the server of the relay.
pub(crate) struct World {
    pub(crate) applications: Receiver,
    pub(crate) product: Receiver,
    relay: Server,
}

/// What the collectors have in the end.
pub(crate) struct Ended {
    pub(crate) applications: Dataset,
    pub(crate) product: Dataset,
}

impl World {
    /// A world whose server has its scope installed.
    pub(crate) async fn with_scopes() -> Self {
        Self::start(true).await
    }

    /// One whose server has not.
    pub(crate) async fn without_scopes() -> Self {
        Self::start(false).await
    }

    async fn start(with_scopes: bool) -> Self {
        let applications = Receiver::start().await.expect("a free port");
        let product = Receiver::start().await.expect("a free port");
        let arguments = ["broker", "--login", LOGIN, "--traces", applications.url()];
        let product_url = with_scopes.then(|| product.url());
        let relay = Server::start(program(product_url), &arguments).await;
        Self {
            relay: relay.expect("it starts"),
            applications,
            product,
        }
    }

    /// Where the relay is.
    pub(crate) fn relay(&self) -> &str {
        self.relay.url()
    }

    /// The arguments of an application in this world, with others behind them.
    pub(crate) fn host_arguments<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let mut arguments = vec!["host", "--surface", "web", "--login", LOGIN];
        arguments.extend(["--relay", self.relay(), "--traces", self.applications.url()]);
        arguments.extend(more);
        arguments
    }

    /// Runs an application to its end, whose component sends its spans to this collector.
    pub(crate) async fn host(&self, product: Option<&str>, more: &[&str]) -> Host {
        let arguments = self.host_arguments(more);
        let output = processes::run(program(product), &arguments).await;
        Host::of(output.expect("it ends"))
    }

    /// Runs an application that installs its scope.
    pub(crate) async fn scoped_host(&self) -> Host {
        self.host(Some(self.product.url()), &[]).await
    }

    /// Stops the server and looks at what the collectors have.
    pub(crate) async fn end(self) -> Ended {
        self.relay.stop().await.expect("it stops");
        Ended {
            applications: self.applications.dataset(),
            product: self.product.dataset(),
        }
    }
}

/// What an application left.
pub(crate) struct Host {
    pub(crate) report: Report,
    pub(crate) log: String,
}

impl Host {
    #[track_caller]
    fn of(output: Output) -> Self {
        let log = String::from_utf8(output.stderr).expect("text");
        assert!(output.status.success(), "{log}");
        let report = serde_json::from_slice(&output.stdout).expect("a report");
        Self { report, log }
    }
}

/// The outcomes of an application for which all went well.
pub(crate) fn expected() -> Vec<(&'static str, Result<&'static str, &'static str>)> {
    let unlinked = "the relay refuses: the environment is not linked";
    vec![
        ("link", Ok("1")),
        ("connect", Ok("home-web")),
        ("link again", Ok("2")),
        ("echo", Ok("hello")),
        ("go away", Ok("gone")),
        ("echo again", Ok("again")),
        ("close", Ok("closed")),
        ("unlink", Ok("2")),
        ("connect unlinked", Err(unlinked)),
        ("work", Ok("2")),
    ]
}

#[track_caller]
pub(crate) fn assert_as_expected(report: &Report) {
    let steps = report.steps.iter().map(|step| {
        let outcome = step.outcome.as_ref();
        let outcome = outcome.map(String::as_str).map_err(String::as_str);
        (step.name.as_str(), outcome)
    });
    assert_eq!(steps.collect::<Vec<_>>(), expected());
}
