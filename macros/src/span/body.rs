//! What a body does that cannot work in a span, or that loses the trace: found in its tokens, by
//! exact paths, so that nothing is guessed and a half-typed body is read as far as it goes.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use crate::diag::Diagnostics;
use crate::item::idents_in;

/// Something that compiles and is hardly meant.
pub(crate) struct Warning {
    /// What the compiler underlines.
    pub(crate) at: TokenStream,
    /// The name in the compiler's message, which is about a deprecated constant.
    pub(crate) name: &'static str,
    pub(crate) fault: String,
    pub(crate) help: String,
}

/// What starts work outside of the current trace, and what keeps it inside.
const BARE_SPAWNS: [(&str, &str); 7] = [
    ("tokio::spawn", TASK),
    ("tokio::task::spawn", TASK),
    (
        "tokio::task::spawn_blocking",
        "`tracing_relay::task::spawn_blocking`",
    ),
    (
        "tokio::task::spawn_local",
        "`tracing_relay::task::spawn_local`",
    ),
    ("std::thread::spawn", THREAD),
    ("thread::spawn", THREAD),
    (
        "rayon::spawn",
        "`let here = tracing_relay::task::TaskContext::current();` before it, and `here.run(…)` inside",
    ),
];
const TASK: &str = "`tracing_relay::task::spawn`, or `tracing_relay::task::detach` for work that outlives this function";
const THREAD: &str = "`tracing_relay::task::spawn_thread`";

/// What takes the current span along by hand, in the call that starts the task.
const BY_HAND: [&str; 2] = ["in_current_span", "instrument"];

/// What takes it along in a variable.
const CONTEXT: &str = "TaskContext";

const SPAN_MACROS: [&str; 6] = [
    "span",
    "trace_span",
    "debug_span",
    "info_span",
    "warn_span",
    "error_span",
];

/// Reports what cannot work, and returns what is hardly meant. Spans made by hand are told of where
/// they are `forbidden`.
pub(crate) fn check(
    body: &Group,
    spans_forbidden: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Warning> {
    let mut scan = Scan {
        spans_forbidden,
        diagnostics,
        current: Vec::new(),
        warnings: Vec::new(),
    };
    scan.walk(body.stream());
    let mut warnings = scan.warnings;
    if idents_in(body).iter().any(|name| name == CONTEXT) {
        warnings.clear();
    }
    warnings
}

struct Scan<'a> {
    spans_forbidden: bool,
    diagnostics: &'a mut Diagnostics,
    /// The locals that hold the current span.
    current: Vec<Ident>,
    warnings: Vec<Warning>,
}

