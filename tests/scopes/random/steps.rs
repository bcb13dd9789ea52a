//! What a random program does.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join;
use opentelemetry::KeyValue;
use opentelemetry::trace::{FutureExt as _, Span as _, TraceContextExt as _, Tracer as _};
use tracing::{Instrument as _, Span, info_span};
use tracing_relay::scope::{outside, run_outside};
use tracing_relay::{Attempt, TraceCarrier, TraceScope, relay_traced, task, traced};

use super::call::{Call, Handed, Here, Opens, current_ids};
use super::checker::{Expected, Ids, Realm};
use super::draw::Draw;
use super::run::{FIRST, SECOND, World};

/// How deep programs are nested.
const DEPTH: u32 = 7;

#[relay_traced(scope = FIRST, fields(n))]
async fn first(n: i64, call: Call<'_>) {
    call.go().await;
}

#[relay_traced(scope = SECOND, fields(n))]
async fn second(n: i64, call: Call<'_>) {
    call.go().await;
}

#[relay_traced(scope = FIRST, fields(n))]
fn first_sync(n: i64, call: Call<'_>) {
    call.go_sync();
}

#[relay_traced(scope = SECOND, fields(n))]
fn second_sync(n: i64, call: Call<'_>) {
    call.go_sync();
}

#[relay_traced(scope = FIRST, carrier = carrier, fields(n))]
async fn first_continues(n: i64, carrier: &TraceCarrier, call: Call<'_>) {
    call.go().await;
}

#[relay_traced(scope = SECOND, carrier = carrier, fields(n))]
async fn second_continues(n: i64, carrier: &TraceCarrier, call: Call<'_>) {
    call.go().await;
}

#[relay_traced(scope = FIRST, links = attempt, fields(n))]
async fn first_attempt(n: i64, attempt: &Attempt, call: Call<'_>) {
    call.go().await;
}

#[relay_traced(scope = SECOND, links = attempt, fields(n))]
async fn second_attempt(n: i64, attempt: &Attempt, call: Call<'_>) {
    call.go().await;
}

#[traced(fields(n))]
async fn step(n: i64, call: Call<'_>) {
    call.go().await;
}

#[traced(fields(n))]
fn step_sync(n: i64, call: Call<'_>) {
    call.go_sync();
}

#[tracing::instrument(skip(call))]
async fn instrumented(n: i64, call: Call<'_>) {
    call.go().await;
}

fn scope_of(draw: &mut Draw) -> (Realm, &'static TraceScope) {
    if draw.one_in(2) {
        (Realm::First, &FIRST)
    } else {
        (Realm::Second, &SECOND)
    }
}

/// A few steps, one after the other.
pub(crate) fn block<'a>(
    world: &'a Arc<World>,
    here: Here,
    draw: &'a mut Draw,
) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
    Box::pin(async move {
        let mut here = here;
        for _ in 0..=draw.below(3) {
            if !world.goes_on() {
                return;
            }
            if here.depth >= DEPTH || draw.one_in(4) {
                leaf(world, &mut here, draw).await;
            } else if !here.blocks && draw.one_in(3) {
                tasks(world, &here, draw).await;
            } else {
                nested(world, &here, draw).await;
            }
        }
    })
}

/// Steps that nothing is in.
async fn leaf(world: &Arc<World>, here: &mut Here, draw: &mut Draw) {
    match draw.below(5) {
        0 => yield_now().await,
        1 if here.inner().is_some() && here.realm != Realm::Application => {
            let ids = here.inner();
            let captured = ids.map(|ids| (here.realm, TraceCarrier::capture(), ids));
            here.carrier = captured;
        }
        2 => api(world, here),
        _ => sync_leaf(world, here, draw),
    }
}

fn sync_leaf(world: &Arc<World>, here: &Here, draw: &mut Draw) {
    if draw.one_in(200) {
        let (realm, scope) = scope_of(draw);
        world.change(realm, scope, draw);
    } else if here.catches && draw.one_in(8) {
        resume_unwind(Box::new(here.depth));
    } else if draw.one_in(3) {
        hand(world, here);
    } else if draw.one_in(2) {
        api(world, here);
    } else if world.application.sees_events() {
        world.events.fetch_add(1, Ordering::Relaxed);
        tracing::info!(at = here.at, "an event");
    }
}

