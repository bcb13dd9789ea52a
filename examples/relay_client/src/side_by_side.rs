//! Two datasets, drawn as trees beside each other. A service is named where it differs from that of the parent.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::dataset::{Dataset, SpanRecord};

/// Two columns: a title each, and below it the traces, service by service, in the order in which they began.
#[must_use]
pub fn draw(columns: [(&str, &Dataset); 2]) -> String {
    let [left, right] = columns.map(|(title, dataset)| column(title, dataset));
    let width = left.iter().map(|line| line.chars().count()).max();
    let width = width.unwrap_or_default();
    let mut drawn = String::new();
    for row in 0..left.len().max(right.len()) {
        let of = |column: &[String]| column.get(row).cloned().unwrap_or_default();
        let line = format!("{:width$} │ {}", of(&left), of(&right));
        let _ = writeln!(drawn, "{}", line.trim_end());
    }
    drawn
}

fn column(title: &str, dataset: &Dataset) -> Vec<String> {
    let mut lines = vec![title.to_owned()];
    for root in roots(dataset) {
        lines.push(String::new());
        lines.push(format!("trace {}", root.trace_id));
        let links = root.links.iter();
        lines.extend(links.map(|link| format!("linked to {}", link.trace_id)));
        add(dataset, root, "", ["", ""], &mut lines);
    }
    lines
}

/// The spans without a parent here.
fn roots(dataset: &Dataset) -> Vec<&SpanRecord> {
    let mut roots: Vec<_> = dataset
        .spans
        .iter()
        .filter(|span| !dataset.spans.iter().any(|other| span.is_child_of(other)))
        .collect();
    let mut began = BTreeMap::new();
    for root in &roots {
        let first = began.entry(service(root)).or_insert(root.time);
        *first = root.time.min(*first);
    }
    roots.sort_by_key(|root| (began[service(root)], root.time));
    roots
}

fn service(span: &SpanRecord) -> &str {
    span.resource.get("service.name").map_or("", String::as_str)
}

fn add(
    dataset: &Dataset,
    span: &SpanRecord,
    around: &str,
    [branch, below]: [&str; 2],
    lines: &mut Vec<String>,
) {
    let service = service(span);
    let failed = if span.error.is_some() { " ✗" } else { "" };
    let mut line = format!("{branch}{}{failed}", span.name);
    if service != around {
        let _ = write!(line, "  ({service})");
    }
    lines.push(line);
    let mut children: Vec<_> = dataset
        .spans
        .iter()
        .filter(|other| other.is_child_of(span))
        .collect();
    children.sort_by_key(|child| child.time);
    let mut children = children.into_iter().peekable();
    while let Some(child) = children.next() {
        let (branch, stem) = if children.peek().is_some() {
            ("├─ ", "│  ")
        } else {
            ("└─ ", "   ")
        };
        let branch = format!("{below}{branch}");
        let stem = format!("{below}{stem}");
        add(dataset, child, service, [&branch, &stem], lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::SpanLink;

    fn span(name: &str, id: &str, parent: Option<&str>, start: u64) -> SpanRecord {
        SpanRecord {
            resource: BTreeMap::from([("service.name".to_owned(), "s".to_owned())]),
            trace_id: "t".to_owned(),
            span_id: id.to_owned(),
            parent_id: parent.map(ToOwned::to_owned),
            name: name.to_owned(),
            time: (start, start),
            error: (name == "c").then(String::new),
            attributes: BTreeMap::new(),
            links: Vec::new(),
        }
    }

    #[test]
    fn trees_stand_beside_each_other() {
        let spans = vec![
            span("d", "4", Some("2"), 3),
            span("b", "2", Some("1"), 2),
            span("c", "3", Some("1"), 4),
            span("a", "1", None, 1),
        ];
        let left = Dataset {
            spans,
            ..Dataset::default()
        };
        let mut linked = span("e", "5", None, 1);
        linked.links.push(SpanLink {
            trace_id: "t".to_owned(),
            span_id: "1".to_owned(),
            attributes: BTreeMap::new(),
        });
        let right = Dataset {
            spans: vec![linked],
            ..Dataset::default()
        };
        let drawn = draw([("left", &left), ("right", &right)]);
        let expected = "\
left    │ right
        │
trace t │ trace t
a  (s)  │ linked to t
├─ b    │ e  (s)
│  └─ d │
└─ c ✗  │
";
        assert_eq!(drawn, expected);
    }
}
