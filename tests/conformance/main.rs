//! The codecs against the texts of the specifications.
