//! The keys of several types, joined at compile time into those of one span.

use crate::span::Site;

/// How many keys a type can have that has those of other types among them: the length of an array
/// cannot depend on a type parameter.
pub const MOST_KEYS: usize = 64;

/// How many keys there are in all lists.
#[must_use]
pub const fn count_keys(lists: &[&[&'static str]]) -> usize {
    let mut count = 0;
    let mut list = 0;
    while list < lists.len() {
        count += lists[list].len();
        list += 1;
    }
    count
}

/// The keys of all lists, and empty ones after them. A key that is there twice does not compile, and none that each span
/// has by itself.
#[must_use]
#[track_caller]
pub const fn join_keys<const N: usize>(lists: &[&[&'static str]]) -> [&'static str; N] {
    assert!(
        count_keys(lists) <= N,
        "the type has more than 64 fields: record fewer of them"
    );
    let mut joined = [""; N];
    let mut count = 0;
    let mut list = 0;
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            let key = lists[list][index];
            if contains(joined.split_at(count).0, key) || contains(&Site::FIELDS, key) {
                given_twice(key);
            }
            joined[count] = key;
            count += 1;
            index += 1;
        }
        list += 1;
    }
    joined
}

/// The first `count` of the keys.
#[must_use]
pub const fn first_keys(
    keys: &'static [&'static str; MOST_KEYS],
    count: usize,
) -> &'static [&'static str] {
    keys.split_at(count).0
}

const fn contains(keys: &[&str], key: &str) -> bool {
    let mut index = 0;
    while index < keys.len() {
        if are_equal(keys[index].as_bytes(), key.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn are_equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Panics with the key in the message, which a constant has to put together by itself.
#[track_caller]
const fn given_twice(key: &str) -> ! {
    let mut text = [0; 512];
    let mut length = 0;
    let parts = [
        "the field `",
        key,
        "` is given twice: a key is exported once, so keep one of the two",
    ];
    let mut part = 0;
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut index = 0;
        while index < bytes.len() && length < text.len() {
            text[length] = bytes[index];
            length += 1;
            index += 1;
        }
        part += 1;
    }
    match std::str::from_utf8(text.split_at(length).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("a field with a long name is given twice"),
    }
}

#[cfg(test)]
mod tests {
    use super::{count_keys, join_keys};

    #[test]
    fn keys_are_joined_in_order() {
        let lists: &[&[&str]] = &[&["a", "b"], &[], &["c"]];
        assert_eq!(count_keys(lists), 3);
        assert_eq!(join_keys::<3>(lists), ["a", "b", "c"]);
        assert_eq!(join_keys::<4>(lists), ["a", "b", "c", ""]);
    }

    #[test]
    #[should_panic(expected = "the field `turn.id` is given twice: a key is exported once")]
    fn a_key_that_is_there_twice_is_named() {
        let _ = join_keys::<3>(&[&["turn.id"], &["id", "turn.id"]]);
    }

    #[test]
    #[should_panic(expected = "the field `relay.outcome` is given twice")]
    fn a_key_that_each_span_has_is_named() {
        let _ = join_keys::<1>(&[&["relay.outcome"]]);
    }

    #[test]
    #[should_panic(expected = "a field with a long name is given twice")]
    fn a_name_that_is_cut_inside_a_character_is_left_out() {
        // 11 bytes before it, so that the end of the text is inside a character.
        let key: &'static str = String::leak("ö".repeat(300));
        let _ = join_keys::<2>(&[&[key], &[key]]);
    }

    #[test]
    #[should_panic(expected = "more than 64 fields")]
    fn too_many_keys_are_refused() {
        let _ = join_keys::<1>(&[&["a"], &["b"]]);
    }
}
