//! The delegate: takes the reviews, and hands them on to the core.

use tokio::sync::mpsc;

use super::submission::Queued;

/// Forwards submissions as they are, each in the trace that it came with.
pub(super) async fn forward(mut reviews: mpsc::Receiver<Queued>, core: mpsc::Sender<Queued>) {
    while let Some(review) = reviews.recv().await {
        if core.send(review).await.is_err() {
            return;
        }
    }
}
