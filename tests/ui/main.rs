//! Misuse does not compile, and the compiler says what to write instead.
