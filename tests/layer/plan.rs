//! Random programs as plans: which spans are made where, what is recorded on them, and in which order they
//! are entered, left, polled and dropped.

/// A program.
pub(crate) type Steps = Vec<Step>;

/// Names a span of the plan. Steps about a span that is not there, or not any more, do nothing.
pub(crate) type Number = i64;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Makes a span of `tracing` and keeps its handle.
    New {
        number: Number,
        place: Place,
        quiet: bool,
        fields: Vec<(Key, Val)>,
    },
    Record(Number, Key, Val),
    /// On a key that the span does not have.
    RecordUndeclared(Number),
    Event(Event),
    Follows(Number, Number),
    /// Enters until the end of the surrounding steps, or until it is left.
    Enter(Number),
    /// Leaves what was entered, whichever of it.
    Exit(usize),
    Drop(Number),
    InScope(Number, Steps, End),
    /// A function with an attribute.
    Call(Number, Steps, End),
    /// A handler that is given one of the contexts.
    Handle(Number, usize, Steps, End),
    /// Makes a future that runs one part at each poll.
    Future {
        number: Number,
        kind: FutureKind,
        parts: Vec<Steps>,
        end: End,
    },
    Poll(Number),
    DropFuture(Number),
    Thread(Carried, Steps),
    /// In a context whose spans are roots.
    Detached(Steps),
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) number: Number,
    pub(crate) place: Place,
    pub(crate) level: EventLevel,
    pub(crate) message_first: bool,
    pub(crate) message: Val,
    pub(crate) error: Val,
    pub(crate) value: Val,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Here,
    Root,
    Below(Number),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum EventLevel {
    Error,
    Info,
    Debug,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Completes,
    Fails,
    Panics,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FutureKind {
    /// With the attribute.
    Ours,
    /// Instrumented with a span of `tracing`.
    In(Number),
    Bare,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Carried {
    /// The thread starts with nothing.
    Nothing,
    /// It is in the trace of this one.
    Context,
}

/// A field of the spans of `tracing`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Key {
    One,
    Two,
    Name,
    Kind,
    Code,
    Description,
}

impl Key {
    pub(crate) const ALL: [Self; 6] = [
        Self::One,
        Self::Two,
        Self::Name,
        Self::Kind,
        Self::Code,
        Self::Description,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Two => "two",
            Self::Name => "otel.name",
            Self::Kind => "otel.kind",
            Self::Code => "otel.status_code",
            Self::Description => "otel.status_description",
        }
    }
}

/// A value. Texts are never digits alone, which unsigned integers are in the reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Val {
    Absent,
    Bool(bool),
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Text(&'static str),
    Display(&'static str),
    Debug(&'static str),
    /// An error with this many sources.
    Error(usize),
}

/// What handlers are given: parents with and without flags that have no meaning here, and with state.
pub(crate) const CONTEXTS: [(&str, &str); 4] = [
    (
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "",
    ),
    (
        "00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-03",
        "vendor=value",
    ),
    (
        "00-2cf7651916cd43dd8448eb211c80319c-d7ad6b7169203331-00",
        "other=1,vendor=value",
    ),
    (
        "00-3df7651916cd43dd8448eb211c80319c-e7ad6b7169203331-ff",
        "",
    ),
];

/// A program as text, a line for each step.
pub(crate) fn lines(steps: &Steps, depth: usize) -> String {
    let indent = "    ".repeat(depth);
    let below = |steps: &Steps| lines(steps, depth + 1);
    let line = |step: &Step| match step {
        Step::InScope(number, steps, end) => {
            format!("InScope({number}, {end:?})\n{}", below(steps))
        }
        Step::Call(number, steps, end) => format!("Call({number}, {end:?})\n{}", below(steps)),
        Step::Handle(number, context, steps, end) => {
            format!("Handle({number}, {context}, {end:?})\n{}", below(steps))
        }
        Step::Future {
            number,
            kind,
            parts,
            end,
        } => {
            let parts: Vec<_> = parts.iter().map(below).collect();
            let parts = parts.join(&format!("{indent}  then\n"));
            format!("Future({number}, {kind:?}, {end:?})\n{parts}")
        }
        Step::Thread(carried, steps) => format!("Thread({carried:?})\n{}", below(steps)),
        Step::Detached(steps) => format!("Detached\n{}", below(steps)),
        step => format!("{step:?}\n"),
    };
    let lines: Vec<_> = steps
        .iter()
        .map(|step| format!("{indent}{}", line(step)))
        .collect();
    lines.concat()
}
