//! Whether this process stands in a foreign place: in another program's sandbox, where a daemon that is to serve
//! everybody must not be started (user_namespaces(7), proc_pid_status(5)).
//!
//! Measured against process 1: inside a container that has a process 1 of its own, nothing is foreign. What cannot be
//! looked at proves nothing.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;

/// What is foreign here, as the beginning of a sentence; nothing if all is as usual.
pub fn foreign_place() -> Option<&'static str> {
    if is_in_another_namespace("user") || owner_of_the_first_process_is_unmapped() {
        return Some("inside another user namespace");
    }
    if rustix::process::geteuid().is_root() {
        if is_in_another_namespace("mnt") {
            return Some("inside another mount namespace");
        }
        return is_in_another_namespace("net").then_some("inside another network namespace");
    }
    let (own, first) = (Status::of("self"), Status::of("1"));
    if own.no_new_privileges > first.no_new_privileges {
        return Some("where no new privileges can be had");
    }
    (own.filters > first.filters).then_some("behind another program's filter on system calls")
}

/// By the namespace's name where it can be read. Process 1 may have a capability more than we and hide it; then by what
/// everybody may read of it.
fn is_in_another_namespace(kind: &str) -> bool {
    let name = |process: &str| fs::read_link(format!("/proc/{process}/ns/{kind}"));
    if let (Ok(own), Ok(first)) = (name("self"), name("1")) {
        return own != first;
    }
    match kind {
        "user" => are_known_and(|own: &String, first| own != first, |process| read(process, "uid_map")),
        "mnt" => are_known_and(HashSet::is_disjoint, |process| {
            Some(mounts(&read(process, "mountinfo")?))
        }),
        // Each has files of its own there.
        _ => are_known_and(
            |own: &u64, first| own != first,
            |process| Some(fs::metadata(format!("/proc/{process}/net/dev")).ok()?.ino()),
        ),
    }
}

fn are_known_and<T>(differ: impl Fn(&T, &T) -> bool, of: impl Fn(&str) -> Option<T>) -> bool {
    matches!((of("self"), of("1")), (Some(own), Some(first)) if differ(&own, &first))
}

fn read(process: &str, file: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/{process}/{file}")).ok()
}

/// The numbers of mounts: two namespaces never share one (proc_pid_mountinfo(5)).
fn mounts(table: &str) -> HashSet<u64> {
    let numbers = table.lines().filter_map(|line| line.split(' ').next()?.parse().ok());
    numbers.collect()
}

/// Who has no number here is shown by the one that is kept for nobody.
fn owner_of_the_first_process_is_unmapped() -> bool {
    let Ok(owner) = fs::metadata("/proc/1").map(|facts| facts.uid()) else {
        return false;
    };
    let number = |path| fs::read_to_string(path).ok()?.trim().parse::<u32>().ok();
    let nobody = number("/proc/sys/kernel/overflowuid");
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    nobody == Some(owner) && !is_mapped(owner, &map)
}

/// Whether a line `FIRST LOWER COUNT` of the map covers it.
fn is_mapped(id: u32, map: &str) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map(|number| number.parse::<u64>().ok());
        match (numbers.next().flatten(), numbers.nth(1).flatten()) {
            (Some(first), Some(count)) => (first..first + count).contains(&u64::from(id)),
            _ => false,
        }
    })
}

/// What holds a process for good.
#[derive(Debug, Default)]
struct Status {
    no_new_privileges: u64,
    /// How many filters on system calls.
    filters: u64,
}

impl Status {
    fn of(process: &str) -> Self {
        Self::found_in(&read(process, "status").unwrap_or_default())
    }

    fn found_in(text: &str) -> Self {
        let number = |name| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().parse::<u64>().ok()
        };
        // Kernels before 5.11 tell only whether there is one.
        let filters = number("Seccomp_filters:").or_else(|| number("Seccomp:"));
        Self {
            no_new_privileges: number("NoNewPrivs:").unwrap_or(0),
            filters: filters.unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_counted_where_the_kernel_counts_them() {
        let status = Status::found_in("NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n");
        assert_eq!((status.no_new_privileges, status.filters), (1, 3));
        assert_eq!(Status::found_in("Seccomp:\t2\n").filters, 2);
        assert_eq!(Status::found_in("").filters, 0);
    }

    #[test]
    fn mounts_are_known_by_their_numbers() {
        let numbers = mounts("22 27 0:21 / /proc rw - proc proc rw\n23 27 0:22 / /sys rw - sysfs sysfs rw\n");
        assert_eq!(numbers, HashSet::from([22, 23]));
    }

    #[test]
    fn a_number_is_mapped_by_the_range_it_lies_in() {
        assert!(is_mapped(65_534, "         0          0 4294967295\n"));
        assert!(is_mapped(65_534, "0 1000 1\n1 100000 65536\n"));
        assert!(!is_mapped(65_534, "0 1000 1\n"));
        assert!(!is_mapped(65_534, ""));
    }
}
