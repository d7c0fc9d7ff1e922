//! The scripted model server as a program, for trying agents by hand: `stub-model [PORT]`.
//!
//! Prints its address and runs until it is ended. The words that steer it are listed in `src/stub_model/words.rs`.

use std::process::ExitCode;

use longhaul_testkit::stub_model::StubModel;

fn main() -> ExitCode {
    let port = std::env::args().nth(1).map_or(Ok(0), |word| word.parse());
    let Ok(port) = port else {
        eprintln!("stub-model [PORT]");
        return ExitCode::from(2);
    };
    match StubModel::start_on(port) {
        Ok(model) => {
            println!("{}", model.url());
            loop {
                std::thread::park();
            }
        }
        Err(error) => {
            eprintln!("stub-model: listening on port {port}: {error}");
            ExitCode::FAILURE
        }
    }
}
