//! What the program may not do whoever it runs as: gain privileges, and, in its own namespace, undo its mounts.
//!
//! Only system calls: all of it is done between fork and exec.

use super::calls::Refused;
use crate::supervise::platform::errno;

/// capabilities(7): their numbers end where the kernel says that there is none of the next number.
const MORE_THAN_THERE_ARE: u64 = 64;
const DAC_READ_SEARCH: u64 = 1 << 2;
const SYS_ADMIN: u64 = 1 << 21;

/// What is left of the privileges of uid 0 inside its own user namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// None.
    None,
    /// To read whatever its user can read.
    Reading,
    /// All but those that mounts are changed with.
    AllButMounting,
}

impl Kept {
    fn bits(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Reading => DAC_READ_SEARCH,
            Self::AllButMounting => !SYS_ADMIN,
        }
    }
}

/// linux/capability.h: version 3 has two words for each set.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Word {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

const VERSION_3: u32 = 0x2008_0522;

/// Drops what is not kept from every set, the bounding set included, for good.
pub(super) fn drop_capabilities(kept: Kept) -> Result<(), Refused> {
    let kept = kept.bits();
    // SAFETY: numbers, and structures of the size that the version stands for.
    unsafe {
        for capability in 0..MORE_THAN_THERE_ARE {
            if kept & (1 << capability) == 0 && libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 {
                match errno() {
                    libc::EINVAL => break,
                    // Who may not even drop them has none, and can gain none: `no_new_privs` sees to that.
                    libc::EPERM => break,
                    refused => return Err(refused),
                }
            }
        }
        libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        let mut header = Header {
            version: VERSION_3,
            pid: 0,
        };
        let mut words = [Word {
            effective: 0,
            permitted: 0,
            inheritable: 0,
        }; 2];
        if libc::syscall(libc::SYS_capget, &raw mut header, words.as_mut_ptr()) != 0 {
            return Err(errno());
        }
        for (index, word) in words.iter_mut().enumerate() {
            let mask = (kept >> (32 * index)) as u32;
            word.permitted &= mask;
            word.effective &= mask;
            word.inheritable = 0;
        }
        if libc::syscall(libc::SYS_capset, &raw mut header, words.as_ptr()) != 0 {
            return Err(errno());
        }
    }
    Ok(())
}

/// No program that is run from here on gives more rights than there are: neither set-uid nor file capabilities do.
pub(super) fn gain_no_privileges() -> Result<(), Refused> {
    // SAFETY: it reads numbers only.
    match unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) } {
        0 => Ok(()),
        _ => Err(errno()),
    }
}
