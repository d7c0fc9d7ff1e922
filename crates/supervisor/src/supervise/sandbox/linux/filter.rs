//! The third layer: a filter on system calls, for what neither mounts nor Landlock have a say in (seccomp(2)).
//!
//! Limits are one such thing: `prlimit64` of another process of the same user could end it, the supervisor among them,
//! or take its descriptors away. A program may set its own, which is what it is for; it names itself by 0 then.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::calls::{self, Refused};

/// The bit by which system calls of the x32 interface differ from those of x86-64 (asm/unistd.h).
const X32: i64 = 0x4000_0000;

/// The filter, ready to be taken on. System calls of another architecture than ours end the program that makes them: the
/// rules would have to be written twice for a door that nobody needs.
#[derive(Debug)]
pub(super) struct Filter(BpfProgram);

impl Filter {
    pub(super) fn new() -> Result<Self, BackendError> {
        let mut rules = BTreeMap::new();
        for interface in [0, X32] {
            rules.insert(libc::SYS_prlimit64 | interface, vec![limits_of_others()?]);
        }
        let filter = SeccompFilter::new(
            rules,
            SeccompAction::Allow,
            SeccompAction::Errno(libc::EPERM as u32),
            std::env::consts::ARCH.try_into()?,
        )?;
        Ok(Self(filter.try_into()?))
    }

    /// In the child: from here on it holds for this process and all that come from it. One system call.
    pub(super) fn enforce(&self) -> Result<(), Refused> {
        calls::filter_system_calls(&self.0)
    }
}

/// `prlimit64(pid, resource, new, old)` with a `pid` that is not 0 and a `new` that is given.
fn limits_of_others() -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, 0)?,
        SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)?,
    ])
}
