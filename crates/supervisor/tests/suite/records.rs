//! The folder's files: private, whole, and never replaced when damaged.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use longhaul_supervisor::launch::{self, LaunchError};
use longhaul_supervisor::output::Reader;
use longhaul_supervisor::{AttemptFolder, Found, ReadError};

use crate::world::{SUPERVISOR, World, eventually};

#[test]
fn folder_and_files_are_private_and_the_environment_goes() {
    let world = World::script("echo out; echo err >&2; cat /proc/$PPID/fd/0");
    let attempt = world.create();
    assert_eq!(fs::read_dir(attempt.path()).unwrap().count(), 1, "nothing but the spec");
    let supervised = launch::start(&attempt, Path::new(SUPERVISOR)).unwrap();
    eventually("the end", || supervised.reap().unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(attempt.path()), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(attempt.path()).unwrap().flatten() {
        assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    let expected = [
        "leader.json",
        "output.head",
        "output.index",
        "receipt.json",
        "spec.json",
        "started.json",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_folder_is_sealed_once() {
    let world = World::script("true");
    world.create();
    let again = launch::create(&world.folder(), &world.spec, &world.environment);
    assert!(matches!(again, Err(LaunchError::Exists { .. })));
}

#[test]
fn a_missing_folder_is_missing() {
    assert!(matches!(World::script("true").found(), Found::Missing));
}

#[test]
fn a_damaged_receipt_is_told_and_stays() {
    let zeros = "\0".repeat(512);
    for damage in [
        "",
        "{\"version\":1,\"task\":",
        zeros.as_str(),
        "garbage",
        "{\"version\":1}",
    ] {
        let world = World::script("true");
        world.run();
        let path = world.folder().join("receipt.json");
        fs::write(&path, damage).unwrap();
        assert!(
            matches!(world.found(), Found::Damaged { path: named, .. } if named == path),
            "{damage:?}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), damage);
    }
}

#[test]
fn a_receipt_of_another_version_is_not_read() {
    let world = World::script("true");
    world.run();
    let path = world.folder().join("receipt.json");
    fs::write(&path, "{\"version\":2,\"new\":true}").unwrap();
    let read = AttemptFolder::at(world.folder()).receipt();
    assert!(
        matches!(read, Err(ReadError::UnknownVersion { version: 2, .. })),
        "{read:?}"
    );
    assert!(matches!(world.found(), Found::Damaged { .. }));
}

#[test]
fn a_damaged_spec_runs_nothing_and_counts_as_never_started() {
    for damage in ["{", "{\"version\":1}", "{\"version\":9}"] {
        let world = World::script("touch ran");
        let attempt = world.create();
        fs::write(attempt.path().join("spec.json"), damage).unwrap();
        let supervised = launch::start(&attempt, Path::new(SUPERVISOR)).unwrap();
        assert_eq!(eventually("the end", || supervised.reap().unwrap()), 1);
        assert!(matches!(world.found(), Found::NeverStarted), "{damage}");
        assert!(!world.path("ran").exists());
        let log = fs::read_to_string(attempt.path().join("supervisor.log")).unwrap();
        assert!(log.contains("spec.json"), "{log}");
    }
}

#[test]
fn a_spec_with_an_unknown_word_is_refused() {
    let world = World::script("true");
    let attempt = world.create();
    let path = attempt.path().join("spec.json");
    let text = fs::read_to_string(&path)
        .unwrap()
        .replacen("{\"version\":1", "{\"version\":1,\"sudo\":true", 1);
    fs::write(&path, text).unwrap();
    assert!(matches!(attempt.spec(), Err(ReadError::Damaged { .. })));
}

#[test]
fn a_spec_without_a_program_is_not_sealed() {
    let world = World::script("true").with(|spec| spec.steps.clear());
    let refused = launch::create(&world.folder(), &world.spec, &world.environment);
    assert!(matches!(refused, Err(LaunchError::Spec { .. })));
    assert!(!world.folder().exists());
}

#[test]
fn a_damaged_output_index_is_told() {
    let world = World::script("echo hello");
    world.run();
    let path = world.folder().join("output.index");
    fs::write(&path, vec![0; 4096 + 24]).unwrap();
    assert!(matches!(
        Reader::open(world.folder()).produced(),
        Err(ReadError::Damaged { .. })
    ));
}

#[test]
fn an_idle_supervisor_is_small_and_sleeps() {
    let world = World::script("echo hello; touch ready; while [ ! -e go ]; do sleep 0.05; done");
    let running = world.start();
    running.made("ready");
    let pid = running.supervised.pid();
    // Not the whole of Private_Dirty: a freshly built program's pages count there until they are on disk.
    let private_kb = || -> Option<u64> {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        rollup
            .lines()
            .find_map(|line| line.strip_prefix("Anonymous:"))?
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .ok()
    };
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap().count();
    let dirty = private_kb().unwrap();
    world.write("go", "");
    running.receipt();
    assert_eq!(threads, 1);
    assert!(dirty <= 600, "{dirty} kB");
}
