//! `longhaul resume`

use super::{Context, Outcome, pause};
use crate::args::PauseArguments;

pub(super) async fn run(context: &Context, arguments: &PauseArguments) -> Outcome {
    pause::set(context, arguments, false).await
}
