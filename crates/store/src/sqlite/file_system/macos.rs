//! macOS: by the name in statfs(2). Written from the manual; not yet run on a Mac.

use std::io;
use std::path::Path;

const NETWORK: [&str; 5] = ["nfs", "smbfs", "afpfs", "webdav", "ftp"];

/// The kind of network file system that `folder` is on; nothing for a local one.
pub(in crate::sqlite) fn network_kind(folder: &Path) -> io::Result<Option<String>> {
    let name: Vec<u8> = rustix::fs::statfs(folder)?
        .f_fstypename
        .iter()
        .map(|byte| *byte as u8)
        .take_while(|byte| *byte != 0)
        .collect();
    let name = String::from_utf8_lossy(&name).into_owned();
    let is_network = NETWORK.contains(&name.as_str()) || name.contains("sshfs");
    Ok(is_network.then_some(name))
}
