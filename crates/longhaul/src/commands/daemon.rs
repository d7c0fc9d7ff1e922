//! `longhaul daemon`: being one, and looking after the one that runs.

use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

use longhaul_server::{DaemonSettings, EngineConfig, Stopped};
use tracing_subscriber::EnvFilter;

use super::version::VERSION;
use super::{Context, Outcome, daemon_install};
use crate::args::DaemonCommand;
use crate::clock;
use crate::daemon_link::{Link, PATIENCE};
use crate::daemon_start::{Starting, own_program};
use crate::exit;
use crate::failure::Failure;
use crate::output::age;
use crate::process_end::has_ended;
use crate::settings::{ConfigFile, Submitter, load_config};

/// Between two looks whether the daemon is gone.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

pub(super) fn run(context: &Context, which: &DaemonCommand) -> Outcome {
    match which {
        DaemonCommand::Run { detached } => be_one(context, *detached),
        DaemonCommand::Install => daemon_install::run(context),
        DaemonCommand::Status(_) | DaemonCommand::Stop | DaemonCommand::Restart => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .map_err(|error| Failure::ours(&error))?
                .block_on(look_after(context, which))
        }
    }
}

async fn look_after(context: &Context, which: &DaemonCommand) -> Outcome {
    let link = Link::open_existing(&context.settings).await?;
    match (which, link) {
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
        (DaemonCommand::Status(arguments), Some(link)) => show(context, &link, arguments.json).await,
        (DaemonCommand::Restart, Some(link)) => restart(context, &link).await,
        (DaemonCommand::Restart, None) => {
            let link = Link::open(&context.settings).await?;
            show(context, &link, false).await
        }
        (_, Some(link)) => stop(context, &link).await,
        (_, None) => {
            context.screen.talk("no daemon is running");
            Ok(exit::DONE)
        }
    }
}

async fn show(context: &Context, link: &Link, is_json: bool) -> Outcome {
    let status = link.client().daemon_status().await?;
    if is_json {
        context.screen.json(&status)?;
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

async fn stop(context: &Context, link: &Link) -> Outcome {
    let pid = link.client().daemon_status().await?.pid;
    link.client().daemon_stop().await?;
    let deadline = Instant::now() + PATIENCE;
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

async fn restart(context: &Context, link: &Link) -> Outcome {
    let before = link.client().daemon_status().await?;
    match link.client().daemon_restart().await {
        // It may go before its answer has left.
        Err(error) if !error.is_about_the_connection() => return Err(error.into()),
        _ => {}
    }
    let deadline = Instant::now() + PATIENCE;
    loop {
        let now = link.ask(async |client| client.daemon_status().await).await;
        match now {
            Ok(now) if (now.pid, now.started_at) != (before.pid, before.started_at) => break,
            Ok(_) => {}
            Err(error) if error.code() == Some(longhaul_api::ErrorCode::DaemonStopping) => {}
            Err(error) => return Err(error.into()),
        }
        if Instant::now() >= deadline {
            return Err(Failure::new(
                exit::OURS,
                "the daemon was told to make way and has not ended yet",
            ));
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    show(context, link, false).await
}

/// This process is the daemon until it is told to stop.
fn be_one(context: &Context, detached: bool) -> Outcome {
    if detached {
        // It must not end with the terminal of whoever needed it first. A process that leads its group already cannot
        // leave it, and need not.
        let _ = rustix::process::setsid();
    }
    let folders = &context.settings.folders;
    let config = load_config(&folders.config_file).map_err(|error| Failure::ours(&error).hint(error.hint()))?;
    folders
        .make()
        .map_err(|error| Failure::ours(&error).hint(error.hint()))?;
    start_log(context)?;
    warn_of_listen(context, &config);
    let settings = daemon_settings(context, config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| Failure::ours(&error))?;
    let stopped = runtime.block_on(longhaul_server::run(settings));
    drop(runtime);
    match stopped {
        Ok(Stopped::Stop) => Ok(exit::DONE),
        Ok(Stopped::Restart) => make_way(context, detached),
        Err(error) if error.is_in_use && detached => Ok(exit::ANOTHER_DAEMON),
        Err(error) => {
            let hint = error.hint.clone();
            Err(Failure {
                hint,
                ..Failure::ours(&error)
            })
        }
    }
}

fn daemon_settings(context: &Context, config: ConfigFile) -> Result<DaemonSettings, Failure> {
    // A supervisor must be the very program that sealed its spec, even when the file was replaced meanwhile.
    let supervisor_program = if cfg!(target_os = "linux") {
        "/proc/self/exe".into()
    } else {
        own_program().map_err(|error| Failure::ours(&error))?
    };
    Ok(DaemonSettings {
        state: context.settings.folders.state.clone(),
        socket: context.settings.folders.socket.clone(),
        version: VERSION.to_owned(),
        supervisor_program,
        fallback_environment: Submitter::environment_only(),
        engine: EngineConfig {
            history_kept: config.retention.history,
            finished_kept: config.retention.keep,
            output_total_bytes: config.retention.output_total_bytes,
            output_head_bytes: config.output.head_bytes,
            output_tail_bytes: config.output.tail_bytes,
            max_depth: config.children.max_depth,
            max_descendants: config.children.max_descendants,
            command_idle_timeout: config.run.idle_timeout,
            sweep_only: config.run.sweep_only,
            environment: config.environment,
        },
    })
}

/// The successor of a daemon in the foreground is the same process, for whoever watches over it; that of a detached one
/// is a new process.
fn make_way(context: &Context, detached: bool) -> Outcome {
    if detached {
        Starting::begin(&context.settings.folders)?;
        return Ok(exit::DONE);
    }
    let program = own_program().map_err(|error| Failure::ours(&error))?;
    #[expect(
        clippy::disallowed_methods,
        reason = "it becomes the next daemon, not a process of a task"
    )]
    let failed = std::process::Command::new(program).args(["daemon", "run"]).exec();
    Err(Failure::new(
        exit::OURS,
        format!("cannot start the next daemon: {failed}"),
    ))
}

/// The log goes to standard error: a terminal, the journal, or `daemon.log` for a detached daemon.
fn start_log(context: &Context) -> Result<(), Failure> {
    let filter = context.settings.environment.log.as_deref().unwrap_or("info");
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Failure::new(exit::OURS, format!("LONGHAUL_LOG means nothing: {error}")).hint("try LONGHAUL_LOG=debug")
    })?;
    let colour = io::stderr().is_terminal() && !context.settings.environment.no_color;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colour)
        .with_writer(io::stderr)
        .init();
    Ok(())
}

fn warn_of_listen(context: &Context, config: &ConfigFile) {
    let wanted = context.settings.environment.listen.as_deref();
    let wanted = wanted.or(Some(&config.listen)
        .filter(|listen| **listen != ConfigFile::default().listen)
        .map(String::as_str));
    if let Some(wanted) = wanted {
        tracing::warn!("this version listens on its Unix socket only, not on {wanted}");
    }
}
