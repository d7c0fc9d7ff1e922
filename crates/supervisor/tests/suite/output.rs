//! Output in all three ways of keeping it.

use longhaul_supervisor::output::{Body, Piece, Reader, Stream};
use longhaul_supervisor::{Capture, End, OutputCap};

use crate::world::{World, bytes, eventually};

const COPIED_AND_DIRECT: [Capture; 2] = [Capture::Pipe, Capture::File];

/// Pieces follow each other without a hole or an overlap.
fn check_order(pieces: &[Piece]) {
    for pair in pieces.windows(2) {
        assert_eq!(pair[0].offset + pair[0].body.length(), pair[1].offset);
        assert!(pair[0].at_us <= pair[1].at_us);
    }
}

fn gap(pieces: &[Piece]) -> u64 {
    pieces
        .iter()
        .map(|piece| if let Body::Gap(count) = piece.body { count } else { 0 })
        .sum()
}

#[test]
fn no_output_is_empty_and_costs_no_file() {
    let world = World::script("true");
    let receipt = world.run();
    assert_eq!((receipt.output.produced_bytes, receipt.output.dropped_bytes), (0, 0));
    assert_eq!(world.all(), []);
    assert!(!world.folder().join("output.index").exists());
    assert_eq!(Reader::open("/no/such/folder").produced().unwrap(), 0);
}

#[test]
fn the_streams_are_apart_and_in_order() {
    for capture in COPIED_AND_DIRECT {
        let script = "for i in 1 2 3; do echo out $i; sleep 0.15; echo err $i >&2; sleep 0.15; done";
        let world = World::script(script).with(|spec| spec.capture = capture);
        let receipt = world.run();
        assert_eq!(world.stdout(), "out 1\nout 2\nout 3\n");
        assert_eq!(world.stderr(), "err 1\nerr 2\nerr 3\n");
        let all = world.all();
        check_order(&all);
        let expected = "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n";
        assert_eq!(String::from_utf8_lossy(&bytes(&all)), expected, "{capture:?}");
        assert_eq!(receipt.output.produced_bytes, expected.len() as u64);
        let (first, last) = (&all[0], all.last().unwrap());
        assert!(last.at_us - first.at_us > 500_000, "times tell when it came");
    }
}

#[test]
fn a_read_may_start_anywhere_and_be_short() {
    for capture in COPIED_AND_DIRECT {
        let script = "echo abc; sleep 0.15; echo de >&2; sleep 0.15; echo fgh";
        let world = World::script(script).with(|spec| spec.capture = capture);
        world.run();
        let whole = bytes(&world.all());
        assert_eq!(whole, b"abc\nde\nfgh\n");
        let reader = world.reader();
        for from in 0..=whole.len() {
            for max in [1, 3, 100] {
                let pieces = reader.read(from as u64, None, max).unwrap();
                let end = whole.len().min(from + usize::try_from(max).unwrap());
                assert_eq!(bytes(&pieces), &whole[from..end]);
            }
        }
        for from in 0..=8 {
            assert_eq!(
                bytes(&reader.read_stream(Stream::Stdout, from, 100).unwrap()),
                &b"abc\nfgh\n"[from as usize..]
            );
        }
        assert_eq!(bytes(&reader.read(1, Some(Stream::Stderr), 100).unwrap()), b"de\n");
        assert_eq!(reader.read_stream(Stream::Stderr, 1, 100).unwrap()[0].offset, 5);
        assert_eq!(reader.read_on(4, Some(Stream::Stdout), 100).unwrap().1, 11);
    }
}

#[test]
fn bytes_are_kept_as_they_are() {
    for capture in COPIED_AND_DIRECT {
        let world =
            World::script(r"printf 'a\377\376\r50%%\r\033[31m\000no newline'").with(|spec| spec.capture = capture);
        world.run();
        assert_eq!(world.stream(Stream::Stdout), b"a\xff\xfe\r50%\r\x1b[31m\0no newline");
    }
}

#[test]
fn a_line_of_100_mb_is_capped_with_an_exact_gap() {
    for capture in COPIED_AND_DIRECT {
        let world = World::script("head -c 100000000 /dev/zero | tr '\\0' x").with(|spec| spec.capture = capture);
        let receipt = world.run();
        assert_eq!(receipt.end, End::Exited { code: 0 });
        assert_eq!(receipt.output.produced_bytes, 100_000_000);
        let reader = world.reader();
        let mut position = 0;
        let mut pieces = Vec::new();
        loop {
            let (more, next) = reader.read_on(position, None, 8 << 20).unwrap();
            if more.is_empty() {
                break;
            }
            position = next;
            pieces.extend(more);
        }
        check_order(&pieces);
        let kept = bytes(&pieces);
        assert!(kept.iter().all(|byte| *byte == b'x'));
        assert_eq!(kept.len() as u64 + gap(&pieces), 100_000_000);
        assert_eq!(gap(&pieces), receipt.output.dropped_bytes);
        if capture == Capture::Pipe {
            assert_eq!(kept.len(), 64 << 20);
        } else {
            assert!(kept.len() < (64 << 20), "{}", kept.len());
        }
    }
}

