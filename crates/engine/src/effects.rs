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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use longhaul_model::StateName;

    use super::*;
    use crate::samples::{World, spec};

    /// Carries out all that followed until now.
    fn carry_out(world: &mut World) -> Effects {
        let effects = Effects {
            attempts: Arc::clone(&world.attempts),
            probe: Wake::default(),
            outbox: Wake::default(),
        };
        let followed = world.followed();
        followed
            .into_iter()
            .for_each(|consequence| effects.carry_out(consequence));
        effects
    }

    #[tokio::test]
    async fn a_task_that_became_ready_wakes_the_dispatcher() {
        let mut world = World::new();
        world.submitted(spec()).await;
        carry_out(&mut world);
        assert!(matches!(world.told()[..], [Input::Dispatch]));
    }

    #[tokio::test]
    async fn who_waits_for_prerequisites_alone_is_probed_at_once() {
        let mut world = World::new();
        let mut spec = spec();
        spec.requires = vec![longhaul_model::Prerequisite::File { path: "f".to_owned() }];
        world.submitted(spec).await;
        let effects = carry_out(&mut world);
        let woken = tokio::time::timeout(Duration::from_secs(30), effects.probe.woken()).await;
        assert!(woken.is_ok());
    }

    /// What it depends on ended in the moment in which it was stored.
    #[tokio::test]
    async fn a_task_that_began_to_wait_for_one_that_is_over_does_not_wait_for_ever() {
        let mut world = World::new();
        let first = world.running().await;
        let mut after = spec();
        after.after = vec![first.id];
        let dependent = world.submitted(after).await;
        world.lost(first.id).await;
        world.ledger.forget(first.id);
        let told = world.ledger.waiters().register(dependent.id);
        carry_out(&mut world);
        assert_eq!(told.await.expect("it is told").state(), StateName::Failed);
    }
}
