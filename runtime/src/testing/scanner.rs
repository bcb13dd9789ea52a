//! Reads one line of an expectation: words, signs, strings and values; and [`Malformed`], which
//! says where that fails.

use std::borrow::Cow;
use std::fmt;

use super::tree;
use super::value::Value;

/// Reads tokens from the left. Each method skips the blanks before its token.
pub(super) struct Scanner<'a> {
    line: &'a str,
    /// The byte where the latest token starts, or would start.
    start: usize,
    position: usize,
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(line: &'a str) -> Self {
        Self {
            line,
            start: 0,
            position: 0,
        }
    }

    /// The byte where the latest token starts, for messages.
    pub(super) const fn token_start(&self) -> usize {
        self.start
    }

    /// Whether the line goes on.
    pub(super) fn more(&mut self) -> bool {
        !self.rest().is_empty()
    }

    /// Takes `sign` if it is next.
    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.mark();
            self.position += sign.len();
        }
        found
    }

    /// Whether `letter` is next; takes nothing.
    pub(super) fn next_is(&mut self, letter: char) -> bool {
        self.rest().starts_with(letter)
    }

    /// Takes a word, empty when none is next.
    pub(super) fn word(&mut self) -> &'a str {
        self.take_until(tree::ends_word)
    }

    /// Takes the next word if it is one that `accepts` says yes to.
    pub(super) fn word_if(&mut self, accepts: impl Fn(&str) -> bool) -> Option<&'a str> {
        let (start, position) = (self.start, self.position);
        let word = self.word();
        if !word.is_empty() && accepts(word) {
            return Some(word);
        }
        (self.start, self.position) = (start, position);
        None
    }

    /// Takes a word or a string.
    pub(super) fn name(&mut self, what: &'static str) -> Result<String, Malformed> {
        if self.next_is('"') {
            return self.string();
        }
        let word = self.word();
        if tree::is_bare(word) {
            Ok(word.to_owned())
        } else {
            Err(Malformed::new(
                format!("{what} is missing"),
                "a word, or a string in quotes if it has blanks or signs in it",
            ))
        }
    }

    /// Takes a value: a string, a number, a boolean or a list.
    pub(super) fn value(&mut self) -> Result<Value, Malformed> {
        if self.next_is('"') {
            return self.string().map(Value::String);
        }
        if self.sign("[") {
            return self.list();
        }
        let word = self.take_until(|letter| letter == ']' || tree::ends_word(letter));
        let boolean = word.parse().map(Value::Bool).ok();
        boolean
            .or_else(|| word.parse().map(Value::I64).ok())
            .or_else(|| word.parse().map(Value::F64).ok())
            .ok_or_else(|| {
                Malformed::new(
                    "this is not a value",
                    "`\"text\"`, `42`, `1.5`, `true`, `false`, a list in `[` and `]`, or `_` for any value",
                )
            })
    }

    fn list(&mut self) -> Result<Value, Malformed> {
        let mut values = Vec::new();
        while !self.sign("]") {
            values.push(self.value()?);
            if !self.sign(",") && !self.next_is(']') {
                return Err(
                    self.unexpected("a comma or the end of the list is missing", "`,` or `]`")
                );
            }
        }
        Ok(Value::Array(values))
    }

    /// Takes a string in quotes, with the escapes of Rust.
    pub(super) fn string(&mut self) -> Result<String, Malformed> {
        self.mark();
        let inside = self.rest().get(1..).unwrap_or_default();
        let mut text = String::new();
        let mut letters = inside.char_indices();
        while let Some((index, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.position += 1 + index + 1;
                    return Ok(text);
                }
                '\\' => text.push(unescape(&mut letters)?),
                letter => text.push(letter),
            }
        }
        Err(Malformed::new("the string does not end", "`\"`"))
    }

    fn take_until(&mut self, ends: impl Fn(char) -> bool) -> &'a str {
        self.mark();
        let rest = self.rest();
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.position += word.len();
        word
    }

    /// The error that `accepted` was not found next.
    pub(super) fn unexpected(&mut self, fault: &'static str, accepted: &'static str) -> Malformed {
        self.mark();
        Malformed::new(fault, accepted)
    }

    /// Makes the next token the latest.
    fn mark(&mut self) {
        self.rest();
        self.start = self.position;
    }

    /// What is left after the blanks.
    fn rest(&mut self) -> &'a str {
        let rest = &self.line[self.position..];
        let trimmed = rest.trim_start();
        self.position += rest.len() - trimmed.len();
        trimmed
    }
}

/// The letter that an escape stands for, from after its backslash: what `{:?}` writes.
fn unescape(letters: &mut std::str::CharIndices<'_>) -> Result<char, Malformed> {
    let mut next = || letters.next().map(|(_, letter)| letter);
    let letter = match next() {
        Some(letter @ ('"' | '\\' | '\'')) => Some(letter),
        Some('n') => Some('\n'),
        Some('r') => Some('\r'),
        Some('t') => Some('\t'),
        Some('0') => Some('\0'),
        Some('u') if next() == Some('{') => {
            let digits: String = std::iter::from_fn(next)
                .take_while(|letter| *letter != '}')
                .collect();
            u32::from_str_radix(&digits, 16)
                .ok()
                .and_then(char::from_u32)
        }
        _ => None,
    };
    letter.ok_or_else(|| {
        Malformed::new(
            "this string has an unknown escape",
            r#"`\"`, `\\`, `\'`, `\n`, `\r`, `\t`, `\0` and `\u{...}`"#,
        )
    })
}

/// What is wrong with the text of an expectation, where, and what is accepted there.
#[derive(Debug)]
pub(super) struct Malformed {
    fault: Cow<'static, str>,
    accepted: &'static str,
    line: usize,
    text: String,
    /// Characters before the faulty token.
    column: usize,
}

impl Malformed {
    pub(super) fn new(fault: impl Into<Cow<'static, str>>, accepted: &'static str) -> Self {
        Self {
            fault: fault.into(),
            accepted,
            line: 0,
            text: String::new(),
            column: 0,
        }
    }

    /// Says where: in the line with this number and text, at this byte of it.
    pub(super) fn at(mut self, line: usize, text: &str, byte: usize) -> Self {
        self.line = line;
        text.clone_into(&mut self.text);
        self.column = text[..byte].chars().count();
        self
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "malformed expectation, line {}: {}",
            self.line, self.fault
        )?;
        writeln!(f, "  | {}", self.text)?;
        writeln!(f, "  | {}^", " ".repeat(self.column))?;
        write!(f, "accepted: {}", self.accepted)
    }
}
