//! `longhaul clone`

use longhaul_model::TaskKind;

use super::submit::{self, Then};
use super::{Context, Outcome};
use crate::args::CloneArguments;
use crate::daemon_link::Link;

pub(super) async fn run(context: &Context, arguments: CloneArguments) -> Outcome {
    let then = Then::of(&arguments.submit)?;
    let mut request = submit::request(context, TaskKind::Clone, &arguments.submit)?;
    request.url = Some(arguments.url.clone());
    request.dir = arguments.dir.as_deref().map(submit::text_of_path).transpose()?;
    let link = Link::open(&context.settings).await?;
    let submitted = submit::send(&link, &request, arguments.submit.key.as_deref()).await?;
    let id = submitted.task.id;
    match then {
        Then::Return => submit::announce(context, &submitted, arguments.submit.json),
        Then::Await => submit::wait_for(context, &link, id, &arguments.submit).await,
        Then::Attach => submit::stay_with(context, &link, id, &arguments.submit).await,
    }
}
