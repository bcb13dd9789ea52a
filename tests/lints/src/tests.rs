//! The renamed crate works, and temporaries are dropped by the rules of this edition.

use std::sync::{Arc, Mutex};

use relay::testing::Traces;

use crate::shapes;
use crate::traits::{Server, Service};

#[relay::test(crate = ::relay)]
async fn spans_are_opened_under_another_name_of_the_crate(traces: Traces) {
    assert_eq!(shapes::parse("0"), Ok(1));
    assert_eq!(shapes::borrows_in_the_tail(Mutex::new(vec![1])), 1);
    let numbers = Arc::new(Mutex::new(vec![1, 2]));
    assert_eq!(shapes::borrows_in_the_tail_async(numbers).await, 2);
    assert_eq!(Server::default().provided(3).await, 3);
    assert_eq!(
        traces.exported(),
        [
            "parse",
            "borrows_in_the_tail",
            "borrows_in_the_tail_async",
            "provided"
        ]
    );
}
