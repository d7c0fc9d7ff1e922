//! Every key of `config.toml` with its default, described once. The page and the tests are made from it.

use std::fmt::Write;

struct Key {
    table: &'static str,
    name: &'static str,
    /// As it is written in the file; nothing if the key is unset by default.
    default: Option<&'static str>,
    /// Some value, for keys that are unset by default; nothing for a key whose value is any text.
    example: Option<&'static str>,
    about: &'static str,
}

const fn key(table: &'static str, name: &'static str, default: Option<&'static str>, about: &'static str) -> Key {
    Key {
        table,
        name,
        default,
        example: None,
        about,
    }
}

/// A key about one agent: unset by default.
const fn agent(name: &'static str, example: &'static str, about: &'static str) -> Key {
    Key {
        table: "agents.NAME",
        name,
        default: None,
        example: Some(example),
        about,
    }
}

const KEYS: &[Key] = &[
    key(
        "",
        "default_agent",
        None,
        "The agent that takes a prompt without `--agent`.",
    ),
    key(
        "",
        "listen",
        Some("\"127.0.0.1:7717\""),
        "Where the page and the API are on TCP; `\"off\"` for the Unix socket alone. If the port is taken, a free one is used. `LONGHAUL_LISTEN` overrides it.",
    ),
    key(
        "",
        "allow_remote",
        Some("false"),
        "Whether `listen` may name an address that other machines reach. They still need the token, but the traffic is not encrypted.",
    ),
    key(
        "",
        "allowed_hosts",
        Some("[]"),
        "Names by which the page is reached through a tunnel or a proxy, besides `localhost`, `127.0.0.1` and `[::1]`: host names without port.",
    ),
    key(
        "",
        "page_url",
        None,
        "The address of the page in notifications, if it is reached by another one than that of `listen`.",
    ),
    key(
        "",
        "notify",
        Some("\"problems\""),
        "What is told of tasks whose submit does not say: `all`, `problems`, `done` or `none`.",
    ),
    key(
        "",
        "notify_desktop",
        Some("true"),
        "Whether the desktop is told, by `notify-send` or `osascript`.",
    ),
    key(
        "",
        "notify_command",
        Some("[]"),
        "A program, and its arguments, that gets each notification as JSON on standard input.",
    ),
    key(
        "",
        "readers_per_workspace",
        Some("3"),
        "How many read-only tasks may run at once in one workspace.",
    ),
    key(
        "",
        "exclusive_writes",
        Some("false"),
        "Whether nobody reads a workspace while somebody writes it in place.",
    ),
    key(
        "",
        "require_enforcement",
        Some("false"),
        "Whether a read-only task fails (reason `enforcement`) where the kernel does not keep it read-only by all its means.",
    ),
    key(
        "",
        "allowed_sockets",
        Some("[]"),
        "Unix sockets, or folders of such, that read-only tasks may reach: absolute paths. All others are masked.",
    ),
    key(
        "",
        "trusted_containers",
        Some("[]"),
        "Control groups, as `/proc/PID/cgroup` shows them, whose processes may ask though they are in a user namespace of their own: containers of yours. Others are refused.",
    ),
    key(
        "",
        "trusted_proxies",
        Some("[]"),
        "Addresses or networks from which a proxy or tunnel of your own user may come that cannot be seen, even while a task with fewer rights runs. Such a task could come from there, too.",
    ),
    key(
        "",
        "park_on_usage_limit",
        Some("true"),
        "Whether an agent's task waits for a usage limit to be reset, and then goes on with its session, instead of failing.",
    ),
    key(
        "",
        "max_parkings",
        Some("10"),
        "How often one task may wait for a usage limit to be reset.",
    ),
    key(
        "",
        "agent_idle_timeout",
        Some("\"30m\""),
        "When an agent that shows no sign of life is ended, unless its submit says otherwise; `\"none\"` for never.",
    ),
    key(
        "",
        "write_mode",
        Some("\"workspace\""),
        "How far an agent that may write is let: `workspace` keeps the agent's own sandbox where it has one, `full` turns all its guards off.",
    ),
    key(
        "",
        "isolation",
        Some("\"in-place\""),
        "Where writers work that do not say it, unless their repository's `.longhaul.toml` does: `in-place` or `worktree`.",
    ),
    key(
        "retention",
        "worktrees",
        Some("\"14d\""),
        "How long the worktree of a finished task is kept that nobody landed or discarded; then what only it has is saved and it is removed.",
    ),
    key(
        "retention",
        "history",
        Some("\"30d\""),
        "How long finished tasks are kept.",
    ),
    key(
        "retention",
        "keep",
        Some("1000"),
        "How many of the newest finished tasks are kept, however old.",
    ),
    key(
        "retention",
        "output_total_bytes",
        Some("10737418240"),
        "How much output all tasks together may keep; the oldest finished output goes first, the records stay.",
    ),
    key(
        "output",
        "head_bytes",
        Some("16777216"),
        "How much of the beginning of an attempt's output is kept.",
    ),
    key(
        "output",
        "tail_bytes",
        Some("50331648"),
        "How much of the end of an attempt's output is kept.",
    ),
    key(
        "run",
        "idle_timeout",
        None,
        "When a command that does nothing is ended, unless its submit says otherwise.",
    ),
    key(
        "run",
        "sweep_only",
        Some("false"),
        "Whether process trees are ended by the sweep alone, even where control groups could be used.",
    ),
    key(
        "children",
        "max_readers",
        Some("3"),
        "How many read-only agents that were submitted from one task may run at once.",
    ),
    key(
        "children",
        "reader_timeout",
        Some("\"5m\""),
        "How long such an agent may run, unless its submit says otherwise; `\"none\"` for ever.",
    ),
    key(
        "children",
        "max_depth",
        Some("5"),
        "How deep tasks may be submitted from inside tasks.",
    ),
    key(
        "children",
        "max_descendants",
        Some("100"),
        "How many tasks may descend from one.",
    ),
    agent(
        "program",
        "\"/opt/bin/codex\"",
        "The program to run for this agent: a path, or a name to look for on the task's `PATH`.",
    ),
    agent("model", "\"large\"", "The model of tasks that ask for none."),
    agent("effort", "\"high\"", "The effort of tasks that ask for none."),
    agent(
        "write_mode",
        "\"full\"",
        "How far a writer's own guards are opened: `\"workspace\"` (its own sandbox where it has one) or `\"full\"` (none).",
    ),
    agent(
        "arguments",
        "[\"--verbose\"]",
        "Arguments in addition to those that are always given.",
    ),
    agent(
        "command",
        "[\"mine\", \"--ask\"]",
        "Makes an agent of your own: its program and arguments. The prompt is on its standard input, unless it asks for \
         `{prompt_file}`; `{session}` and `{cwd}` may stand here, too. See `docs/guide/agents.md`.",
    ),
    agent(
        "resume",
        "[\"mine\", \"--resume\", \"{session}\"]",
        "An agent of your own: how it goes on with a session.",
    ),
    agent(
        "read_only",
        "[\"--read-only\"]",
        "An agent of your own: arguments that keep it from changing anything.",
    ),
    agent(
        "write",
        "[\"--yes\"]",
        "An agent of your own: arguments that let it write without asking.",
    ),
    agent(
        "model_arguments",
        "[\"--model\", \"{model}\"]",
        "An agent of your own: arguments that choose the model, given only where there is one.",
    ),
    agent(
        "effort_arguments",
        "[\"--effort\", \"{effort}\"]",
        "An agent of your own: arguments that choose the effort, given only where there is one.",
    ),
    agent(
        "output",
        "\"json-lines\"",
        "An agent of your own: `\"text\"` if all of its output is the final message (the default), `\"json-lines\"` if it \
         writes a JSON object on each line.",
    ),
    agent(
        "message",
        "\"/text\"",
        "With `json-lines`: the JSON pointer of a message; the last one is the final message.",
    ),
    agent(
        "session",
        "\"/session_id\"",
        "With `json-lines`: the JSON pointer of the session's id.",
    ),
    agent(
        "error",
        "\"/error/message\"",
        "With `json-lines`: the JSON pointer of an error's words.",
    ),
    agent(
        "install",
        "\"npm install -g mine\"",
        "An agent of your own: the command that installs it, shown where it is missing.",
    ),
    key(
        "[webhook]",
        "url",
        None,
        "Where notifications are posted. The table may be repeated.",
    ),
    key("[webhook]", "secret", None, "What they are signed with."),
    key(
        "[webhook]",
        "name",
        None,
        "What it is called in the log instead of its host.",
    ),
    key(
        "environment",
        "NAME",
        None,
        "A variable for tasks without a submitter's environment. If there is none, the last one seen from a shell is used.",
    ),
];

