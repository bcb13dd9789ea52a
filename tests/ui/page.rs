//! The page of diagnostics, from the cases: the rule and the right code are in the source of a case, the
//! wrong code is the item that an error points at, and the text is the one that the compiler printed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders, in the order of the page, and what they are about.
const FOLDERS: [(&str, &str); 8] = [
    ("carries_trace", "#[carries_trace]"),
    ("derive_carries_trace", "#[derive(CarriesTrace)]"),
    ("derive_span_fields", "#[derive(SpanFields)]"),
    ("request_span", "#[request_span]"),
    ("traced", "#[traced]"),
    ("relay_traced", "#[relay_traced]"),
    ("scope_config", "scope_config!"),
    ("test", "#[tracing_relay::test]"),
];

/// The folder whose cases are not about messages of this project.
const COMPILER: &str = "compiler";

const INTRODUCTION: &str = "\
# Diagnostics

Every message of the attributes: the rule, code that breaks it, what the compiler says, and the code to write instead. The three
function attributes share their options and their messages, which stand under the one where they are met first. An attribute with
mistakes leaves its item as it was and reports all of them.

This page is generated from the cases in `tests/ui`; a test compares the two, and compiles the code to write.
";

/// One case.
struct Case {
    title: String,
    rule: String,
    /// Items that break the rule, each with what is said about it.
    wrong: Vec<(String, Vec<String>)>,
    right: String,
}

/// One error that the compiler reported.
struct Report {
    /// The fault, the remedies, and what stands beside the underlined code.
    text: String,
    /// The line of the case that it points at, counted from 1.
    line: usize,
}

/// The page as it has to be.
pub(crate) fn page() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    check_folders(root);
    let mut page = INTRODUCTION.to_owned();
    for (folder, attribute) in FOLDERS {
        write!(page, "\n## `{attribute}`\n").unwrap();
        for path in files_in(&root.join(folder).join("fail")) {
            if path.extension().is_some_and(|extension| extension == "rs") {
                write_case(&mut page, &Case::read(&path));
            }
        }
    }
    page
}

/// Each folder with cases is on the page, or is known not to be.
fn check_folders(root: &Path) {
    for path in files_in(root).iter().filter(|path| path.is_dir()) {
        let name = path.file_name().unwrap();
        assert!(
            name == COMPILER || FOLDERS.iter().any(|(folder, _)| name == *folder),
            "`{}` is missing in the list of folders",
            path.display()
        );
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort_by(|left, right| left.file_stem().cmp(&right.file_stem()));
    paths
}

fn write_case(page: &mut String, case: &Case) {
    write!(page, "\n### {}\n\n{}\n", case.title, case.rule).unwrap();
    for (code, texts) in &case.wrong {
        let texts = texts.join("\n\n");
        // `rs` and not `rust`: rustdoc compiles the latter, and this does not compile.
        write!(page, "\n```rs\n{code}\n```\n\n```text\n{texts}\n```\n").unwrap();
    }
    write!(page, "\nWrite:\n\n```rust\n{}\n```\n", case.right).unwrap();
}

impl Case {
    fn read(path: &Path) -> Self {
        let source = fs::read_to_string(path).unwrap();
        let rule = source
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("//! "));
        let right = source.split_once("\n#[cfg(doctest)]\nmod right {\n");
        let (Some(rule), Some((_, right))) = (rule, right) else {
            panic!(
                "{} begins with `//! the rule` and ends with `#[cfg(doctest)] mod right {{ … }}`",
                path.display()
            );
        };
        let mut wrong: Vec<(String, Vec<String>)> = Vec::new();
        for report in reports(&fs::read_to_string(path.with_extension("stderr")).unwrap()) {
            let code = item_at(&source, report.line);
            match wrong.iter_mut().find(|(other, _)| *other == code) {
                Some((_, texts)) => texts.push(report.text),
                None => wrong.push((code, vec![report.text])),
            }
        }
        Self {
            title: title(path),
            rule: rule.to_owned(),
            wrong,
            right: unindented(right.strip_suffix("\n}\n").unwrap()),
        }
    }
}

/// The name of the file in words.
fn title(path: &Path) -> String {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + &rest.replace('-', " ")
}

/// The errors in the output of the compiler, the first of each sort.
fn reports(output: &str) -> Vec<Report> {
    let starts = |_: &str, line: &str| line.starts_with("error") || line.starts_with("warning");
    let mut sorts = Vec::new();
    let mut reports = Vec::new();
    for (_, lines) in blocks(output, starts) {
        let headline = lines[0];
        // What is in backticks differs where the sort is the same.
        let sort: Vec<&str> = headline.split('`').step_by(2).collect();
        let is_arrow = |line: &&str| line.trim_start().starts_with("--> ");
        let Some(arrow) = lines.iter().position(is_arrow) else {
            continue;
        };
        if headline.starts_with("warning") || sorts.contains(&sort) {
            continue;
        }
        sorts.push(sort);
        let (text, code) = lines.split_at(arrow);
        let mut text: Vec<String> = text.iter().map(|line| (*line).to_owned()).collect();
        text.extend(label(code));
        if headline.starts_with("error[E0277]") {
            text.extend(code.iter().filter_map(|line| remedy(line)));
        }
        reports.push(Report {
            text: text.join("\n"),
            line: code[0].rsplit(':').nth(1).unwrap().parse().unwrap(),
        });
    }
    reports
}

/// What the compiler says beside the underlined code, or below it where there is no room.
fn label(code: &[&str]) -> Option<String> {
    let shown = code.iter().take_while(|line| !line.starts_with(['n', 'h']));
    let marks = shown.filter(|line| line.trim_start().starts_with('|'));
    let mut marks = marks.skip_while(|line| !line.contains('^'));
    let label = marks.find_map(|line| {
        let label = line.trim_start_matches([' ', '|', '^', '-', '_']);
        (!label.is_empty()).then_some(label)
    })?;
    Some(format!("       {label}"))
}

/// A note that a trait of the runtime gives, and not the compiler.
fn remedy(line: &str) -> Option<String> {
    let note = line.trim_start().strip_prefix("= note: ")?;
    let of_the_compiler = ["required for ", "this error originates in "];
    let ours = !of_the_compiler.iter().any(|start| note.starts_with(start));
    ours.then(|| format!("       note: {note}"))
}

/// The item in which this line is.
fn item_at(source: &str, line: usize) -> String {
    let starts = |previous: &str, line: &str| {
        previous.is_empty() && !line.is_empty() && !line.starts_with([' ', '}'])
    };
    let items = blocks(source, starts);
    let item = items.iter().rfind(|(first, _)| *first <= line).unwrap();
    item.1.join("\n").trim_end().to_owned()
}

/// The lines in blocks, each with the number of its first line. A new one starts where `starts` says so
/// of a line and the one before.
fn blocks(text: &str, starts: impl Fn(&str, &str) -> bool) -> Vec<(usize, Vec<&str>)> {
    let mut blocks: Vec<(usize, Vec<&str>)> = Vec::new();
    let mut previous = "";
    for (number, line) in (1..).zip(text.lines()) {
        match blocks.last_mut() {
            Some((_, lines)) if !starts(previous, line) => lines.push(line),
            _ => blocks.push((number, vec![line])),
        }
        previous = line;
    }
    blocks
}

fn unindented(code: &str) -> String {
    let lines: Vec<&str> = code
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    lines.join("\n")
}
