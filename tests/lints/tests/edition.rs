//! The renamed crate works, and temporaries are dropped by the rules of this edition.
#![allow(
    tail_expr_drop_order,
    reason = "it is the order of this edition that is tested"
)]

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use relay::testing::Traces;
use relay::traced;

use tracing_relay_lints::shapes;
use tracing_relay_lints::traits::{Server, Service};

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

thread_local! {
    static DROPPED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Notes its name when it is dropped.
struct Noisy(&'static str);

impl Noisy {
    fn temporary(&self) -> Temporary<'_> {
        Temporary(self)
    }
}

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with(|dropped| dropped.borrow_mut().push(self.0));
    }
}

struct Temporary<'a>(&'a Noisy);

impl Temporary<'_> {
    const fn length(&self) -> usize {
        self.0 .0.len()
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        DROPPED.with(|dropped| dropped.borrow_mut().push("temporary"));
    }
}

macro_rules! twins {
    ($plain:ident $spanned:ident ($($header:tt)*) |$first:ident, $second:ident| $body:block) => {
        $($header)* $plain($first: Noisy, $second: Noisy) -> usize $body

        #[traced(crate = ::relay)]
        $($header)* $spanned($first: Noisy, $second: Noisy) -> usize $body
    };
}

twins!(plain spanned (fn) |first, second| {
    let _local = Noisy("local");
    first.temporary().length() + second.temporary().length()
});
twins!(plain_line spanned_line (fn) |first, second| { first.temporary().length() + second.temporary().length() });
twins!(plain_async spanned_async (async fn) |first, second| {
    let _local = Noisy("local");
    first.temporary().length() + second.temporary().length()
});

/// In this edition the temporaries of the last expression outlive the locals, and not the parameters.
#[relay::test(crate = ::relay)]
async fn temporaries_are_dropped_as_in_the_plain_function(_traces: Traces) {
    let arguments = || (Noisy("first"), Noisy("second"));
    let with_local = ["local", "temporary", "temporary", "second", "first"];
    for function in [plain, spanned] {
        let (first, second) = arguments();
        assert_eq!(function(first, second), 11);
        assert_eq!(DROPPED.take(), with_local);
    }
    for function in [plain_line, spanned_line] {
        let (first, second) = arguments();
        assert_eq!(function(first, second), 11);
        assert_eq!(DROPPED.take(), with_local[1..]);
    }
    let (first, second) = arguments();
    assert_eq!(plain_async(first, second).await, 11);
    assert_eq!(DROPPED.take(), with_local);
    let (first, second) = arguments();
    assert_eq!(spanned_async(first, second).await, 11);
    assert_eq!(DROPPED.take(), with_local);
}
