//! S20: the component's spans are in its dataset, those of the application in the application's.

use std::collections::BTreeSet;

use relay_client::dataset::{Dataset, shared_ids};

use crate::support::{World, assert_as_expected};

fn names(dataset: &Dataset) -> BTreeSet<&str> {
    dataset
        .spans
        .iter()
        .map(|span| span.name.as_str())
        .collect()
}

#[tokio::test]
async fn s20_no_span_of_either_dataset_has_an_id_of_the_other() {
    let world = World::with_scopes().await;
    let host = world.scoped_host().await;
    assert_as_expected(&host.report);
    let ended = world.end().await;

    assert_eq!(shared_ids(&ended.applications, &ended.product), [""; 0]);
    assert!(ended.applications.orphans().is_empty());
    assert!(ended.product.orphans().is_empty());
    assert_eq!(
        names(&ended.applications),
        BTreeSet::from([
            "library.digest",
            "library.hash",
            "server.request",
            "user.on_connected",
            "user.render",
            "user.session",
            "user.step",
            "user.turn",
        ])
    );
    let of_component = names(&ended.product);
    let strays: Vec<_> = of_component
        .iter()
        .filter(|name| !name.starts_with("relay.") && **name != "library.digest")
        .collect();
    assert!(strays.is_empty(), "{strays:?}");
    assert!(of_component.contains("relay.environment.connect"));
}

#[tokio::test]
async fn s20_what_a_library_traces_inside_of_an_operation_is_the_components() {
    let world = World::with_scopes().await;
    world.scoped_host().await;
    let ended = world.end().await;

    // On another thread, to which the helper has taken the scope along.
    let signed = ended.product.named("relay.proof.sign");
    let digests = ended.product.named("library.digest");
    assert!(!signed.is_empty());
    for sign in &signed {
        let parent = ended.product.spans.iter();
        let parent = parent.filter(|parent| sign.is_child_of(parent)).count();
        assert_eq!(parent, 1, "{sign:?}");
    }
    assert_eq!(digests.len(), signed.len());
    for digest in digests {
        let parent = signed.iter().find(|parent| digest.is_child_of(parent));
        assert!(parent.is_some(), "{digest:?}");
    }

    // The global tracer is the application's, and there it is nobody's child, or the application's.
    let hashes = ended.applications.named("library.hash");
    let inside: Vec<_> = hashes
        .iter()
        .filter(|hash| hash.parent_id.is_none())
        .collect();
    assert_eq!(inside.len(), signed.len());
}

#[tokio::test]
async fn s20_the_application_has_the_tree_that_it_has_without_the_component() {
    let world = World::with_scopes().await;
    world.scoped_host().await;
    let ended = world.end().await;

    let applications = &ended.applications;
    let [session] = applications.named("user.session")[..] else {
        panic!("one session");
    };
    assert_eq!(session.parent_id, None);
    let steps = applications.named("user.step");
    assert_eq!(steps.len(), 11);
    for step in &steps {
        assert!(step.is_child_of(session), "{step:?}");
    }
    let turns = applications.named("user.turn");
    assert_eq!(turns.len(), 2);
    for part in applications.named("user.render") {
        assert!(turns.iter().any(|turn| part.is_child_of(turn)), "{part:?}");
    }
}

#[tokio::test]
async fn s20_a_callback_of_the_user_is_called_where_the_user_is() {
    let world = World::with_scopes().await;
    let host = world.scoped_host().await;
    let ended = world.end().await;

    let steps = ended.applications.named("user.step");
    let called = ended.applications.named("user.on_connected");
    let opened: Vec<_> = called
        .iter()
        .map(|call| {
            let step = steps.iter().find(|step| call.is_child_of(step));
            step.expect("a step").attributes["step"].as_str()
        })
        .collect();
    assert_eq!(opened, ["open", "open again"]);
    let rings = "user.session{surface=web}:user.step{step=\"open\"}:user.on_connected{environment=\"home-web\"}: the bell rings";
    assert!(host.log.contains(rings), "{}", host.log);
}

#[tokio::test]
async fn s20_what_an_operation_logs_is_in_the_applications_log_in_the_applications_span() {
    let world = World::with_scopes().await;
    let host = world.scoped_host().await;
    world.end().await;

    for line in [
        "INFO user.session{surface=web}:user.step{step=\"link\"}: linked environment=\"home-web\" generation=1",
        "WARN user.session{surface=web}:user.step{step=\"open\"}: got no ticket environment=\"home-web\" error=the relay does not know this caller",
        "INFO user.session{surface=web}:user.step{step=\"open\"}: connected environment=\"home-web\"",
    ] {
        let found = host.log.lines().any(|found| found.trim() == line);
        assert!(found, "{line} in {}", host.log);
    }
    assert!(!host.log.contains("relay.environment"), "{}", host.log);
}

#[tokio::test]
async fn the_components_dataset_has_the_surfaces_as_resources_and_its_own_headers() {
    let world = World::with_scopes().await;
    world.scoped_host().await;
    let ended = world.end().await;

    let resources: BTreeSet<_> = ended
        .product
        .spans
        .iter()
        .map(|span| {
            [
                "service.name",
                "service.runtime",
                "service.component",
                "t3.client.surface",
            ]
            .map(|key| span.resource[key].as_str())
        })
        .collect();
    assert_eq!(
        resources,
        BTreeSet::from([
            ["t3-server", "node", "relay-broker", "environment-server"],
            ["t3-web-relay-client", "browser", "relay-client", "web"],
        ])
    );
    assert!(!ended.product.requests.is_empty());
    for request in &ended.product.requests {
        assert_eq!(request.path, "/v1/traces");
        assert_eq!(request.headers["authorization"], "Bearer ingest-only");
        assert_eq!(request.headers["x-axiom-dataset"], "relay-traces");
    }
    for request in &ended.applications.requests {
        assert!(!request.headers.contains_key("authorization"));
        assert!(!request.headers.contains_key("x-axiom-dataset"));
    }
}
