//! Ways out of a task's rights that once worked, as root and as an ordinary user without control groups of its own. Each
//! ends with the same two looks: nothing was written outside, and no task was made that nobody may make.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use longhaul_testkit::{Invocation, PATIENCE, Signal, World, intruder, processes, wait_until};
use serde_json::Value;

/// Ordinary users of the tests are numbered from here on: each test has one of its own, since what one's readers may not
/// do depends on what else runs as that user.
const FIRST_USER: u32 = 1_000_000;

/// A world whose owner is root or somebody ordinary.
struct Ground {
    world: World,
    owner: Option<u32>,
}

/// The test's own user, and where that is root an ordinary one.
fn grounds() -> Vec<Ground> {
    let mut grounds = vec![Ground::of(None)];
    if rustix::process::geteuid().is_root() {
        grounds.push(Ground::of(Some(FIRST_USER + std::process::id())));
    } else {
        eprintln!("SKIPPED: another user's daemon, which only root can arrange");
    }
    grounds
}

impl Ground {
    fn of(owner: Option<u32>) -> Self {
        let world = World::new();
        for (program, name) in [(world.binary().to_owned(), "longhaul"), (intruder(), "intruder")] {
            let copy = world.root().join(name);
            fs::copy(program, &copy).expect("the world is ours");
            fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).expect("ours");
        }
        // What is outside of every task's own folders.
        fs::create_dir(world.root().join("outside")).expect("the world is ours");
        let ground = Self { world, owner };
        ground.give(ground.world.root());
        ground
    }

    fn give(&self, path: &Path) {
        let Some(owner) = self.owner else { return };
        std::os::unix::fs::lchown(path, Some(owner), Some(owner)).expect("we are root");
        if path.is_dir() && !path.is_symlink() {
            for entry in fs::read_dir(path).expect("it can be read").flatten() {
                self.give(&entry.path());
            }
        }
    }

    fn configure(&self, text: &str) {
        let path = self.world.home().join("config.toml");
        fs::create_dir_all(self.world.home()).expect("the world is ours");
        fs::write(&path, text).expect("the world is ours");
        self.give(&self.world.home());
    }

    fn path(&self, name: &str) -> String {
        self.world.root().join(name).display().to_string()
    }

    /// Any program of the world, as its owner.
    fn program(&self, name: &str) -> Invocation {
        let words = self.words(name);
        self.world.program(&words[0]).args(&words[1..])
    }

    /// The words by which a program of the world is called as its owner.
    fn words(&self, name: &str) -> Vec<String> {
        let program = self.path(name);
        match self.owner {
            None => vec![program],
            Some(owner) => vec![
                "/usr/bin/setpriv".to_owned(),
                format!("--reuid={owner}"),
                format!("--regid={owner}"),
                "--clear-groups".to_owned(),
                "--".to_owned(),
                program,
            ],
        }
    }

    fn longhaul(&self, words: &[&str]) -> Invocation {
        self.program("longhaul").args(words)
    }

    fn submit(&self, options: &[&str], script: &str) -> u64 {
        let words = [&["run", "-d"], options, &["--", "sh", "-c", script]].concat();
        self.longhaul(&words).run().id()
    }

    fn task(&self, id: u64) -> Value {
        self.longhaul(&["status", &id.to_string(), "--json"]).run().ok().json()
    }

    fn tasks(&self) -> Vec<Value> {
        let list = self.longhaul(&["list", "--all", "--json"]).run().ok().json();
        list["tasks"].as_array().cloned().unwrap_or_default()
    }

    fn finish(&self, id: u64) -> Value {
        self.longhaul(&["await", &id.to_string()]).run();
        self.task(id)
    }

    fn output(&self, id: u64) -> String {
        self.longhaul(&["logs", &id.to_string()]).run().text()
    }

    fn is_running(&self, id: u64) -> bool {
        self.task(id)["state"] == "running"
    }

    /// A command that would write outside, and where.
    fn outside(&self) -> (String, PathBuf) {
        let file = self.world.root().join("outside/file");
        (format!("touch {}", file.display()), file)
    }

    /// The two looks, once nobody is left who tries.
    fn holds(&self, tasks: usize) {
        wait_until("nobody tries any more", PATIENCE, || {
            let tries = |one: &processes::Process| {
                one.arguments
                    .iter()
                    .any(|text| text.contains("-ask") || text.contains("ask-"))
            };
            !processes::within(self.world.root()).iter().any(tries)
        });
        let (_, file) = self.outside();
        assert!(!file.exists(), "something was written outside: {:#?}", self.tasks());
        assert_eq!(self.tasks().len(), tasks, "{:#?}", self.tasks());
        self.longhaul(&["ack", "--all"]).run();
    }

    /// Where the daemon listens on TCP, and its token.
    fn tcp(&self) -> (String, String) {
        self.longhaul(&["list"]).run().ok();
        let status = self.longhaul(&["daemon", "status", "--json"]).run().ok().json();
        let http = status["http"].as_str().expect("it listens on TCP").to_owned();
        let token = self.longhaul(&["token", "show"]).run().ok().text().trim().to_owned();
        (http.trim_start_matches("http://").to_owned(), token)
    }

    /// A task that waits at a gate until the test opens it.
    fn waiting(&self, options: &[&str]) -> u64 {
        let gate = self.path("outside/gate");
        let id = self.submit(options, &format!("until test -e {gate}; do sleep 0.05; done"));
        wait_until("it runs", PATIENCE, || self.is_running(id));
        id
    }

    fn open_gate(&self) {
        fs::write(self.path("outside/gate"), "").expect("the world is ours");
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(owner) = self.owner {
            let _ = fs::remove_dir_all(format!("/tmp/longhaul-{owner}"));
        }
    }
}

