//! A world with something to lose: a workspace, a home, another repository, an agent's folder, sockets, secrets, and
//! somebody else's process.

use std::collections::BTreeMap;
use std::fs;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use longhaul_supervisor::{Receipt, Sandbox, Stdin};

use crate::world::World;

const PROBE: &str = env!("CARGO_BIN_EXE_sandbox-probe");
/// Nobody, who exists everywhere.
const ORDINARY: u32 = 65534;

/// As whom a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Root,
    Ordinary,
}

impl Who {
    /// Those that these tests can be. An ordinary user cannot become root; then that half is left out, and says so.
    pub(crate) fn all() -> Vec<Self> {
        if is_root() {
            vec![Self::Root, Self::Ordinary]
        } else {
            eprintln!("SKIPPED: confinement of root, since these tests do not run as root");
            vec![Self::Ordinary]
        }
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|facts| std::os::unix::fs::MetadataExt::uid(&facts) == 0)
}

pub(crate) struct Yard {
    pub(crate) world: World,
    neighbour: Child,
    _listeners: Vec<UnixListener>,
}

impl Yard {
    /// A yard whose program, a shell script, is confined as `sandbox` says; the script runs in `work`.
    pub(crate) fn new(who: Who, script: &str, sandbox: impl FnOnce(&World) -> Option<Sandbox>) -> Self {
        let mut world = World::script(script);
        for folder in [
            "desk/folder",
            "desk/empty",
            "home",
            "other/.git",
            "state/run",
            "state/environments",
            "agent/sessions",
            "agent/plugins/hooks",
            "runtime",
        ] {
            fs::create_dir_all(world.path(folder)).unwrap();
        }
        for file in [
            "desk/file",
            "desk/folder/file",
            "desk/victim",
            "home/.profile",
            "other/.git/config",
            "state/token",
            "state/environments/1",
            "agent/settings.json",
            "agent/sessions/1",
            "agent/plugins/hooks/start",
            "input",
        ] {
            world.write(file, "precious\n");
        }
        #[expect(clippy::disallowed_methods, reason = "a world of the test's own")]
        let made = Command::new("mkfifo").arg(world.path("desk/fifo")).status().unwrap();
        assert!(made.success());
        let listen = |name: &str| UnixListener::bind(world.path(name)).unwrap();
        let abstract_name = SocketAddr::from_abstract_name(abstract_name(&world)).unwrap();
        let listeners = vec![
            listen("docker.sock"),
            listen("state/run/longhaul.sock"),
            listen("runtime/bus"),
            UnixListener::bind_addr(&abstract_name).unwrap(),
        ];
        fs::set_permissions(world.path("runtime"), fs::Permissions::from_mode(0o700)).unwrap();
        let runtime = world.path("runtime");
        world.environment.set("XDG_RUNTIME_DIR", runtime);
        world.environment.set("HOME", world.path("home"));
        world.environment.set("PROBE", world.path("probe"));
        world.environment.set("ROOT", world.path(""));
        fs::copy(PROBE, world.path("probe")).unwrap();
        let (cwd, input) = (world.path("desk"), world.path("input"));
        let sandbox = sandbox(&world);
        let mut world = world.with(|spec| {
            spec.cwd = cwd;
            spec.stdin = Stdin::File { path: input };
            spec.private_tmp = true;
            spec.sandbox = sandbox;
        });
        let owner = match who {
            Who::Ordinary if is_root() => Some(ORDINARY),
            Who::Ordinary | Who::Root => None,
        };
        if let Some(owner) = owner {
            become_ordinary(&mut world, owner);
        }
        let neighbour = neighbour(owner);
        Self {
            world,
            neighbour,
            _listeners: listeners,
        }
    }

