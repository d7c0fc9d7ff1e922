//! `command`: a program and its arguments.

use longhaul_api::{self as api, EditRequest, SubmitRequest};
use longhaul_model::Work;
use serde_json::json;

use super::{KindWords, Object, object};
use crate::fields::{Read, WordsError};

pub(super) struct Command;

impl KindWords for Command {
    fn fields(&self) -> &'static [&'static str] {
        &["command", "pty", "leftovers", "stdin", "stdin_base64", "stdin_file"]
    }

    fn editable(&self) -> &'static [&'static str] {
        &["command"]
    }

    fn read(&self, request: &SubmitRequest) -> Read<Work> {
        match &request.command {
            Some(command) => Ok(Work::Command {
                command: command.clone(),
            }),
            None => Err(WordsError::new(
                "a command needs the field `command`, an array of strings",
            )),
        }
    }

    fn edit(&self, request: &mut EditRequest, work: &mut Work) {
        if let (Some(given), Work::Command { command }) = (request.command.take(), work) {
            *command = given;
        }
    }

    fn show(&self, work: &Work, shown: &mut api::Task) -> Object {
        if let Work::Command { command } = work {
            shown.command = Some(command.clone());
        }
        object([("command", json!(shown.command))])
    }
}
