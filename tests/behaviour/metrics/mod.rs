//! Instruments as statics, and the durations of annotated functions.

mod durations;
mod elsewhere;
mod instruments;
