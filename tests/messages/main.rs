//! Messages that carry a trace: the attributes, the derive and the serde forms.
