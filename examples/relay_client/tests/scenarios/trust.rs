//! S26: a caller continues its trace at the server once it is known who calls.

use relay_client::dataset::{Dataset, SpanRecord};
use relay_client::protocol::PROOF;
use reqwest::StatusCode;

use crate::support::{LOGIN, World};

const TRACE: &str = "00000000000000000000000000000011";
const SPAN: &str = "0000000000000022";

async fn post(world: &World, what: &str, login: &str) -> StatusCode {
    let client = reqwest::Client::builder().no_proxy().build();
    let url = format!("{}/v1/environments/home/{what}", world.relay());
    let request = client.expect("a client").post(url);
    let response = request
        .header("traceparent", format!("00-{TRACE}-{SPAN}-01"))
        .header(PROOF, "proof")
        .bearer_auth(login)
        .send()
        .await;
    response.expect("an answer").status()
}

#[track_caller]
fn one<'a>(dataset: &'a Dataset, name: &str) -> &'a SpanRecord {
    let [span] = dataset.named(name)[..] else {
        panic!("one {name}");
    };
    span
}

#[tokio::test]
async fn s26_an_authenticated_caller_is_the_parent() {
    let world = World::with_scopes().await;
    assert_eq!(post(&world, "link", LOGIN).await, StatusCode::OK);
    assert_eq!(post(&world, "credential", LOGIN).await, StatusCode::OK);
    let ended = world.end().await;

    let mint = one(&ended.product, "relay.broker.mint");
    assert_eq!(mint.trace_id, TRACE);
    assert_eq!(mint.parent_id.as_deref(), Some(SPAN));
    // The server's own tracing does not read the header, and the scope does not tell it.
    for span in &ended.applications.spans {
        assert_ne!(span.trace_id, TRACE, "{span:?}");
    }
}

#[tokio::test]
async fn s26_a_caller_that_is_not_known_is_refused_in_a_trace_of_its_own() {
    let world = World::with_scopes().await;
    assert_eq!(post(&world, "link", LOGIN).await, StatusCode::OK);
    let refused = post(&world, "credential", "somebody-else").await;
    assert_eq!(refused, StatusCode::UNAUTHORIZED);
    let ended = world.end().await;

    let mint = one(&ended.product, "relay.broker.mint");
    assert_ne!(mint.trace_id, TRACE);
    assert_eq!(mint.parent_id, None);
    assert_eq!(mint.links, []);
    assert_eq!(mint.error.as_deref(), Some("it is not known who asks"));
}
