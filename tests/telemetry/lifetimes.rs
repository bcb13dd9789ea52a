//! The short form of `benches/lives_soak.rs`.

#[test]
fn any_number_of_lives_ends_in_time_with_every_span_accounted_for() {
    crate::lives::live(0..60).unwrap();
}
