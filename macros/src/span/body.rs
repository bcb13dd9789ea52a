//! What a body does that cannot work in a span, or that loses the trace: found in its tokens, by
//! exact paths, so that nothing is guessed and a half-typed body is read as far as it goes.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::LitStr;

use super::late;
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

/// What makes a future that has its span along.
const INSTRUMENTED: [&str; 2] = ["in_current_span", "instrument"];

/// What enters a span that was taken along, in the call that starts the task.
const ENTERED: [&str; 3] = ["in_scope", "enter", "entered"];

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

/// The last words of all other paths that are looked for: a body without any has nothing to be found, as most have.
const LOOKED_FOR: [&str; 4] = ["current", "spawn", "spawn_blocking", "spawn_local"];

/// What is known of the function besides its body.
pub(crate) struct Surroundings<'a> {
    /// Whether a span made by hand is an error.
    pub(crate) spans_forbidden: bool,
    /// Whether nothing is said of tasks that start outside of the trace.
    pub(crate) spawns_allowed: bool,
    /// The keys of the span, where all of them are known.
    pub(crate) keys: Option<Vec<&'a str>>,
}

/// Reports what cannot work, and returns what is hardly meant.
pub(crate) fn check(
    body: &Group,
    surroundings: &Surroundings<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Warning> {
    let names = names_in(body);
    if !is_any_of(&names, &LOOKED_FOR) && !is_any_of(&names, &SPAN_MACROS) {
        return Vec::new();
    }
    let enters = is_any_of(&names, &ENTERED) || is_any_of(&names, &INSTRUMENTED);
    let mut scan = Scan {
        spans_forbidden: surroundings.spans_forbidden,
        spawns_allowed: surroundings.spawns_allowed || is_any_of(&names, &[CONTEXT]),
        keys: surroundings.keys.as_deref().filter(|_| !enters),
        diagnostics,
        instruments: is_any_of(&names, &INSTRUMENTED),
        current: Vec::new(),
        warnings: Vec::new(),
    };
    scan.walk(body.stream());
    scan.warnings
}

fn names_in(tokens: impl ToTokens) -> Vec<String> {
    let idents = idents_in(tokens);
    idents.iter().map(ToString::to_string).collect()
}

/// Whether one of the names is among the known ones.
fn is_any_of(names: &[String], known: &[&str]) -> bool {
    names.iter().any(|name| known.contains(&name.as_str()))
}

struct Scan<'a> {
    spans_forbidden: bool,
    spawns_allowed: bool,
    keys: Option<&'a [&'a str]>,
    diagnostics: &'a mut Diagnostics,
    /// Whether the body makes a future that has its span along.
    instruments: bool,
    /// The locals that hold the current span, as long as nothing else can be bound to their names.
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
                TokenTree::Group(group) => self.group(group),
                TokenTree::Ident(word) if word == "fn" => rest = after_function(rest),
                TokenTree::Ident(word) if word == "let" => local = let_binding(rest),
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

    /// Locals are forgotten where their block ends.
    fn group(&mut self, group: &Group) {
        let outside = self.current.clone();
        self.walk(group.stream());
        if group.delimiter() == Delimiter::Brace {
            self.current.retain(|name| outside.contains(name));
        }
    }

    fn path(&mut self, path: &Path, after: &[TokenTree], local: Option<&Ident>) {
        match after {
            [TokenTree::Punct(bang), TokenTree::Group(_), ..] if bang.as_char() == '!' => {
                if self.spans_forbidden && path.is_of_tracing(&SPAN_MACROS) {
                    self.diagnostics.report(
                        path.tokens(),
                        "`strict` forbids a span that is made by hand",
                        "make a function of what runs in it, with `#[traced]`",
                    );
                }
            }
            [TokenTree::Group(call), after @ ..] if call.delimiter() == Delimiter::Parenthesis => {
                if path.is_current_span() {
                    match after {
                        [TokenTree::Punct(end), ..] if end.as_char() == ';' => {
                            self.current.extend(local.cloned());
                        }
                        _ => self.call_on_current(after),
                    }
                } else {
                    self.spawn(path, Some(call));
                }
            }
            // `tokio::spawn::<_>(…)`
            [
                TokenTree::Punct(colon),
                TokenTree::Punct(_),
                TokenTree::Punct(less),
                ..,
            ] if colon.as_char() == ':' && less.as_char() == '<' => {
                self.spawn(path, call_after_generics(after));
            }
            _ => {
                if let [name] = path.segments.as_slice()
                    && self.current.contains(name)
                {
                    let used = matches!(after, [TokenTree::Punct(dot), ..] if dot.as_char() == '.');
                    if used {
                        self.call_on_current(after);
                    } else {
                        // A pattern, a parameter, an assignment: it may be another span from here.
                        self.current.retain(|current| current != name);
                    }
                }
            }
        }
    }

    /// A call that may start something outside of the trace.
    fn spawn(&mut self, path: &Path, call: Option<&Group>) {
        if let Some(helper) = path.bare_spawn()
            && !self.spawns_allowed
            && !call.is_some_and(|call| self.is_by_hand(call))
        {
            self.warnings.push(Warning {
                at: path.tokens(),
                name: "bare_spawn",
                fault: format!("`{}` starts outside of this trace", path.text()),
                help: format!("write {helper}"),
            });
        }
    }

    /// Whether what is started has its span along. A variable may be what was instrumented before.
    fn is_by_hand(&self, call: &Group) -> bool {
        let names = names_in(call);
        let mut arguments = call.stream().into_iter();
        let variable =
            matches!(arguments.next(), Some(TokenTree::Ident(_))) && arguments.next().is_none();
        is_any_of(&names, &INSTRUMENTED)
            || is_any_of(&names, &ENTERED)
            || variable && self.instruments
    }

    /// `.set_parent(…)` or `.record("key", …)` on the current span.
    fn call_on_current(&mut self, after: &[TokenTree]) {
        let [TokenTree::Punct(dot), TokenTree::Ident(method), rest @ ..] = after else {
            return;
        };
        if dot.as_char() != '.' {
            return;
        }
        if method == "set_parent" {
            self.diagnostics.report(
                method,
                "the current span has started, and its parent cannot be set any more",
                "let the message carry the parent: `#[carries_trace]` on its type, or `carrier = …` in the attribute",
            );
        } else if method == "record"
            && let [TokenTree::Group(arguments), ..] = rest
            && let Some(TokenTree::Literal(key)) = arguments.stream().into_iter().next()
            && let Ok(key) = syn::parse2::<LitStr>(key.into_token_stream())
        {
            self.record(&key);
        }
    }

    fn record(&mut self, key: &LitStr) {
        let name = key.value();
        if self.keys.is_some_and(|keys| !keys.contains(&name.as_str())) {
            self.warnings.push(Warning {
                at: key.into_token_stream(),
                name: "undeclared_field",
                fault: format!(
                    "the span of this function has no field `{name}`, and the value is lost"
                ),
                help: late::remedy(&name),
            });
        }
    }
}

