//! The engine beside tracing-opentelemetry, and its layer.

mod agreement;
mod differences;
mod errors;
mod filters;
mod lifetimes;
mod limits;
mod parents;
mod plan;
mod planner;
mod rate_limiting;
mod recorded;
mod review;
mod run;
mod sampling;
mod seen;
mod values;
