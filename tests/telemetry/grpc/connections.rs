//! Connections that hang or die, and those that take their place.

use std::thread;
use std::time::{Duration, Instant};

use super::collector::{Collector, bind};
use super::{build, numbers, record, to};
use crate::child::LONG;

const WORK: [&str; 1] = ["telemetry.work"];

#[test]
fn a_collector_that_dies_between_two_batches_gets_the_next_one_when_it_is_back() {
    let collector = Collector::start();
    let telemetry = build(to(&collector.url()));
    record(&telemetry);
    assert!(telemetry.flush(LONG));
    assert_eq!(collector.names(), WORK);
    let port = collector.port();
    drop(collector);
    let collector = Collector::at(bind(port));
    record(&telemetry);
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
    assert_eq!(collector.names(), WORK);
}

#[test]
fn a_collector_that_says_goodbye_gets_the_next_batch_when_it_is_back() {
    let mut collector = Collector::start();
    let telemetry = build(to(&collector.url()).with_timeout(LONG));
    record(&telemetry);
    assert!(telemetry.flush(LONG));
    let port = collector.port();
    collector.say_goodbye();
    record(&telemetry);
    let (before, after) = thread::scope(|scope| {
        let flushed = scope.spawn(|| telemetry.flush(LONG));
        collector.wait();
        let before = collector.names();
        let next = Collector::at(bind(port));
        assert!(flushed.join().unwrap());
        (before, next.names())
    });
    // The old one may still have taken it.
    assert_eq!([before, after].concat(), [WORK, WORK].concat());
    assert_eq!(telemetry.shutdown(LONG), Ok(()));
}

#[test]
fn a_connection_that_hangs_is_given_up_with_its_batch() {
    let listener = bind(0);
    let url = format!("http://{}", listener.local_addr().unwrap());
    let telemetry = build(to(&url).with_timeout(Duration::from_secs(1)));
    record(&telemetry);
    assert!(!telemetry.flush(LONG), "nobody reads");
    let (_hanging, _) = listener.accept().unwrap();
    let collector = Collector::at(listener);
    record(&telemetry);
    assert!(telemetry.flush(LONG), "on another connection");
    assert_eq!(collector.names(), WORK);
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
}

#[test]
fn a_collector_that_never_answers_costs_no_more_than_the_time_that_was_given() {
    // It takes connections, and nobody reads them.
    let listener = bind(0);
    let url = format!("http://{}", listener.local_addr().unwrap());
    let telemetry = build(to(&url));
    (0..300).for_each(|_| record(&telemetry));
    let start = Instant::now();
    for _ in 0..2 {
        let lost = telemetry.shutdown(Duration::from_millis(100)).unwrap_err();
        assert_eq!(numbers(lost), (0, 0, 300));
    }
    drop(telemetry);
    // Neither the ten seconds of the call nor the five of a drop.
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_collector_that_is_not_there_is_a_failure_after_the_time_of_a_batch() {
    let listener = bind(0);
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let telemetry = build(to(&url).with_timeout(Duration::from_millis(300)));
    record(&telemetry);
    let lost = telemetry.shutdown(LONG).unwrap_err();
    assert_eq!(numbers(lost), (0, 1, 0));
}
