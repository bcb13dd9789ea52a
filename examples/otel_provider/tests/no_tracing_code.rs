//! What is traced has attributes, and tells its session what happens; it has nothing else of tracing. `business-files.txt`
//! lists the files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const FORBIDDEN: [&str; 7] = [
    "span!",
    "event!",
    "info!",
    "set_parent",
    "opentelemetry",
    "Span::",
    "tracing::",
];

#[test]
fn the_business_files_hold_no_tracing_code() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(package.join("business-files.txt")).expect("the list");
    let mut listed = BTreeSet::new();
    for path in list.lines() {
        let name = path
            .strip_prefix("examples/otel_provider/src/agent/")
            .expect(path);
        let text = fs::read_to_string(package.join("src/agent").join(name)).expect(path);
        for word in FORBIDDEN {
            assert!(!text.contains(word), "{path} holds `{word}`");
        }
        assert!(text.contains("#[traced("), "{path} has no operation");
        listed.insert(name.to_owned());
    }
    // A new file is listed too.
    let files = fs::read_dir(package.join("src/agent")).expect("the folder");
    let names = files.map(|file| file.expect("a file").file_name().into_string());
    assert_eq!(listed, names.collect::<Result<_, _>>().expect("UTF-8"));
}