/// Numbered lines, so that every kept byte can be checked against where it must have been.
fn numbered(count: usize) -> (String, Vec<u8>) {
    let mut expected = Vec::new();
    for number in 1..=count {
        expected.extend(format!("{number:07}\n").bytes());
    }
    (format!("seq -f %07.0f 1 {count}"), expected)
}

#[test]
fn head_and_tail_of_a_flood_are_exact() {
    for capture in COPIED_AND_DIRECT {
        let (script, expected) = numbered(500_000);
        let cap = OutputCap {
            head_bytes: 40_000,
            tail_bytes: 200_000,
        };
        let world = World::script(&script).with(|spec| (spec.output_cap, spec.capture) = (cap, capture));
        let receipt = world.run();
        assert_eq!(receipt.output.produced_bytes, expected.len() as u64);
        let pieces = world.all();
        check_order(&pieces);
        for piece in &pieces {
            if let Body::Bytes(bytes) = &piece.body {
                let from = usize::try_from(piece.offset).unwrap();
                assert_eq!(bytes[..], expected[from..from + bytes.len()]);
            }
        }
        assert_eq!(gap(&pieces), receipt.output.dropped_bytes);
        let after_gap = pieces.iter().find(|piece| matches!(piece.body, Body::Gap(_))).unwrap();
        if capture == Capture::Pipe {
            assert_eq!(after_gap.offset, 40_000);
            assert_eq!(after_gap.body.length(), expected.len() as u64 - 240_000);
        } else {
            assert!(after_gap.offset >= 30_000 && after_gap.offset < 40_000);
            let kept = expected.len() as u64 - gap(&pieces);
            assert!((30_000 + 150_000..300_000).contains(&kept), "{kept}");
            use std::os::unix::fs::MetadataExt;
            let metadata = std::fs::metadata(world.folder().join("stdout")).unwrap();
            assert_eq!(metadata.len(), expected.len() as u64);
            assert!(
                metadata.blocks() * 512 < 400_000,
                "the middle is off the disk: {}",
                metadata.blocks() * 512
            );
        }
        let from_the_gap = world.reader().read_stream(Stream::Stdout, 100_000, u64::MAX).unwrap();
        assert_eq!(from_the_gap[0].offset_in_stream, 100_000);
        assert_eq!(
            100_000 + from_the_gap.iter().map(|piece| piece.body.length()).sum::<u64>(),
            expected.len() as u64
        );
    }
}

#[test]
fn both_streams_flooding_keep_their_places() {
    let cap = OutputCap {
        head_bytes: 10_000,
        tail_bytes: 50_000,
    };
    let world =
        World::script("seq -f %07.0f 1 40000 >&2 & seq -f %07.0f 1 60000; wait").with(|spec| spec.output_cap = cap);
    let receipt = world.run();
    assert_eq!(receipt.output.produced_bytes, 800_000);
    assert_eq!(receipt.output.dropped_bytes, 740_000);
    let (_, expected) = numbered(60_000);
    let pieces = world.all();
    check_order(&pieces);
    for piece in &pieces {
        if let Body::Bytes(bytes) = &piece.body {
            let from = usize::try_from(piece.offset_in_stream).unwrap();
            assert_eq!(bytes[..], expected[from..from + bytes.len()]);
        }
    }
    for (stream, length) in [(Stream::Stdout, 480_000), (Stream::Stderr, 320_000)] {
        let pieces = world.reader().read_stream(stream, 0, u64::MAX).unwrap();
        assert_eq!(pieces.iter().map(|piece| piece.body.length()).sum::<u64>(), length);
    }
}

