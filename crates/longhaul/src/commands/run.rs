//! `longhaul run`

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use longhaul_api::client::OutputQuery;
use longhaul_api::{SubmitRequest, Task};
use longhaul_model::{StateName, TaskKind, Tells};

use super::inbox::InboxOwner;
use super::prompt::{Typed, default_agent};
use super::submit::{self, Then};
use super::{Context, Outcome, result};
use crate::args::RunArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::following::follow;
use crate::output::{Live, Records};
use crate::readers::while_read;
use crate::signals;

/// More does not fit into a request, whose limit is 16 MiB: base64 makes four bytes of three.
const LARGEST_STDIN: usize = 11 << 20;
/// How long a task may still take whose reader is gone, to count as one that is over.
const MOMENT: Duration = Duration::from_millis(300);

pub(super) async fn run(context: &Context, arguments: RunArguments) -> Outcome {
    let then = Then::of(&arguments.submit)?;
    let request = request(context, &arguments)?;
    let link = Link::open(&context.settings).await?;
    let submitted = submit::send(&link, &request, arguments.submit.key.as_deref()).await?;
    let id = submitted.task.id;
    match then {
        Then::Return => submit::announce(context, &submitted, arguments.submit.json),
        Then::Await => submit::wait_for(context, &link, id, &arguments.submit).await,
        // What an agent prints on its way is for its parser; its answer comes at the end.
        Then::Attach if arguments.submit.json || tells_activity(&request) => {
            submit::stay_with(context, &link, id, &arguments.submit).await
        }
        Then::Attach => attach(context, &link, id, &arguments).await,
    }
}

fn tells_activity(request: &SubmitRequest) -> bool {
    let kind = request.kind.known();
    kind.is_some_and(|kind| kind.rules().tells == Tells::Activity)
}

/// Shows the output as it comes, each stream on its own descriptor, as if the command ran here.
async fn attach(context: &Context, link: &Link, id: u64, arguments: &RunArguments) -> Outcome {
    let screen = context.screen;
    let mut live = Live::new(screen, arguments.submit.wait.progress);
    let mut records = Records::apart(screen);
    let following = async {
        let read = while_read(follow(link, id, OutputQuery::default(), &mut records, &mut live)).await;
        match read {
            Err(failure) if failure.is_nobody_reads() => over_in_a_moment(link, id).await.ok_or(failure),
            Err(failure) if failure.is_unwritten => {
                Err(failure.hint(format!("task {id} keeps it: longhaul logs {id}")))
            }
            read => read,
        }
    };
    let task = signals::unless_ended(screen, &[id], following).await?;
    live.clear();
    if task.state != StateName::Completed {
        result::say_how_it_ended(screen, &task);
    }
    let owner = InboxOwner::of(context, arguments.submit.origin_session.as_deref());
    owner.take(link, [&task]).await;
    Ok(exit::of_task(&task))
}

/// The task if it is over or about to be: `| head -1` leaves a program that is done, too, and that one's code counts.
async fn over_in_a_moment(link: &Link, id: u64) -> Option<Task> {
    let asked = link.client().await_task(id, Some(MOMENT));
    let answered = tokio::time::timeout(MOMENT * 2, asked).await.ok()?.ok()?;
    Some(answered.task).filter(Task::is_terminal)
}

fn request(context: &Context, arguments: &RunArguments) -> Result<SubmitRequest, Failure> {
    let is_bare_prompt = !arguments.prompt.is_empty() && arguments.command.is_empty();
    let is_prompt = is_bare_prompt || arguments.prompt_from.prompt_file.is_some();
    if arguments.agent.names_an_agent() || is_prompt {
        return agent_request(context, arguments);
    }
    if let Some(option) = arguments.agent.first_given() {
        return Err(Failure::usage(format!("{option} is for agents, and nothing names one")).hint("name it: --agent"));
    }
    let command = command(&arguments.prompt, &arguments.command)?;
    let mut request = submit::request(context, TaskKind::Command, &arguments.submit)?;
    request.command = Some(command);
    arguments.access.put(&mut request);
    request.pty = arguments.pty.then_some(true);
    request.leftovers = arguments.leftovers.map(|argument| argument.meant().into());
    match arguments.stdin.as_deref() {
        None => {}
        Some(file) if file == Path::new("-") => read_stdin(&mut request)?,
        Some(file) => {
            let file = file
                .canonicalize()
                .map_err(|error| Failure::usage(format!("--stdin {}: {error}", file.display())))?;
            refuse_what_could_block(&file)?;
            request.stdin_file = Some(submit::text_of_path(&file)?);
        }
    }
    Ok(request)
}

