//! What each sampler decides, and what becomes of the `tracestate`.

use proptest::prelude::*;

use super::*;
use crate::ids::{SpanId, TraceFlags};

fn trace_id(last: u64) -> TraceId {
    TraceId::from_bytes((u128::from(last) | (1 << 64)).to_be_bytes()).expect("not zero")
}

fn local(last: u64, sampled: bool, state: &str) -> TraceContext {
    let span = SpanId::from_bytes([1; 8]).expect("not zero");
    let state = (!state.is_empty()).then(|| state.parse().expect("a state"));
    TraceContext::new(trace_id(last), span, TraceFlags::new(u8::from(sampled)))
        .with_tracestate(state)
}

fn remote(last: u64, sampled: bool, state: &str) -> TraceContext {
    local(last, sampled, state).into_remote()
}

/// Whether it samples the child of this parent, and the state of the child.
fn child(sampler: &Sampler, parent: &TraceContext) -> (bool, String) {
    let sampling = Sampling::new(sampler);
    let decision = sampling.below(parent);
    let context = decision.applied_to(parent.clone());
    if let Some(usual) = sampling.usual(Some(parent), &OwnRatio::Unsaid) {
        assert_eq!(usual, decision.sampled, "{sampler:?} {parent:?}");
        assert_eq!(context.tracestate(), parent.tracestate(), "{sampler:?}");
    }
    let state = context.tracestate().map(ToString::to_string);
    (decision.sampled, state.unwrap_or_default())
}

/// The same for the first span of a trace.
fn root(sampler: &Sampler, context: TraceContext) -> (bool, String) {
    let sampling = Sampling::new(sampler);
    let decision = sampling.root(&context, &OwnRatio::Unsaid);
    let usual = sampling.usual(None, &OwnRatio::Unsaid);
    assert!(
        usual.is_none_or(|usual| usual == decision.sampled),
        "{sampler:?}"
    );
    let context = decision.applied_to(context);
    let state = context.tracestate().map(ToString::to_string);
    (decision.sampled, state.unwrap_or_default())
}

fn by_parent(change: impl FnOnce(&mut ByParent)) -> Sampler {
    let mut by_parent = ByParent::new(Sampler::AlwaysOff);
    change(&mut by_parent);
    by_parent.into()
}

/// Trace ids whose random numbers are the least, half of all, and the greatest.
const LEAST: u64 = 0;
const HALF: u64 = 1 << 55;
const GREATEST: u64 = (1 << 56) - 1;

#[test]
fn a_ratio_of_trace_ids_keeps_its_part_of_the_traces() {
    for (ratio, last, kept) in [
        (1.0, u64::MAX, true),
        (0.5, u64::MAX / 2 - 1, true),
        (0.5, u64::MAX / 2 + 1, false),
        (0.0, 0, false),
        (f64::NAN, 0, false),
        (-1.0, 0, false),
    ] {
        let sampler = Sampler::TraceIdRatio(ratio);
        let expected = (kept, String::new());
        assert_eq!(
            root(&sampler, local(last, false, "")),
            expected,
            "{ratio} {last}"
        );
        assert_eq!(
            child(&sampler, &local(last, false, "")),
            expected,
            "{ratio} {last}"
        );
    }
}

#[test]
fn a_parent_decides_for_its_children() {
    for sampled in [false, true] {
        for parent in [local(1, sampled, "a=1"), remote(1, sampled, "a=1")] {
            for first in [Sampler::AlwaysOn, Sampler::AlwaysOff] {
                let sampler = Sampler::ParentBased(Box::new(first.clone()));
                assert_eq!(child(&sampler, &parent), (sampled, "a=1".to_owned()));
                let is_on = first == Sampler::AlwaysOn;
                assert_eq!(root(&sampler, local(1, false, "")).0, is_on);
                let sampling = Sampling::new(&sampler);
                assert_eq!(sampling.usual(None, &OwnRatio::Unsaid), Some(is_on));
            }
        }
    }
}

#[test]
fn each_kind_of_parent_has_a_sampler_of_its_own() {
    let all = [
        remote(1, true, ""),
        remote(1, false, ""),
        local(1, true, ""),
        local(1, false, ""),
    ];
    let sampled = |sampler: Sampler| {
        let children = all.iter().map(|parent| child(&sampler, parent).0);
        let first = root(&sampler, local(1, false, "")).0;
        children.chain([first]).collect::<Vec<_>>()
    };
    let on = || Sampler::AlwaysOn;
    let off = || Sampler::AlwaysOff;
    assert_eq!(
        sampled(by_parent(|_| ())),
        [true, false, true, false, false]
    );
    assert_eq!(
        sampled(by_parent(|by| by.remote_sampled = off())),
        [false, false, true, false, false]
    );
    assert_eq!(
        sampled(by_parent(|by| by.remote_not_sampled = on())),
        [true, true, true, false, false]
    );
    assert_eq!(
        sampled(by_parent(|by| by.local_sampled = off())),
        [true, false, false, false, false]
    );
    assert_eq!(
        sampled(by_parent(|by| by.local_not_sampled = on())),
        [true, false, true, true, false]
    );
    assert_eq!(
        sampled(by_parent(|by| by.root = on())),
        [true, false, true, false, true]
    );
}

