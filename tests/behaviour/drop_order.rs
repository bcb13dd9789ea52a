//! What a function drops, and in which order, is the same with and without a span: parameters,
//! what their patterns leave behind, locals and temporaries; when it returns, unwinds, or is
//! cancelled. And all of it is dropped inside the span.

use std::cell::RefCell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};

use futures_util::FutureExt as _;
use tracing_relay::testing::Traces;
use tracing_relay::traced;

thread_local! {
    static DROPPED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Notes its name when it is dropped.
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0.to_owned()));
    }
}

impl Noisy {
    fn borrow(&self) -> Borrowed<'_> {
        Borrowed(self)
    }
}

/// A temporary that borrows from what it was made of.
struct Borrowed<'a>(&'a Noisy);

impl Borrowed<'_> {
    fn length(&self) -> usize {
        self.0.0.len()
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(format!("&{}", self.0.0)));
    }
}

/// How far a body is let run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Until {
    Return,
    Panic,
    Cancel,
}

/// What `f` drops, and also what it leaves to be dropped.
fn dropped_by(f: impl FnOnce()) -> Vec<String> {
    DROPPED.take();
    let _ = catch_unwind(AssertUnwindSafe(f));
    DROPPED.take()
}

fn ignore(_: usize) {}

/// One poll, and then the future is dropped.
fn poll_once(future: impl Future) {
    let _ = pin!(future).now_or_never();
}

/// The same function twice: as it is, and with a span.
macro_rules! twins {
    ($($function:tt)*) => {
        mod plain {
            #[allow(clippy::wildcard_imports, reason = "the tokens are the test's own")]
            use super::*;
            #[allow(
                clippy::manual_async_fn,
                clippy::needless_pass_by_value,
                reason = "it is this form of function that is tested"
            )]
            $($function)*
        }
        mod spanned {
            #[allow(clippy::wildcard_imports, reason = "the tokens are the test's own")]
            use super::*;
            #[traced]
            $($function)*
        }
    };
}

/// Hands what each of the twins returns for these arguments to a function, and compares the drops.
macro_rules! same {
    ($drive:ident, $function:ident($($argument:expr),*)) => {
        assert_same(
            || $drive(plain::$function($($argument),*)),
            || $drive(spanned::$function($($argument),*)),
        )
    };
}

/// Both twins drop the same, and something; what they drop is returned.
#[track_caller]
fn assert_same(plain: impl FnOnce(), spanned: impl FnOnce()) -> Vec<String> {
    let expected = dropped_by(plain);
    assert!(!expected.is_empty());
    assert_eq!(dropped_by(spanned), expected);
    expected
}

fn noisy(left: &'static str, right: &'static str) -> (Noisy, Noisy) {
    (Noisy(left), Noisy(right))
}

mod of_parameters {
    use super::*;

    twins! {
        pub(super) fn sync(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, (_, mut c): (Noisy, Noisy), until: Until) -> usize {
            let _local = Noisy("local");
            let _shadowed = Noisy("shadowed");
            let _shadowed = Noisy("shadowing");
            drop(std::mem::replace(&mut c, Noisy("assigned")));
            assert!(until == Until::Return, "on purpose");
            a.borrow().length() + b.borrow().length() + c.borrow().length()
        }
    }

    #[tracing_relay::test]
    fn sync(_traces: Traces) {
        for until in [Until::Return, Until::Panic] {
            let dropped = same!(
                ignore,
                sync(
                    Noisy("a"),
                    noisy("b", "b rest"),
                    Noisy("_"),
                    noisy("c rest", "c"),
                    until
                )
            );
            assert_eq!(
                dropped[dropped.len() - 6..],
                ["assigned", "c rest", "_", "b", "b rest", "a"],
                "{until:?}"
            );
        }
    }
}

mod of_async_parameters {
    use super::*;

    twins! {
        pub(super) async fn call(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, (_, mut c): (Noisy, Noisy), until: Until) -> usize {
            let _local = Noisy("local");
            drop(std::mem::replace(&mut c, Noisy("assigned")));
            let inner = Noisy("inner");
            match until {
                Until::Return => {}
                Until::Panic => panic!("on purpose"),
                Until::Cancel => pending().await,
            }
            drop(inner);
            a.borrow().length() + b.borrow().length() + c.borrow().length()
        }
    }

    #[tracing_relay::test]
    fn polled_once(_traces: Traces) {
        for until in [Until::Return, Until::Panic, Until::Cancel] {
            same!(
                poll_once,
                call(
                    Noisy("a"),
                    noisy("b", "b rest"),
                    Noisy("_"),
                    noisy("c rest", "c"),
                    until
                )
            );
        }
    }

    #[tracing_relay::test]
    fn never_polled(_traces: Traces) {
        let until = Until::Return;
        same!(
            drop,
            call(
                Noisy("a"),
                noisy("b", "b rest"),
                Noisy("_"),
                noisy("c rest", "c"),
                until
            )
        );
    }
}

mod of_returned_futures {
    use super::*;

