//! An event without its explicit parent: a copy of its values.

use std::fmt;

use tracing::field::{DebugValue, Field, Value, Visit, debug};
use tracing::{Dispatch, Event};

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

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text: DebugValue<Text> = debug(Text(format!("{value:?}")));
        self.put(field, text);
    }
}
