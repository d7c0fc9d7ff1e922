//! `longhaul review` and `adversarial-review`

use longhaul_api::{ReviewRequest, SubmitRequest};
use longhaul_model::TaskKind;

use super::prompt::default_agent;
use super::submit::{self, Then};
use super::{Context, Outcome};
use crate::args::{AdversarialReviewArguments, ReviewArguments, ReviewedArguments, SubmitArguments};
use crate::daemon_link::Link;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, arguments: ReviewArguments) -> Outcome {
    let request = request(context, &arguments.about, &arguments.submit, ReviewRequest::default())?;
    submitted(context, &request, &arguments.submit).await
}

pub(super) async fn run_adversarial(context: &Context, arguments: AdversarialReviewArguments) -> Outcome {
    let asked = ReviewRequest {
        adversarial: Some(true),
        focus: arguments.focus.clone(),
        ..ReviewRequest::default()
    };
    let request = request(context, &arguments.about, &arguments.submit, asked)?;
    submitted(context, &request, &arguments.submit).await
}

async fn submitted(context: &Context, request: &SubmitRequest, arguments: &SubmitArguments) -> Outcome {
    let then = Then::of(arguments)?;
    let link = Link::open(&context.settings).await?;
    let submitted = submit::send(&link, request, arguments.key.as_deref()).await?;
    let id = submitted.task.id;
    match then {
        Then::Return => submit::announce(context, &submitted, arguments.json),
        Then::Await => submit::wait_for(context, &link, id, arguments).await,
        Then::Attach => submit::stay_with(context, &link, id, arguments).await,
    }
}

fn request(
    context: &Context,
    about: &ReviewedArguments,
    arguments: &SubmitArguments,
    asked: ReviewRequest,
) -> Result<SubmitRequest, Failure> {
    let agent = match &about.agent {
        Some(agent) => agent.clone(),
        None => default_agent(
            context,
            "name a reviewer with --agent, or set default_agent in config.toml",
        )?,
    };
    Ok(SubmitRequest {
        agent: Some(agent),
        model: about.model.clone(),
        effort: about.effort.clone(),
        no_park: about.no_park.then_some(true),
        review: Some(ReviewRequest {
            base: about.base.clone(),
            uncommitted: about.uncommitted.then_some(true),
            ..asked
        }),
        ..submit::request(context, TaskKind::Agent, arguments)?
    })
}