/// What an agent is asked. Nothing of a prompt is ever run as a command.
fn agent_request(context: &Context, arguments: &RunArguments) -> Result<SubmitRequest, Failure> {
    let misplaced = [
        ("--stdin", arguments.stdin.is_some()),
        ("--pty", arguments.pty),
        ("--leftovers", arguments.leftovers.is_some()),
    ];
    if let Some((option, _)) = misplaced.into_iter().find(|(_, is_given)| *is_given) {
        return Err(Failure::usage(format!(
            "{option} is for commands, and an agent was asked"
        )));
    }
    let typed = Typed {
        words: &arguments.prompt,
        after_dashes: &arguments.command,
        file: arguments.prompt_from.prompt_file.as_deref(),
    };
    let default_agent = match arguments.agent.names_an_agent() {
        true => None,
        false if arguments.prompt.len() > 1 => return Err(Failure::usage(TWO_WORDS).hint(EXAMPLE)),
        false => Some(default_agent(context, DEFAULT_OR_COMMAND)?),
    };
    let prompt = typed.read()?;
    let mut request = submit::request(context, TaskKind::Agent, &arguments.submit)?;
    arguments.agent.put(&mut request);
    arguments.access.put(&mut request);
    request.agent = request.agent.or(default_agent);
    request.prompt = Some(prompt);
    Ok(request)
}

const EXAMPLE: &str = "put the command after `--`: longhaul run -- make test";
const DEFAULT_OR_COMMAND: &str = "name one with --agent, or set default_agent in config.toml; put the command after `--`: \
                                  longhaul run -- make test";
const TWO_WORDS: &str = "a prompt is one argument, and a command comes after `--`";

/// The command's words.
fn command(prompt: &[OsString], command: &[OsString]) -> Result<Vec<String>, Failure> {
    if command.is_empty() {
        return Err(Failure::usage("there is nothing to run").hint(EXAMPLE));
    }
    if !prompt.is_empty() {
        return Err(Failure::usage("a prompt and a command exclude each other").hint(EXAMPLE));
    }
    let word = |word: &OsString| {
        let text = word.to_str().map(str::to_owned);
        text.ok_or_else(|| Failure::usage(format!("the argument {} is not UTF-8", word.display())))
    };
    command.iter().map(word).collect()
}

/// Folders cannot be read, and nobody may be there to write into a pipe when the task starts.
fn refuse_what_could_block(file: &Path) -> Result<(), Failure> {
    let kind = file.metadata().map(|facts| facts.file_type());
    let kind = kind.map_err(|error| Failure::usage(format!("--stdin {}: {error}", file.display())))?;
    let refuse = |what: &str| Failure::usage(format!("--stdin {}: it is a {what}", file.display()));
    if kind.is_dir() {
        return Err(refuse("folder"));
    }
    if kind.is_fifo() || kind.is_socket() {
        return Err(refuse("pipe").hint(format!(
            "what can be read from it now is sent along by: --stdin - < {}",
            file.display()
        )));
    }
    Ok(())
}

fn read_stdin(request: &mut SubmitRequest) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    let most = LARGEST_STDIN as u64 + 1;
    let read = std::io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("--stdin -: {error}")))?;
    if bytes.len() > LARGEST_STDIN {
        let message = "--stdin -: more than 11 MiB are too many to send along";
        return Err(Failure::usage(message).hint("keep them in a file: --stdin FILE"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => request.stdin = Some(text),
        Err(error) => {
            request.stdin_base64 = Some(base64::engine::general_purpose::STANDARD.encode(error.as_bytes()));
        }
    }
    Ok(())
}