#[test]
fn who_decides_here_asks_its_own_sampler_where_another_service_did_not_sample() {
    for first in [Sampler::AlwaysOn, Sampler::parent_based()] {
        let here = Sampler::from(ByParent::new(first).decide_here());
        assert!(child(&here, &remote(1, false, "")).0);
        assert!(child(&here, &remote(1, true, "")).0);
        assert!(!child(&here, &local(1, false, "")).0);
        assert!(root(&here, local(1, false, "")).0);
    }
    let half = Sampler::from(ByParent::new(Sampler::Probability(0.5)).decide_here());
    assert!(child(&half, &remote(GREATEST, false, "")).0);
    assert!(!child(&half, &remote(LEAST, false, "")).0);
    assert!(child(&half, &remote(LEAST, true, "")).0);
}

#[test]
fn a_probability_keeps_the_greater_random_numbers_and_says_its_threshold() {
    let half = Sampler::Probability(0.5);
    for (context, sampled, state) in [
        (local(LEAST, false, ""), false, ""),
        (local(HALF - 1, false, ""), false, ""),
        (local(HALF, false, ""), true, "ot=th:8"),
        (local(GREATEST, false, ""), true, "ot=th:8"),
        // The upper bits of the eighth byte are not random.
        (local(GREATEST << 8, false, ""), true, "ot=th:8"),
        (
            local(LEAST, false, "ot=rv:80000000000000"),
            true,
            "ot=th:8;rv:80000000000000",
        ),
        (
            local(GREATEST, false, "ot=rv:7fffffffffffff"),
            false,
            "ot=rv:7fffffffffffff",
        ),
        (local(GREATEST, false, "ot=rv:7f"), true, "ot=th:8;rv:7f"),
        (local(GREATEST, false, "a=1,ot=th:c"), true, "ot=th:8,a=1"),
        (local(LEAST, true, "a=1,ot=th:0"), false, "a=1"),
    ] {
        let expected = (sampled, state.to_owned());
        assert_eq!(child(&half, &context), expected, "{context:?}");
        assert_eq!(
            child(&half, &context.clone().into_remote()),
            expected,
            "{context:?}"
        );
        assert_eq!(root(&half, context.clone()), expected, "{context:?}");
    }
    for none in [0.0, -1.0, f64::NAN] {
        let none = Sampler::Probability(none);
        assert_eq!(
            root(&none, local(GREATEST, false, "")),
            (false, String::new())
        );
    }
    let all = Sampler::Probability(1.0);
    assert_eq!(
        root(&all, local(LEAST, false, "")),
        (true, "ot=th:0".to_owned())
    );
}

#[test]
fn who_follows_a_parent_takes_out_a_threshold_that_its_flag_contradicts() {
    let follow = Sampler::parent_based();
    for (parent, state) in [
        (remote(GREATEST, true, "ot=th:8"), "ot=th:8"),
        (remote(HALF, true, "ot=th:8"), "ot=th:8"),
        (remote(LEAST, true, "ot=th:8,a=1"), "a=1"),
        (
            remote(LEAST, true, "ot=th:8;rv:80000000000000"),
            "ot=th:8;rv:80000000000000",
        ),
        (
            remote(GREATEST, true, "ot=th:8;rv:10000000000000"),
            "ot=rv:10000000000000",
        ),
        (remote(GREATEST, true, "ot=th:nonsense;x:1"), "ot=x:1"),
        (remote(GREATEST, true, "ot=nonsense"), "ot=nonsense"),
        (remote(GREATEST, false, "ot=th:8"), "ot=th:8"),
        // Where it came in, it was looked at.
        (local(LEAST, true, "ot=th:8"), "ot=th:8"),
    ] {
        let sampled = parent.flags().is_sampled();
        assert_eq!(
            child(&follow, &parent),
            (sampled, state.to_owned()),
            "{parent:?}"
        );
    }
}

#[test]
fn who_decides_otherwise_corrects_the_threshold_that_is_there() {
    let parent = remote(GREATEST, true, "ot=th:8;x:1");
    for (sampler, sampled, state) in [
        (Sampler::AlwaysOn, true, "ot=th:0;x:1"),
        (Sampler::AlwaysOff, false, "ot=x:1"),
        (Sampler::TraceIdRatio(1.0), true, "ot=x:1"),
        (Sampler::Probability(0.25), true, "ot=th:c;x:1"),
    ] {
        assert_eq!(
            child(&sampler, &parent),
            (sampled, state.to_owned()),
            "{sampler:?}"
        );
    }
    for sampler in [Sampler::AlwaysOn, Sampler::AlwaysOff] {
        let state = child(&sampler, &remote(GREATEST, true, "a=1")).1;
        assert_eq!(state, "a=1", "{sampler:?}");
    }
}

