//! For this crate's tests and measurements only: what `longhaul supervise FOLDER` is in the product.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    match (words.next(), words.next()) {
        (Some(verb), Some(folder)) if verb == "supervise" => longhaul_supervisor::supervise(Path::new(&folder)).into(),
        _ => ExitCode::from(2),
    }
}
