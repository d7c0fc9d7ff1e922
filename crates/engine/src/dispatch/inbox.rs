//! Everything that can wake the dispatcher.

use longhaul_model::{Ending, Facts, Fence, TaskId};
use tokio::sync::mpsc;

/// Everything that can wake the loop.
#[derive(Debug)]
pub(crate) enum Input {
    /// A task became ready, a slot may be free, a limit changed, or a time was set.
    Dispatch,
    /// An attempt is over.
    Ended(Box<EndedAttempt>),
    /// Look at everything: somebody knows that something may have been missed.
    Round,
    /// The daemon stops: claim nothing more.
    Stop,
}

/// An attempt that is over, ready to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct EndedAttempt {
    pub(crate) task: TaskId,
    pub(crate) fence: Fence,
    pub(crate) ending: Ending,
    pub(crate) facts: Facts,
    /// The final message of an agent; nothing if it gave none.
    pub(crate) message: Option<String>,
}

/// Where the dispatcher is told. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Inbox(mpsc::UnboundedSender<Input>);

impl Inbox {
    /// An inbox, and what the dispatcher reads from it.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Input>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Wakes the dispatcher. It may be gone already, when the daemon stops.
    pub(crate) fn tell(&self, input: Input) {
        let _ = self.0.send(input);
    }
}
