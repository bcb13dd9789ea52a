//! stub
use crate::Extracted;
/// stub
pub fn inherited() -> Extracted { Extracted::absent() }
