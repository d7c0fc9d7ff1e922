//! Linux: by the magic number of statfs(2), and for FUSE by the name in /proc/self/mountinfo.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Magic numbers from statfs(2) and the kernel's `linux/magic.h`.
const NETWORK: [(u32, &str); 11] = [
    (0x6969, "nfs"),
    (0x517B, "smb"),
    (0xFF53_4D42, "cifs"),
    (0xFE53_4D42, "smb2"),
    (0x0102_1997, "9p"),
    (0x7375_7245, "coda"),
    (0x5346_414F, "afs"),
    (0x564C, "ncp"),
    (0x00C3_6400, "ceph"),
    (0x0BD0_0BD0, "lustre"),
    (0x4750_4653, "gpfs"),
];
const FUSE: u32 = 0x6573_5546;
/// FUSE serves local disks too (ntfs-3g, fuse-overlayfs), so only those known to be remote are named.
const NETWORK_FUSE: [&str; 16] = [
    "sshfs",
    "rclone",
    "s3fs",
    "gcsfuse",
    "goofys",
    "mount-s3",
    "curlftpfs",
    "davfs",
    "glusterfs",
    "ceph",
    "ceph-fuse",
    "juicefs",
    "seaweedfs",
    "blobfuse",
    "blobfuse2",
    "mfs",
];

/// The kind of network file system that `folder` is on; nothing for a local one.
pub(in crate::sqlite) fn network_kind(folder: &Path) -> io::Result<Option<String>> {
    // The field's width differs between architectures; the numbers are all 32 bits.
    let magic = rustix::fs::statfs(folder)?.f_type as u32;
    if magic != FUSE {
        return Ok(NETWORK
            .iter()
            .find(|(known, _)| *known == magic)
            .map(|(_, kind)| (*kind).to_owned()));
    }
    let device = fs::metadata(folder)?.dev();
    let device = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
    Ok(network_fuse(&fs::read_to_string("/proc/self/mountinfo")?, &device))
}

/// The remote FUSE kind mounted as `device` (`major:minor`), as proc_pid_mountinfo(5) tells it.
fn network_fuse(mountinfo: &str, device: &str) -> Option<String> {
    mountinfo.lines().find_map(|line| {
        let (mount, source) = line.split_once(" - ")?;
        let kind = source.split(' ').next()?;
        let name = kind.strip_prefix("fuse.")?;
        (mount.split(' ').nth(2)? == device && NETWORK_FUSE.contains(&name)).then(|| kind.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
36 35 98:0 / /mnt rw,noatime shared:1 - ext4 /dev/root rw
40 35 0:52 / /home/me/remote rw,nosuid - fuse.sshfs me@host:/ rw,user_id=1000
41 35 0:53 / /run/overlay rw,nosuid - fuse.fuse-overlayfs fuse-overlayfs rw";

    #[test]
    fn a_remote_fuse_mount_is_told_from_a_local_one() {
        assert_eq!(network_fuse(MOUNTS, "0:52"), Some("fuse.sshfs".to_owned()));
        assert_eq!(network_fuse(MOUNTS, "0:53"), None);
        assert_eq!(network_fuse(MOUNTS, "98:0"), None);
    }

    #[test]
    fn a_local_folder_is_no_network_file_system() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(network_kind(folder.path()).expect("statfs"), None);
    }
}
