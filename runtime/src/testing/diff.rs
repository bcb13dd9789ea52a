//! Compares trees with an expectation. Spans are paired first, by what they have in common, and
//! then each pair is compared as a line; so a missing span does not make all after it differ.

use std::fmt;

use super::expectation::{Check, Expectation, Expected, StatusCheck};
use super::span::Status;
use super::tree::{self, Forest, INDENT, Node, Origin};

/// How the exported spans differ from the expected ones.
#[derive(Debug, Default)]
pub(super) struct Difference {
    rows: Vec<(Mark, String)>,
    /// The exported spans as an expectation that they would meet, with the checks of the test's.
    exported: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Same,
    Expected,
    Exported,
}

/// Nothing when every span is as expected.
pub(super) fn compare(expectation: &Expectation, forest: &Forest) -> Option<Difference> {
    let mut difference = Difference::default();
    if expectation.unordered {
        difference.exported.push_str("unordered\n");
    }
    let expected = &expectation.traces;
    let pairs = pair(
        (expected.len(), forest.len()),
        expectation.unordered,
        |left, right| trace_likeness(&expected[left], &forest[right]),
    );
    for (index, (left, right)) in pairs.into_iter().enumerate() {
        if index > 0 {
            difference.rows.push((Mark::Same, String::new()));
        }
        if right.is_some() && !difference.exported.is_empty() {
            difference.exported.push('\n');
        }
        difference.siblings(
            left.map_or(&[], |left| &expected[left]),
            right.map_or(&[], |right| &forest[right]),
            false,
            0,
        );
    }
    let differs = difference.rows.iter().any(|(mark, _)| *mark != Mark::Same);
    differs.then_some(difference)
}

impl Difference {
    fn siblings(&mut self, expected: &[Expected], nodes: &[Node], unordered: bool, depth: usize) {
        let pairs = pair((expected.len(), nodes.len()), unordered, |left, right| {
            likeness(&expected[left], &nodes[right], depth == 0)
        });
        for (left, right) in pairs {
            self.one(
                left.map(|left| &expected[left]),
                right.map(|right| &nodes[right]),
                depth,
            );
        }
    }

    /// A pair, a span that is missing, or one that nobody expected; with all below it.
    fn one(&mut self, expected: Option<&Expected>, node: Option<&Node>, depth: usize) {
        let line = expected.map(Expected::render);
        let exported = node.map(|node| exported_line(expected, node, depth == 0));
        match (&line, &exported) {
            (Some(line), Some(exported)) if line == exported => self.row(Mark::Same, depth, line),
            _ => {
                if let Some(line) = &line {
                    self.row(Mark::Expected, depth, line);
                }
                if let Some(exported) = &exported {
                    self.row(Mark::Exported, depth, exported);
                }
            }
        }
        if let Some(exported) = exported {
            tree::append(
                &mut self.exported,
                format_args!("{}{exported}\n", INDENT.repeat(depth)),
            );
        }
        self.siblings(
            expected.map_or(&[], |expected| &expected.children),
            node.map_or(&[], |node| &node.children),
            expected.is_some_and(|expected| expected.unordered),
            depth + 1,
        );
    }

    fn row(&mut self, mark: Mark, depth: usize, line: &str) {
        self.rows
            .push((mark, format!("{}{line}", INDENT.repeat(depth))));
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the exported spans (+) are not the expected ones (-)\n\n")?;
        for (mark, line) in &self.rows {
            let mark = match mark {
                Mark::Same => ' ',
                Mark::Expected => '-',
                Mark::Exported => '+',
            };
            writeln!(
                f,
                "{}",
                format_args!("{mark} {line}").to_string().trim_end()
            )?;
        }
        f.write_str("\nexported, to be pasted:\n\n")?;
        if self.exported.is_empty() {
            f.write_str("(nothing)\n")?;
        }
        f.write_str(&self.exported)
    }
}

