//! The job itself has attributes and nothing else of tracing. The files that do it are listed in
//! `business-files.txt`, for the checks of the whole project too.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The files that are about tracing, or that start the others.
const AROUND: [&str; 13] = [
    "cli.rs",
    "collector.rs",
    "forest.rs",
    "lib.rs",
    "main.rs",
    "play.rs",
    "processes.rs",
    "serve.rs",
    "stop.rs",
    "telemetry/lines.rs",
    "telemetry/mod.rs",
    "telemetry/otlp.rs",
    "telemetry/pipeline.rs",
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

/// What the job has of tracing: what begins with one of these, or derives the last one.
const ATTRIBUTES: [&str; 5] = [
    "#[carries_trace",
    "#[request_span",
    "#[traced",
    "#[field",
    "SpanFields",
];

#[test]
fn the_attributes_are_few_lines_and_a_method_needs_none() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(package.join("business-files.txt")).expect("the list");
    let mut lines = 0;
    for path in list.lines() {
        let name = path.strip_prefix("examples/app_server/").expect(path);
        let text = fs::read_to_string(package.join(name)).expect(path);
        let own = lines_of_attributes(&text);
        // All methods share the attribute of the function that each of them goes through.
        let is_method = name.starts_with("src/server/") && name != "src/server/request.rs";
        assert!(!is_method || own == 0, "{name}");
        lines += own;
    }
    assert!((10..=40).contains(&lines), "{lines} lines");

    let page = fs::read_to_string(package.join("../../docs/app-server.md")).expect("the page");
    assert!(
        page.contains(&format!("| {lines}, all of them attributes |")),
        "{lines} lines"
    );
}

/// The lines from the first of an attribute to its last.
fn lines_of_attributes(text: &str) -> usize {
    let mut lines = text.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        let line = line.trim_start();
        let derives = line.starts_with("#[derive") && line.contains("SpanFields");
        if !derives && !ATTRIBUTES.iter().any(|start| line.starts_with(start)) {
            continue;
        }
        let mut open = brackets(line);
        count += 1;
        while open > 0 {
            open += brackets(lines.next().expect("the rest of the attribute"));
            count += 1;
        }
    }
    count
}

/// How many more brackets are opened in a line than closed.
fn brackets(line: &str) -> isize {
    line.chars().fold(0, |open, c| match c {
        '[' => open + 1,
        ']' => open - 1,
        _ => open,
    })
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