/// Drops a span of the application, wherever this is, or makes one, and one below it.
fn hand(world: &World, here: &Here) {
    let mut handed = here.handed.lock().unwrap_or_else(PoisonError::into_inner);
    if here.realm != Realm::Application || handed.len() > 4 {
        let dropped = handed.pop();
        drop(handed);
        return drop(dropped);
    }
    let mut above = here.application;
    let mut outer: Option<Span> = None;
    for _ in 0..2 {
        let n = world.checker.number();
        let span = if let Some(outer) = &outer {
            info_span!(parent: outer, "handed", n)
        } else {
            info_span!("handed", n)
        };
        let Some(ids) = span.in_scope(current_ids) else {
            return world
                .checker
                .mistake(|| format!("nothing is current in {n}"));
        };
        let expected = Expected {
            realm: Some(Realm::Application),
            ids,
            parent: above,
            links: [here.link(), None],
        };
        world.checker.expect(n, expected);
        above = Some(ids);
        if let Some(outer) = outer.replace(span.clone()) {
            // The one below ends it.
            drop(outer);
            handed.push(span);
        }
    }
}

/// A span of the OpenTelemetry API, which is the application's wherever it is.
fn api(world: &Arc<World>, here: &Here) {
    if here.realm == Realm::Application && !world.application.activates() {
        return;
    }
    let (_, span) = start_api(world, here);
    drop(span);
}

fn start_api(world: &Arc<World>, here: &Here) -> (Ids, opentelemetry_sdk::trace::Span) {
    let number = world.checker.number();
    let tracer = &world.application.tracer;
    let builder = tracer.span_builder("api");
    let span = builder
        .with_attributes([KeyValue::new("n", number)])
        .start(tracer);
    let ids = Ids {
        trace: span.span_context().trace_id(),
        span: span.span_context().span_id(),
    };
    let expected = Expected {
        realm: Some(Realm::Application),
        ids,
        parent: match here.realm {
            Realm::Application => here.application,
            _ => here.api,
        },
        links: [None, None],
    };
    world.checker.expect(number, expected);
    (ids, span)
}

/// Steps that others are in.
async fn nested(world: &Arc<World>, here: &Here, draw: &mut Draw) {
    match draw.below(15) {
        14 => attempts(world, here, draw).await,
        0..=2 => {
            let (realm, _) = scope_of(draw);
            let (n, call) = Call::new(world, here.clone(), draw, Opens::Operation(realm));
            match realm {
                Realm::First => first(n, call).await,
                _ => second(n, call).await,
            }
        }
        3 => match here.carrier.clone() {
            Some((realm, carrier, ids)) if realm == here.realm => {
                let (n, call) = Call::new(world, here.clone(), draw, Opens::Continues(ids));
                match realm {
                    Realm::First => first_continues(n, &carrier, call).await,
                    _ => second_continues(n, &carrier, call).await,
                }
            }
            _ => sync_block(world, &here.clone().deeper(), draw),
        },
        4 => {
            let (n, call) = Call::new(world, here.clone(), draw, Opens::Span);
            step(n, call).await;
        }
        5 => {
            let (n, call) = Call::new(world, here.clone(), draw, Opens::Span);
            call.go().instrument(info_span!("span", n)).await;
        }
        6 => {
            let (n, call) = Call::new(world, here.clone(), draw, Opens::Span);
            instrumented(n, call).await;
        }
        7 => outside(block(world, here.clone().outside().deeper(), draw)).await,
        8 => {
            let mut catching = here.clone().deeper();
            catching.catches = true;
            let caught = AssertUnwindSafe(block(world, catching, draw)).catch_unwind();
            // Whether it has panicked is drawn.
            drop(caught.await);
        }
        9 => {
            // Dropped where it waits, if it does.
            let polls = draw.below(4);
            let mut future = block(world, here.clone().deeper(), draw);
            for _ in 0..polls {
                if poll_here(future.as_mut()).await.is_ready() {
                    return;
                }
                yield_now().await;
            }
        }
        10 => {
            let mut other = draw.fork();
            let here = here.clone().deeper();
            join(
                block(world, here.clone(), draw),
                block(world, here, &mut other),
            )
            .await;
        }
        11 => {
            let (realm, scope) = scope_of(draw);
            if let Some(entered) = entered(world, here, realm) {
                // The state may change before it is entered: then nothing is known.
                let before = world.state(realm).load(Ordering::SeqCst);
                let inside = async {
                    if here.realm == realm || world.is_certainly_installed(realm, before).is_some()
                    {
                        block(world, entered.deeper(), draw).await;
                    }
                };
                scope.run_async(inside).await;
            }
        }
        12 if here.realm != Realm::Application => {
            let (ids, span) = start_api(world, here);
            let mut inside = here.clone().deeper();
            inside.api = Some(ids);
            let context = opentelemetry::Context::current_with_span(span);
            block(world, inside, draw).with_context(context).await;
        }
        _ => sync_block(world, &here.clone().deeper(), draw),
    }
}