#[test]
fn a_task_with_fewer_rights_may_not_leave_processes_behind() {
    for ground in grounds() {
        let binary = ground.path("longhaul");
        for access in ["--read-only", "--write"] {
            let script = format!("{binary} run --read-only --leftovers keep -- true 2>&1; echo $?");
            let id = ground.submit(&[access], &script);
            ground.finish(id);
            let said = ground.output(id);
            assert!(
                said.contains("may not leave processes running") && said.ends_with("125\n"),
                "{said}"
            );
        }
        ground.holds(2);
    }
}

#[test]
fn what_a_reader_leaves_running_stays_a_reader() {
    for ground in grounds() {
        let (outside, _) = ground.outside();
        let intruder = ground.path("intruder");
        let script = format!(
            "{intruder} wait-and-ask $PPID \"$LONGHAUL_SOCKET\" '{outside}' < /dev/null > /dev/null 2>&1 & exit 0"
        );
        let id = ground.submit(&["--read-only", "--leftovers", "keep"], &script);
        assert_eq!(ground.finish(id)["state"], "completed");
        ground.holds(1);
    }
}

#[test]
fn a_leftover_is_known_without_a_namespace_of_its_own_too() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: a machine without user namespaces, which only root can arrange");
        return;
    }
    let ground = Ground::of(None);
    ground.configure("trusted_containers = [\"/\"]\n");
    let script = format!(
        "echo 0 > /proc/sys/user/max_user_namespaces; exec {} daemon run",
        ground.path("longhaul")
    );
    let daemon = ground
        .world
        .program("/usr/bin/unshare")
        .args(["--user", "--map-root-user", "sh", "-c", &script])
        .spawn();
    wait_until("the daemon answers", PATIENCE, || ground.world.is_answering());
    let (outside, _) = ground.outside();
    let script = format!(
        "{} wait-and-ask $PPID \"$LONGHAUL_SOCKET\" '{outside}' < /dev/null > /dev/null 2>&1 & exit 0",
        ground.path("intruder")
    );
    let id = ground.submit(&["--read-only", "--leftovers", "keep"], &script);
    let task = ground.finish(id);
    assert_eq!(task["enforcement"], "kernel-partial", "{task:#}");
    ground.holds(1);
    ground.longhaul(&["daemon", "stop"]).run().ok();
    drop(daemon);
}

