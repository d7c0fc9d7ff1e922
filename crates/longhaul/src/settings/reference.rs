//! Every key of `config.toml` with its default, described once. The page and the tests are made from it.

use std::fmt::Write;

struct Key {
    table: &'static str,
    name: &'static str,
    /// As it is written in the file; nothing if the key is unset by default.
    default: Option<&'static str>,
    about: &'static str,
}

const fn key(table: &'static str, name: &'static str, default: Option<&'static str>, about: &'static str) -> Key {
    Key {
        table,
        name,
        default,
        about,
    }
}

const KEYS: &[Key] = &[
    key(
        "",
        "default_agent",
        None,
        "The agent that takes a bare prompt. Reserved: this version has no agents.",
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
        let name = if key.table.is_empty() {
            key.name.to_owned()
        } else {
            format!("{}.{}", key.table, key.name)
        };
        let default = key.default.map_or("–".to_owned(), |default| format!("`{default}`"));
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
            if key.table != table {
                table = key.table;
                writeln!(file, "[{table}]").expect("writing to a String never fails");
            }
            match key.default {
                Some(default) => writeln!(file, "{} = {default}", key.name),
                None if set_all => writeln!(file, "{} = \"1m\"", key.name),
                None => Ok(()),
            }
            .expect("writing to a String never fails");
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