/// An operation that is tried again, in the scope or out of it, and linked to the one before where that was recorded at the
/// same place.
async fn attempts(world: &Arc<World>, here: &Here, draw: &mut Draw) {
    let (realm, _) = scope_of(draw);
    let mut attempt = Attempt::first();
    let mut before = None;
    for _ in 0..3 {
        let is_outside = draw.one_in(3);
        let there = if is_outside {
            here.clone().outside()
        } else {
            here.clone()
        };
        let (n, call) = Call::new(world, there, draw, Opens::Attempt(realm, before));
        let entered = call.entered();
        let operation = async {
            match realm {
                Realm::First => first_attempt(n, &attempt, call).await,
                _ => second_attempt(n, &attempt, call).await,
            }
        };
        if is_outside {
            outside(operation).await;
        } else {
            operation.await;
        }
        before = *entered.lock().unwrap_or_else(PoisonError::into_inner);
        if before.is_none() {
            return;
        }
        attempt = attempt.retry_after(Duration::from_millis(7), "closed");
    }
}

/// Where a program is in a scope that it enters without an operation, if that can be known.
fn entered(world: &World, here: &Here, realm: Realm) -> Option<Here> {
    if here.realm == realm {
        return Some(here.clone());
    }
    let before = world.state(realm).load(Ordering::SeqCst);
    let is_installed = world.is_certainly_installed(realm, before)?;
    Some(if is_installed {
        here.clone().in_scope(realm)
    } else {
        here.clone()
    })
}

/// Steps that run elsewhere, and are awaited or not.
async fn tasks(world: &Arc<World>, here: &Here, draw: &mut Draw) {
    let mut other = draw.fork();
    let kept = here.clone().elsewhere().deeper();
    let mut left = Here::nowhere();
    left.depth = kept.depth;
    left.handed = Handed::clone(&kept.handed);
    let live = world.live();
    let in_task = |here: Here| {
        let world = Arc::clone(world);
        async move {
            block(&world, here, &mut other).await;
            drop(live);
        }
    };
    let handle = match draw.below(7) {
        0 | 1 => task::spawn(in_task(kept)),
        2 => tokio::spawn(in_task(left)),
        3 => task::detach(in_task(kept.detached())),
        4 => {
            let world = Arc::clone(world);
            let mut other = draw.fork();
            task::spawn_blocking(move || sync_block(&world, &kept, &mut other))
        }
        5 => {
            let world = Arc::clone(world);
            let mut other = draw.fork();
            tokio::task::spawn_blocking(move || sync_block(&world, &left, &mut other))
        }
        _ => {
            let mut set = task::JoinSet::new();
            set.spawn(in_task(kept));
            if draw.one_in(4) {
                // Dropped, and the task with it.
                return;
            }
            while let Some(joined) = set.join_next().await {
                joined.expect("a task does not panic");
            }
            return;
        }
    };
    if draw.one_in(8) {
        handle.abort();
    } else if !draw.one_in(4) {
        handle.await.expect("a task does not panic");
    }
}

/// Steps of code that is not asynchronous.
pub(crate) fn sync_block(world: &Arc<World>, here: &Here, draw: &mut Draw) {
    for _ in 0..=draw.below(2) {
        if !world.goes_on() {
            return;
        }
        if here.depth >= DEPTH || draw.one_in(3) {
            sync_leaf(world, here, draw);
            continue;
        }
        match draw.below(7) {
            0 | 1 => {
                let (realm, _) = scope_of(draw);
                let (n, call) = Call::new(world, here.clone(), draw, Opens::Operation(realm));
                match realm {
                    Realm::First => first_sync(n, call),
                    _ => second_sync(n, call),
                }
            }
            2 => {
                let (n, call) = Call::new(world, here.clone(), draw, Opens::Span);
                step_sync(n, call);
            }
            3 => {
                let (n, call) = Call::new(world, here.clone(), draw, Opens::Span);
                info_span!("span", n).in_scope(|| call.go_sync());
            }
            4 => run_outside(|| sync_block(world, &here.clone().outside().deeper(), draw)),
            5 => {
                let mut catching = here.clone().deeper();
                catching.catches = true;
                let call = AssertUnwindSafe(|| sync_block(world, &catching, draw));
                drop(catch_unwind(call));
            }
            _ => {
                let mut blocking = here.clone().deeper();
                blocking.blocks = true;
                block_on(block(world, blocking, draw));
            }
        }
    }
}

/// Polls a future as part of this one, once.
async fn poll_here<F: Future + ?Sized>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// Ready when it is polled again.
async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Runs a future that waits for nothing but itself.
fn block_on(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    while future.as_mut().poll(&mut cx).is_pending() {}
}