#[test]
fn a_reader_sets_its_own_limits_and_nobody_elses() {
    for ground in grounds() {
        let script = format!("{} limit-parent; ulimit -n 64 && ulimit -n", ground.path("intruder"));
        let id = ground.submit(&["--read-only"], &script);
        let task = ground.finish(id);
        assert_eq!(task["state"], "completed", "{task:#}");
        let said = ground.output(id);
        assert!(
            said.starts_with("Operation not permitted") && said.ends_with("64\n"),
            "{said}"
        );
    }
}

#[test]
fn whoever_ends_its_supervisor_has_nobodys_rights_afterwards() {
    for ground in grounds() {
        let (outside, _) = ground.outside();
        let mut ways = vec![("--read-only", "limit"), ("--write", "kill"), ("--write", "limit")];
        if ground.owner.is_none() && rustix::process::geteuid().is_root() {
            // Root takes the mark off that others cannot.
            ways.push(("--write", "kill-unmarked"));
        }
        let tasks = ways.len();
        for (access, way) in ways {
            let intruder = ground.path("intruder");
            let script = format!("exec {intruder} outlive {way} \"$LONGHAUL_SOCKET\" '{outside}'");
            let id = ground.submit(&[access, "--timeout", "4s"], &script);
            let task = ground.finish(id);
            assert_ne!(task["state"], "completed", "{access} {way}: {task:#}");
        }
        ground.holds(tasks);
    }
}

#[test]
fn when_somebody_else_kills_a_readers_supervisor_what_is_left_has_nobodys_rights() {
    for ground in grounds() {
        let (outside, _) = ground.outside();
        let intruder = ground.path("intruder");
        // Its first process dies with the supervisor; the second one does not.
        let script = format!(
            "(exec env -i {intruder} wait-and-ask $PPID \"$LONGHAUL_SOCKET\" '{outside}' < /dev/null > /dev/null 2>&1) & \
             sleep 60"
        );
        let id = ground.submit(&["--read-only"], &script);
        let supervisor = || {
            let all = processes::within(ground.world.root());
            all.into_iter()
                .find(|one| one.supervises().is_some_and(|(task, _)| task == id))
        };
        wait_until("its supervisor is there", PATIENCE, || {
            ground.is_running(id) && supervisor().is_some()
        });
        let supervisor = supervisor().expect("it was there");
        assert!(processes::send(supervisor.pid, Signal::KILL));
        assert_eq!(ground.finish(id)["state"], "interrupted");
        ground.holds(1);
    }
}

#[test]
fn over_tcp_nobody_hides_from_the_daemon_while_a_reader_runs() {
    for ground in grounds() {
        let (address, token) = ground.tcp();
        let (outside, _) = ground.outside();
        let intruder = ground.path("intruder");
        let ways = ["plain", "mapped", "hidden", "in-flight", "gone"];
        for way in ways {
            let script = format!("{intruder} ask-tcp {way} {address} {token} '{outside}'");
            let id = ground.submit(&["--read-only"], &script);
            assert_eq!(ground.finish(id)["state"], "completed");
            let said = ground.output(id);
            let expected = if way == "gone" { "none" } else { "403 " };
            assert!(said.starts_with(expected), "{way}: {said}");
        }
        ground.holds(ways.len());
    }
}

#[test]
fn what_a_reader_left_running_does_not_hide_over_tcp_either() {
    for ground in grounds() {
        let (address, token) = ground.tcp();
        let (outside, _) = ground.outside();
        let (intruder, gate) = (ground.path("intruder"), ground.path("outside/gate"));
        let script = format!(
            "(until test -e {gate}; do sleep 0.05; done; {intruder} ask-tcp hidden {address} {token} '{outside}') \
             < /dev/null > /dev/null 2>&1 & exit 0"
        );
        let id = ground.submit(&["--read-only", "--leftovers", "keep"], &script);
        assert_eq!(ground.finish(id)["state"], "completed");
        ground.open_gate();
        ground.holds(1);
    }
}

