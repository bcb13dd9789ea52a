//! Which directive of a filter keeps a span away.

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};

/// All levels, from the one that filters let through first.
pub(super) const LEVELS: [Level; 5] = [
    Level::ERROR,
    Level::WARN,
    Level::INFO,
    Level::DEBUG,
    Level::TRACE,
];

/// The directive that decides on a target, where the filter says of each level what was seen. One that is written in more
/// than targets and levels is not understood.
pub(super) fn decisive(text: &str, target: &str, recorded: [bool; 5]) -> Option<String> {
    let targets: Targets = text.parse().ok()?;
    let explains = LEVELS
        .iter()
        .zip(recorded)
        .all(|(level, seen)| targets.would_enable(target, level) == seen);
    if !explains {
        return None;
    }
    let named = targets
        .iter()
        .filter(|(prefix, _)| target.starts_with(prefix))
        .max_by_key(|(prefix, _)| prefix.len());
    if let Some((prefix, level)) = named {
        return Some(format!("{prefix}={}", lower(level)));
    }
    targets.default_level().map(lower)
}

fn lower(level: LevelFilter) -> String {
    level.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directive_that_decides_is_the_longest_that_fits() {
        let warn = [true, true, false, false, false];
        let rows = [
            ("warn", "orders::db", warn, Some("warn")),
            ("info,orders=warn", "orders::db", warn, Some("orders=warn")),
            (
                "orders=trace,orders::db=warn",
                "orders::db",
                warn,
                Some("orders::db=warn"),
            ),
            ("off,cart=info", "orders", [false; 5], Some("off")),
            // What was seen is not what it says: another filter decides.
            ("info,orders=debug", "orders", warn, None),
            ("[span]=warn", "orders", warn, None),
        ];
        for (text, target, recorded, wanted) in rows {
            assert_eq!(
                decisive(text, target, recorded).as_deref(),
                wanted,
                "{text}"
            );
        }
    }
}
