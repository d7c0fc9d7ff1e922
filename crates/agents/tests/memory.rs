//! Readers work in constant memory: what they hold depends on the longest line, not on how much they have read.
//!
//! One test in a program of its own, because it counts every byte of it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use longhaul_agents::adapters;

/// The system's allocator, counted.
struct Counted;

static HELD_BYTES: AtomicUsize = AtomicUsize::new(0);
static MOST_BYTES: AtomicUsize = AtomicUsize::new(0);

#[expect(unsafe_code, reason = "an allocator is unsafe by its nature; this one only counts")]
// SAFETY: every request goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD_BYTES.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        MOST_BYTES.fetch_max(held, Ordering::Relaxed);
        // SAFETY: the caller's promise is the one the system asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        HELD_BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: it was allocated by the system with this layout.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTED: Counted = Counted;

/// The most bytes held at once while this runs, beyond what was held before.
fn most_bytes(work: impl FnOnce()) -> usize {
    let before = HELD_BYTES.load(Ordering::Relaxed);
    MOST_BYTES.store(before, Ordering::Relaxed);
    work();
    MOST_BYTES.load(Ordering::Relaxed) - before
}

#[test]
fn a_reader_holds_what_its_longest_line_needs_however_much_it_reads() {
    holds_the_same_after_one_mebibyte_and_after_sixty_four();
    does_not_keep_a_line_without_end();
}

fn holds_the_same_after_one_mebibyte_and_after_sixty_four() {
    for adapter in adapters() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fixtures")
            .join(adapter.name());
        let mut piece = Vec::new();
        for case in ["write", "write_yolo", "write_default", "two", "par"] {
            piece.extend(std::fs::read(folder.join(format!("{case}.jsonl"))).unwrap_or_default());
        }
        assert!(piece.len() > 2_000, "{} has recordings", adapter.name());
        let held_after = |size_bytes: u64| {
            most_bytes(|| {
                let mut parser = adapter.parser();
                let mut offset = 0;
                while offset < size_bytes {
                    parser.read(offset, &piece);
                    parser.take_activity();
                    offset += piece.len() as u64;
                }
                parser.finish();
            })
        };
        let (little, much) = (held_after(1 << 20), held_after(64 << 20));
        assert!(
            much < little + 64 * 1024,
            "{}: {little} bytes, then {much}",
            adapter.name()
        );
    }
}

fn does_not_keep_a_line_without_end() {
    for adapter in adapters() {
        let piece = vec![b'x'; 1 << 20];
        let most = most_bytes(|| {
            let mut parser = adapter.parser();
            for index in 0..256_u64 {
                parser.read(index << 20, &piece);
            }
            parser.finish();
            assert_eq!(parser.reading().unknown_lines, 1);
        });
        // 32 MiB are looked at; a vector that grows is copied once.
        assert!(most < 120 << 20, "{}: {most} bytes", adapter.name());
    }
}
