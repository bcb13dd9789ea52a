//! An event without its explicit parent: a copy of its values.

use std::error::Error;
use std::fmt;

use tracing::field::{DebugValue, Field, Value, Visit, debug};
use tracing::{Dispatch, Event};

use crate::span::AttributeValue;

/// Gives an event to a subscriber as one that belongs to whatever span is current there.
pub(super) fn give_as_contextual(event: &Event<'_>, to: &Dispatch) {
    let fields = event.metadata().fields();
    let mut copied = Copied {
        values: std::iter::repeat_with(|| None).take(fields.len()).collect(),
    };
    event.record(&mut copied);
    let values: Vec<Option<&dyn Value>> = copied
        .values
        .iter()
        .map(|value| {
            let value: &dyn Value = value.as_deref()?;
            Some(value)
        })
        .collect();
    to.event(&Event::new(
        event.metadata(),
        &fields.value_set_all(&values),
    ));
}

/// The values of an event, by the numbers of their fields.
struct Copied {
    values: Vec<Option<Box<dyn Value>>>,
}

/// A text that is its own `Debug`.
struct Text(String);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The most sources of an error that are copied. There can be a loop in them.
const SOURCES: usize = 64;

/// The texts of an error and of its sources.
#[derive(Default)]
struct Failure {
    display: String,
    debug: String,
    source: Option<Box<Failure>>,
}

impl Failure {
    fn of(error: &(dyn Error + 'static)) -> Self {
        let mut texts = Vec::new();
        let mut next = Some(error);
        while let Some(error) = next.filter(|_| texts.len() <= SOURCES) {
            let display = AttributeValue::Display(&error).to_string();
            texts.push((display, AttributeValue::Debug(&error).to_string()));
            next = error.source();
        }
        let mut source = None;
        for (display, debug) in texts.into_iter().rev() {
            source = Some(Self {
                display,
                debug,
                source: source.map(Box::new),
            });
        }
        source.unwrap_or_default()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.debug)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        Some(source)
    }
}

impl Copied {
    fn put(&mut self, field: &Field, value: impl Value + 'static) {
        if let Some(place) = self.values.get_mut(field.index()) {
            *place = Some(Box::new(value));
        }
    }
}

impl Visit for Copied {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.put(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let failure: Box<dyn Error> = Box::new(Failure::of(value));
        self.put(field, failure);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text: DebugValue<Text> = debug(Text(AttributeValue::Debug(&value).to_string()));
        self.put(field, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Loop;

    impl fmt::Display for Loop {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }

    impl Error for Loop {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    #[test]
    fn an_error_that_is_its_own_source_is_copied_to_an_end() {
        let copied = Failure::of(&Loop);
        let mut count = 0;
        let mut next = copied.source();
        while let Some(source) = next {
            assert_eq!(source.to_string(), "again");
            count += 1;
            next = source.source();
        }
        assert_eq!(count, SOURCES);
    }
}
