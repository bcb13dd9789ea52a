//! The proof that a caller holds its credential. What a product would sign with a key is a digest here.

use tracing_relay::{relay_traced, task};

use super::RELAY;
use crate::library;
use crate::protocol::Secret;

/// The proof for one request to a path. To make one takes a while, so that it is made on another thread.
pub(super) async fn prove(token: Secret, path: String) -> Option<String> {
    let proof = task::spawn_blocking(move || sign(&token, &path));
    // Only a panic is an error, and a request without a proof is refused.
    proof.await.ok()
}

#[relay_traced(scope = RELAY, name = "relay.proof.sign")]
fn sign(token: &Secret, path: &str) -> String {
    let digest = library::digest(&format!("{} {path}", token.expose()));
    format!("{digest:016x}")
}
