//! `longhaul run`

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use base64::Engine;
use longhaul_api::SubmitRequest;
use longhaul_api::client::OutputQuery;

use super::submit::{self, Then};
use super::{Context, Outcome, result};
use crate::args::RunArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::following::follow;
use crate::output::{Live, Records};
use crate::settings::load_config;
use crate::signals;

/// More does not fit into a request, whose limit is 16 MiB: base64 makes four bytes of three.
const LARGEST_STDIN: usize = 11 << 20;

pub(super) async fn run(context: &Context, arguments: RunArguments) -> Outcome {
    let then = Then::of(&arguments.submit)?;
    let request = request(context, &arguments)?;
    let link = Link::open(&context.settings).await?;
    let submitted = submit::send(&link, &request, arguments.submit.key.as_deref()).await?;
    let id = submitted.task.id;
    match then {
        Then::Return => submit::announce(context, &submitted, arguments.submit.json),
        Then::Await => submit::wait_for(context, &link, id, &arguments.submit).await,
        Then::Attach if arguments.submit.json => submit::stay_with(context, &link, id, &arguments.submit).await,
        Then::Attach => attach(context, &link, id, &arguments).await,
    }
}

/// Shows the output as it comes, each stream on its own descriptor, as if the command ran here.
async fn attach(context: &Context, link: &Link, id: u64, arguments: &RunArguments) -> Outcome {
    let screen = context.screen;
    let mut live = Live::new(screen, arguments.submit.wait.progress);
    let mut records = Records::apart(screen);
    let following = follow(link, id, OutputQuery::default(), &mut records, &mut live);
    let task = signals::unless_ended(screen, &[id], following).await?;
    live.clear();
    if task.state != "completed" {
        result::say_how_it_ended(screen, &task);
    }
    Ok(exit::of_task(&task))
}

fn request(context: &Context, arguments: &RunArguments) -> Result<SubmitRequest, Failure> {
    let command = command(context, &arguments.prompt, &arguments.command)?;
    let mut request = submit::request(context, "command", &arguments.submit)?;
    request.command = Some(command);
    arguments.access.put(&mut request);
    request.pty = arguments.pty.then_some(true);
    request.leftovers = arguments.leftovers.map(|word| word.word().to_owned());
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

/// The command's words. Without `--` what was typed is a prompt, or a mistake; neither is ever run.
fn command(context: &Context, prompt: &[OsString], command: &[OsString]) -> Result<Vec<String>, Failure> {
    let example = "put the command after `--`: longhaul run -- make test";
    match (prompt, command) {
        ([], []) => return Err(Failure::usage("there is nothing to run").hint(example)),
        ([], _) => {}
        ([_], []) => return Err(no_agent(context)?.hint(example)),
        (_, []) => {
            return Err(Failure::usage("a prompt is one argument, and a command comes after `--`").hint(example));
        }
        _ => return Err(Failure::usage("a prompt and a command exclude each other").hint(example)),
    }
    let word = |word: &OsString| {
        let text = word.to_str().map(str::to_owned);
        text.ok_or_else(|| Failure::usage(format!("the argument {} is not UTF-8", word.display())))
    };
    command.iter().map(word).collect()
}

fn no_agent(context: &Context) -> Result<Failure, Failure> {
    let config = load_config(&context.settings.folders.config_file);
    let config = config.map_err(|error| Failure::ours(&error).hint(error.hint()))?;
    Ok(match config.default_agent {
        None => Failure::usage("no agent is configured that could take a prompt"),
        Some(agent) => Failure::usage(format!("no agent is configured: this version cannot run `{agent}` yet")),
    })
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
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("--stdin -: {error}")))?;
    if bytes.len() > LARGEST_STDIN {
        let message = format!("--stdin -: {} bytes are too many to send along", bytes.len());
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
