//! A managed relay client: a component that traces its operations into a dataset of its own, inside
//! applications whose tracing it does not touch.
//!
//! [`relay`] is the component and [`broker`] the server that it talks to; what they say to each other is
//! in [`protocol`]. They hold no tracing code but an attribute on each operation, and carriers in what
//! outlives one. [`host`] is an application that uses the component, and traces itself as most do.
//! [`telemetry`] sets both pipelines up. [`receiver`], [`dataset`] and [`side_by_side`] show what came of
//! it, and [`processes`] are the processes in which all this runs.

pub mod broker;
pub mod dataset;
pub mod host;
pub mod library;
pub mod processes;
pub mod protocol;
pub mod receiver;
pub mod relay;
pub mod side_by_side;
pub mod surface;
pub mod telemetry;
