//! S22: where the spans of a component go, from what the environment says and from what it said when the program was built.

use std::collections::BTreeMap;
use std::process::Command;

use tracing_relay::scope::{ScopeConfig, ScopeOff, ScopeVariables, scope_config};

const ENV_URL: &str = "https://env.example/v1/traces";
const URL: &str = "https://embed.example/v1/traces";
const NOT_HTTPS: &str = "is not `https`";
const NOT_A_HEADER: &str = "is not legal in a header of HTTP";

/// What a row says of the URL, the dataset and the token.
type Three = [Option<&'static str>; 3];

const NONE: Three = [None; 3];
const ENV: Three = [Some(ENV_URL), Some("env-ds"), Some("env-tok")];
const EMBED: Three = [Some(URL), Some("ds"), Some("tok")];

fn resolve(environment: Three, embedded: Three) -> Result<ScopeConfig, ScopeOff> {
    let [url, dataset, token] = embedded;
    ScopeVariables::new("RELAY")
        .with_embedded(url, dataset, token)
        .resolve_with(|variable| {
            let index = match variable {
                "RELAY_URL" => 0,
                "RELAY_DATASET" => 1,
                "RELAY_TOKEN" => 2,
                other => panic!("nobody asked for `{other}`"),
            };
            environment[index].map(str::to_owned)
        })
}

/// The three values that a configuration has.
fn values(config: &ScopeConfig) -> [String; 3] {
    let headers = config.headers();
    let text = |name| headers[name].to_str().unwrap().to_owned();
    let token = text("authorization");
    let token = token.strip_prefix("Bearer ").unwrap();
    assert_eq!(text("x-axiom-dataset"), config.dataset());
    [config.url(), config.dataset(), token].map(str::to_owned)
}

/// One of the three in place of another.
fn with(mut three: Three, index: usize, value: &'static str) -> Three {
    three[index] = Some(value);
    three
}

fn without(mut three: Three, index: usize) -> Three {
    three[index] = None;
    three
}

fn missing(names: &[&str]) -> ScopeOff {
    ScopeOff::Incomplete {
        missing: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

fn invalid(variable: &str, embedded: bool, fault: &'static str) -> ScopeOff {
    ScopeOff::Invalid {
        variable: variable.to_owned(),
        embedded,
        fault,
    }
}

#[test]
fn s22_each_value_is_that_of_the_environment_or_else_that_of_the_build() {
    let embed = [URL, "ds", "tok"];
    let rows: [(&str, Three, Three, [&str; 3]); 13] = [
        ("all embed", NONE, EMBED, embed),
        ("all env", ENV, NONE, [ENV_URL, "env-ds", "env-tok"]),
        ("env over embed", ENV, EMBED, [ENV_URL, "env-ds", "env-tok"]),
        (
            "env URL alone",
            [Some(ENV_URL), None, None],
            EMBED,
            [ENV_URL, "ds", "tok"],
        ),
        (
            "env dataset alone",
            [None, Some("env-ds"), None],
            EMBED,
            [URL, "env-ds", "tok"],
        ),
        (
            "env token alone",
            [None, None, Some("env-tok")],
            EMBED,
            [URL, "ds", "env-tok"],
        ),
        (
            "embed URL alone",
            without(ENV, 0),
            [Some(URL), None, None],
            [URL, "env-ds", "env-tok"],
        ),
        ("env URL blank", [Some("  "), None, None], EMBED, embed),
        ("env dataset empty", [None, Some(""), None], EMBED, embed),
        (
            "env token a newline",
            [None, None, Some("\n")],
            EMBED,
            embed,
        ),
        (
            "env all blank",
            [Some(" "), Some("\t"), Some("")],
            EMBED,
            embed,
        ),
        (
            "blanks around env",
            [
                Some(" https://env.example/v1/traces\n"),
                Some("\tenv-ds "),
                Some(" env-tok\r\n"),
            ],
            NONE,
            [ENV_URL, "env-ds", "env-tok"],
        ),
        (
            "blanks around embed",
            NONE,
            [
                Some(" https://embed.example/v1/traces "),
                Some(" ds"),
                Some("tok\n"),
            ],
            embed,
        ),
    ];
    for (row, environment, embedded, wanted) in rows {
        let config = resolve(environment, embedded);
        let config = config.unwrap_or_else(|off| panic!("{row}: {off}"));
        assert_eq!(values(&config), wanted, "{row}");
    }
}

#[test]
fn s22_without_any_of_the_three_it_is_off_and_says_which() {
    let url_alone = [Some(ENV_URL), None, None];
    let url_and_blank = [Some(ENV_URL), Some("  "), None];
    let rows: [(&str, Three, Three, &[&str]); 9] = [
        ("no embedded URL", NONE, without(EMBED, 0), &["RELAY_URL"]),
        ("no dataset", NONE, without(EMBED, 1), &["RELAY_DATASET"]),
        ("no token", NONE, without(EMBED, 2), &["RELAY_TOKEN"]),
        ("no env URL", without(ENV, 0), NONE, &["RELAY_URL"]),
        ("no env dataset", without(ENV, 1), NONE, &["RELAY_DATASET"]),
        ("no env token", without(ENV, 2), NONE, &["RELAY_TOKEN"]),
        ("alone", url_alone, NONE, &["RELAY_DATASET", "RELAY_TOKEN"]),
        (
            "blank",
            url_and_blank,
            without(EMBED, 1),
            &["RELAY_DATASET"],
        ),
        ("embedded", NONE, with(EMBED, 2, "  "), &["RELAY_TOKEN"]),
    ];
    for (row, environment, embedded, names) in rows {
        let off = resolve(environment, embedded).expect_err(row);
        assert_eq!(off, missing(names), "{row}");
    }
    for (environment, embedded) in [(NONE, NONE), ([Some("  "); 3], [Some(" "); 3])] {
        let off = resolve(environment, embedded).expect_err("nothing is set");
        assert_eq!(off, ScopeOff::NotConfigured);
    }
}

#[test]
fn s22_a_value_that_is_not_legal_is_off_and_never_falls_back_to_that_of_the_build() {
    let rows = [
        (0, "http://env.example/v1/traces", NOT_HTTPS),
        (0, "http://127.0.0.1:4318/v1/traces", NOT_HTTPS),
        (0, "http://localhost/", NOT_HTTPS),
        (0, "ftp://env.example/", NOT_HTTPS),
        (0, "not a url", "is not a URL"),
        (0, "https://", "is not a URL"),
        (0, "env.example", "is not a whole URL"),
        (0, "/v1/traces", "is not a whole URL"),
        (0, "https://u:p@env.example/", "has a user name in it"),
        (1, "a\nb", NOT_A_HEADER),
        (1, "d\u{e4}ta", NOT_A_HEADER),
        (2, "a\r\nb", NOT_A_HEADER),
        (2, "t\u{f6}k", NOT_A_HEADER),
        // What is not UTF-8 is read so.
        (2, "t\u{fffd}k", NOT_A_HEADER),
    ];
    let names = ["RELAY_URL", "RELAY_DATASET", "RELAY_TOKEN"];
    for (index, value, fault) in rows {
        let over_embed = resolve(with(NONE, index, value), EMBED).expect_err(value);
        assert_eq!(over_embed, invalid(names[index], false, fault));
        let among_env = resolve(with(ENV, index, value), EMBED).expect_err(value);
        assert_eq!(among_env, invalid(names[index], false, fault));
        let of_the_build = resolve(NONE, with(EMBED, index, value)).expect_err(value);
        assert_eq!(of_the_build, invalid(names[index], true, fault));
        // What is overridden does not matter.
        assert!(resolve(ENV, with(EMBED, index, value)).is_ok(), "{value}");
    }
}

#[test]
fn why_a_scope_is_off_is_said_in_words() {
    let rows = [
        (ScopeOff::NotConfigured, "no collector is configured"),
        (missing(&["A_TOKEN"]), "`A_TOKEN` is not set"),
        (
            missing(&["A_URL", "A_TOKEN"]),
            "`A_URL` and `A_TOKEN` are not set",
        ),
        (
            invalid("A_URL", false, NOT_HTTPS),
            "`A_URL` of the environment is not `https`",
        ),
        (
            invalid("A_URL", true, NOT_HTTPS),
            "`A_URL` of the build is not `https`",
        ),
        (
            ScopeOff::DatasetHeader { name: "a b" },
            "`a b` cannot be the header of the dataset",
        ),
    ];
    for (off, wanted) in rows {
        assert_eq!(off.to_string(), wanted);
    }
}

#[test]
fn the_dataset_has_the_header_that_the_component_names() {
    let resolve = |name| {
        ScopeVariables::new("RELAY")
            .with_embedded(EMBED[0], EMBED[1], EMBED[2])
            .with_dataset_header(name)
            .resolve_with(|_| None)
    };
    let headers = resolve("X-Honeycomb-Dataset").unwrap().headers();
    assert_eq!(headers["x-honeycomb-dataset"], "ds");
    assert_eq!(headers.len(), 2);
    for name in [
        "",
        "a b",
        "x:",
        "Authorization",
        "content-type",
        "Host",
        "transfer-encoding",
    ] {
        let off = resolve(name).expect_err(name);
        assert_eq!(off, ScopeOff::DatasetHeader { name });
    }
}

/// Variables after their prefix, and their values.
type Variables<'a> = &'a [(&'a str, &'a str)];

static WHOLE: ScopeVariables = scope_config!("TRACING_RELAY_TEST_WHOLE");
const HALF: ScopeVariables = scope_config!("TRACING_RELAY_TEST_HALF",);

/// Runs in the children of the test below.
#[test]
fn what_this_process_resolves() {
    for (name, variables) in [("whole", &WHOLE), ("half", &HALF)] {
        let found = match variables.resolve() {
            Ok(config) => values(&config).join(" "),
            Err(off) => off.to_string(),
        };
        // On a line of its own, whatever the test runner has begun to print.
        println!("\n{name}: {found}");
        assert_eq!(variables.resolve().is_ok(), variables.config().is_some());
    }
}

#[test]
fn the_macro_embeds_what_the_build_says_and_reads_what_the_environment_says() {
    const EMBEDDED: &str =
        "whole: https://embedded.example/v1/traces embedded-dataset embedded-token";
    const NO_DATASET: &str = "half: `TRACING_RELAY_TEST_HALF_DATASET` is not set";
    let rows: [(Variables<'_>, [&str; 2]); 5] = [
        (&[], [EMBEDDED, NO_DATASET]),
        (
            &[("WHOLE_URL", "  "), ("HALF_DATASET", "  ")],
            [EMBEDDED, NO_DATASET],
        ),
        (
            &[("WHOLE_URL", ENV_URL), ("HALF_DATASET", "env-ds")],
            [
                "whole: https://env.example/v1/traces embedded-dataset embedded-token",
                "half: https://embedded.example/v1/traces env-ds embedded-token",
            ],
        ),
        (
            &[
                ("WHOLE_URL", ENV_URL),
                ("WHOLE_DATASET", "env-ds"),
                ("WHOLE_TOKEN", "env-tok"),
            ],
            [
                "whole: https://env.example/v1/traces env-ds env-tok",
                NO_DATASET,
            ],
        ),
        (
            &[("WHOLE_URL", "http://env.example/v1/traces")],
            [
                "whole: `TRACING_RELAY_TEST_WHOLE_URL` of the environment is not `https`",
                NO_DATASET,
            ],
        ),
    ];
    for (environment, wanted) in rows {
        let printed = child(environment);
        for line in wanted {
            assert!(
                printed.lines().any(|printed| printed == line),
                "{line}\n{printed}"
            );
        }
    }
}

/// What [`what_this_process_resolves`] prints where the variables are these and no others.
fn child(environment: Variables<'_>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        "config::what_this_process_resolves",
        "--nocapture",
    ]);
    // What the build was told is there when cargo runs tests, too.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TRACING_RELAY_TEST_") {
            command.env_remove(name);
        }
    }
    let set: BTreeMap<String, &str> = environment
        .iter()
        .map(|(name, value)| (format!("TRACING_RELAY_TEST_{name}"), *value))
        .collect();
    let output = command.envs(set).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{printed}"
    );
    printed
}