    twins! {
        pub(super) fn call(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, _unused: Noisy, until: Until) -> impl Future<Output = usize> {
            async move {
                let _local = Noisy("local");
                match until {
                    Until::Return => {}
                    Until::Panic => panic!("on purpose"),
                    Until::Cancel => pending().await,
                }
                b.borrow().length() + a.borrow().length()
            }
        }
    }

    #[tracing_relay::test]
    fn as_one_block(_traces: Traces) {
        for until in [Until::Return, Until::Panic, Until::Cancel] {
            same!(
                poll_once,
                call(
                    Noisy("a"),
                    noisy("b", "b rest"),
                    Noisy("_"),
                    Noisy("unused"),
                    until
                )
            );
        }
        let until = Until::Return;
        let dropped = same!(
            drop,
            call(
                Noisy("a"),
                noisy("b", "b rest"),
                Noisy("_"),
                Noisy("unused"),
                until
            )
        );
        assert_eq!(dropped, ["unused", "_", "b rest", "b", "a"]);
    }
}

/// A message that the attribute stamps, of which the body takes a part.
mod of_messages {
    use super::*;
    use tracing_relay::{TraceCarrier, request_span};

    struct Carrying {
        left: Noisy,
        _right: Noisy,
        trace: TraceCarrier,
    }

    fn message() -> Carrying {
        Carrying {
            left: Noisy("left"),
            _right: Noisy("right"),
            trace: TraceCarrier::none(),
        }
    }

    async fn plain(message: Carrying, _other: Noisy, cancel: bool) -> usize {
        let left = message.left;
        if cancel {
            pending::<()>().await;
        }
        left.borrow().length()
    }

    #[request_span(carrier = message.trace)]
    async fn spanned(message: Carrying, _other: Noisy, cancel: bool) -> usize {
        let left = message.left;
        if cancel {
            pending::<()>().await;
        }
        left.borrow().length()
    }

    #[tracing_relay::test]
    fn in_parts(_traces: Traces) {
        for cancel in [false, true] {
            assert_same(
                || poll_once(plain(message(), Noisy("other"), cancel)),
                || poll_once(spanned(message(), Noisy("other"), cancel)),
            );
        }
    }
}

mod of_futures_returned_after_work {
    use super::*;

    twins! {
        pub(super) fn call(a: Noisy, (b, _): (Noisy, Noisy), _: Noisy, until: Until) -> Pin<Box<dyn Future<Output = usize>>> {
            let _before = Noisy("before");
            Box::pin(async move {
                let _local = Noisy("local");
                if until == Until::Cancel {
                    pending::<()>().await;
                }
                assert!(until == Until::Return, "on purpose");
                b.borrow().length() + a.borrow().length()
            })
        }
    }

    #[tracing_relay::test]
    fn boxed(_traces: Traces) {
        for until in [Until::Return, Until::Panic, Until::Cancel] {
            same!(
                poll_once,
                call(Noisy("a"), noisy("b", "b rest"), Noisy("_"), until)
            );
        }
    }
}

mod of_self {
    use super::*;

    struct Both(Noisy, Noisy);

    impl Both {
        fn plain(self, other: Noisy) -> Noisy {
            drop(other);
            self.1
        }

        #[traced]
        fn spanned(self, other: Noisy) -> Noisy {
            drop(other);
            self.1
        }

        async fn plain_async(self, _other: Noisy) -> usize {
            let _local = Noisy("local");
            pending::<()>().await;
            self.0.borrow().length()
        }

        #[traced]
        async fn spanned_async(self, _other: Noisy) -> usize {
            let _local = Noisy("local");
            pending::<()>().await;
            self.0.borrow().length()
        }
    }

    fn both() -> Both {
        Both(Noisy("left"), Noisy("right"))
    }

    #[tracing_relay::test]
    fn by_value(_traces: Traces) {
        assert_same(
            || drop(both().plain(Noisy("other"))),
            || drop(both().spanned(Noisy("other"))),
        );
        assert_same(
            || poll_once(both().plain_async(Noisy("other"))),
            || poll_once(both().spanned_async(Noisy("other"))),
        );
    }
}

/// Opens a span when it is dropped.
struct OpensASpan;

impl Drop for OpensASpan {
    fn drop(&mut self) {
        dropped_here();
    }
}

#[traced]
fn dropped_here() {}

#[traced]
fn drops(_: OpensASpan, other: OpensASpan) {
    drop(other);
}

#[traced]
async fn drops_async(_: OpensASpan, wait: bool) {
    let _local = OpensASpan;
    if wait {
        pending::<()>().await;
    }
}

#[tracing_relay::test]
fn everything_is_dropped_inside_the_span(traces: Traces) {
    drops(OpensASpan, OpensASpan);
    poll_once(drops_async(OpensASpan, false));
    poll_once(drops_async(OpensASpan, true));
    tracing_relay::assert_trace!(
        traces,
        "
        internal drops => completed
          internal dropped_here
          internal dropped_here

        internal drops_async => completed
          internal dropped_here
          internal dropped_here

        internal drops_async => cancelled
          internal dropped_here
          internal dropped_here
        "
    );
}
