//! S25: connect, renew, reconnect.

use crate::support::World;

#[tokio::test]
async fn s25_a_ticket_is_in_the_trace_of_whoever_got_the_credential() {
    let world = World::with_scopes().await;
    world.scoped_host().await;
    let product = world.end().await.product;

    let [connect, unlinked] = product.named("relay.environment.connect")[..] else {
        panic!("two connects");
    };
    let [renew] = product.named("relay.environment.renew")[..] else {
        panic!("one renewal");
    };
    for root in [connect, unlinked, renew] {
        assert_eq!(root.parent_id, None);
        assert_eq!(root.attributes["relay.environment_id"], "home-web");
    }
    assert_ne!(connect.trace_id, renew.trace_id);

    // A carrier is used once: each later ticket is in a trace of its own attempt.
    let [first, second, third, fourth] = product.named("relay.websocket.ticket")[..] else {
        panic!("four tickets");
    };
    assert!(first.is_child_of(connect), "{first:?}");
    let refused = first.error.as_deref();
    assert_eq!(refused, Some("the relay does not know this caller"));
    assert!(second.is_child_of(renew), "{second:?}");
    assert_eq!(second.error, None);

    let attempts = product.named("relay.environment.reconnect");
    let [busy, again] = attempts[..] else {
        panic!("two attempts");
    };
    for attempt in [busy, again] {
        assert_eq!(attempt.parent_id, None);
    }
    assert_ne!(busy.trace_id, again.trace_id);
    assert!(third.is_child_of(busy), "{third:?}");
    assert!(fourth.is_child_of(again), "{fourth:?}");
}

#[tokio::test]
async fn s25_the_renewals_trace_goes_on_through_the_server_and_into_the_socket() {
    let world = World::with_scopes().await;
    world.scoped_host().await;
    let product = world.end().await.product;

    let renew = product.named("relay.environment.renew")[0];
    let mut parent = renew;
    for name in [
        "relay.websocket.ticket",
        "relay.websocket.open",
        "relay.websocket.handshake",
        "relay.broker.accept",
    ] {
        let children = product.named(name);
        let child = children.iter().find(|child| child.is_child_of(parent));
        parent = child.unwrap_or_else(|| panic!("{name} below {}", parent.name));
    }
    assert_eq!(parent.resource["service.name"], "t3-server");
    assert_eq!(parent.attributes["relay.environment_id"], "home-web");
}

#[tokio::test]
async fn s25_an_attempt_is_linked_to_the_one_before_which_says_when_and_why() {
    let world = World::with_scopes().await;
    world.scoped_host().await;
    let product = world.end().await.product;

    let [busy, again] = product.named("relay.environment.reconnect")[..] else {
        panic!("two attempts");
    };
    assert_eq!(busy.attributes["connection.attempt"], "1");
    let refused = "the relay is busy: the environment starts again";
    assert_eq!(busy.error.as_deref(), Some(refused));
    assert_eq!(busy.links, []);

    assert_eq!(again.attributes["connection.attempt"], "2");
    assert_eq!(again.error, None);
    assert!(again.is_linked_to(busy), "{again:?}");
    let [link] = &again.links[..] else {
        panic!("one link");
    };
    assert_eq!(link.attributes["retry.delay_ms"], "10");
    assert_eq!(link.attributes["retry.reason"], "busy");
}
