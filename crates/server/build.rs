//! Makes sure that the folder of the built page is there, so that cargo can watch it: without the page the binary is
//! built all the same, and built anew once there is one.

fn main() {
    let page = std::path::Path::new("../../web/build");
    if page.parent().is_some_and(std::path::Path::is_dir) {
        // Where it cannot be made, nothing is watched and nothing embedded.
        let _ = std::fs::create_dir_all(page);
    }
    let watched = if page.is_dir() { "../../web/build" } else { "build.rs" };
    println!("cargo:rerun-if-changed={watched}");
    println!("cargo:rerun-if-changed=build.rs");
}