/// The exported span as a line with the checks of the expected one. Where a check holds it is
/// written as it was expected, so the two lines are the same exactly when all checks hold.
fn exported_line(expected: Option<&Expected>, node: &Node, top: bool) -> String {
    let mut line = String::new();
    let parent = expected.and_then(|expected| expected.parent.as_deref());
    let any_parent = expected.is_some_and(|expected| {
        expected.origin == node.origin && expected.parent.is_none() && node.origin != Origin::Plain
    });
    node.write_head(
        (top && !any_parent) || parent.is_some(),
        parent.is_some_and(|parent| parent.contains('-')),
        &mut line,
    );
    match expected.filter(|expected| links_match(expected, node)) {
        Some(expected) => {
            for link in &expected.links {
                tree::append(&mut line, format_args!(" ~> {}", tree::quoted(link)));
            }
        }
        None => node.write_links(&mut line),
    }
    let Some(expected) = expected else {
        node.write_status(&mut line);
        return line;
    };
    let attributes: Vec<_> = expected
        .attributes
        .iter()
        .map(|(key, check)| exported_attribute(key, check, node))
        .collect();
    tree::write_braces(&attributes, &mut line);
    match (&expected.status, node.span.status()) {
        (StatusCheck::AnyError, Status::Error(_)) => line.push_str(" error _"),
        _ => node.write_status(&mut line),
    }
    if expected.outcome.is_some() {
        node.write_outcome(&mut line);
    }
    if expected.unordered {
        line.push_str(" unordered");
    }
    line
}

/// Each expected link is the name or the id of the linked span in its place.
fn links_match(expected: &Expected, node: &Node) -> bool {
    let links = node.span.links();
    let mut linked = links.iter().zip(&node.link_names).zip(&expected.links);
    links.len() == expected.links.len()
        && linked.all(|((link, name), expected)| {
            name.as_ref() == Some(expected) || link.context().span_id().to_string() == *expected
        })
}

fn exported_attribute(key: &str, check: &Check, node: &Node) -> String {
    let values: Vec<_> = node.span.values(key).collect();
    match (check, values.as_slice()) {
        (_, []) => Check::Absent.render(key),
        (Check::Any, [_]) => Check::Any.render(key),
        (_, values) => {
            let key = tree::quoted(key);
            let all: Vec<_> = values
                .iter()
                .map(|value| format!("{key}={value}"))
                .collect();
            all.join(", ")
        }
    }
}

/// All checks hold, for both and for all below them.
const EQUAL: usize = 3;
const SAME_NAME: usize = 2;
/// The names differ and what is below does not, or not in all.
const RELATED: usize = 1;

/// How much an expected span and an exported one have in common; with 0 they are not the same
/// span in two forms.
fn likeness(expected: &Expected, node: &Node, top: bool) -> usize {
    if all_same(expected, node, top) {
        EQUAL
    } else if expected.name == node.span.name() {
        SAME_NAME
    } else if expected.children.is_empty() && node.children.is_empty()
        || expected.children.iter().any(|expected| {
            let mut children = node.children.iter();
            children.any(|child| child.span.name() == expected.name)
        })
    {
        RELATED
    } else {
        0
    }
}

fn all_same(expected: &Expected, node: &Node, top: bool) -> bool {
    !differ_at_a_glance(expected, node)
        && expected.render() == exported_line(Some(expected), node, top)
        && same_siblings(
            &expected.children,
            &node.children,
            expected.unordered,
            false,
        )
}

/// Whether the comparison of the lines can be spared: among a thousand siblings it is made a million
/// times.
fn differ_at_a_glance(expected: &Expected, node: &Node) -> bool {
    let mut checks = expected.attributes.iter();
    expected.kind != node.span.kind()
        || expected.name != node.span.name()
        || checks.any(|(key, check)| match check {
            Check::Is(value) => node.span.values(key).next() != Some(value),
            Check::Any | Check::Absent => false,
        })
}

fn same_siblings(expected: &[Expected], nodes: &[Node], unordered: bool, top: bool) -> bool {
    expected.len() == nodes.len()
        && if unordered {
            let equal = |left: usize, right: usize| all_same(&expected[left], &nodes[right], top);
            match_equals((expected.len(), nodes.len()), equal)
                .iter()
                .all(Option::is_some)
        } else {
            let mut pairs = expected.iter().zip(nodes);
            pairs.all(|(expected, node)| all_same(expected, node, top))
        }
}

fn trace_likeness(expected: &[Expected], nodes: &[Node]) -> usize {
    if same_siblings(expected, nodes, false, true) {
        return EQUAL;
    }
    match (expected.first(), nodes.first()) {
        (Some(expected), Some(node)) => likeness(expected, node, true).min(SAME_NAME),
        _ => 0,
    }
}

type Pairs = Vec<(Option<usize>, Option<usize>)>;

