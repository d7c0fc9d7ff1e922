//! The file tree as the program sees it: what is read-only, what is writable, what looks empty.
//!
//! Laid out by the supervisor as a list of steps; the child takes them in a mount namespace of its own, with system
//! calls only. Copies of what stays as it is are taken first, then everything becomes read-only, then the copies and
//! the masks are put in their places, parents first.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::calls::{self, NODEV, NOEXEC, NOSUID, RDONLY, Refused};
use super::landlock::Ruleset;
use crate::supervise::sandbox::rules::{Rules, Treatment};

/// The devices that every program may use.
pub(super) const DEVICES: [&str; 6] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
];
/// Where terminals are made.
pub(super) const TERMINALS: [&str; 2] = ["/dev/pts", "/dev/ptmx"];
const SHARED_MEMORY: &str = "/dev/shm";

/// What is put somewhere.
#[derive(Debug)]
enum Source {
    /// The copy of this number, as it was.
    Copy(usize),
    /// The copy of this number, read-only.
    ReadOnlyCopy(usize),
    /// A folder or file of the masks.
    Mask(CString),
}

/// What is made in the file system of the masks.
#[derive(Debug)]
enum Made {
    Folder(CString),
    File(CString),
}

/// The steps, ready to be taken.
#[derive(Debug)]
pub(super) struct Mounts {
    /// Whether everything becomes read-only, not only what has a rule.
    everything: bool,
    copies: Vec<CString>,
    /// Filled by the child.
    copied: Vec<Option<RawFd>>,
    made: Vec<Made>,
    /// The folders that look empty, each with the name of its mask.
    masks: BTreeMap<PathBuf, String>,
    placed: Vec<(Source, CString)>,
    /// Where the masks are mounted while they are being taken from; nothing if there are none.
    masks_at: Option<CString>,
    has_shared_memory: bool,
    /// The copies of the machine's own terminals, for kernels that give us none of our own.
    terminals: Option<[usize; 2]>,
}

/// At which step the child was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MountStep {
    Private,
    Copy,
    Masks,
    ReadOnly,
    Place,
    Devices,
}

impl Mounts {
    pub(super) fn new(rules: &Rules, everything: bool) -> Self {
        let mut mounts = Self {
            everything,
            copies: Vec::new(),
            copied: Vec::new(),
            made: Vec::new(),
            masks: BTreeMap::new(),
            placed: Vec::new(),
            masks_at: None,
            has_shared_memory: everything && Path::new(SHARED_MEMORY).is_dir(),
            terminals: None,
        };
        for (path, treatment) in rules.iter() {
            mounts.add(rules, path, treatment);
        }
        if everything {
            for device in DEVICES.map(Path::new).into_iter().filter(|device| device.exists()) {
                let copy = mounts.copy(device);
                mounts.put(Source::Copy(copy), device);
            }
            if TERMINALS.iter().all(|path| Path::new(path).exists()) {
                mounts.terminals = Some(TERMINALS.map(|path| mounts.copy(Path::new(path))));
            }
        }
        if mounts.has_shared_memory {
            mounts.masks_at = Some(c"/dev/shm".to_owned());
        }
        mounts.copied = vec![None; mounts.copies.len()];
        mounts
    }

    fn add(&mut self, rules: &Rules, path: &Path, treatment: Treatment) {
        let (_, around) = rules.around(path);
        if around == Treatment::Hidden && treatment != Treatment::Hidden {
            self.make_way(path);
        }
        match treatment {
            Treatment::AsItIs if around == Treatment::AsItIs && !self.everything => {}
            // Elsewhere a rule that says what holds there anyway may be a pin: see `Rules::pin`.
            Treatment::AsItIs => {
                let copy = self.copy(path);
                self.put(Source::Copy(copy), path);
            }
            Treatment::Carved | Treatment::ReadOnly if matches!(around, Treatment::Carved | Treatment::ReadOnly) => {}
            Treatment::Carved | Treatment::ReadOnly => {
                let copy = self.copy(path);
                self.put(Source::ReadOnlyCopy(copy), path);
            }
            Treatment::Hidden if around == Treatment::Hidden => {}
            Treatment::Hidden => {
                let mask = if path.is_dir() {
                    let mask = format!("mask-{}", self.masks.len());
                    let named = text(Path::new(&mask));
                    self.made.push(Made::Folder(named.clone()));
                    self.masks.insert(path.to_owned(), mask);
                    self.masks_at.get_or_insert_with(|| text(path));
                    named
                } else {
                    EMPTY_FILE.to_owned()
                };
                self.put(Source::Mask(mask), path);
            }
        }
    }

