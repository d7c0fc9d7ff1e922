//! What holds for every reader of every agent, whatever comes in: it never fails, it reads the same however the bytes
//! are cut, what it does not understand it keeps, and its memory does not grow with what it read.

use std::path::Path;
use std::sync::LazyLock;

use longhaul_agents::{Activity, Kind, Parser, Reading, adapters};
use proptest::prelude::*;

/// One recorded standard output and standard error.
struct Recorded {
    agent: &'static str,
    case: String,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

static RECORDED: LazyLock<Vec<Recorded>> = LazyLock::new(|| {
    let mut recorded = Vec::new();
    for adapter in adapters() {
        let agent = adapter.name();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(agent);
        let files = std::fs::read_dir(&folder).expect("every agent has recordings");
        for file in files {
            let path = file.expect("the folder is readable").path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                recorded.push(Recorded {
                    agent,
                    case: path.file_stem().expect("a name").to_string_lossy().into_owned(),
                    stdout: std::fs::read(&path).expect("a recording is readable"),
                    stderr: std::fs::read(path.with_extension("stderr")).unwrap_or_default(),
                });
            }
        }
    }
    recorded.sort_by(|one, other| (one.agent, &one.case).cmp(&(other.agent, &other.case)));
    recorded
});

fn parser(agent: &str) -> Box<dyn Parser> {
    longhaul_agents::adapter(agent).expect("the agent exists").parser()
}

/// What is made of these pieces of output, one behind the other.
fn read(agent: &str, pieces: &[&[u8]], stderr: &[u8]) -> (Reading, Vec<Activity>) {
    let mut parser = parser(agent);
    let mut offset = 0;
    let mut activity = Vec::new();
    for piece in pieces {
        parser.read(offset, piece);
        offset += piece.len() as u64;
        activity.extend(parser.take_activity());
    }
    parser.read_stderr(stderr);
    parser.finish();
    activity.extend(parser.take_activity());
    (parser.reading().clone(), activity)
}

/// One of the recordings, and a place in its output.
fn place() -> impl Strategy<Value = (&'static Recorded, usize)> {
    (0..RECORDED.len()).prop_flat_map(|index| {
        let recorded = &RECORDED[index];
        (Just(recorded), 0..=recorded.stdout.len())
    })
}

impl std::fmt::Debug for Recorded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.agent, self.case)
    }
}

#[test]
fn every_agent_was_recorded() {
    for adapter in adapters() {
        let cases = RECORDED.iter().filter(|recorded| recorded.agent == adapter.name());
        assert!(cases.count() > 10, "{}", adapter.name());
    }
}

#[test]
fn every_prefix_of_a_short_recording_is_read_and_every_cut_of_it_reads_the_same() {
    for recorded in RECORDED.iter().filter(|recorded| recorded.stdout.len() < 3_000) {
        let Recorded {
            agent, stdout, stderr, ..
        } = recorded;
        let whole = read(agent, &[stdout], stderr);
        for at in 0..=stdout.len() {
            let (one, other) = stdout.split_at(at);
            read(agent, &[one], stderr);
            assert_eq!(read(agent, &[one, other], stderr), whole, "{recorded:?} cut at {at}");
        }
    }
}

#[test]
fn standard_error_reads_the_same_however_it_is_cut() {
    for recorded in RECORDED.iter() {
        let Recorded {
            agent, stdout, stderr, ..
        } = recorded;
        let whole = read(agent, &[stdout], stderr);
        for at in (0..=stderr.len()).step_by(7) {
            let mut parser = parser(agent);
            parser.read(0, stdout);
            parser.read_stderr(&stderr[..at]);
            parser.read_stderr(&stderr[at..]);
            parser.finish();
            assert_eq!(parser.reading(), &whole.0, "{recorded:?} cut at {at}");
        }
    }
}