/// What comes after a function inside the body, which is one of its own: with an attribute of ours it is
/// read there. `fn(…)` is a type.
fn after_function(tokens: &[TokenTree]) -> &[TokenTree] {
    if !matches!(tokens.first(), Some(TokenTree::Ident(_))) {
        return tokens;
    }
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    let end = tokens.iter().position(ends);
    end.and_then(|end| tokens.get(end + 1..)).unwrap_or(&[])
}

/// The parentheses after `::<…>`.
fn call_after_generics(tokens: &[TokenTree]) -> Option<&Group> {
    tokens.windows(2).find_map(|pair| match pair {
        [TokenTree::Punct(greater), TokenTree::Group(call)]
            if greater.as_char() == '>' && call.delimiter() == Delimiter::Parenthesis =>
        {
            Some(call)
        }
        _ => None,
    })
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
        segments.map(ToTokens::to_token_stream).collect()
    }

    /// Whether it is one of these names of `tracing`, alone or after the name of the crate.
    fn is_of_tracing(&self, names: &[&str]) -> bool {
        let name = match self.segments.as_slice() {
            [name] => name,
            [.., tracing, name] if tracing == "tracing" => name,
            _ => return false,
        };
        names.iter().any(|known| name == known)
    }

    fn is_current_span(&self) -> bool {
        match self.segments.as_slice() {
            [span, current] => span == "Span" && current == "current",
            [.., tracing, span, current] => {
                tracing == "tracing" && span == "Span" && current == "current"
            }
            _ => false,
        }
    }

    /// What to write in the place of this function, if it starts something outside of the trace.
    fn bare_spawn(&self) -> Option<&'static str> {
        let text = self.text();
        let known = BARE_SPAWNS.iter().find(|(path, _)| *path == text);
        known.map(|(_, helper)| *helper)
    }
}

#[cfg(test)]
mod tests {
    use super::{BARE_SPAWNS, LOOKED_FOR};

    #[test]
    fn every_bare_spawn_is_looked_for() {
        for (path, _) in BARE_SPAWNS {
            let last = path.rsplit("::").next();
            assert!(
                last.is_some_and(|last| LOOKED_FOR.contains(&last)),
                "{path}"
            );
        }
    }
}
