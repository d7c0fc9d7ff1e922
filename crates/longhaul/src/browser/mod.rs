//! Showing an address in the user's browser.
//!
//! The address carries a code that signs in, and every user of a machine may see the arguments of every process: so the
//! browser gets the name of a private file that leads on to the address.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Stdio;

#[cfg(target_os = "linux")]
use linux::OPENER;
#[cfg(target_os = "macos")]
use macos::OPENER;

/// Has the browser show the address, by way of a file in `folder`. Whether it really does is not known.
pub(crate) fn show(address: &str, folder: &Path) -> io::Result<()> {
    let file = folder.join("open.html");
    write(&file, address)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "it shows a page, and is not a process of a task"
    )]
    let mut opener = std::process::Command::new(OPENER);
    opener
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ended = opener.status()?;
    if ended.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("`{OPENER}` failed ({ended})")))
}

fn write(file: &Path, address: &str) -> io::Result<()> {
    let fresh = file.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let page = format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"refresh\" content=\"0;url={address}\">\n<title>Longhaul</title>\n\
         <p><a href=\"{address}\">Open Longhaul</a>\n",
        address = address.replace('&', "&amp;")
    );
    let mut opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)?;
    opened.write_all(page.as_bytes())?;
    fs::rename(fresh, file)
}
