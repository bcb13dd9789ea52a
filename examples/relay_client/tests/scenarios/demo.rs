//! What running the program without a command prints, and how it ends.

use relay_client::processes;

use crate::support::program;

async fn play(arguments: &[&str]) -> String {
    let output = processes::run(program(None), arguments).await;
    let output = output.expect("it ends");
    let log = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.success(), "{log}");
    String::from_utf8(output.stdout).expect("text")
}

/// The names of the spans in a column.
fn column(printed: &str, number: usize) -> Vec<&str> {
    // What separates the columns is the one bar that everything in its row leaves alone.
    let title = printed
        .lines()
        .find(|line| line.starts_with("spans of the applications"));
    let title = title.expect("a title").chars();
    let bar = title.take_while(|letter| *letter != '│').count();
    let rows = printed.lines().filter_map(|line| {
        let (at, _) = line.char_indices().nth(bar)?;
        let right = line[at..].strip_prefix('│')?;
        Some([&line[..at], right][number])
    });
    rows.map(|cell| cell.trim_matches([' ', '│', '├', '└', '─']))
        .collect()
}

#[tokio::test]
async fn the_demo_draws_both_datasets_and_no_id_is_in_both() {
    let printed = play(&[]).await;
    assert!(printed.contains(", and no id is in both."), "{printed}");
    let [applications, product] = [0, 1].map(|number| column(&printed, number));
    for surface in ["web", "mobile", "headless-cli"] {
        let session = format!("user.session  ({surface}-application)");
        assert!(
            applications.iter().any(|cell| *cell == session),
            "{session}"
        );
    }
    for service in [
        "t3-web-relay-client",
        "t3-mobile-relay-client",
        "t3-headless-relay-client",
    ] {
        let connect = format!("relay.environment.connect  ({service})");
        assert!(product.iter().any(|cell| *cell == connect), "{connect}");
    }
    assert!(
        !applications.iter().any(|cell| cell.starts_with("relay.")),
        "{printed}"
    );
    assert!(
        !product.iter().any(|cell| cell.starts_with("user.")),
        "{printed}"
    );
}

#[tokio::test]
async fn s21_the_demo_without_scopes_draws_one_dataset() {
    let printed = play(&["--without-scopes"]).await;
    assert!(
        printed.contains(" and 0 spans of the component,"),
        "{printed}"
    );
    assert!(printed.contains("relay.environment.connect"), "{printed}");
}