/// What was told without the lines that were not understood.
fn understood(activity: Vec<Activity>) -> Vec<Kind> {
    let kinds = activity.into_iter().map(|activity| activity.kind);
    kinds.filter(|kind| !matches!(kind, Kind::Unknown { .. })).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_prefix_is_read_and_every_cut_reads_the_same((recorded, at) in place()) {
        let Recorded { agent, stdout, stderr, .. } = recorded;
        let (one, other) = stdout.split_at(at);
        read(agent, &[one], stderr);
        prop_assert_eq!(read(agent, &[one, other], stderr), read(agent, &[stdout], stderr));
    }

    #[test]
    fn lines_of_garbage_are_kept_and_change_nothing(
        (recorded, at) in place(),
        garbage in proptest::collection::vec("[^\\n{}]{1,60}", 1..4),
    ) {
        let Recorded { agent, stdout, stderr, .. } = recorded;
        // Behind the next end of a line, or before everything.
        let line_end = stdout[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (before, behind) = stdout.split_at(line_end);
        // A blank line is nothing, and an escape sequence with words for people may mean something.
        prop_assume!(garbage.iter().all(|line| !line.trim().is_empty() && !line.contains("permission requested")));
        let lines: String = garbage.iter().map(|line| format!("{line}\n")).collect();
        let clean = read(agent, &[stdout], stderr);
        let dirty = read(agent, &[before, lines.as_bytes(), behind], stderr);
        let added = dirty.0.unknown_lines - clean.0.unknown_lines;
        prop_assert_eq!(added, garbage.len() as u64);
        let unknown = dirty.1.iter().filter(|activity| matches!(activity.kind, Kind::Unknown { .. })).count();
        prop_assert_eq!(unknown as u64, dirty.0.unknown_lines);
        let same = Reading { unknown_lines: clean.0.unknown_lines, ..dirty.0 };
        prop_assert_eq!(same, clean.0);
        prop_assert_eq!(understood(dirty.1), understood(clean.1));
    }

    #[test]
    fn damaged_bytes_and_missing_stretches_never_panic(
        (recorded, at) in place(),
        damage in proptest::collection::vec(any::<u8>(), 0..40),
        gap in 0_u64..100_000,
    ) {
        let Recorded { agent, stdout, stderr, .. } = recorded;
        let mut parser = parser(agent);
        parser.read(0, &stdout[..at]);
        parser.read(at as u64, &damage);
        let next = at + damage.len();
        parser.read(next as u64 + gap, stdout.get(next..).unwrap_or(&[]));
        parser.read_stderr(&damage);
        parser.read_stderr(stderr);
        parser.finish();
        parser.take_activity();
    }

    #[test]
    fn any_object_never_panics(agent in 0..adapters().len(), object in object()) {
        let line = serde_json::to_vec(&object).expect("it is JSON");
        read(adapters()[agent].name(), &[&line], b"");
    }
}

/// Objects with the words of the agents in all the wrong places.
fn object() -> impl Strategy<Value = serde_json::Value> {
    let word = prop_oneof![
        Just("type"),
        Just("item.completed"),
        Just("item"),
        Just("text"),
        Just("error"),
        Just("result"),
        Just("part"),
        Just("state"),
        Just("usage"),
        Just("tokens"),
        Just("message"),
        Just("content"),
        Just("role"),
        Just("assistant"),
        Just("tool_use"),
        Just("tool_result"),
        Just("status"),
        Just("system"),
        Just("init"),
        Just("step_finish"),
        Just("reason"),
        Just("stop"),
        Just("agent_message"),
        Just("todos"),
        Just("changes"),
        Just("rate_limit_event"),
        Just("rate_limit_info"),
        Just("resetsAt"),
        Just("input"),
        Just("metadata"),
        Just("stats"),
        Just("data"),
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        word.clone().prop_map(Into::into),
        "try again (at|in) [0-9:apm ]{1,12}".prop_map(Into::into),
    ];
    let value = leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::btree_map(word.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    value.prop_filter("an object", serde_json::Value::is_object)
}
