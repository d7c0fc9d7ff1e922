//! The house's own commands. People and the continuous integration run the same ones.
//!
//! What this is not: part of the product. Nothing here is shipped, and no crate depends on it.

mod agents;
mod bench;
mod check;
mod demo;
mod flags;
mod fuzz_api;
mod r#gen;
mod page;
mod page_test;
mod private_home;
mod release;
mod shell;
mod test;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND [OPTIONS]     (each command has --help)

  test    the whole test suite, house rules and generated pages included
  agents  install the coding agents that the end-to-end tests run
  check   formatting, lints, house rules, generated pages; no tests
  tidy    the house rules alone
  gen     write the generated pages (--check: only say whether they are current)
  fuzz-api  send the API what its description allows and forbids
  page    build the page that the binary embeds
  page-test  the page in a real browser against the real binary
  demo    build the release binary and watch it survive
  bench   measure the rows of the quality table against their targets
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done = match command.as_str() {
        "test" => test::run(&rest),
        "agents" => agents::run(&rest),
        "check" => check::run(&rest),
        "tidy" => tidy::run(&rest),
        "gen" => r#gen::run(&rest),
        "demo" => demo::run(&rest),
        "fuzz-api" => fuzz_api::run(&rest),
        "page" => page::run(&rest),
        "page-test" => page_test::run(&rest),
        "bench" => bench::run(&rest),
        // For the benchmark's tasks: the last thing such a program does is to note the time.
        "stamp" => shell::stamp(&rest),
        #[cfg(feature = "bench")]
        "install-peers" => bench::install_peers(),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        unknown => {
            eprintln!("xtask: unknown command `{unknown}`\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<flags::HelpShown>() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
