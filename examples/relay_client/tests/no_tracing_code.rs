//! The operations have attributes, carriers and log lines, and nothing else of tracing.

use std::fs;
use std::path::Path;

/// The files of the component and its server.
const OPERATIONS: [&str; 3] = ["relay", "broker", "protocol.rs"];

const FORBIDDEN: [&str; 7] = [
    "span!",
    ".instrument(",
    "set_parent",
    "set_default",
    "opentelemetry",
    "Dispatch",
    "Span::",
];

#[test]
fn the_operations_hold_no_tracing_code() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut attributes = 0;
    let mut files = 0;
    for name in OPERATIONS {
        visit(&src.join(name), &mut |path, text| {
            files += 1;
            for word in FORBIDDEN {
                assert!(!text.contains(word), "{} holds `{word}`", path.display());
            }
            attributes += text.matches("#[relay_traced(").count();
        });
    }
    assert!(files > 10, "{files} files");
    assert!(attributes > 15, "{attributes} operations");
}

fn visit(path: &Path, look: &mut dyn FnMut(&Path, &str)) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            visit(&entry.expect("an entry").path(), look);
        }
    } else {
        look(path, &fs::read_to_string(path).expect("text"));
    }
}