#[test]
fn a_reader_follows_a_flood_and_never_takes_a_byte_for_another() {
    for capture in COPIED_AND_DIRECT {
        let (script, expected) = numbered(1_500_000);
        let cap = OutputCap {
            head_bytes: 100_000,
            tail_bytes: 600_000,
        };
        let world = World::script(&script).with(|spec| (spec.output_cap, spec.capture) = (cap, capture));
        let running = world.start();
        let reader = world.reader();
        let (mut position, mut seen) = (0, 0);
        while position < expected.len() as u64 {
            let (pieces, next) = reader.read_on(position, None, 50_000).unwrap();
            for piece in &pieces {
                assert_eq!(piece.offset, position);
                position += piece.body.length();
                if let Body::Bytes(bytes) = &piece.body {
                    let from = usize::try_from(piece.offset).unwrap();
                    let first = bytes
                        .iter()
                        .zip(&expected[from..])
                        .position(|(one, other)| one != other);
                    assert_eq!(
                        first,
                        None,
                        "{capture:?}: at {from} of {} bytes: {:?}",
                        bytes.len(),
                        first.map(|f| String::from_utf8_lossy(&bytes[f..(f + 40).min(bytes.len())]).into_owned())
                    );
                    seen += bytes.len();
                }
            }
            assert_eq!(position, next);
        }
        assert_eq!(running.receipt().end, End::Exited { code: 0 });
        assert!(seen >= 500_000, "{seen}");
    }
}

#[test]
fn the_last_lines_are_found() {
    for capture in COPIED_AND_DIRECT {
        let script = "seq 1 30000; sleep 0.2; printf 'err one\\nerr two' >&2";
        let world = World::script(script).with(|spec| spec.capture = capture);
        world.run();
        let last =
            |count, stream| String::from_utf8(bytes(&world.reader().tail_lines(count, stream).unwrap())).unwrap();
        assert_eq!(last(2, Some(Stream::Stdout)), "29999\n30000\n");
        assert_eq!(last(1, Some(Stream::Stderr)), "err two");
        assert_eq!(last(3, None), "30000\nerr one\nerr two");
        assert_eq!(last(20_000, Some(Stream::Stdout)).lines().next(), Some("10001"));
        assert_eq!(last(100_000, None).lines().count(), 30_002);
        assert_eq!(last(0, None), "");
    }
}

#[test]
fn the_last_lines_stop_at_the_gap() {
    let cap = OutputCap {
        head_bytes: 1000,
        tail_bytes: 1000,
    };
    let world = World::script("seq -f %07.0f 1 10000").with(|spec| spec.output_cap = cap);
    world.run();
    let lines = bytes(&world.reader().tail_lines(5000, None).unwrap());
    assert_eq!(lines.len(), 1000);
    assert!(lines.ends_with(b"0010000\n"));
}

#[test]
fn output_of_a_killed_supervisor_is_whole_in_files() {
    let script = "echo one; echo two >&2; touch ready; trap '' TERM; while :; do sleep 0.2; done";
    let world = World::script(script).with(|spec| spec.capture = Capture::File);
    let running = world.start();
    running.made("ready");
    crate::world::kill(running.supervised.pid(), "KILL");
    running.ended();
    longhaul_supervisor::sweep(&world.folder()).unwrap();
    assert_eq!((world.stdout().as_str(), world.stderr().as_str()), ("one\n", "two\n"));
}

#[test]
fn a_terminal_is_a_terminal() {
    let script = "test -t 1 && test -t 2 && echo yes; ps -o tty= -p $$ | grep -q pts && echo controlling; stty size < /dev/tty; echo err >&2";
    let world = World::script(script).with(|spec| spec.capture = Capture::Pty);
    assert_eq!(world.run().end, End::Exited { code: 0 });
    assert_eq!(world.stdout(), "yes\r\ncontrolling\r\n24 80\r\nerr\r\n");
    assert_eq!(world.stderr(), "");
}

#[test]
fn a_terminal_program_can_be_stopped_and_flood() {
    let world =
        World::script("seq -f %07.0f 1 100000; touch ready; exec sleep 1000").with(|spec| spec.capture = Capture::Pty);
    let running = world.start();
    running.made("ready");
    running.stop();
    assert!(matches!(running.receipt().end, End::Stopped { .. }));
    assert_eq!(world.reader().produced().unwrap(), 900_000);
}

#[test]
fn files_are_true_files_and_are_appended_to() {
    let script = "echo one; echo two > /dev/stderr; readlink /proc/$$/fd/1";
    let world = World::script(script).with(|spec| {
        spec.capture = Capture::File;
        spec.steps
            .push(longhaul_supervisor::Step::run("after", ["echo", "after"]));
    });
    world.run();
    assert_eq!(
        world.stdout(),
        format!("one\n{}\nafter\n", world.folder().join("stdout").display())
    );
}

#[test]
fn output_can_be_read_while_the_program_runs() {
    for capture in [Capture::Pipe, Capture::File, Capture::Pty] {
        let world = World::script("printf started; while [ ! -e go ]; do sleep 0.01; done; printf ' over'")
            .with(|spec| spec.capture = capture);
        let running = world.start();
        eventually("the first output", || {
            (world.reader().produced().ok()? == 7).then_some(())
        });
        assert_eq!(world.stdout(), "started");
        world.write("go", "");
        running.receipt();
        assert_eq!(world.stdout(), "started over");
    }
}
