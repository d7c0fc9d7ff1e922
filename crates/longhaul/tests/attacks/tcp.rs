//! Over TCP, where the kernel does not say who is there.

use std::fs;
use std::path::{Path, PathBuf};

use longhaul_testkit::Invocation;

use crate::ground::{Ground, grounds};

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