#[test]
fn a_tunnel_that_cannot_be_seen_is_let_in_unless_it_might_be_a_reader() {
    for ground in grounds().into_iter().filter(|ground| ground.owner.is_some()) {
        let (address, token) = ground.tcp();
        let ask = || {
            let words = ["ask-tcp", "in-flight", &address, &token, "true"];
            ground.program("intruder").args(words).run().text()
        };
        assert!(ask().starts_with("201 "), "nothing runs");
        let unmanaged = ground.waiting(&[]);
        assert!(
            ask().starts_with("201 "),
            "an unmanaged task has its user's rights anyway"
        );
        let reader = ground.waiting(&["--read-only"]);
        let said = ask();
        assert!(said.starts_with("403 ") && said.contains("trusted_proxies"), "{said}");
        let findings = ground.longhaul(&["doctor"]).run().text();
        assert!(
            findings.contains("refused while a read-only or write task runs"),
            "{findings}"
        );
        ground.open_gate();
        ground.finish(reader);
        ground.finish(unmanaged);
        assert!(ask().starts_with("201 "), "nothing runs any more");
    }
}

#[test]
fn a_tunnel_in_a_control_group_of_its_own_is_let_in_while_a_reader_runs() {
    let Some(group) = Group::new() else {
        eprintln!("SKIPPED: control groups cannot be made here");
        return;
    };
    for ground in grounds() {
        let (address, token) = ground.tcp();
        let reader = ground.waiting(&["--read-only"]);
        let words = ["ask-tcp", "in-flight", &address, &token, "true"];
        let said = group.program(&ground, "intruder").args(words).run().text();
        assert!(said.starts_with("201 "), "{said}");
        ground.open_gate();
        ground.finish(reader);
    }
}

/// A control group beside the test's own.
struct Group(PathBuf);

