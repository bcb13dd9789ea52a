//! A table, as Markdown.

use super::rounds::Row;

/// Prints the rows of one table.
pub(super) fn print(rows: &[Row<'_>]) {
    if let [first, ..] = rows {
        println!("\n### {}\n", first.case.table);
        println!("| case | variant | ns | ratio | instructions | allocations |");
        println!("| --- | --- | ---: | ---: | ---: | ---: |");
    }
    let mut last = "";
    for row in rows {
        let name = if row.case.name == last {
            ""
        } else {
            row.case.name
        };
        last = row.case.name;
        println!(
            "| {name} | {} | {} | {} | {} | {} |",
            row.case.variant,
            count(row.nanoseconds),
            row.ratio
                .map_or(String::new(), |ratio| format!("{ratio:.2}")),
            row.instructions.map_or(String::new(), count),
            count(row.allocations),
        );
    }
}

/// A number to the precision that it has: tenths of a few, units of many.
fn count(number: f64) -> String {
    if number.round() >= 100.0 || (number - number.round()).abs() < 0.05 {
        let digits = format!("{number:.0}");
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    } else {
        format!("{number:.1}")
    }
}
