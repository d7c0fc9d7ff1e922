//! A runner that dies: from some call on nothing runs any more, as after `kill -9`.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use longhaul_worktrees::{Direct, Ended, Program, Runner};

/// Dies at its `last` call: before it is made, or after, so that it happened and nobody heard of it.
pub(crate) struct Dying {
    calls: AtomicU32,
    last: u32,
    happens: bool,
}

impl Dying {
    pub(crate) fn at(last: u32, happens: bool) -> Self {
        Self {
            calls: AtomicU32::new(0),
            last,
            happens,
        }
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.calls.load(Ordering::SeqCst) >= self.last
    }
}

impl Runner for Dying {
    fn run(&self, program: &Program) -> io::Result<Ended> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        if call < self.last {
            return Direct.run(program);
        }
        if call == self.last && self.happens {
            Direct.run(program)?;
        }
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

/// Does something again and again, dying one call later each time, until it lives to its end.
pub(crate) fn at_every_call(mut story: impl FnMut(&Dying)) {
    for happens in [false, true] {
        for last in 1..1_000 {
            let runner = Dying::at(last, happens);
            story(&runner);
            if !runner.is_dead() {
                break;
            }
        }
    }
}