/// The reference as Markdown.
pub(crate) fn reference_page() -> String {
    let mut page = String::from(
        "# Configuration\n\n`config.toml` lies in `$LONGHAUL_HOME`, else in `~/.config/longhaul`. An unknown key is refused.\n\
         Lengths of time are written like `\"90s\"`, `\"10m\"` or `\"30d\"`. Limits of queues are not here: `longhaul limit` sets them.\n\n\
         | Key | Default | Meaning |\n|---|---|---|\n",
    );
    for key in KEYS {
        let name = match key.table {
            "" => key.name.to_owned(),
            table if table.starts_with('[') => format!("[{table}] {}", key.name),
            table => format!("{table}.{}", key.name),
        };
        let default = match (key.default, key.example) {
            (Some(default), _) => format!("`{default}`"),
            (None, Some(example)) => format!("– (say `{example}`)"),
            (None, None) => "–".to_owned(),
        };
        writeln!(page, "| `{name}` | {default} | {} |", key.about).expect("writing to a String never fails");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ConfigFile;

    /// A file that sets every key to its default, or to something where there is none.
    fn full_file(set_all: bool) -> String {
        let mut file = String::new();
        let mut table = "";
        for key in KEYS {
            let value = match key.default {
                Some(default) => default,
                None if set_all => key.example.unwrap_or("\"1m\""),
                None => continue,
            };
            if key.table != table {
                table = key.table;
                writeln!(file, "[{table}]").expect("writing to a String never fails");
            }
            writeln!(file, "{} = {value}", key.name).expect("writing to a String never fails");
        }
        file
    }

    #[test]
    fn the_defaults_in_the_reference_are_the_defaults_in_the_code() {
        let read: ConfigFile = toml::from_str(&full_file(false)).expect("the reference names real keys");
        assert_eq!(read, ConfigFile::default());
    }

    #[test]
    fn every_key_of_the_reference_exists() {
        toml::from_str::<ConfigFile>(&full_file(true)).expect("the reference names real keys");
    }
}
