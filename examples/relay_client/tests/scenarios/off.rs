//! S21: a scope that is not installed changes nothing.

use crate::support::{World, assert_as_expected};

#[tokio::test]
async fn s21_without_a_scope_operations_are_spans_of_the_application() {
    let world = World::without_scopes().await;
    let host = world.host(None, &[]).await;
    assert_as_expected(&host.report);
    let ended = world.end().await;

    assert_eq!(ended.product.requests, []);
    let applications = &ended.applications;
    assert!(applications.orphans().is_empty());
    let [session] = applications.named("user.session")[..] else {
        panic!("one session");
    };
    let steps = applications.named("user.step");
    assert_eq!(steps.len(), 11);
    for step in &steps {
        assert!(step.is_child_of(session), "{step:?}");
        let operations = applications.spans.iter();
        let operations: Vec<_> = operations.filter(|span| span.is_child_of(step)).collect();
        // An attempt is a trace of its own everywhere.
        let expected = usize::from(step.attributes["step"] != "open again");
        assert_eq!(operations.len(), expected, "{step:?}");
        for operation in operations {
            assert!(operation.name.starts_with("relay."), "{operation:?}");
        }
    }
    for name in [
        "relay.environment.link",
        "relay.environment.connect",
        "relay.environment.renew",
        "relay.environment.unlink",
    ] {
        let operations = applications.named(name);
        assert!(!operations.is_empty(), "{name}");
        for operation in operations {
            let parent = steps.iter().find(|step| operation.is_child_of(step));
            assert!(parent.is_some(), "{operation:?}");
            assert_eq!(operation.trace_id, session.trace_id);
        }
    }
    let attempts = applications.named("relay.environment.reconnect");
    assert_eq!(attempts.len(), 2);
    for attempt in attempts {
        assert_eq!(attempt.parent_id, None);
    }
    assert_eq!(applications.named("relay.environment.link").len(), 2);
    assert_eq!(applications.named("relay.environment.unlink").len(), 1);
}
