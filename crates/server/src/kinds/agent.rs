//! `agent`: a coding agent, and what it is asked.

use longhaul_api::{self as api, EditRequest, ReviewRequest, SubmitRequest, review_schema};
use longhaul_model::{Access, AgentWork, Work};
use serde_json::{Value, json};

use super::{KindWords, Object, object, review};
use crate::fields::{Read, WordsError, put};

pub(super) struct Agent;

impl KindWords for Agent {
    fn fields(&self) -> &'static [&'static str] {
        &[
            "agent",
            "prompt",
            "model",
            "effort",
            "resume",
            "answer_schema",
            "review",
            "no_park",
        ]
    }

    fn editable(&self) -> &'static [&'static str] {
        &["prompt", "model", "effort"]
    }

    fn read(&self, request: &SubmitRequest) -> Read<Work> {
        agent_work(request).map(Work::Agent)
    }

    fn name(&self, request: &SubmitRequest) -> Option<String> {
        request.review.as_ref().map(review::name)
    }

    fn edit(&self, request: &mut EditRequest, work: &mut Work) {
        let Some(work) = work.agent_mut() else { return };
        put(&mut work.prompt, request.prompt.take());
        put(&mut work.model, request.model.take());
        put(&mut work.effort, request.effort.take());
    }

    fn show(&self, work: &Work, shown: &mut api::Task) -> Object {
        let Some(work) = work.agent() else {
            return Object::new();
        };
        shown.agent = Some(work.agent.clone());
        shown.prompt = Some(work.prompt.clone());
        shown.model.clone_from(&work.model);
        shown.effort.clone_from(&work.effort);
        let schema = work.answer_schema.as_ref();
        object([
            ("agent", json!(work.agent)),
            ("prompt", json!(work.prompt)),
            ("model", json!(work.model)),
            ("effort", json!(work.effort)),
            ("resume", json!(work.resume)),
            // Of a review the schema is always the same.
            (
                "answer_schema",
                schema
                    .filter(|_| work.review.is_none())
                    .and_then(|schema| serde_json::from_str(schema).ok())
                    .unwrap_or(Value::Null),
            ),
            ("review", json!(work.review.as_ref().map(review::shown))),
            ("no_park", json!((work.max_parkings == 0).then_some(true))),
        ])
    }
}

/// What an agent is asked. Which agent may be left out if the session says it; the engine knows.
fn agent_work(request: &SubmitRequest) -> Read<AgentWork> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    // A script's empty variable: a new session is not what it asks for.
    if request.resume.as_deref().is_some_and(|resume| resume.trim().is_empty()) {
        return Err(WordsError::new("the session to go on with is empty"));
    }
    let (agent, resume) = (text(&request.agent), text(&request.resume));
    if agent.is_none() && resume.is_none() {
        return Err(WordsError::new(
            "an agent task needs the field `agent`, the agent's name",
        ));
    }
    if let Some(asked) = &request.review {
        return review_work(request, asked, agent);
    }
    let Some(prompt) = request.prompt.clone() else {
        return Err(WordsError::new(
            "an agent task needs the field `prompt`, what the agent is asked",
        ));
    };
    let schema = request.answer_schema.as_ref().map(|schema| match schema {
        serde_json::Value::Object(_) => Ok(schema.to_string()),
        _ => Err(WordsError::new("answer_schema must be a JSON schema, an object")),
    });
    Ok(AgentWork {
        agent: agent.unwrap_or_default(),
        prompt,
        model: text(&request.model),
        effort: text(&request.effort),
        resume,
        answer_schema: schema.transpose()?,
        review: None,
        // As often as the configuration allows.
        max_parkings: if request.no_park == Some(true) { 0 } else { u32::MAX },
    })
}

/// What a reviewer is asked: all but who it is follows from what is to be reviewed.
fn review_work(request: &SubmitRequest, asked: &ReviewRequest, agent: Option<String>) -> Read<AgentWork> {
    let own = [
        ("prompt", request.prompt.is_some()),
        ("answer_schema", request.answer_schema.is_some()),
        ("resume", request.resume.is_some()),
        (
            "access",
            request
                .access
                .as_ref()
                .is_some_and(|access| *access != Access::ReadOnly),
        ),
    ];
    if let Some((field, _)) = own.into_iter().find(|(_, is_given)| *is_given) {
        return Err(WordsError::new(format!(
            "a review makes its own prompt and only reads: it has no field `{field}`"
        )));
    }
    let Some(agent) = agent else {
        return Err(WordsError::new("a review needs the field `agent`, the reviewer's name"));
    };
    let scope = review::scope(asked)?;
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    Ok(AgentWork {
        agent,
        prompt: review::prompt(asked),
        model: text(&request.model),
        effort: text(&request.effort),
        resume: None,
        answer_schema: Some(review_schema().to_string()),
        review: Some(scope),
        max_parkings: if request.no_park == Some(true) { 0 } else { u32::MAX },
    })
}
