//! The options as documented.

use super::args::{RELAY_TRACED, REQUEST_SPAN, TRACED};
use crate::snapshots;

#[test]
fn every_option_is_documented() {
    for table in [&REQUEST_SPAN, &TRACED, &RELAY_TRACED] {
        snapshots::check_documented("functions.rs", table);
    }
}
