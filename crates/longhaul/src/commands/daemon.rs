//! `longhaul daemon`, and `daemon run`: being one.

mod agents;

use std::io::{self, IsTerminal};
use std::os::unix::process::CommandExt;

use longhaul_server::{DaemonSettings, EngineConfig, Listen, NotifySettings, Stopped, Webhook, WebhookSecret};
use tracing_subscriber::EnvFilter;

use super::version::VERSION;
use super::{Context, Outcome, daemon_care, daemon_install};
use crate::args::DaemonCommand;
use crate::daemon_start::{Starting, own_program};
use crate::exit;
use crate::failure::Failure;
use crate::neutral;
use crate::settings::{
    ConfigFile, ListenError, OwnRights, Submitter, WebhookTable, host_names, listen_address, load_config, networks,
};

pub(super) fn run(context: &Context, which: &DaemonCommand) -> Outcome {
    match which {
        DaemonCommand::Run { detached } => be_one(context, *detached),
        DaemonCommand::Install => daemon_install::run(context),
        DaemonCommand::Start | DaemonCommand::Status(_) | DaemonCommand::Stop | DaemonCommand::Restart => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .map_err(|error| Failure::ours(&error))?
                .block_on(daemon_care::look_after(context, which))
        }
    }
}

/// This process is the daemon until it is told to stop.
fn be_one(context: &Context, detached: bool) -> Outcome {
    neutral::as_daemon(detached);
    let folders = &context.settings.folders;
    let config = load_config(&folders.config_file).map_err(|error| Failure::ours(&error).hint(error.hint()))?;
    let _own_rights = OwnRights::keep();
    folders
        .make()
        .map_err(|error| Failure::ours(&error).hint(error.hint()))?;
    start_log(context)?;
    let settings = daemon_settings(context, config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        // Enough for launches, looks and probes side by side; a burst of a thousand tasks must not make a thousand threads.
        .max_blocking_threads(32)
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
    let notify = notify(&config)?;
    Ok(DaemonSettings {
        state: context.settings.folders.state.clone(),
        socket: context.settings.folders.socket.clone(),
        listen: listen(context, &config)?,
        version: VERSION.to_owned(),
        supervisor_program,
        fallback_environment: Submitter::environment_only(),
        engine: EngineConfig {
            history_kept: config.retention.history,
            finished_kept: config.retention.keep,
            worktrees_kept: config.retention.worktrees,
            isolation: config.isolation,
            output_total_bytes: config.retention.output_total_bytes,
            output_head_bytes: config.output.head_bytes,
            output_tail_bytes: config.output.tail_bytes,
            max_depth: config.children.max_depth,
            max_descendants: config.children.max_descendants,
            readers_per_workspace: config.readers_per_workspace,
            exclusive_writes: config.exclusive_writes,
            agent_idle_timeout: config.agent_idle_timeout,
            max_parkings: if config.park_on_usage_limit {
                config.max_parkings
            } else {
                0
            },
            write_mode: agents::write_mode(config.write_mode),
            helper_timeout: config.children.reader_timeout,
            max_helpers: config.children.max_readers,
            command_idle_timeout: config.run.idle_timeout,
            sweep_only: config.run.sweep_only,
            agents: agents::agents(config.agents)?,
            require_enforcement: config.require_enforcement,
            allowed_sockets: config.allowed_sockets,
            trusted_containers: config.trusted_containers,
            private_files: vec![context.settings.folders.config_file.clone()],
            notify,
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

/// Where to listen on TCP: the environment's word, else the configuration's.
fn listen(context: &Context, config: &ConfigFile) -> Result<Listen, Failure> {
    let refused = |error: ListenError| Failure::ours(&error).hint(error.hint());
    let typed = context.settings.environment.listen.as_deref().unwrap_or(&config.listen);
    Ok(Listen {
        address: listen_address(typed, config.allow_remote).map_err(refused)?,
        allowed_hosts: host_names(&config.allowed_hosts).map_err(refused)?,
        trusted_proxies: networks(&config.trusted_proxies).map_err(refused)?,
        public_url: config.page_url.as_deref().map(page_url).transpose()?,
    })
}

fn page_url(typed: &str) -> Result<String, Failure> {
    if is_http(typed) {
        return Ok(typed.trim_end_matches('/').to_owned());
    }
    let failure = Failure::new(exit::OURS, format!("`{typed}` in `page_url` is no address of a page"));
    Err(failure.hint("write it like \"https://box.example\""))
}

/// Who is told of what.
fn notify(config: &ConfigFile) -> Result<NotifySettings, Failure> {
    let webhook = |table: &WebhookTable| {
        let refused = |what: &str| Failure::new(exit::OURS, format!("a [[webhook]] in config.toml has {what}"));
        if !is_http(&table.url) {
            return Err(refused("no `url` to post to").hint("write it like url = \"https://hooks.example/path\""));
        }
        if table.secret.is_empty() {
            let hint = "its receiver needs one to know that a message is yours: secret = \"…\"";
            return Err(refused("no `secret` to sign with").hint(hint));
        }
        Ok(Webhook {
            name: table.name.clone(),
            url: WebhookSecret::new(&table.url),
            secret: WebhookSecret::new(&table.secret),
        })
    };
    Ok(NotifySettings {
        default: config.notify,
        desktop: config.notify_desktop,
        command: config.notify_command.clone(),
        webhooks: config.webhook.iter().map(webhook).collect::<Result<_, _>>()?,
    })
}

fn is_http(address: &str) -> bool {
    let rest = address.strip_prefix("http://").or(address.strip_prefix("https://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !address.contains(char::is_whitespace))
}