    /// Makes, in the mask of the folder that hides `path`, what it can be mounted on.
    fn make_way(&mut self, path: &Path) {
        let masked = |above: &&Path| self.masks.contains_key(*above);
        let Some(above) = path.ancestors().skip(1).find(masked) else {
            return;
        };
        let Ok(below) = path.strip_prefix(above) else { return };
        let named = |part: &Path| text(&Path::new(&self.masks[above]).join(part));
        let mut made: Vec<Made> = below
            .ancestors()
            .skip(1)
            .map(|part| Made::Folder(named(part)))
            .collect();
        // The last of them is the mask itself.
        made.pop();
        made.reverse();
        made.push(if path.is_dir() {
            Made::Folder(named(below))
        } else {
            Made::File(named(below))
        });
        self.made.extend(made);
    }

    fn copy(&mut self, path: &Path) -> usize {
        self.copies.push(text(path));
        self.copies.len() - 1
    }

    fn put(&mut self, source: Source, path: &Path) {
        self.placed.push((source, text(path)));
    }

    /// In the child, inside its namespaces: takes the steps. Gives the new file systems their Landlock rules, if any.
    pub(super) fn take(&mut self, landlock: Option<&Ruleset>) -> Result<(), (MountStep, Refused)> {
        let at = |step: MountStep| move |refused: Refused| (step, refused);
        calls::keep_mounts_private().map_err(at(MountStep::Private))?;
        for (path, copied) in self.copies.iter().zip(&mut self.copied) {
            match calls::clone_tree(libc::AT_FDCWD, path) {
                Ok(copy) => *copied = Some(copy),
                // It went away meanwhile.
                Err(libc::ENOENT) => {}
                Err(refused) => return Err((MountStep::Copy, refused)),
            }
        }
        let masks = self.masks().map_err(at(MountStep::Masks))?;
        if self.everything {
            calls::set_attributes(libc::AT_FDCWD, c"/", RDONLY | NODEV | NOSUID).map_err(at(MountStep::ReadOnly))?;
        }
        if let (Some(masks), Some(point)) = (masks, &self.masks_at) {
            // Attached, because older kernels copy only what is mounted somewhere. What comes to lie there hides it.
            calls::place(masks, point).map_err(at(MountStep::Masks))?;
        }
        let shared = self.shared_memory(masks, landlock).map_err(at(MountStep::Devices))?;
        // All masks are taken before anything is put over the place where they are.
        for index in 0..self.placed.len() {
            self.put_in_place(index, masks).map_err(at(MountStep::Place))?;
        }
        if self.everything {
            self.terminals(landlock).map_err(at(MountStep::Devices))?;
        }
        if let Some(shared) = shared {
            calls::place(shared, c"/dev/shm").map_err(at(MountStep::Devices))?;
        }
        Ok(())
    }

    /// One small file system in memory with a folder for each mask, an empty file, and the shared memory.
    fn masks(&self) -> Result<Option<RawFd>, Refused> {
        if self.masks_at.is_none() {
            return Ok(None);
        }
        let masks = calls::new_file_system(c"tmpfs", &[(c"mode", c"0755")], NODEV | NOSUID)?;
        // SAFETY: all paths end in a zero byte.
        unsafe {
            libc::umask(0);
            make_file(masks, EMPTY_FILE)?;
            for made in &self.made {
                match made {
                    Made::Folder(path) => make_folder(masks, path, 0o755)?,
                    Made::File(path) => make_file(masks, path)?,
                }
            }
            if self.has_shared_memory {
                make_folder(masks, c"shm", 0o1777)?;
            }
        }
        Ok(Some(masks))
    }

