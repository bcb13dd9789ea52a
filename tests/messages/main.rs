//! Messages that carry a trace: the attributes, the derive and the serde forms.

mod capture;
mod carried;
mod formats;
mod json;
mod metadata;
mod properties;
mod shapes;
mod support;
