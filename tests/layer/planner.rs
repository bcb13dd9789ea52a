//! Makes the [plan](crate::plan) of a seed. The same seed is the same plan for ever.

use crate::plan::{
    CONTEXTS, Carried, End, Event, EventLevel, FutureKind, Key, Number, Place, Step, Steps, Val,
};

/// Steps of one program, about.
const SIZE: usize = 60;

const TEXTS: [&str; 5] = ["", "text", "some words", "a \"quoted\" one", "ünï"];
const KINDS: [&str; 4] = ["server", "CLIENT", "internal", "neither"];
const CODES: [&str; 4] = ["ok", "ERROR", "unset", "neither"];

/// A small generator of its own.
struct Planner {
    state: u64,
    left: usize,
    next: Number,
    spans: Vec<Number>,
    futures: Vec<Number>,
}

/// The program of a seed.
pub(crate) fn of_seed(seed: u64) -> Steps {
    let mut planner = Planner {
        state: seed,
        left: SIZE,
        next: 0,
        spans: Vec::new(),
        futures: Vec::new(),
    };
    let mut steps = Steps::new();
    while planner.left > 0 {
        steps.push(planner.step(0));
    }
    steps
}

impl Planner {
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::try_from(limit).expect("small");
        usize::try_from((mixed ^ (mixed >> 31)) % limit).expect("small")
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn number(&mut self) -> Number {
        self.next += 1;
        self.next
    }

    /// One of the latest spans, which are the likeliest to be there.
    fn span(&mut self) -> Number {
        let back = 1 + self.below(6);
        match self.spans.len().checked_sub(back) {
            Some(at) => self.spans[at],
            None => self.spans.first().copied().unwrap_or(0),
        }
    }

    fn place(&mut self) -> Place {
        match self.below(8) {
            0 => Place::Root,
            1 | 2 => Place::Below(self.span()),
            _ => Place::Here,
        }
    }

    fn value(&mut self) -> Val {
        let text = self.one_of(&TEXTS);
        match self.below(12) {
            0 => Val::Absent,
            1 => Val::Bool(self.one_in(2)),
            2 => Val::I64(self.one_of(&[i64::MIN, -1, 7])),
            3 => Val::U64(self.one_of(&[0, 7, u64::MAX])),
            4 => Val::I128(self.one_of(&[-5, i128::MAX])),
            5 => Val::U128(self.one_of(&[5, u128::MAX])),
            6 => Val::F64(self.one_of(&[0.5, -1.0, 1e300])),
            7 => Val::Display(text),
            8 => Val::Debug(text),
            9 => Val::Error(self.below(3)),
            _ => Val::Text(text),
        }
    }

    fn value_of(&mut self, key: Key) -> Val {
        let text = match key {
            Key::One | Key::Two => return self.value(),
            Key::Name => self.one_of(&["renamed", "renamed again", "third"]),
            Key::Kind => self.one_of(&KINDS),
            Key::Code => self.one_of(&CODES),
            Key::Description => self.one_of(&["went wrong", "and again", "b", ""]),
        };
        if self.one_in(2) {
            Val::Text(text)
        } else {
            Val::Display(text)
        }
    }

    fn end(&mut self) -> End {
        match self.below(5) {
            0 => End::Panics,
            1 => End::Fails,
            _ => End::Completes,
        }
    }

    fn steps(&mut self, depth: usize) -> Steps {
        let count = self.below(5);
        (0..count).map(|_| self.step(depth + 1)).collect()
    }

    fn event(&mut self) -> Step {
        let is_failure = self.one_in(3);
        let level = self.one_of(&[EventLevel::Error, EventLevel::Info, EventLevel::Debug]);
        Step::Event(Event {
            number: self.number(),
            place: self.place(),
            level,
            message_first: level == EventLevel::Debug || self.one_in(2),
            message: match self.below(4) {
                0 => Val::Absent,
                1 => self.value(),
                _ => Val::Display("said"),
            },
            error: match self.value() {
                // An integer is an error in the reference if it is unsigned, and none otherwise.
                Val::U64(_) | Val::U128(_) | Val::I128(_) => Val::Text("failed"),
                value if is_failure => value,
                _ => Val::Absent,
            },
            value: self.value(),
        })
    }

    fn new_span(&mut self) -> Step {
        let number = self.number();
        let place = self.place();
        let mut fields = Vec::new();
        for key in Key::ALL {
            let rarely = if matches!(key, Key::One | Key::Two) {
                2
            } else {
                6
            };
            if self.one_in(rarely) {
                fields.push((key, self.value_of(key)));
            }
        }
        self.spans.push(number);
        Step::New {
            number,
            place,
            quiet: self.one_in(5),
            fields,
        }
    }

    fn step(&mut self, depth: usize) -> Step {
        self.left = self.left.saturating_sub(1);
        let is_leaf = depth > 4 || self.left == 0;
        match self.below(if is_leaf { 20 } else { 30 }) {
            0..=3 => self.new_span(),
            4 | 5 => {
                let key = self.one_of(&Key::ALL);
                let value = self.value_of(key);
                Step::Record(self.span(), key, value)
            }
            6 => Step::RecordUndeclared(self.span()),
            7..=9 => self.event(),
            10 => match (self.span(), self.span()) {
                // Here the reference waits for itself for ever.
                (span, followed) if span == followed => self.event(),
                (span, followed) => Step::Follows(span, followed),
            },
            11..=13 => Step::Enter(self.span()),
            14 | 15 => Step::Exit(self.below(4)),
            16 => Step::Drop(self.span()),
            17 | 18 => match self.futures.last() {
                Some(_) => {
                    let futures = self.futures.clone();
                    Step::Poll(self.one_of(&futures))
                }
                None => self.event(),
            },
            19 => match self.futures.last() {
                Some(last) => Step::DropFuture(*last),
                None => self.event(),
            },
            20 | 21 => Step::InScope(self.span(), self.steps(depth), self.end()),
            22 | 23 => Step::Call(self.number(), self.steps(depth), self.end()),
            24 => {
                let context = self.below(CONTEXTS.len());
                Step::Handle(self.number(), context, self.steps(depth), self.end())
            }
            25 | 26 => {
                let number = self.number();
                let kind = match self.below(3) {
                    0 => FutureKind::In(self.span()),
                    1 => FutureKind::Bare,
                    _ => FutureKind::Ours,
                };
                let parts = (0..=self.below(3)).map(|_| self.steps(depth)).collect();
                self.futures.push(number);
                Step::Future {
                    number,
                    kind,
                    parts,
                    end: self.end(),
                }
            }
            27 => Step::Thread(Carried::Context, self.steps(depth)),
            28 => Step::Thread(Carried::Nothing, self.steps(depth)),
            _ => Step::Detached(self.steps(depth)),
        }
    }
}