#[test]
fn a_ratio_of_a_span_counts_where_a_trace_starts_and_the_sampler_decides_on_that() {
    let keeps = |sampler: &Sampler, ratio: f64| {
        let own = OwnRatio::new(ratio);
        let sampling = Sampling::new(sampler);
        let decide = |last| sampling.root(&local(last, false, ""), &own).sampled;
        assert_eq!(sampling.usual(None, &own), None);
        (decide(LEAST), decide(GREATEST))
    };
    for sampler in [
        Sampler::parent_based(),
        Sampler::ParentBased(Box::new(Sampler::AlwaysOff)),
        Sampler::Probability(0.0001),
        Sampler::TraceIdRatio(0.0),
        Rules::new([]).otherwise(Sampler::AlwaysOff).into(),
    ] {
        assert_eq!(keeps(&sampler, 0.0), (false, false), "{sampler:?}");
        assert_eq!(keeps(&sampler, 0.5), (false, true), "{sampler:?}");
        assert_eq!(keeps(&sampler, 1.0), (true, true), "{sampler:?}");
    }
    for ratio in [0.0, 0.5, 1.0] {
        assert_eq!(keeps(&Sampler::AlwaysOn, ratio), (true, true));
        assert_eq!(keeps(&Sampler::AlwaysOff, ratio), (false, false));
    }
}

/// Numbers that are well distributed, and the same each time.
fn numbers() -> impl Iterator<Item = u64> {
    let step = |number: u64| {
        let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    (1u64..).map(move |number| step(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

#[test]
fn a_probability_keeps_its_part_of_a_hundred_thousand_traces() {
    const TRACES: u32 = 100_000;
    for ratio in [0.5, 0.25, 0.1, 0.01, 0.001] {
        let sampler = Sampling::new(&Sampler::Probability(ratio));
        let kept = numbers()
            .take(TRACES as usize)
            .filter(|number| {
                sampler
                    .root(&local(*number, false, ""), &OwnRatio::Unsaid)
                    .sampled
            })
            .count();
        let kept = f64::from(u32::try_from(kept).expect("not more than there are"));
        let expected = f64::from(TRACES) * ratio;
        // Five times the standard deviation.
        let bound = 5.0 * (expected * (1.0 - ratio)).sqrt();
        assert!((kept - expected).abs() < bound, "{ratio}: {kept}");
    }
}

proptest! {
    /// Each of two services decides by itself, one of them below the other.
    #[test]
    fn what_a_service_with_a_small_ratio_keeps_one_with_a_greater_ratio_keeps_too(
        last: u64,
        named in proptest::option::of(0..1u64 << 56),
        a in 0.0..1.0,
        b in 0.0..1.0,
    ) {
        let (small, great) = if a < b { (a, b) } else { (b, a) };
        let state = named.map(|number| format!("ot=rv:{number:014x}")).unwrap_or_default();
        let start = local(last, false, &state);
        let decide = |first: f64, second: f64| {
            let sampling = Sampling::new(&Sampler::Probability(first));
            let decision = sampling.root(&start, &OwnRatio::Unsaid);
            let sent = decision.applied_to(start.clone()).into_sampled(decision.sampled).into_remote();
            let below = Sampling::new(&Sampler::Probability(second)).below(&sent);
            (decision.sampled, below.sampled)
        };
        let (in_great, in_small) = decide(great, small);
        prop_assert!(in_great || !in_small);
        prop_assert_eq!(decide(small, great), (in_small, in_great));
    }

    /// A state of others goes through whatever is decided, and stays one.
    #[test]
    fn what_others_have_in_the_state_stays(
        last: u64,
        sampled: bool,
        ours in "[a-z0-9:;.]{0,20}",
        ratio in 0.0..1.0,
    ) {
        let state = format!("a=1,ot=x{ours},b=2");
        let parent = remote(last, sampled, &state);
        for sampler in [
            Sampler::AlwaysOn,
            Sampler::AlwaysOff,
            Sampler::parent_based(),
            Sampler::TraceIdRatio(ratio),
            Sampler::Probability(ratio),
        ] {
            let (_, state) = child(&sampler, &parent);
            let state: crate::TraceState = state.parse().expect("it is still a state");
            prop_assert_eq!(state.get("a"), Some("1"));
            prop_assert_eq!(state.get("b"), Some("2"));
        }
    }
}
