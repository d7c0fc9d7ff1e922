//! System calls that the C library has no names for: the mount interface of 5.2 and later, and Landlock.
//!
//! Each is one system call and nothing else, and so safe between fork and exec. Failures are numbers of the system.

use std::ffi::CStr;
use std::os::fd::RawFd;

/// What the system said against something.
pub(super) type Refused = i32;

pub(super) const RDONLY: u64 = 0x1;
pub(super) const NOSUID: u64 = 0x2;
pub(super) const NODEV: u64 = 0x4;
pub(super) const NOEXEC: u64 = 0x8;

const OPEN_TREE_CLONE: libc::c_uint = 1;
const OPEN_TREE_CLOEXEC: libc::c_uint = libc::O_CLOEXEC as libc::c_uint;
const AT_RECURSIVE: libc::c_uint = 0x8000;
const MOVE_MOUNT_F_EMPTY_PATH: libc::c_uint = 0x4;
const FSOPEN_CLOEXEC: libc::c_uint = 1;
const FSCONFIG_SET_STRING: libc::c_uint = 1;
const FSCONFIG_CMD_CREATE: libc::c_uint = 6;
const FSMOUNT_CLOEXEC: libc::c_uint = 1;

/// linux/mount.h
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

fn answer(result: libc::c_long) -> Result<RawFd, Refused> {
    if result < 0 {
        Err(crate::supervise::platform::errno())
    } else {
        Ok(result as RawFd)
    }
}

/// A copy of what is mounted at a path and below it, not yet mounted anywhere. Does not follow a link in its last part.
pub(super) fn clone_tree(folder: RawFd, path: &CStr) -> Result<RawFd, Refused> {
    let flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | libc::AT_SYMLINK_NOFOLLOW as libc::c_uint;
    // SAFETY: the path ends in a zero byte.
    answer(unsafe { libc::syscall(libc::SYS_open_tree, folder, path.as_ptr(), flags) })
}

/// Mounts what `tree` stands for at a path.
pub(super) fn place(tree: RawFd, target: &CStr) -> Result<(), Refused> {
    // SAFETY: both paths end in a zero byte.
    let result = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree,
            c"".as_ptr(),
            libc::AT_FDCWD,
            target.as_ptr(),
            MOVE_MOUNT_F_EMPTY_PATH,
        )
    };
    answer(result).map(drop)
}

/// Adds attributes to all mounts at a path and below it; to those of the descriptor itself if the path is empty.
pub(super) fn set_attributes(folder: RawFd, path: &CStr, set: u64) -> Result<(), Refused> {
    let attributes = MountAttributes {
        set,
        clear: 0,
        propagation: 0,
        user_namespace: 0,
    };
    // SAFETY: the structure outlives the call and its size is told.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            folder,
            path.as_ptr(),
            AT_RECURSIVE | libc::AT_EMPTY_PATH as libc::c_uint,
            &raw const attributes,
            size_of::<MountAttributes>(),
        )
    };
    answer(result).map(drop)
}

/// What is mounted here shares no news with what is mounted elsewhere.
pub(super) fn keep_mounts_private() -> Result<(), Refused> {
    let (none, flags) = (std::ptr::null(), libc::MS_REC | libc::MS_PRIVATE);
    // SAFETY: for a change of propagation only the path is read.
    answer(unsafe { libc::mount(none, c"/".as_ptr(), none, flags, none.cast()) }.into()).map(drop)
}

/// A new file system of this kind, not yet mounted anywhere.
pub(super) fn new_file_system(kind: &CStr, options: &[(&CStr, &CStr)], attributes: u64) -> Result<RawFd, Refused> {
    // SAFETY: all strings end in a zero byte.
    unsafe {
        let context = answer(libc::syscall(libc::SYS_fsopen, kind.as_ptr(), FSOPEN_CLOEXEC))?;
        for (key, value) in options {
            answer(libc::syscall(
                libc::SYS_fsconfig,
                context,
                FSCONFIG_SET_STRING,
                key.as_ptr(),
                value.as_ptr(),
                0,
            ))?;
        }
        let none = std::ptr::null::<libc::c_char>();
        answer(libc::syscall(
            libc::SYS_fsconfig,
            context,
            FSCONFIG_CMD_CREATE,
            none,
            none,
            0,
        ))?;
        let mount = answer(libc::syscall(libc::SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes))?;
        libc::close(context);
        Ok(mount)
    }
}

const LANDLOCK_CREATE_RULESET_VERSION: libc::c_uint = 1;
const LANDLOCK_RULE_PATH_BENEATH: libc::c_uint = 1;

/// linux/landlock.h
#[repr(C)]
pub(super) struct RulesetAttributes {
    pub(super) handled_files: u64,
    pub(super) handled_network: u64,
    pub(super) scoped: u64,
}

/// linux/landlock.h, where it is packed.
#[repr(C, packed)]
struct PathBeneath {
    allowed: u64,
    parent: i32,
}

/// Which version of Landlock the kernel has.
pub(super) fn landlock_version() -> Result<u32, Refused> {
    let none = std::ptr::null::<RulesetAttributes>();
    // SAFETY: asked for the version, the call reads nothing.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            none,
            0_usize,
            LANDLOCK_CREATE_RULESET_VERSION,
        )
    };
    answer(version).map(|version| version as u32)
}

/// An empty set of rules. A kernel that knows a shorter structure takes it if the rest is zero.
pub(super) fn landlock_ruleset(attributes: &RulesetAttributes) -> Result<RawFd, Refused> {
    // SAFETY: the structure outlives the call and its size is told.
    let ruleset = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::from_ref(attributes),
            size_of::<RulesetAttributes>(),
            0,
        )
    };
    answer(ruleset)
}

/// Allows something for a file, or for all in a folder.
pub(super) fn landlock_allow(ruleset: RawFd, parent: RawFd, allowed: u64) -> Result<(), Refused> {
    let rule = PathBeneath { allowed, parent };
    // SAFETY: the structure outlives the call.
    let added = unsafe {
        libc::syscall(
            libc::SYS_landlock_add_rule,
            ruleset,
            LANDLOCK_RULE_PATH_BENEATH,
            &raw const rule,
            0,
        )
    };
    answer(added).map(drop)
}

/// Takes on a filter of system calls. It holds for this process and all that come from it, and costs them no other
/// protection of the processor: they are not made slower than they were (seccomp(2), `SPEC_ALLOW`).
pub(super) fn filter_system_calls(program: &[seccompiler::sock_filter]) -> Result<(), Refused> {
    let program = libc::sock_fprog {
        len: program.len() as libc::c_ushort,
        // The same structure of linux/filter.h; the kernel reads it only.
        filter: program.as_ptr().cast_mut().cast(),
    };
    // SAFETY: the program outlives the call and its length is told.
    let taken = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_SPEC_ALLOW,
            &raw const program,
        )
    };
    answer(taken).map(drop)
}

/// From here on the rules hold for this process and all that come from it.
pub(super) fn landlock_enforce(ruleset: RawFd) -> Result<(), Refused> {
    // SAFETY: it reads numbers only.
    answer(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset, 0) }).map(drop)
}
