//! A bounded fuzz run: the rows of the tables, mutated. The same numbers every time, so that a
//! failure can be repeated; more of them with `TRACING_RELAY_FUZZ_ITERATIONS`, others with
//! `TRACING_RELAY_FUZZ_SEED`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing_relay::wire::sentry;

use crate::properties::{Lines, check_found};
use crate::rows;

const ITERATIONS: u64 = 200_000;
const SEED: u64 = 0x7261_6365_7265_6c61;

/// Xorshift, good enough to choose mutations.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).expect("below a usize")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Pieces that decide something in one of the grammars.
const PIECES: &[&[u8]] = &[
    b"-",
    b"--",
    b"=",
    b",",
    b";",
    b"%",
    b"%2",
    b"%25",
    b"%FF",
    b"%00",
    b" ",
    b"\t",
    b"@",
    b"\\",
    b"\"",
    b"\xc3\xa9",
    b"\xff",
    b"\0",
    b"\r\n",
    b"00",
    b"ff",
    b"0000000000000000",
    b"a=1",
    b",a=1",
    b";p",
    b";p=q",
];

fn corpus() -> Vec<Lines> {
    let line = |name: &str, value: &str| (name.to_ascii_lowercase(), value.as_bytes().to_vec());
    let contexts = rows::TRACE_CONTEXT.iter().map(|row| {
        Lines(
            row.request
                .iter()
                .map(|(name, value)| line(name, value))
                .collect(),
        )
    });
    let baggage = rows::BAGGAGE.iter().map(|row| {
        let parent = line(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        );
        let lines = row.lines.iter().map(|value| line("baggage", value));
        Lines(std::iter::once(parent).chain(lines).collect())
    });
    let sentry = ["1", "0", ""].into_iter().map(|decision| {
        let value = format!("{}-{}-{decision}", rows::TRACE_ID, rows::SPAN_ID);
        Lines(vec![
            line("sentry-trace", value.trim_end_matches('-')),
            line("baggage", "sentry-release=a%2Fb,sentry-environment=test"),
        ])
    });
    contexts
        .chain(baggage)
        .chain(sentry)
        .filter(|lines| !lines.0.is_empty())
        .collect()
}

fn mutate(lines: &mut Lines, corpus: &[Lines], random: &mut Random) {
    for _ in 0..=random.below(4) {
        let index = random.below(lines.0.len());
        let line = &mut lines.0[index].1;
        let at = random.below(line.len() + 1);
        let end = at + random.below(line.len() - at + 1);
        match random.below(8) {
            0 if at < line.len() => line[at] ^= 1 << random.below(8),
            1 if at < line.len() => line[at] = u8::try_from(random.below(256)).expect("a byte"),
            2 => drop(line.drain(at..end)),
            3 => drop(line.splice(at..end, random.pick(PIECES).iter().copied())),
            4 => {
                let copy = line[at..end].to_vec();
                line.extend(copy);
            }
            5 => {
                let donor = random.pick(corpus);
                let other = random.pick(&donor.0).1.clone();
                let tail = random.below(other.len() + 1);
                drop(line.splice(at.., other[tail..].iter().copied()));
            }
            6 => {
                let copy = lines.0[index].clone();
                lines.0.push(copy);
            }
            _ => {
                // Many small members, to come near the limits.
                let member = random.pick(PIECES).to_vec();
                for number in 0..random.below(70) {
                    line.extend(format!(",k{number}=").into_bytes());
                    line.extend(&member);
                }
            }
        }
    }
}

fn number(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is not a number: {text}")),
        Err(_) => default,
    }
}

#[test]
fn mutated_headers_never_panic_and_what_is_sent_is_valid() {
    let iterations = number("TRACING_RELAY_FUZZ_ITERATIONS", ITERATIONS);
    let seed = number("TRACING_RELAY_FUZZ_SEED", SEED).max(1);
    let corpus = corpus();
    let mut random = Random(seed);
    let mut continued = 0_u64;
    for iteration in 0..iterations {
        let mut lines = random.pick(&corpus).clone();
        mutate(&mut lines, &corpus, &mut random);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let found = lines.extract();
            check_found(&found);
            check_found(&sentry::extract(|name| lines.named(name)));
            found.context().is_some()
        }));
        let Ok(found) = outcome else {
            panic!("seed {seed}, iteration {iteration}: {lines:?}");
        };
        continued += u64::from(found);
    }
    // A fuzzer that only ever makes garbage, or never any, tests nothing.
    if iterations >= 1000 {
        assert!(
            (iterations / 10..iterations * 9 / 10).contains(&continued),
            "{continued} continued"
        );
    }
}
