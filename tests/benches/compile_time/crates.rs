//! Writes the crates that are compiled: the same functions each time, with the attribute of one
//! library on them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What is on the functions of a crate.
pub(crate) struct Case {
    /// The name of the crate.
    pub(crate) name: &'static str,
    pub(crate) attribute: &'static str,
    dependencies: &'static str,
}

const TRACING: &str = "tracing = { version = \"0.1\", features = [\"attributes\"] }";

/// The first is what all are compared to, the second what they are measured by.
pub(crate) const CASES: [Case; 6] = [
    Case {
        name: "plain",
        attribute: "",
        dependencies: "",
    },
    Case {
        name: "instrument",
        attribute: "#[tracing::instrument(skip_all, fields(id))]",
        dependencies: TRACING,
    },
    Case {
        name: "instrument_err",
        attribute: "#[tracing::instrument(skip_all, fields(id), err)]",
        dependencies: TRACING,
    },
    Case {
        name: "traced",
        attribute: "#[tracing_relay::traced(fields(id))]",
        dependencies: "tracing-relay = { path = RUNTIME }",
    },
    Case {
        name: "fastrace",
        attribute: "#[fastrace::trace(properties = { \"id\": \"{id}\" })]",
        dependencies: "fastrace = { version = \"=0.7.17\", features = [\"enable\"] }",
    },
    Case {
        name: "traceable",
        attribute: "#[opentelemetry_traceable::traceable]",
        dependencies: "opentelemetry = \"0.33\"\nopentelemetry-traceable = \"=0.3.0\"",
    },
];

impl Case {
    /// The crate without its functions, as a folder in `parent`.
    pub(crate) fn write(&self, parent: &Path) -> io::Result<PathBuf> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let runtime = workspace.join("runtime").canonicalize()?;
        let folder = parent.join(self.name);
        fs::create_dir_all(folder.join("src"))?;
        // The versions that this workspace is tested with, where it has any.
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        let dependencies = self
            .dependencies
            .replace("RUNTIME", &format!("{:?}", runtime.display().to_string()));
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [workspace]\n\n[dependencies]\n{dependencies}\n",
            self.name
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(folder)
    }

    /// This many functions in the crate.
    pub(crate) fn write_functions(&self, folder: &Path, functions: usize) -> io::Result<()> {
        fs::write(folder.join("src/lib.rs"), self.source(functions))
    }

    /// Functions as a service has them: one field, one `await`, an error. Each is boxed as a task or a
    /// handler is, or no code would be made for it.
    fn source(&self, functions: usize) -> String {
        let attribute = self.attribute;
        let mut source = String::from(
            "use std::{future::Future, io, pin::Pin};\n\
             pub type Reply = Pin<Box<dyn Future<Output = Result<u64, io::Error>> + Send>>;\n\
             async fn find(id: u64) -> Result<u64, io::Error> { Ok(id) }\n",
        );
        for number in 0..functions {
            write!(
                source,
                "
{attribute}
pub async fn handle_{number}(id: u64, name: String) -> Result<u64, io::Error> {{
    let found = find(id).await?;
    Ok(found + name.len() as u64 + {number})
}}
pub fn boxed_{number}(id: u64, name: String) -> Reply {{
    Box::pin(handle_{number}(id, name))
}}
"
            )
            .expect("a string takes text");
        }
        source
    }
}
