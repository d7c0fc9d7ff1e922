//! The layers of Linux: a mount namespace in which the tree is read-only, Landlock, and a filter on system calls. Each
//! leaves open what another closes: Landlock knows no modes, times and attributes; mounts know no signals and abstract
//! sockets; neither knows limits.
//!
//! The order is namespaces, mounts, capabilities, `no_new_privs`, Landlock, filter: each needs what the next takes away.

mod calls;
mod capabilities;
mod filter;
mod landlock;
mod mounts;
mod namespace;

use std::ffi::OsString;
use std::io;
use std::os::fd::RawFd;
use std::path::PathBuf;

use self::capabilities::Kept;
use self::filter::Filter;
use self::landlock::{Extras, Ruleset};
use self::mounts::{MountStep, Mounts};
use self::namespace::IdMaps;
use super::rules::Rules;
use super::{Missing, Wanted, placeholders, sockets};
use crate::sandbox::{Layers, Level, Mode, Reached};

/// A sandbox ready to be entered.
#[derive(Debug)]
pub(in crate::supervise) struct Cage {
    mode: Mode,
    kept: Kept,
    mounts: Option<Mounts>,
    maps: IdMaps,
    landlock: Option<Ruleset>,
    filter: Option<Filter>,
    missing: Missing,
    /// Whether something in what is writable is to be kept from it.
    carves: bool,
}

/// Where the child was refused, and what the system said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::supervise) struct Fault {
    stage: Stage,
    errno: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Namespace,
    Maps,
    Mounts(MountStep),
    Capabilities,
    Landlock,
    Filter,
}

/// In the order of their numbers on the way from the child to its parent.
const STAGES: [(Stage, &str); 11] = [
    (Stage::Namespace, "making a user namespace"),
    (Stage::Maps, "mapping ids in a user namespace"),
    (Stage::Mounts(MountStep::Private), "making mounts private"),
    (Stage::Mounts(MountStep::Copy), "copying mounts"),
    (Stage::Mounts(MountStep::Masks), "mounting an empty file system"),
    (Stage::Mounts(MountStep::ReadOnly), "making the tree read-only"),
    (
        Stage::Mounts(MountStep::Place),
        "mounting what stays writable or is hidden",
    ),
    (Stage::Mounts(MountStep::Devices), "mounting devices"),
    (Stage::Capabilities, "dropping capabilities"),
    (Stage::Landlock, "taking on Landlock's rules"),
    (Stage::Filter, "taking on a filter of system calls"),
];

impl Fault {
    /// As two numbers for the way through a pipe.
    pub(in crate::supervise) fn to_wire(self) -> (u8, i32) {
        let number = STAGES.iter().position(|(stage, _)| *stage == self.stage).unwrap_or(0);
        (number as u8, self.errno)
    }

    pub(in crate::supervise) fn from_wire(stage: u8, errno: i32) -> Self {
        let stage = STAGES
            .get(usize::from(stage))
            .map_or(Stage::Namespace, |(stage, _)| *stage);
        Self { stage, errno }
    }

    /// The ids of the child could not be mapped.
    pub(in crate::supervise) fn of_maps(error: &io::Error) -> Self {
        Self {
            stage: Stage::Maps,
            errno: error.raw_os_error().unwrap_or(libc::EIO),
        }
    }

    fn text(self) -> String {
        let act = STAGES
            .iter()
            .find(|(stage, _)| *stage == self.stage)
            .map_or("", |(_, act)| act);
        match (self.stage, self.errno) {
            // namespaces(7): the limit of user.max_user_namespaces, which many set to zero.
            (Stage::Namespace, libc::ENOSPC | libc::EUSERS) => format!("{act}: no more may be made here"),
            (_, errno) => format!("{act}: {}", io::Error::from_raw_os_error(errno)),
        }
    }
}

impl Missing {
    /// Adds what the child was refused.
    pub(in crate::supervise) fn add(&mut self, fault: Fault) {
        match fault.stage {
            Stage::Filter if self.filter.is_none() => self.filter = Some(fault.text()),
            // Without capabilities dropped the mounts could be undone. A second refusal leaves nothing at all.
            Stage::Namespace | Stage::Maps | Stage::Mounts(_) | Stage::Capabilities if self.mounts.is_none() => {
                self.mounts = Some(fault.text());
            }
            _ => self.landlock = Some(fault.text()),
        }
    }
}

impl Cage {
    /// Lays everything out, as far as the kernel gives it. `missing` is what an earlier try was refused.
    pub(in crate::supervise) fn prepare(wanted: Wanted<'_>, mut missing: Missing) -> Self {
        let sandbox = wanted.sandbox;
        match sandbox.layers {
            Layers::Both => {}
            Layers::LandlockAlone => missing.mounts = Some("it is switched off".to_owned()),
            Layers::MountsAlone => missing.landlock = Some("it is switched off".to_owned()),
        }
        let everything = sandbox.mode == Mode::ReadOnly;
        placeholders::lay(sandbox);
        let mut rules = Rules::of(sandbox, wanted.tmp);
        let wants_mounts = missing.mounts.is_none();
        if everything && wants_mounts {
            sockets::mask(&mut rules, sandbox, wanted.environment, wanted.cwd);
        }
        let landlock = (everything && missing.landlock.is_none()).then(|| {
            let extras = Extras {
                devices: mounts::DEVICES
                    .iter()
                    .chain(&mounts::TERMINALS)
                    .map(PathBuf::from)
                    .collect(),
                sockets: sandbox
                    .sockets_allowed
                    .iter()
                    .cloned()
                    .chain(sockets::look_ups())
                    .collect(),
                open_files: wanted.outputs.to_vec(),
            };
            Ruleset::new(&rules, &extras, !wants_mounts)
        });
        let landlock = match landlock {
            Some(Ok(ruleset)) => Some(ruleset),
            Some(Err(errno)) => {
                missing.landlock = Some(io::Error::from_raw_os_error(errno).to_string());
                None
            }
            None => None,
        };
        let filter = (everything && missing.filter.is_none()).then(Filter::new);
        let filter = match filter {
            Some(Ok(filter)) => Some(filter),
            Some(Err(error)) => {
                missing.filter = Some(error.to_string());
                None
            }
            None => None,
        };
        let is_root = rustix::process::geteuid().is_root();
        Self {
            mode: sandbox.mode,
            kept: match sandbox.mode {
                _ if !is_root || !wants_mounts => Kept::None,
                Mode::ReadOnly => Kept::Reading,
                Mode::Protect => Kept::AllButMounting,
            },
            mounts: wants_mounts.then(|| Mounts::new(&rules, everything)),
            maps: IdMaps::of_this_process(),
            landlock,
            filter,
            missing,
            carves: !sandbox.read_only_within.is_empty(),
        }
    }