/// Pairs the things of two lists; what finds no partner is alone.
fn pair(
    lengths: (usize, usize),
    unordered: bool,
    likeness: impl Fn(usize, usize) -> usize,
) -> Pairs {
    if unordered {
        pair_unordered(lengths, likeness)
    } else {
        pair_ordered(lengths, likeness)
    }
}

/// The pairing in order whose sum of likenesses is the highest.
fn pair_ordered((left, right): (usize, usize), likeness: impl Fn(usize, usize) -> usize) -> Pairs {
    // Equal things at the beginning are partners in any case: a test that passes ends here.
    let shorter = left.min(right);
    let equal = (0..shorter)
        .take_while(|index| likeness(*index, *index) == EQUAL)
        .count();
    let likeness: Vec<Vec<usize>> = (0..left)
        .map(|row| match row {
            row if row < equal => Vec::new(),
            row => (0..right)
                .map(|column| match column {
                    column if column < equal => 0,
                    column => likeness(row, column),
                })
                .collect(),
        })
        .collect();
    // `best[row][column]` is the highest sum for the things from there on.
    let mut best = vec![vec![0; right + 1]; left + 1];
    for row in (equal..left).rev() {
        for column in (equal..right).rev() {
            best[row][column] = (likeness[row][column] + best[row + 1][column + 1])
                .max(best[row + 1][column])
                .max(best[row][column + 1]);
        }
    }
    let mut pairs: Pairs = (0..equal).map(|index| (Some(index), Some(index))).collect();
    let (mut row, mut column) = (equal, equal);
    while row < left && column < right {
        let sum = best[row][column];
        let likeness = likeness[row][column];
        if likeness > 0 && sum == likeness + best[row + 1][column + 1] {
            pairs.push((Some(row), Some(column)));
            (row, column) = (row + 1, column + 1);
        } else if sum == best[row + 1][column] {
            pairs.push((Some(row), None));
            row += 1;
        } else {
            pairs.push((None, Some(column)));
            column += 1;
        }
    }
    pairs.extend((row..left).map(|row| (Some(row), None)));
    pairs.extend((column..right).map(|column| (None, Some(column))));
    pairs
}

/// The pairing with the most equal pairs; the rest by likeness, first come, first served.
fn pair_unordered(lengths: (usize, usize), likeness: impl Fn(usize, usize) -> usize) -> Pairs {
    let mut partners = match_equals(lengths, |left, right| likeness(left, right) == EQUAL);
    let mut free: Vec<usize> = (0..lengths.1)
        .filter(|right| !partners.contains(&Some(*right)))
        .collect();
    for wanted in (1..EQUAL).rev() {
        for (left, partner) in partners.iter_mut().enumerate() {
            if partner.is_none() {
                let found = free
                    .iter()
                    .position(|right| likeness(left, *right) == wanted);
                *partner = found.map(|index| free.remove(index));
            }
        }
    }
    let pairs = partners.iter().enumerate();
    let mut pairs: Pairs = pairs.map(|(left, right)| (Some(left), *right)).collect();
    pairs.extend(free.into_iter().map(|right| (None, Some(right))));
    pairs
}

/// For each thing on the left the equal one on the right that it is paired with, as many as can be.
fn match_equals(
    (left, right): (usize, usize),
    equal: impl Fn(usize, usize) -> bool,
) -> Vec<Option<usize>> {
    let mut taken_by = vec![None; right];
    for one in 0..left {
        find_partner(one, &equal, &mut taken_by, &mut vec![false; right]);
    }
    (0..left)
        .map(|one| taken_by.iter().position(|taken| *taken == Some(one)))
        .collect()
}

/// Pairs `one` with something free, or with the partner of another that can change to a third:
/// one that is equal to several must not keep the only partner of another.
fn find_partner(
    one: usize,
    equal: &impl Fn(usize, usize) -> bool,
    taken_by: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    let mut others = 0..taken_by.len();
    if let Some(free) = others.find(|other| taken_by[*other].is_none() && equal(one, *other)) {
        taken_by[free] = Some(one);
        return true;
    }
    for other in 0..taken_by.len() {
        let Some(rival) = taken_by[other] else {
            continue;
        };
        if !tried[other] && equal(one, other) {
            tried[other] = true;
            if find_partner(rival, equal, taken_by, tried) {
                taken_by[other] = Some(one);
                return true;
            }
        }
    }
    false
}
