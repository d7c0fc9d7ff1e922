//! Worktrees on real repositories, with a runner that dies at a chosen moment: whatever is cut off, the next start finds a
//! consistent state, and nothing is lost.

mod changes;
mod dying;
mod landing;
mod merging;
mod preparing;
mod removing;
mod world;
