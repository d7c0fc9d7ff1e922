//! Named points at which a test may have the process killed, as by `kill -9`.
//!
//! A durability story arms one point through `LONGHAUL_FAILPOINT=name` (or `name:n`, the n-th time it is reached)
//! and then checks what a new start makes of the remains. Release builds compile every point to nothing: the
//! environment is not even read.

/// Kills this process with SIGKILL if `name` is armed. Nothing in release builds.
#[macro_export]
macro_rules! failpoint {
    ($name:literal) => {
        #[cfg(debug_assertions)]
        $crate::reach($name);
    };
}

/// Called by [`failpoint!`] in test builds.
#[cfg(debug_assertions)]
pub fn reach(name: &str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static ARMED: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static REACHED: AtomicU32 = AtomicU32::new(0);

    let armed = ARMED.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "test builds only; settings know nothing of it")]
        let value = std::env::var("LONGHAUL_FAILPOINT").ok()?;
        Some(match value.rsplit_once(':') {
            Some((name, nth)) if nth.parse::<u32>().is_ok() => (name.to_owned(), nth.parse().unwrap_or(1)),
            _ => (value, 1),
        })
    });
    if let Some((armed_name, nth)) = armed
        && armed_name == name
        && REACHED.fetch_add(1, Ordering::SeqCst) + 1 == *nth
    {
        // SIGKILL, not abort: no handler, no core file, no unwinding; just what the outside would see of `kill -9`.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}
