//! What a program leaves running when its leader is over: asked to end, then killed; or kept.

use std::collections::HashMap;

use super::tree::Tree;
use crate::process::{self, Process};
use crate::receipt::{Leftover, LeftoverAction};
use crate::signal::Signal;

/// How many are listed in a receipt.
const LISTED: usize = 100;

/// The leftovers of one step.
#[derive(Debug, Default)]
pub(super) struct StepLeftovers {
    known: HashMap<(i32, u64), usize>,
    list: Vec<Leftover>,
}

impl StepLeftovers {
    /// Asks everything alive that has not been asked yet to end.
    pub(super) fn ask(&mut self, tree: &Tree) {
        for one in tree.living() {
            if self.add(&one, LeftoverAction::Stopped) {
                process::signal(&one, Signal::TERM);
                // One that is stopped would not hear it.
                process::signal(&one, Signal::CONT);
            }
        }
    }

    /// Lists everything alive as to be killed.
    pub(super) fn condemn(&mut self, tree: &Tree) {
        for one in tree.living() {
            self.add(&one, LeftoverAction::Killed);
            if let Some(place) = self.known.get(&(one.pid, one.start_time)) {
                self.list[*place].action = LeftoverAction::Killed;
            }
        }
    }

    /// Lists everything alive as kept.
    pub(super) fn keep(&mut self, tree: &mut Tree) {
        for one in tree.living() {
            self.add(&one, LeftoverAction::Kept);
        }
        tree.keep_living();
    }

    pub(super) fn into_list(self) -> Vec<Leftover> {
        self.list
    }

    /// Whether it was not known.
    fn add(&mut self, one: &Process, action: LeftoverAction) -> bool {
        let key = (one.pid, one.start_time);
        if self.known.contains_key(&key) {
            return false;
        }
        if self.list.len() < LISTED {
            self.known.insert(key, self.list.len());
            self.list.push(Leftover {
                pid: one.pid,
                command: process::command(one.pid),
                action,
            });
        }
        true
    }
}
