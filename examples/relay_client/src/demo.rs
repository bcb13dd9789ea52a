//! Runs all processes, and draws and checks what came of it.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use futures_util::future::try_join_all;
use relay_client::dataset::{Dataset, shared_ids};
use relay_client::host::Report;
use relay_client::processes::{Program, Server, run};
use relay_client::side_by_side;
use relay_client::surface::Surface;
use strum::IntoEnumIterator as _;

/// What the user of the demo says to be known.
const LOGIN: &str = "login-of-the-demo";

/// Runs a collector of the applications and one of the component, the server of the relay, and an
/// application on each surface.
pub(crate) async fn play(with_scopes: bool) -> Result<(), Box<dyn Error>> {
    let file = std::env::current_exe()?;
    let program = Program {
        file: &file,
        product: None,
    };
    let applications = Server::start(program, &["collect"]).await?;
    let product = Server::start(program, &["collect"]).await?;
    let program = Program {
        product: with_scopes.then(|| product.url()),
        ..program
    };
    let export = ["--login", LOGIN, "--traces", applications.url()];
    let relay = Server::start(program, &[&["broker"], &export[..]].concat()).await?;
    let mut out = String::new();
    let mut problems = Vec::new();
    let (relay_url, export) = (relay.url(), &export[..]);
    let hosts = Surface::CLIENTS.map(|surface| async move {
        let of_host = ["host", "--relay", relay_url, "--surface", surface.as_ref()];
        run(program, &[&of_host, export].concat()).await
    });
    for output in try_join_all(hosts).await? {
        io::stderr().write_all(&output.stderr)?;
        let report: Report = serde_json::from_slice(&output.stdout)?;
        writeln!(out, "{}", steps(&report)?)?;
        if !output.status.success() {
            problems.push(format!("{} ended with {}", report.surface, output.status));
        }
    }
    relay.stop().await?;
    let applications: Dataset = serde_json::from_str(&applications.stop().await?)?;
    let product: Dataset = serde_json::from_str(&product.stop().await?)?;

    let titles = ["spans of the applications", "spans of the component"];
    let [left, right] = titles;
    out.push_str(&side_by_side::draw([
        (left, &applications),
        (right, &product),
    ]));
    problems.extend(found(&applications, &product, with_scopes));
    if problems.is_empty() {
        let (one, other) = (applications.spans.len(), product.spans.len());
        writeln!(
            out,
            "\n{one} {left} and {other} {right}, and no id is in both."
        )?;
    }
    io::stdout().write_all(out.as_bytes())?;
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n").into())
    }
}

fn steps(report: &Report) -> Result<String, std::fmt::Error> {
    let mut steps = format!("steps of {}\n\n", report.surface);
    for step in &report.steps {
        match &step.outcome {
            Ok(value) => writeln!(steps, "{}: {value}", step.name)?,
            Err(error) => writeln!(steps, "{}: failed: {error}", step.name)?,
        }
    }
    Ok(steps)
}

/// What is wrong with the datasets.
fn found(applications: &Dataset, product: &Dataset, with_scopes: bool) -> Vec<String> {
    let mut problems = Vec::new();
    for id in shared_ids(applications, product) {
        problems.push(format!("{id} is in both datasets"));
    }
    for span in applications.orphans().into_iter().chain(product.orphans()) {
        problems.push(format!(
            "the parent of {} {} is missing",
            span.name, span.span_id
        ));
    }
    for surface in Surface::iter() {
        let service = format!("{surface}-application");
        problems.extend(missing(applications, &service));
        if with_scopes {
            problems.extend(missing(product, surface.service_name()));
        }
    }
    if !with_scopes && !product.requests.is_empty() {
        problems.push("the component's collector was called".to_owned());
    }
    // What an operation does is its own as well, but for what others say with tracers of their own.
    let strays = |dataset: &Dataset, prefixes: &[&str]| -> Vec<String> {
        let spans = dataset.spans.iter();
        let strays =
            spans.filter(|span| prefixes.iter().any(|prefix| span.name.starts_with(prefix)));
        strays
            .map(|span| format!("{} {} is in the wrong dataset", span.name, span.span_id))
            .collect()
    };
    problems.extend(strays(product, &["user.", "server."]));
    if with_scopes {
        problems.extend(strays(applications, &["relay."]));
    }
    problems
}

fn missing(dataset: &Dataset, service: &str) -> Option<String> {
    let mut services = dataset
        .spans
        .iter()
        .map(|span| &span.resource["service.name"]);
    let found = services.any(|name| name == service);
    (!found).then(|| format!("there is no span of {service}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use relay_client::dataset::SpanRecord;

    use super::*;

    fn span(service: &str, name: &str, id: usize) -> SpanRecord {
        SpanRecord {
            resource: BTreeMap::from([("service.name".to_owned(), service.to_owned())]),
            trace_id: format!("trace of {service} {id}"),
            span_id: format!("span of {service} {id}"),
            parent_id: None,
            name: name.to_owned(),
            time: (0, 0),
            error: None,
            attributes: BTreeMap::new(),
            links: Vec::new(),
        }
    }

    /// What is to come of the demo, as far as it is checked.
    fn datasets() -> [Dataset; 2] {
        let of = |name: fn(Surface) -> String, span_name| Dataset {
            requests: Vec::new(),
            spans: Surface::iter()
                .enumerate()
                .map(|(id, surface)| span(&name(surface), span_name, id))
                .collect(),
        };
        [
            of(|surface| format!("{surface}-application"), "user.step"),
            of(|surface| surface.service_name().to_owned(), "relay.request"),
        ]
    }

    #[test]
    fn two_datasets_of_all_surfaces_are_in_order() {
        let [applications, product] = datasets();
        assert_eq!(found(&applications, &product, true), [""; 0]);
    }

    #[test]
    fn whatever_leaks_is_noticed() {
        let leaks: [fn(&mut [Dataset; 2]); 6] = [
            |[applications, product]| {
                applications.spans[0].trace_id = product.spans[0].trace_id.clone();
            },
            |[applications, product]| {
                product.spans[0].parent_id = Some(applications.spans[0].span_id.clone());
            },
            |[applications, _]| drop(applications.spans.pop()),
            |[_, product]| drop(product.spans.pop()),
            |[applications, _]| applications.spans[0].name = "relay.request".to_owned(),
            |[_, product]| product.spans[0].name = "user.step".to_owned(),
        ];
        for (number, leak) in leaks.iter().enumerate() {
            let mut datasets = datasets();
            leak(&mut datasets);
            let [applications, product] = datasets;
            assert!(!found(&applications, &product, true).is_empty(), "{number}");
        }
    }

    #[test]
    fn a_request_for_a_scope_that_is_not_installed_is_noticed() {
        let [applications, mut product] = datasets();
        product.spans.clear();
        assert_eq!(found(&applications, &product, false), [""; 0]);
        product.requests.push(relay_client::dataset::Request {
            path: "/v1/traces".to_owned(),
            headers: BTreeMap::new(),
        });
        assert_eq!(
            found(&applications, &product, false),
            ["the component's collector was called"]
        );
    }
}