    /// What is reached once the child has entered without a fault.
    pub(in crate::supervise) fn reached(&self) -> Reached {
        let why = |missing: &Option<String>| missing.clone().unwrap_or_else(|| "it is not asked for".to_owned());
        let version = self.landlock.as_ref().map(|landlock| landlock.version);
        let (level, detail) = match (self.mode, &self.mounts, version) {
            (Mode::Protect, Some(_), _) => (
                Level::Kernel,
                "a mount namespace in which what is protected is read-only".to_owned(),
            ),
            (Mode::Protect, None, _) => (
                Level::Agent,
                format!(
                    "nothing is protected: no mount namespace ({})",
                    why(&self.missing.mounts)
                ),
            ),
            (Mode::ReadOnly, Some(_), Some(version)) if self.filter.is_some() => (
                Level::Kernel,
                format!("a read-only mount namespace, Landlock (version {version}) and a filter of system calls"),
            ),
            (Mode::ReadOnly, Some(_), Some(version)) => (
                Level::KernelPartial,
                format!(
                    "a read-only mount namespace and Landlock (version {version}): limits of your other processes are \
                     open; no filter of system calls ({})",
                    why(&self.missing.filter)
                ),
            ),
            (Mode::ReadOnly, Some(_), None) => (
                Level::KernelPartial,
                format!(
                    "a read-only mount namespace alone: signals and abstract sockets are open; no Landlock ({})",
                    why(&self.missing.landlock)
                ),
            ),
            (Mode::ReadOnly, None, Some(version)) => (
                Level::KernelPartial,
                format!(
                    "Landlock (version {version}) alone: modes, times and attributes of files, {}sockets are open; no \
                     mount namespace ({})",
                    if self.carves {
                        "an agent's own configuration, and "
                    } else {
                        "and "
                    },
                    why(&self.missing.mounts)
                ),
            ),
            (Mode::ReadOnly, None, None) => (
                Level::Agent,
                format!(
                    "the kernel keeps nothing: no mount namespace ({}), no Landlock ({})",
                    why(&self.missing.mounts),
                    why(&self.missing.landlock)
                ),
            ),
        };
        Reached { level, detail }
    }

    /// The words that start the program in here: on Linux its own, since its process shuts itself in.
    pub(in crate::supervise) fn wrap(&self, program: PathBuf, argv: &[OsString]) -> (PathBuf, Vec<OsString>) {
        (program, argv.to_vec())
    }

    /// Whether the child has to wait for its ids in the middle of entering.
    pub(in crate::supervise) fn has_namespace(&self) -> bool {
        self.mounts.is_some()
    }

    /// In the supervisor: maps the ids of a child that is in its namespace.
    pub(in crate::supervise) fn map_ids(&self, pid: i32) -> io::Result<()> {
        self.maps.write(pid)
    }

    /// In the child: the namespaces. Then its ids must be mapped.
    pub(in crate::supervise) fn enter_namespace(&self) -> Result<(), Fault> {
        namespace::enter().map_err(|errno| Fault {
            stage: Stage::Namespace,
            errno,
        })
    }

    /// In the child, its ids being mapped: the tree as the program shall see it.
    pub(in crate::supervise) fn change_tree(&mut self) -> Result<(), Fault> {
        let Some(mounts) = &mut self.mounts else { return Ok(()) };
        mounts.take(self.landlock.as_ref()).map_err(|(step, errno)| Fault {
            stage: Stage::Mounts(step),
            errno,
        })
    }

    /// In the child, at last: no more privileges, Landlock, and no descriptors but the first three.
    pub(in crate::supervise) fn shut(&self, spare: RawFd) -> Result<(), Fault> {
        if self.mounts.is_none() && self.landlock.is_none() {
            return Ok(());
        }
        let fault = |stage: Stage| move |errno: i32| Fault { stage, errno };
        capabilities::drop_capabilities(self.kept).map_err(fault(Stage::Capabilities))?;
        capabilities::gain_no_privileges().map_err(fault(Stage::Capabilities))?;
        if let Some(landlock) = &self.landlock {
            landlock.enforce().map_err(fault(Stage::Landlock))?;
        }
        if let Some(filter) = &self.filter {
            filter.enforce().map_err(fault(Stage::Filter))?;
        }
        close_all_but(spare);
        Ok(())
    }
}

/// Closes what is above standard error, but for one that closes by itself when the program begins.
fn close_all_but(spare: RawFd) {
    let range = |first: RawFd, last: libc::c_uint| {
        if first as libc::c_uint <= last {
            // SAFETY: nothing of the child's uses any of them again.
            unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
        }
    };
    range(3, (spare - 1) as libc::c_uint);
    range(spare + 1, libc::c_uint::MAX);
}