impl Scan<'_> {
    fn walk(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut rest = tokens.as_slice();
        let mut local = None;
        while let Some((token, after)) = rest.split_first() {
            rest = after;
            match token {
                TokenTree::Group(group) => self.walk(group.stream()),
                TokenTree::Ident(word) if word == "let" => {
                    local = let_binding(rest);
                    if let Some(name) = &local {
                        self.current.retain(|current| current != name);
                    }
                }
                TokenTree::Ident(first) => {
                    let path = Path::starting(first, &mut rest);
                    self.path(&path, rest, local.as_ref());
                }
                TokenTree::Punct(punct) => match punct.as_char() {
                    // What follows is a method or a field, not a path.
                    '.' => rest = rest.split_first().map_or(rest, |(_, after)| after),
                    ';' => local = None,
                    _ => {}
                },
                TokenTree::Literal(_) => {}
            }
        }
    }

    fn path(&mut self, path: &Path, after: &[TokenTree], local: Option<&Ident>) {
        match after {
            [TokenTree::Punct(bang), TokenTree::Group(_), ..] if bang.as_char() == '!' => {
                if self.spans_forbidden && path.ends_with(&SPAN_MACROS) {
                    self.diagnostics.report(
                        path.tokens(),
                        "`strict` forbids a span that is made by hand",
                        "make a function of what runs in it, with `#[traced]`",
                    );
                }
            }
            [TokenTree::Group(call), after @ ..] if call.delimiter() == Delimiter::Parenthesis => {
                let by_hand = || {
                    let names = idents_in(call);
                    names
                        .iter()
                        .any(|name| BY_HAND.iter().any(|known| name == known))
                };
                if path.is_current_span() {
                    match after {
                        [TokenTree::Punct(end), ..] if end.as_char() == ';' => {
                            self.current.extend(local.cloned());
                        }
                        _ => self.set_parent(after),
                    }
                } else if let Some(helper) = path.bare_spawn()
                    && !by_hand()
                {
                    self.warn_of_spawn(path, helper);
                }
            }
            // `tokio::spawn::<_>(…)`
            [
                TokenTree::Punct(colon),
                TokenTree::Punct(_),
                TokenTree::Punct(less),
                ..,
            ] if colon.as_char() == ':' && less.as_char() == '<' => {
                if let Some(helper) = path.bare_spawn() {
                    self.warn_of_spawn(path, helper);
                }
            }
            _ => {
                if let [name] = path.segments.as_slice()
                    && self.current.contains(name)
                {
                    self.set_parent(after);
                }
            }
        }
    }

    /// `.set_parent(…)` on the current span.
    fn set_parent(&mut self, after: &[TokenTree]) {
        if let [TokenTree::Punct(dot), TokenTree::Ident(method), ..] = after
            && dot.as_char() == '.'
            && method == "set_parent"
        {
            self.diagnostics.report(
                method,
                "the current span has started, and its parent cannot be set any more",
                "let the message carry the parent: `#[carries_trace]` on its type, or `carrier = …` in the attribute",
            );
        }
    }

    fn warn_of_spawn(&mut self, path: &Path, helper: &str) {
        self.warnings.push(Warning {
            at: path.tokens(),
            name: "bare_spawn",
            fault: format!("`{}` starts outside of this trace", path.text()),
            help: format!("write {helper}"),
        });
    }
}

/// `mut? name =` after `let`.
fn let_binding(tokens: &[TokenTree]) -> Option<Ident> {
    let tokens = match tokens {
        [TokenTree::Ident(word), rest @ ..] if word == "mut" => rest,
        _ => tokens,
    };
    match tokens {
        [TokenTree::Ident(name), TokenTree::Punct(equals), ..] if equals.as_char() == '=' => {
            Some(name.clone())
        }
        _ => None,
    }
}

/// `a::b::c`, without generics.
struct Path {
    segments: Vec<Ident>,
}

impl Path {
    /// Takes the rest of a path from the tokens.
    fn starting(first: &Ident, rest: &mut &[TokenTree]) -> Self {
        let mut segments = vec![first.clone()];
        while let [
            TokenTree::Punct(colon),
            TokenTree::Punct(second),
            TokenTree::Ident(segment),
            after @ ..,
        ] = rest
            && colon.as_char() == ':'
            && second.as_char() == ':'
        {
            segments.push(segment.clone());
            *rest = after;
        }
        Self { segments }
    }

    fn text(&self) -> String {
        let segments: Vec<String> = self.segments.iter().map(ToString::to_string).collect();
        segments.join("::")
    }

    fn tokens(&self) -> TokenStream {
        let segments = self.segments.iter();
        segments.map(quote::ToTokens::to_token_stream).collect()
    }

    fn ends_with(&self, names: &[&str]) -> bool {
        let last = self.segments.last();
        last.is_some_and(|last| names.iter().any(|name| last == name))
    }

    fn is_current_span(&self) -> bool {
        matches!(self.segments.as_slice(), [.., span, current] if span == "Span" && current == "current")
    }

    /// What to write in the place of this function, if it starts something outside of the trace.
    fn bare_spawn(&self) -> Option<&'static str> {
        let text = self.text();
        let known = BARE_SPAWNS.iter().find(|(path, _)| *path == text);
        known.map(|(_, helper)| *helper)
    }
}
