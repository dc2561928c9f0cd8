//! How far the views have come, as `view.progress` tells: what position waits stand on.

use async_trait::async_trait;
use mediamesh_domain::parked::{About, HeldKey};
use mediamesh_domain::position::Position;
use mediamesh_domain::view::{View, ViewVersion};
use std::time::Duration;

/// Follows the views' progress.
#[async_trait]
pub trait Progress: Send + Sync {
    /// The version of a view that readers use now.
    fn active(&self, view: View) -> ViewVersion;

    /// How far a view's active version has come.
    fn current(&self, view: View) -> Position;

    /// What a view's active version holds back of something, where it does: it was accepted, and readers do not see
    /// it until an operator has looked.
    fn held(&self, view: View, about: About) -> Option<HeldKey>;

    /// Waits until a view includes a position; where it does not within `wait`, says where it is.
    ///
    /// # Errors
    /// The view's position, where it did not come that far in time.
    async fn reach(
        &self,
        view: View,
        position: &Position,
        wait: Duration,
    ) -> Result<Position, Position>;
}
