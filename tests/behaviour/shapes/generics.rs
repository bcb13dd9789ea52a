//! Generics, lifetimes and opaque types.

use std::fmt::Display;

use tracing_relay::testing::Traces;
use tracing_relay::traced;

#[traced(fields(count = values.len()))]
fn generic<'a, T, const N: usize>(values: &'a [T; N], other: impl Display) -> (&'a T, String)
where
    T: Display + 'a,
{
    (&values[N - 1], other.to_string())
}

#[traced]
async fn generic_async<'a, T, const N: usize>(
    values: &'a [T; N],
    other: impl Display,
) -> (&'a T, String)
where
    T: Display + 'a,
{
    tokio::task::yield_now().await;
    (&values[N - 1], other.to_string())
}

#[traced]
fn longest<'a>(left: &'a str, right: &'a str) -> &'a str {
    if left.len() > right.len() {
        left
    } else {
        right
    }
}

#[traced]
fn returns_an_opaque_type<'a>(words: &'a [&'a str]) -> impl Iterator<Item = usize> + use<'a> {
    words.iter().map(|word| word.len())
}

#[traced]
async fn returns_an_opaque_type_async(word: &str) -> impl Display {
    tokio::task::yield_now().await;
    word.len()
}

#[traced]
fn returns_a_trait_object<'a>(word: &'a str) -> Box<dyn Display + 'a> {
    Box::new(word)
}

#[traced]
fn returns_a_closure(by: u32) -> impl Fn(u32) -> u32 {
    move |number| number + by
}

#[tracing_relay::test]
async fn generics_and_opaque_types(traces: Traces) {
    assert_eq!(generic(&[1, 2, 3], 'x'), (&3, "x".to_owned()));
    assert_eq!(generic_async(&[1, 2, 3], 'x').await, (&3, "x".to_owned()));
    assert_eq!(longest("a", "bc"), "bc");
    assert_eq!(
        returns_an_opaque_type(&["a", "bc"]).collect::<Vec<_>>(),
        [1, 2]
    );
    assert_eq!(returns_an_opaque_type_async("four").await.to_string(), "4");
    assert_eq!(returns_a_trait_object("word").to_string(), "word");
    assert_eq!(returns_a_closure(1)(2), 3);
    assert_eq!(traces.spans().len(), 7);
    assert_eq!(
        traces.span("generic").attribute("count"),
        Some(&3_i64.into())
    );
}
