//! `longhaul daemon start|status|stop|restart`: looking after the one that runs.

use std::time::{Duration, Instant};

use longhaul_api::{DaemonStatus, ErrorCode};

use super::version::VERSION;
use super::{Context, Outcome};
use crate::args::DaemonCommand;
use crate::clock;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::age;
use crate::process_end::has_ended;

/// Between two looks whether the daemon is gone.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

pub(super) async fn look_after(context: &Context, which: &DaemonCommand) -> Outcome {
    let found = match Link::open_existing(&context.settings).await? {
        Some(link) => ask_status(context, &link).await?.map(|status| (link, status)),
        None => None,
    };
    match (which, found) {
        (DaemonCommand::Status(arguments), None) => {
            if arguments.json {
                context.screen.json(&serde_json::json!({ "running": false }))?;
            } else {
                context
                    .screen
                    .line("no daemon is running; the first command that needs one starts it")?;
            }
            Ok(exit::NOT_YET)
        }
        (DaemonCommand::Status(arguments), Some((_, status))) => show(context, &status, arguments.json),
        (DaemonCommand::Start, Some((_, status))) => show(context, &status, false),
        (DaemonCommand::Start, None) => {
            let link = Link::open_anywhere(&context.settings).await?;
            let status = link.ask(async |client| client.daemon_status().await).await?;
            show(context, &status, false)
        }
        (DaemonCommand::Restart, Some((link, before))) => restart(context, &link, &before).await,
        (DaemonCommand::Restart, None) => {
            let link = Link::open(&context.settings).await?;
            let status = link.ask(async |client| client.daemon_status().await).await?;
            show(context, &status, false)
        }
        (_, Some((link, status))) => stop(context, &link, status.pid).await,
        (_, None) => {
            context.screen.talk("no daemon is running");
            Ok(exit::NOT_YET)
        }
    }
}

fn show(context: &Context, status: &DaemonStatus, is_json: bool) -> Outcome {
    if is_json {
        context.screen.json(status)?;
        return Ok(exit::DONE);
    }
    let started = age(status.started_at, clock::now());
    context.screen.line(format_args!(
        "running, version {}, process {}, started {started}",
        status.version, status.pid
    ))?;
    context.screen.line(format_args!("socket {}", status.socket))?;
    if let Some(http) = &status.http {
        context.screen.line(format_args!("page {http}"))?;
    }
    if status.version != VERSION {
        context.screen.hint(format_args!(
            "this is version {VERSION}: `longhaul daemon restart` starts it"
        ));
    }
    Ok(exit::DONE)
}

/// What the daemon says of itself, if it says anything within the time that a daemon may take. Nothing if it died in
/// this very moment, and nobody is there now.
async fn ask_status(context: &Context, link: &Link) -> Result<Option<DaemonStatus>, Failure> {
    let asked = async {
        loop {
            match link.client().daemon_status().await {
                Err(error) if error.is_about_the_connection() => {
                    if Link::open_existing(&context.settings).await?.is_none() {
                        return Ok(None);
                    }
                    tokio::time::sleep(BETWEEN_LOOKS).await;
                }
                answer => return Ok(Some(answer?)),
            }
        }
    };
    match tokio::time::timeout(link.patience, asked).await {
        Ok(answer) => answer,
        Err(_) => Err(Failure::new(
            exit::OURS,
            format!(
                "a daemon holds {} and has not answered for {} s",
                link.client().socket().display(),
                link.patience.as_secs()
            ),
        )
        .hint("it may be stopped (SIGSTOP) or overloaded; tasks go on without it")),
    }
}

async fn stop(context: &Context, link: &Link, pid: u32) -> Outcome {
    match link.client().daemon_stop().await {
        // It may go before its answer has left, or have died by itself: whether it is gone is looked at below.
        Err(error) if !error.is_about_the_connection() => return Err(error.into()),
        _ => {}
    }
    let deadline = Instant::now() + link.patience;
    while !has_ended(pid) {
        if Instant::now() >= deadline {
            return Err(Failure::new(
                exit::OURS,
                format!("the daemon (process {pid}) was told to stop and has not ended yet"),
            ));
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    context.screen.talk("the daemon is stopped; running tasks go on");
    Ok(exit::DONE)
}

async fn restart(context: &Context, link: &Link, before: &DaemonStatus) -> Outcome {
    match link.client().daemon_restart().await {
        // It may go before its answer has left.
        Err(error) if !error.is_about_the_connection() => return Err(error.into()),
        _ => {}
    }
    let deadline = Instant::now() + link.patience;
    let now = loop {
        match link.ask(async |client| client.daemon_status().await).await {
            Ok(now) if (now.pid, now.started_at) != (before.pid, before.started_at) => break now,
            Ok(_) => {}
            Err(error) if error.code() == Some(ErrorCode::DaemonStopping) => {}
            Err(error) => return Err(error.into()),
        }
        if Instant::now() >= deadline {
            return Err(Failure::new(
                exit::OURS,
                "the daemon was told to make way and has not ended yet",
            ));
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    };
    show(context, &now, false)
}
