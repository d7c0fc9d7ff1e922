//! `land`: bringing the changes of a worktree into the workspace. It is asked for at an address of its own, never by a
//! submit.

use longhaul_api::{self as api, SubmitRequest};
use longhaul_model::{Task, Work};
use serde_json::json;

use super::{KindWords, Object, object};
use crate::fields::{Read, WordsError};

pub(super) struct Land;

impl KindWords for Land {
    fn fields(&self) -> &'static [&'static str] {
        &[]
    }

    fn read(&self, _request: &SubmitRequest) -> Read<Work> {
        Err(WordsError::new("a landing is not submitted").with_hint("`longhaul land ID`"))
    }

    fn show(&self, work: &Work, shown: &mut api::Task) -> Object {
        let Some(land) = work.landing() else {
            return Object::new();
        };
        shown.lands = Some(land.task.get());
        object([
            ("task", json!(land.task)),
            ("manner", json!(land.manner)),
            ("message", json!(land.message)),
        ])
    }

    fn data(&self, task: &Task) -> Option<Object> {
        let landing = task.facts.landing.as_ref()?;
        Some(object([
            ("target", json!(landing.target)),
            ("commit", json!(landing.commit)),
        ]))
    }
}