impl Group {
    fn new() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
        let line = mounts.lines().find(|line| line.contains(" - cgroup2 "))?;
        let point = line.split(' ').nth(4)?;
        let own = fs::read_to_string("/proc/self/cgroup").ok()?;
        let own = own.lines().find_map(|line| line.strip_prefix("0::/"))?.to_owned();
        let path = Path::new(point)
            .join(own)
            .join(format!("tunnel-{}", std::process::id()));
        fs::create_dir(&path).ok()?;
        Some(Self(path))
    }

    /// A program of the world, from inside the group.
    fn program(&self, ground: &Ground, name: &str) -> Invocation {
        let members = self.0.join("cgroup.procs").display().to_string();
        let script = format!("echo $$ > {members}; exec \"$@\"");
        let shell = ground.world.program("sh").args(["-c", &script, "sh"]);
        shell.args(ground.words(name))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn whoever_names_a_proxy_lets_it_in_at_any_time() {
    for ground in grounds() {
        ground.configure("trusted_proxies = [\"127.0.0.0/8\"]\n[run]\nsweep_only = true\n");
        let (address, token) = ground.tcp();
        let reader = ground.waiting(&["--read-only"]);
        let words = ["ask-tcp", "in-flight", &address, &token, "true"];
        let said = ground.program("intruder").args(words).run().text();
        assert!(said.starts_with("201 "), "{said}");
        ground.open_gate();
        ground.finish(reader);
    }
}

#[test]
fn the_other_homes_of_a_user_are_closed_to_its_readers() {
    for ground in grounds() {
        let (outside, _) = ground.outside();
        let other = ground.path("other");
        let at_home = |words: &[&str]| ground.longhaul(words).env("LONGHAUL_HOME", &other);
        at_home(&["run", "--env", "SECRET=precious", "--", "true"]).run().ok();
        at_home(&["token", "show"]).run().ok();
        let (binary, intruder) = (ground.path("longhaul"), ground.path("intruder"));
        let script = format!(
            "cat {other}/state/token {other}/state/longhaul.db; ls -A {other}/state {other}/run; cd {other}/state && ls -A; \
             {intruder} ask {other}/run/longhaul.sock '{outside}'; \
             env -u LONGHAUL_SOCKET -u LONGHAUL_TASK_ID -u LONGHAUL_TOKEN LONGHAUL_HOME={other} {binary} run -- {outside}"
        );
        for folder in ["", "other/state", "other/state/worktrees"] {
            let id = ground.submit(
                &["--read-only", "-C", &ground.path(folder)],
                &format!("({script}) 2> /dev/null; true"),
            );
            let task = ground.finish(id);
            let said = ground.output(id);
            let names: Vec<&str> = said
                .lines()
                .filter(|line| !line.is_empty() && !line.starts_with("none "))
                .collect();
            assert!(
                names.iter().all(|line| line.starts_with(&other)),
                "{folder}: {said}\n{task:#}"
            );
        }
        let tasks = at_home(&["list", "--all", "--json"]).run().ok().json();
        assert_eq!(tasks["tasks"].as_array().map(Vec::len), Some(1), "{tasks:#}");
        at_home(&["daemon", "stop"]).run().ok();
        let after = ground.submit(&["--read-only"], &format!("cat {other}/state/token 2> /dev/null; true"));
        ground.finish(after);
        assert_eq!(ground.output(after), "", "its daemon is not needed for that");
        let (_, file) = ground.outside();
        assert!(!file.exists());
    }
}

#[test]
fn a_container_is_refused_until_it_is_named() {
    for ground in grounds() {
        ground.longhaul(&["list"]).run().ok();
        let enclosed = |words: &[&str]| {
            let unshare = ["unshare", "--user", "--map-current-user"].map(str::to_owned);
            let mut all = ground.words("longhaul");
            let program = all.pop().expect("the program is the last word");
            all.extend(unshare);
            ground
                .world
                .program(&all[0])
                .args(&all[1..])
                .arg(program)
                .args(words)
                .run()
        };
        let refused = enclosed(&["run", "-d", "--", "true"]);
        assert_ne!(refused.code, Some(0));
        assert!(refused.talk().contains("trusted_containers"), "{}", refused.talk());
        ground.longhaul(&["daemon", "stop"]).run().ok();
        ground.configure("trusted_containers = [\"/\"]\n");
        ground.longhaul(&["list"]).run().ok();
        enclosed(&["run", "--", "true"]).ok();
        assert_eq!(ground.tasks().len(), 1);
    }
}

#[test]
fn another_daemon_of_the_same_user_refuses_a_reader_by_itself() {
    for ground in grounds() {
        let other = ground.path("other");
        let at_home = |words: &[&str]| ground.longhaul(words).env("LONGHAUL_HOME", &other);
        at_home(&["list"]).run().ok();
        ground.configure(&format!("allowed_sockets = [\"{other}/run\"]\n"));
        let (outside, _) = ground.outside();
        let script = format!("{} ask {other}/run/longhaul.sock '{outside}'", ground.path("intruder"));
        let id = ground.submit(&["--read-only"], &script);
        ground.finish(id);
        assert!(ground.output(id).starts_with("403 "), "{}", ground.output(id));
        let tasks = at_home(&["list", "--all", "--json"]).run().ok().json();
        assert_eq!(tasks["tasks"].as_array().map(Vec::len), Some(0), "{tasks:#}");
        at_home(&["daemon", "stop"]).run().ok();
        ground.holds(1);
    }
}

#[test]
fn a_daemons_socket_is_known_to_the_kernel_by_the_name_it_has() {
    let world = World::new();
    world.api();
    let socket = world.socket().expect("it listens").display().to_string();
    let names = || fs::read_to_string("/proc/net/unix").expect("it can be read");
    assert!(names().lines().any(|line| line.ends_with(&socket)));
    fs::remove_file(&socket).expect("the world is ours");
    wait_until("it is made anew", PATIENCE, || world.is_answering());
    assert!(names().lines().any(|line| line.ends_with(&socket)));
}
