//! The job itself has attributes and nothing else of tracing. The files that do it are listed in
//! `business-files.txt`, for the checks of the whole project too.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The files that are about tracing, or that start the others.
const AROUND: [&str; 6] = [
    "collector.rs",
    "forest.rs",
    "lib.rs",
    "main.rs",
    "processes.rs",
    "telemetry",
];

const FORBIDDEN: [&str; 5] = [
    "span!",
    "set_parent",
    "opentelemetry",
    "Span::",
    "tracing::",
];

#[test]
fn the_business_files_hold_no_tracing_code() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(package.join("business-files.txt")).expect("the list");
    let mut files: BTreeSet<_> = AROUND.map(ToOwned::to_owned).into();
    for path in list.lines() {
        let name = path.strip_prefix("examples/app_server/src/").expect(path);
        let text = fs::read_to_string(package.join("src").join(name)).expect(path);
        for word in FORBIDDEN {
            assert!(!text.contains(word), "{path} holds `{word}`");
        }
        files.insert(name.to_owned());
    }

    // A new file is one or the other.
    let mut sources = BTreeSet::new();
    collect(&package.join("src"), "", &mut sources);
    assert_eq!(files, sources);
}

/// The files in a folder and below, by their paths from the first one.
fn collect(folder: &Path, prefix: &str, sources: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("UTF-8");
        let path = format!("{prefix}{name}");
        if entry.file_type().expect("a type").is_dir() {
            collect(&entry.path(), &format!("{path}/"), sources);
        } else {
            sources.insert(path);
        }
    }
}
