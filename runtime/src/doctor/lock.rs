//! [`lock_file`]: crates that have to be there once.
//!
//! Two versions of `opentelemetry` are two sets of statics and of types: what is set up in one is not seen by the other, and
//! nothing says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Diagnosis, Problem};

/// What is in statics, or in types that have to be the same.
const ONCE: [&str; 4] = [
    "opentelemetry",
    "opentelemetry_sdk",
    "tracing-opentelemetry",
    "tracing-core",
];

/// How many of those that need a version are named.
const NAMED: usize = 3;

/// Whether a `Cargo.lock` has each of the crates once that have to be there once: `opentelemetry`, `opentelemetry_sdk`,
/// `tracing-opentelemetry` and `tracing-core`. Of a folder it is the file in it, or in the nearest folder above that has one.
///
/// The file has the dependencies of tests and of the whole workspace too, so that a finding need not be about the program.
///
/// ```
/// // In a test of the service:
/// tracing_relay::doctor::lock_file(env!("CARGO_MANIFEST_DIR")).assert_healthy();
/// ```
pub fn lock_file(path: impl AsRef<Path>) -> Diagnosis {
    match read(path.as_ref()) {
        Ok(text) => lock_text(&text),
        Err(error) => unreadable(&format!("{}: {error}", path.as_ref().display())),
    }
}

fn read(path: &Path) -> io::Result<String> {
    if !path.is_dir() {
        return fs::read_to_string(path);
    }
    let files = path.ancestors().map(|folder| folder.join("Cargo.lock"));
    let file: Option<PathBuf> = files.into_iter().find(|file| file.is_file());
    let none = || io::Error::new(io::ErrorKind::NotFound, "no `Cargo.lock` in it or above");
    fs::read_to_string(file.ok_or_else(none)?)
}

fn unreadable(fault: &str) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    diagnosis.find(
        Problem::LockFile,
        format!("the lock file cannot be read: {fault}"),
        "name the `Cargo.lock` of the workspace, or a folder below it; `cargo generate-lockfile` makes one",
    );
    diagnosis
}

/// [`lock_file`] for the text of one.
pub fn lock_text(text: &str) -> Diagnosis {
    let packages = match packages(text) {
        Ok(packages) => packages,
        Err(fault) => return unreadable(&fault),
    };
    let mut diagnosis = Diagnosis::default();
    for name in ONCE {
        let named = packages.iter().filter(|package| package.name == name);
        let versions: BTreeSet<&str> = named.map(|package| package.version.as_str()).collect();
        match Vec::from_iter(versions).as_slice() {
            [] => {}
            [version] => diagnosis.prove(format!("`{name}` is there once, in version {version}")),
            versions => several(name, versions, &packages, &mut diagnosis),
        }
    }
    diagnosis
}

struct Package {
    name: String,
    version: String,
    /// As they are written: a name, with a version where it is there in several.
    dependencies: Vec<String>,
}

fn packages(text: &str) -> Result<Vec<Package>, String> {
    let table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| error.message().to_owned())?;
    let packages = table.get("package").and_then(Value::as_array);
    let packages = packages.ok_or("it has no `package`")?;
    Ok(packages.iter().filter_map(Package::of).collect())
}

impl Package {
    fn of(value: &Value) -> Option<Self> {
        let text = |key| Some(value.get(key)?.as_str()?.to_owned());
        let dependencies = value.get("dependencies").and_then(Value::as_array);
        let dependencies = dependencies.into_iter().flatten().filter_map(Value::as_str);
        Some(Self {
            name: text("name")?,
            version: text("version")?,
            dependencies: dependencies.map(str::to_owned).collect(),
        })
    }

    fn needs(&self, name: &str, version: &str) -> bool {
        self.dependencies.iter().any(|dependency| {
            let mut words = dependency.split(' ');
            words.next() == Some(name) && words.next() == Some(version)
        })
    }
}

fn several(name: &str, versions: &[&str], packages: &[Package], diagnosis: &mut Diagnosis) {
    let mut needed = BTreeMap::new();
    for version in versions {
        let by = packages
            .iter()
            .filter(|package| package.needs(name, version));
        let by: Vec<_> = by
            .map(|package| format!("{} {}", package.name, package.version))
            .collect();
        needed.insert(version, by);
    }
    let told: Vec<_> = needed
        .iter()
        .map(|(version, by)| format!("{version} for {}", list(by)))
        .collect();
    // The one to move away from is the one that this crate does not use.
    let own = packages
        .iter()
        .find(|package| package.name == env!("CARGO_PKG_NAME"));
    let is_own = |version: &&&str| own.is_some_and(|own| own.needs(name, version));
    let wanted = versions.iter().find(is_own).or(versions.last());
    let others = versions.iter().filter(|version| Some(*version) != wanted);
    let shown: Vec<_> = others
        .map(|version| format!("`cargo tree --invert {name}@{version}`"))
        .collect();
    let wanted = wanted.copied().unwrap_or_default();
    diagnosis.find(
        Problem::TwoVersions,
        format!(
            "`{name}` is there in {} versions: {}. What is set up in one is not seen by the other",
            versions.len(),
            told.join("; ")
        ),
        format!(
            "let all of them use {wanted}: {} shows who does not, and needs another version of its own",
            shown.join(" and ")
        ),
    );
}

fn list(names: &[String]) -> String {
    let text = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 if text.is_empty() => "nobody who is known".to_owned(),
        0 => text,
        more => format!("{text} and {more} more"),
    }
}
