use tracing_relay::testing::{Pipeline, PipelineEngine};
use tracing_relay::task;
#[test]
fn t() {
    Pipeline::new().engine(PipelineEngine::Own).run_sync(|traces| {
        let span = tracing::info_span!("a");
        span.in_scope(|| {
            let s2 = span.clone();
            task::spawn_thread(move || { tracing::info!("one"); }).join().unwrap();
            s2.in_scope(|| {
            task::spawn_thread(move || { tracing::info!("two"); }).join().unwrap();
            });
        });
        drop(span);
        println!("{:?}", traces.spans()[0].events().iter().map(|e| e.name().to_owned()).collect::<Vec<_>>());
    });
}
#[test]
fn u() {
    Pipeline::new().engine(PipelineEngine::Own).run_sync(|traces| {
        let span = tracing::info_span!("a");
        span.in_scope(|| {
            task::TaskContext::current().run(|| { tracing::info!("one"); });
        });
        let f = span.clone().entered();
        let g = span.clone().entered();
        tracing::info!("two");
        drop(f);
        tracing::info!("three");
        drop(g);
        drop(span);
        println!("{:?}", traces.spans()[0].events().iter().map(|e| e.name().to_owned()).collect::<Vec<_>>());
    });
}
