//! What the exporting thread remembers of callsites, because it is the same for each of their spans.

use std::collections::HashMap;
use std::sync::Arc;

use opentelemetry::Key;
use tracing::Metadata;

use crate::semconv;

/// Callsites that are remembered: more than programs have, unless they make them.
const MOST: usize = 1 << 14;

/// The keys that spans get beside their own.
const OF_EVERY_SPAN: [&str; 7] = [
    semconv::CODE_FILE_PATH,
    semconv::CODE_LINE_NUMBER,
    semconv::CODE_FUNCTION_NAME,
    semconv::THREAD_ID,
    semconv::THREAD_NAME,
    semconv::TARGET,
    semconv::LEVEL,
];

/// What is known of a callsite.
#[derive(Debug)]
pub(super) struct Callsite {
    pub(super) metadata: &'static Metadata<'static>,
    /// Those of its fields.
    pub(super) keys: Vec<Key>,
    /// Its function, with the module.
    pub(super) function: Option<Arc<str>>,
    /// Whether no two of the keys that its spans have anyway are the same.
    pub(super) is_plain: bool,
}

impl Callsite {
    fn new(metadata: &'static Metadata<'static>) -> Self {
        let names: Vec<_> = metadata.fields().iter().map(|field| field.name()).collect();
        let is_plain = names.iter().enumerate().all(|(number, name)| {
            !names.iter().take(number).any(|other| other == name) && !OF_EVERY_SPAN.contains(name)
        });
        Self {
            metadata,
            keys: names.into_iter().map(Key::from_static_str).collect(),
            function: metadata
                .module_path()
                .map(|module| format!("{module}::{}", metadata.name()).into()),
            is_plain,
        }
    }
}

/// The callsites of the spans that were exported lately.
#[derive(Debug, Default)]
pub(super) struct Callsites(HashMap<usize, Callsite>);

impl Callsites {
    /// What is known of the callsite with this metadata.
    pub(super) fn of(&mut self, metadata: &'static Metadata<'static>) -> &Callsite {
        if self.0.len() >= MOST {
            self.0.clear();
        }
        // It is there for ever, and so is no other at its place.
        let place = std::ptr::from_ref(metadata).addr();
        self.0
            .entry(place)
            .or_insert_with(|| Callsite::new(metadata))
    }
}
