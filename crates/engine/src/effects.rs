//! What follows from a change of a task, carried out: the one place that turns a consequence into a hand.
//!
//! What this is not: it decides nothing, and it writes nothing. It may be late, and it may do a thing twice.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::attempts::Attempts;
use crate::dispatch::Input;
use crate::family::cancel_children;
use crate::ledger::Consequence;
use crate::reconcile::dependencies;
use crate::runtime::{Wake, spawn};

/// Who carries out what follows.
pub(crate) struct Effects {
    pub(crate) attempts: Arc<Attempts>,
    /// Wakes whoever probes prerequisites.
    pub(crate) probe: Wake,
    /// Wakes whoever delivers notifications.
    pub(crate) outbox: Wake,
}

impl Effects {
    /// Carries out what comes, until the ledger is gone.
    pub(crate) async fn run(self, mut consequences: mpsc::UnboundedReceiver<Consequence>) {
        while let Some(consequence) = consequences.recv().await {
            self.carry_out(consequence);
        }
    }

    fn carry_out(&self, consequence: Consequence) {
        let ledger = Arc::clone(&self.attempts.ledger);
        match consequence {
            Consequence::Dispatch => self.attempts.inbox.tell(Input::Dispatch),
            Consequence::StartAttempt { guard, task } => spawn(Arc::clone(&self.attempts).start(guard, task)),
            Consequence::StopAttempt { task, fence } => {
                let attempts = Arc::clone(&self.attempts);
                spawn(async move { attempts.stop(task, fence).await });
            }
            Consequence::CancelChildren(parent) => {
                let now = self.attempts.installation.clock.now();
                spawn(async move { cancel_children(&ledger, now, parent).await });
            }
            Consequence::Ended(task) => spawn(async move { dependencies::tell_dependents(&ledger, &task).await }),
            Consequence::BeganToWait(task) => spawn(async move { dependencies::check(&ledger, task).await }),
            Consequence::Probe => self.probe.wake(),
            Consequence::Notify => self.outbox.wake(),
        }
    }
}