    fn shared_memory(&self, masks: Option<RawFd>, landlock: Option<&Ruleset>) -> Result<Option<RawFd>, Refused> {
        let (Some(masks), true) = (masks, self.has_shared_memory) else {
            return Ok(None);
        };
        let shared = calls::clone_tree(masks, c"shm")?;
        if let Some(landlock) = landlock {
            landlock.allow_new(shared, true)?;
        }
        Ok(Some(shared))
    }

    fn put_in_place(&mut self, index: usize, masks: Option<RawFd>) -> Result<(), Refused> {
        let Some((source, target)) = self.placed.get(index) else {
            return Ok(());
        };
        let tree = match source {
            Source::Copy(copy) | Source::ReadOnlyCopy(copy) => self.copied.get_mut(*copy).and_then(Option::take),
            Source::Mask(name) => match masks {
                Some(masks) => Some(calls::clone_tree(masks, name)?),
                None => return Err(libc::ENOENT),
            },
        };
        let Some(tree) = tree else { return Ok(()) };
        let device = if self.everything { NODEV | NOSUID } else { 0 };
        match source {
            Source::Copy(_) => {}
            Source::ReadOnlyCopy(_) => calls::set_attributes(tree, c"", RDONLY | device)?,
            Source::Mask(_) => calls::set_attributes(tree, c"", RDONLY | NODEV | NOSUID | NOEXEC)?,
        }
        let placed = calls::place(tree, target);
        // SAFETY: the descriptor is ours, and what it stands for is mounted now.
        unsafe { libc::close(tree) };
        match placed {
            Err(libc::ENOENT) => Ok(()),
            placed => placed,
        }
    }

    /// Terminals of its own: those of the user are out of reach. Where the kernel gives none, the machine's.
    fn terminals(&mut self, landlock: Option<&Ruleset>) -> Result<(), Refused> {
        let Some(machine) = self.terminals else { return Ok(()) };
        let options = [(c"mode", c"0620"), (c"ptmxmode", c"0666")];
        if let Ok(own) = calls::new_file_system(c"devpts", &options, NOSUID | NOEXEC) {
            calls::place(own, c"/dev/pts")?;
            let maker = calls::clone_tree(own, c"ptmx")?;
            if let Some(landlock) = landlock {
                landlock.allow_new(own, true)?;
                landlock.allow_new(maker, false)?;
            }
            // Where it is a link into the folder just mounted, there is nothing to be done.
            return match calls::place(maker, c"/dev/ptmx") {
                Err(libc::ENOENT | libc::ELOOP | libc::EINVAL | libc::ENOTDIR) => Ok(()),
                placed => placed,
            };
        }
        for (copy, path) in machine.into_iter().zip([c"/dev/pts", c"/dev/ptmx"]) {
            if let Some(tree) = self.copied.get(copy).copied().flatten() {
                calls::place(tree, path)?;
            }
        }
        Ok(())
    }
}

const EMPTY_FILE: &std::ffi::CStr = c"empty-file";

/// Paths come from the system, which has none with a zero byte.
fn text(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap_or_default()
}

/// # Safety
/// As for the system call: `folder` is open.
unsafe fn make_folder(folder: RawFd, path: &std::ffi::CStr, mode: libc::mode_t) -> Result<(), Refused> {
    // SAFETY: the path ends in a zero byte.
    match unsafe { libc::mkdirat(folder, path.as_ptr(), mode) } {
        0 => Ok(()),
        _ => match crate::supervise::platform::errno() {
            libc::EEXIST => Ok(()),
            refused => Err(refused),
        },
    }
}

/// # Safety
/// As for the system call: `folder` is open.
unsafe fn make_file(folder: RawFd, path: &std::ffi::CStr) -> Result<(), Refused> {
    let flags = libc::O_CREAT | libc::O_CLOEXEC | libc::O_RDONLY;
    // SAFETY: the path ends in a zero byte, and the new descriptor is closed at once.
    unsafe {
        match libc::openat(folder, path.as_ptr(), flags, 0o644 as libc::c_uint) {
            -1 => Err(crate::supervise::platform::errno()),
            file => {
                libc::close(file);
                Ok(())
            }
        }
    }
}
