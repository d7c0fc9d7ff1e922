//! The private namespaces of a program: entered by itself, its ids mapped by the supervisor, one to one.
//!
//! One to one, because a program that finds itself root where it is not, or nobody's, behaves differently.

use std::fs;
use std::io;

use super::calls::Refused;
use crate::supervise::platform::errno;

/// What the supervisor writes into a new user namespace.
#[derive(Debug, Clone)]
pub(super) struct IdMaps {
    /// Every id that we have. Only a privileged supervisor may do that.
    all: Option<[String; 2]>,
    /// Our own ids alone.
    own: [String; 2],
}

impl IdMaps {
    pub(super) fn of_this_process() -> Self {
        let user = rustix::process::geteuid().as_raw();
        let group = rustix::process::getegid().as_raw();
        let same = |map: &str| -> Option<String> {
            fs::read_to_string(map)
                .ok()?
                .lines()
                .map(one_to_one)
                .collect::<Option<String>>()
        };
        let all = || Some([same("/proc/self/uid_map")?, same("/proc/self/gid_map")?]);
        Self {
            all: if user == 0 { all() } else { None },
            own: [format!("{user} {user} 1\n"), format!("{group} {group} 1\n")],
        }
    }

    /// Writes the maps for a child that has just entered its namespace.
    pub(super) fn write(&self, pid: i32) -> io::Result<()> {
        let put = |name: &str, text: &str| fs::write(format!("/proc/{pid}/{name}"), text);
        if let Some([users, groups]) = &self.all
            && put("uid_map", users).is_ok()
        {
            return put("gid_map", groups);
        }
        let [user, group] = &self.own;
        // Without it an ordinary user may map no group (user_namespaces(7)).
        put("setgroups", "deny")?;
        put("gid_map", group)?;
        put("uid_map", user)
    }
}

/// A line of a map, `inside outside count`, with the inside on both sides.
fn one_to_one(line: &str) -> Option<String> {
    let mut numbers = line.split_ascii_whitespace();
    let (inside, count) = (numbers.next()?, numbers.nth(1)?);
    Some(format!("{inside} {inside} {count}\n"))
}

/// In the child: enters new namespaces of its own. It has no id there until they are mapped.
pub(super) fn enter() -> Result<(), Refused> {
    // The message queues and shared memory of System V and POSIX are out of reach of the mounts, hence the third.
    // SAFETY: this process has one thread.
    match unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS | libc::CLONE_NEWIPC) } {
        0 => Ok(()),
        _ => Err(errno()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_numbers_whatever_they_are_outside() {
        assert_eq!(
            one_to_one("         0     100000      65536").as_deref(),
            Some("0 0 65536\n")
        );
        assert_eq!(one_to_one("nothing"), None);
    }
}
