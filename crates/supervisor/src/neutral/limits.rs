//! Limits on resources: soft ones are raised, hard ones can only be told of (getrlimit(2)).

use rustix::process::{Resource, Rlimit, getpriority_process, getrlimit, setrlimit};

/// What is raised to the hard limit. Not the stack: without a limit the kernel lays memory out in another way. Nor core
/// files: a task that crashes would begin to leave some in its folder.
const RAISED: [Resource; 8] = [
    Resource::Fsize,
    Resource::Cpu,
    Resource::As,
    Resource::Data,
    Resource::Rss,
    Resource::Nproc,
    Resource::Nofile,
    Resource::Memlock,
];
/// What a stack may grow to on every usual system.
const USUAL_STACK_BYTES: u64 = 8 << 20;
/// Fewer than these are told of.
const USUAL_FILES: u64 = 1024;
const USUAL_PROCESSES: u64 = 512;

/// Raises the soft limits of this process.
pub fn raise_limits() {
    for resource in RAISED {
        let found = getrlimit(resource);
        raise(resource, found, found.maximum);
    }
    let stack = getrlimit(Resource::Stack);
    if stack.current.is_some_and(|bytes| bytes < USUAL_STACK_BYTES) {
        let maximum = stack.maximum.unwrap_or(USUAL_STACK_BYTES);
        raise(Resource::Stack, stack, Some(maximum.min(USUAL_STACK_BYTES)));
    }
}

fn raise(resource: Resource, found: Rlimit, to: Option<u64>) {
    let wanted = Rlimit { current: to, ..found };
    if wanted != found {
        // What a system refuses (macOS has a lower limit of its own on open files) stays as it was.
        let _ = setrlimit(resource, wanted);
    }
}

/// What this process, and so everything it starts, is held to that usually nobody is; each as part of a sentence.
pub fn lower_than_usual() -> Vec<String> {
    let hard = |resource| getrlimit(resource).maximum;
    let mut found = Vec::new();
    let mut say = |told: Option<String>| found.extend(told);
    say(hard(Resource::Fsize).map(|bytes| format!("files of at most {} KiB", bytes >> 10)));
    say(hard(Resource::Cpu).map(|seconds| format!("{seconds} s of processor time for each process")));
    let memory = hard(Resource::As).into_iter().chain(hard(Resource::Data)).min();
    say(memory.map(|bytes| format!("{} MiB of memory for each process", bytes >> 20)));
    let below = |resource, usual| hard(resource).filter(|limit| *limit < usual);
    say(below(Resource::Nofile, USUAL_FILES).map(|files| format!("{files} open files")));
    say(below(Resource::Nproc, USUAL_PROCESSES).map(|processes| format!("{processes} processes")));
    say(below(Resource::Stack, USUAL_STACK_BYTES).map(|bytes| format!("{} KiB of stack", bytes >> 10)));
    let niceness = getpriority_process(None).ok().filter(|niceness| *niceness > 0);
    say(niceness.map(|niceness| format!("a niceness of {niceness}")));
    found
}