    /// A yard whose program tries these things, one a line, its words parted by blanks; `ROOT` in them is the yard's
    /// folder, `PARENT` the supervisor, `NEIGHBOUR` a process of the same user.
    pub(crate) fn trying(who: Who, attempts: &str, sandbox: impl FnOnce(&World) -> Option<Sandbox>) -> Self {
        let script =
            r#"sed "s/PARENT/$PPID/g" "$ROOT/attempts" > "$TMPDIR/attempts"; exec "$PROBE" "$TMPDIR/attempts""#;
        let yard = Self::new(who, script, sandbox);
        let root = yard.world.path("").display().to_string();
        let list: String = attempts
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| line.split(' ').collect::<Vec<_>>().join("\t") + "\n")
            .collect();
        let list = list
            .replace("ROOT/", &format!("{}/", root.trim_end_matches('/')))
            .replace("NEIGHBOUR", &yard.neighbour.id().to_string())
            .replace("ABSTRACT", &abstract_name(&yard.world));
        yard.world.write("attempts", &list);
        yard
    }

    /// Runs it; what became of each attempt.
    pub(crate) fn answers(&self) -> (Receipt, BTreeMap<String, String>) {
        let receipt = self.world.run();
        let stdout = self.world.stdout();
        let answers = stdout.lines().filter_map(|line| {
            let (attempt, answer) = line.rsplit_once('\t')?;
            Some((attempt.replace('\t', " "), answer.to_owned()))
        });
        (receipt, answers.collect())
    }
}

impl Drop for Yard {
    fn drop(&mut self) {
        let _ = self.neighbour.kill();
        let _ = self.neighbour.wait();
    }
}

fn abstract_name(world: &World) -> String {
    format!(
        "longhaul-test{}",
        world.path("").display().to_string().replace('/', "-")
    )
}

/// Everything read-only, as the engine asks for it: Longhaul's own folders hidden, the agent's sessions writable.
pub(crate) fn read_only(world: &World) -> Sandbox {
    let mut sandbox = Sandbox::read_only();
    sandbox.hidden = vec![world.path("state"), world.path("attempt")];
    sandbox.visible = vec![world.path("state/run")];
    sandbox.sockets_allowed = vec![world.path("state/run/longhaul.sock")];
    sandbox.writable = vec![world.path("agent")];
    sandbox.read_only_within = vec![world.path("agent/settings.json"), world.path("agent/plugins/hooks")];
    sandbox
}

/// The world belongs to an ordinary user, and its supervisor runs as them.
fn become_ordinary(world: &mut World, owner: u32) {
    fs::copy(crate::world::SUPERVISOR, world.path("supervise")).unwrap();
    let supervisor = world.path("supervisor");
    let text = format!(
        "#!/bin/sh\nexec /usr/bin/setpriv --reuid={owner} --regid={owner} --clear-groups -- '{}' \"$@\"\n",
        world.path("supervise").display()
    );
    fs::write(&supervisor, text).unwrap();
    fs::set_permissions(&supervisor, fs::Permissions::from_mode(0o755)).unwrap();
    world.supervisor = supervisor;
    give(&world.path(""), owner);
}

fn give(path: &Path, owner: u32) {
    std::os::unix::fs::lchown(path, Some(owner), Some(owner)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).unwrap().flatten() {
            give(&entry.path(), owner);
        }
    }
}

/// A process of the same user that is no part of the attempt.
#[expect(clippy::disallowed_methods, reason = "a process of the test's own")]
fn neighbour(owner: Option<u32>) -> Child {
    let mut command = match owner {
        None => Command::new("sleep"),
        Some(owner) => {
            let mut command = Command::new("/usr/bin/setpriv");
            command.args([format!("--reuid={owner}"), format!("--regid={owner}")]);
            command.args(["--clear-groups", "--", "sleep"]);
            command
        }
    };
    command.arg("600").env("SECRET", "of another task").stdin(Stdio::null());
    let child = command.spawn().unwrap();
    // Before it is `sleep` it may still be root.
    crate::world::eventually("the neighbour", || {
        let name = fs::read_to_string(format!("/proc/{}/comm", child.id())).ok()?;
        (name == "sleep\n").then_some(())
    });
    child
}

/// What is in a file of the yard.
pub(crate) fn text(yard: &Yard, name: &str) -> String {
    fs::read_to_string(yard.world.path(name)).unwrap_or_default()
}

pub(crate) fn path(yard: &Yard, name: &str) -> PathBuf {
    yard.world.path(name)
}
