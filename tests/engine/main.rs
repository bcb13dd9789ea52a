//! The engine beside tracing-opentelemetry, and its layer.

mod agreement;
mod differences;
mod plan;
mod run;
mod seen;
