//! Writers in worktrees, their changes, and landing them.

use std::path::{Path, PathBuf};

use longhaul_testkit::World;
use serde_json::{Value, json};

/// A repository with some files on the branch `main`.
fn repository(world: &World) -> PathBuf {
    let folder = world.path("project");
    std::fs::create_dir(&folder).expect("the world's folder can be written");
    git(world, &folder, &["init", "-q", "-b", "main"]);
    git(world, &folder, &["config", "user.name", "Ada"]);
    git(world, &folder, &["config", "user.email", "ada@example.org"]);
    for number in 0..4 {
        let text: String = (0..20).map(|line| format!("file {number} line {line}\n")).collect();
        std::fs::write(folder.join(format!("file{number}")), text).expect("it is ours");
    }
    std::fs::create_dir(folder.join("sub")).expect("it is ours");
    std::fs::write(folder.join("sub/inner"), "inner\n").expect("it is ours");
    git(world, &folder, &["add", "-A"]);
    git(world, &folder, &["commit", "-qm", "first"]);
    folder
}

#[track_caller]
fn git(world: &World, folder: &Path, words: &[&str]) -> String {
    world
        .program("git")
        .args(words)
        .cwd(folder)
        .run()
        .ok()
        .text()
        .trim_end()
        .to_owned()
}

/// Submits a script as a writer in a worktree; its id.
#[track_caller]
fn writer(world: &World, folder: &Path, options: &[&str], script: &str) -> u64 {
    let folder = folder.to_string_lossy().into_owned();
    let options = [&["--worktree", "-C", &folder], options].concat();
    world.submit_script(&options, script)
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn worktree(task: &Value) -> PathBuf {
    task["worktree"]["path"].as_str().expect("it has a worktree").into()
}

#[test]
fn a_writer_works_in_a_worktree_and_its_changes_land_as_one_commit() {
    let world = World::new();
    let project = repository(&world);
    let script = "pwd; git branch --show-current; echo more >> ../file0; echo new > made; git commit -qam half";
    let id = writer(&world, &project.join("sub"), &["--name", "Add more"], script);
    let task = world.finish(id);
    assert_eq!(task["state"], "completed", "{task:#}");
    assert_eq!(task["worktree"]["branch"], "longhaul/1-add-more");
    assert_eq!(task["worktree"]["target"], "main");
    assert_eq!(task["workspace"], json!(project));
    let inside = format!("{}/sub\nlonghaul/1-add-more\n", worktree(&task).display());
    assert_eq!(
        world.longhaul(["result", "1"]).run().ok().text(),
        inside,
        "nothing but the program's own output"
    );
    assert_eq!(git(&world, &project, &["status", "--porcelain"]), "");

    let changes = world.api().get("/api/v1/tasks/1/changes").expect(200);
    let told: Vec<(&str, &str)> = changes["files"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|file| {
            (
                file["path"].as_str().unwrap_or_default(),
                file["status"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(told, [("file0", "modified"), ("sub/made", "untracked")]);
    assert_eq!(
        (&changes["source"], &changes["state"]),
        (&json!("worktree"), &json!("present"))
    );
    let patch = world.longhaul(["diff", "1"]).run().ok().text();
    assert!(
        patch.contains("+more\n") && patch.contains("+++ b/sub/made\n"),
        "{patch}"
    );
    assert!(
        world
            .longhaul(["diff", "1", "--stat"])
            .run()
            .ok()
            .text()
            .contains("2 files, +2 -0")
    );

    let landed = world.longhaul(["land", "1"]).run();
    landed.ok();
    assert!(landed.text().starts_with("landed on main: "), "{}", landed.text());
    assert_eq!(
        git(&world, &project, &["log", "--format=%s by %an"]),
        "Add more by Ada\nfirst by Ada"
    );
    assert_eq!(git(&world, &project, &["status", "--porcelain"]), "");
    assert_eq!(text(&project.join("sub/made")), "new\n");
    assert!(!worktree(&task).exists());
    assert_eq!(git(&world, &project, &["branch", "--list", "longhaul/*"]), "");
    let landing = world.task(2);
    assert_eq!((&landing["kind"], &landing["lands"]), (&json!("land"), &json!(1)));
    assert_eq!(
        landing["landing"]["commit"],
        json!(git(&world, &project, &["rev-parse", "HEAD"]))
    );
    let after = world.api().get("/api/v1/tasks/1/changes").expect(200);
    assert_eq!((&after["state"], &after["additions"]), (&json!("landed"), &json!(2)));
    world.longhaul(["land", "1"]).run().expect(1);
}

#[test]
fn eight_writers_at_once_all_land_or_report_a_conflict_and_nothing_is_lost() {
    let world = World::new();
    let project = repository(&world);
    world.longhaul(["limit", "default", "8"]).run().ok();
    // Each changes a line of its own in every file, and one line that it shares with a neighbour.
    let script = |number: usize| {
        let (own, shared) = (number + 2, 12 + number / 2);
        format!(
            "for f in 0 1 2 3; do \
             sed -i '{own}s/.*/own {number}/; {shared}s/.*/shared {number}/' file$f; done; echo {number} > made{number}"
        )
    };
    let ids: Vec<u64> = (0..8)
        .map(|number| writer(&world, &project, &[], &script(number)))
        .collect();
    for id in &ids {
        assert_eq!(world.finish(*id)["state"], "completed");
    }
    let mut landed = Vec::new();
    for (number, id) in ids.iter().enumerate() {
        let ran = world.longhaul(["land", &id.to_string()]).run();
        match ran.code {
            Some(0) => landed.push(number),
            Some(4) => assert!(ran.text().contains("conflict in file0: both changed"), "{}", ran.text()),
            code => panic!("landing {id} exited {code:?}: {}", ran.talk()),
        }
        assert_eq!(
            git(&world, &project, &["status", "--porcelain"]),
            "",
            "the workspace is clean after {id}"
        );
    }
    assert!(landed.contains(&0) && landed.len() < 8, "{landed:?}");
    for (number, id) in ids.iter().enumerate() {
        let folder = if landed.contains(&number) {
            project.clone()
        } else {
            worktree(&world.task(*id))
        };
        for file in 0..4 {
            let found = text(&folder.join(format!("file{file}")));
            assert!(
                found.contains(&format!("own {number}\n")),
                "writer {number} lost file {file}:\n{found}"
            );
        }
        assert_eq!(text(&folder.join(format!("made{number}"))), format!("{number}\n"));
    }
    let told = git(&world, &project, &["fsck", "--full", "--no-dangling"]);
    assert!(!told.contains("error") && !told.contains("missing"), "{told}");
}

#[test]
fn a_conflict_is_resolved_by_the_task_on_top_of_the_target() {
    let world = World::new();
    let project = repository(&world);
    let script =
        "if git status --porcelain | grep -q '^UU'; then echo both > file0; git add file0; else echo mine > file0; fi";
    let id = writer(&world, &project, &[], script);
    world.finish(id);
    std::fs::write(project.join("file0"), "of the user\n").expect("it is ours");
    git(&world, &project, &["commit", "-qam", "of the user"]);
    let ran = world.longhaul(["land", "1"]).run();
    assert_eq!(ran.code, Some(4));
    assert!(
        ran.text()
            .contains("<<<<<<< main\nof the user\n=======\nmine\n>>>>>>> "),
        "{}",
        ran.text()
    );
    assert!(
        ran.talk().contains("longhaul redispatch 1 --onto-target"),
        "{}",
        ran.talk()
    );
    let landing = world.task(2);
    assert_eq!(landing["outcome"]["exit_code"], 4);
    assert_eq!(landing["landing"]["conflicts"][0]["path"], "file0");
    let again = world.longhaul(["redispatch", "1", "--onto-target"]).run().ok().id();
    let task = world.finish(again);
    assert_eq!(
        task["worktree"]["path"],
        world.task(1)["worktree"]["path"],
        "the same worktree"
    );
    // It belongs to the newest of the chain, whichever of them is named.
    world.longhaul(["land", "1"]).run().ok();
    assert_eq!(text(&project.join("file0")), "both\n");
}

#[test]
fn a_discard_saves_first_and_names_what_it_saved() {
    let world = World::new();
    let project = repository(&world);
    let id = writer(
        &world,
        &project,
        &["--name", "precious"],
        "echo precious > made; echo x >> file0; git add file0",
    );
    let task = world.finish(id);
    let said = world.longhaul(["discard", "1"]).run().ok().text();
    let mut lines = said.lines();
    let branch = lines
        .next()
        .and_then(|line| line.strip_prefix("branch "))
        .expect("a branch")
        .to_owned();
    let patch = lines
        .next()
        .and_then(|line| line.strip_prefix("patch "))
        .expect("a patch")
        .to_owned();
    assert!(!worktree(&task).exists());
    assert_eq!(git(&world, &project, &["show", &format!("{branch}:made")]), "precious");
    git(&world, &project, &["apply", "--check", &patch]);
    assert_eq!(
        world.longhaul(["discard", "1"]).run().ok().text(),
        said,
        "again changes nothing"
    );
    assert_eq!(world.longhaul(["land", "1"]).run().code, Some(1));
    // Going on brings it back at the same path, and says so.
    let again = world.longhaul(["redispatch", "1", "--force"]).run().ok().id();
    let task = world.finish(again);
    assert!(
        task["note"].as_str().is_some_and(|note| note.contains("made anew")),
        "{task:#}"
    );
    assert_eq!(text(&worktree(&task).join("made")), "precious\n");
}

#[test]
fn a_retry_gets_a_worktree_of_its_own() {
    let world = World::new();
    let project = repository(&world);
    let id = writer(&world, &project, &[], "echo x > made; exit 3");
    let first = world.finish(id);
    let again = world.longhaul(["retry", "1"]).run().ok().id();
    let second = world.finish(again);
    assert_ne!(worktree(&first), worktree(&second));
    assert_eq!(text(&worktree(&first).join("made")), "x\n");
}

#[test]
fn a_projects_commands_run_only_when_trusted_and_by_content() {
    let world = World::new();
    let project = repository(&world);
    let said = "isolation = \"worktree\"\nsetup = [\"echo set-up; touch was-set-up\"]\n\
                teardown = \"touch ../was-torn-down\"\ncheck = \"test ! -e forbidden\"\n";
    std::fs::write(project.join(".longhaul.toml"), said).expect("it is ours");
    git(&world, &project, &["add", "-A"]);
    git(&world, &project, &["commit", "-qm", "project file"]);
    let folder = project.to_string_lossy().into_owned();
    // The isolation needs no trust.
    let write = |script| world.submit_script(&["--write", "-C", &folder], script);
    let task = world.finish(write("test -e was-set-up && echo yes || echo no"));
    assert_eq!(task["isolation"], "worktree");
    assert_eq!(world.longhaul(["result", "1"]).run().ok().text(), "no\n");
    assert!(
        task["note"]
            .as_str()
            .is_some_and(|note| note.contains("longhaul trust")),
        "{task:#}"
    );
    world.longhaul(["land", "1"]).run().expect(1);

    world.longhaul(["trust", &folder]).run().ok();
    let id = write("test -e was-set-up && echo yes || echo no; touch forbidden");
    world.finish(id);
    let id = id.to_string();
    assert_eq!(
        world.longhaul(["result", &id]).run().ok().text(),
        "yes\n",
        "set-up speaks on standard error"
    );
    assert!(world.longhaul(["logs", &id]).run().ok().text().contains("set-up\n"));
    let state = world.home().join("state/worktrees");
    assert!(state.join("was-torn-down").exists());
    let refused = world.longhaul(["land", &id]).run();
    assert_eq!(refused.code, Some(1), "{}", refused.talk());
    assert!(
        refused.talk().contains("check of the merged tree exited with code 1"),
        "{}",
        refused.talk()
    );
    assert!(!project.join("forbidden").exists());
    std::fs::remove_file(state.join(&id).join("forbidden")).expect("it is there");
    world.longhaul(["land", &id]).run().ok();

    std::fs::write(project.join(".longhaul.toml"), said.replace("set-up;", "other;")).expect("it is ours");
    let id = write("test -e was-set-up && echo yes || echo no");
    world.finish(id);
    // What has landed has the file by now.
    assert!(
        !world
            .longhaul(["logs", &id.to_string()])
            .run()
            .ok()
            .text()
            .contains("other")
    );
}

#[test]
fn what_a_writer_changes_in_place_is_recorded_and_the_index_is_left_alone() {
    let world = World::new();
    let project = repository(&world);
    std::fs::write(project.join("file1"), "of the user\n").expect("it is ours");
    git(&world, &project, &["add", "file1"]);
    std::fs::write(project.join("untracked"), "of the user\n").expect("it is ours");
    let folder = project.to_string_lossy().into_owned();
    let id = world.submit_script(
        &["--write", "-C", &folder],
        "echo x >> file0; rm untracked; echo y > made",
    );
    assert_eq!(world.finish(id)["state"], "completed");
    assert_eq!(
        git(&world, &project, &["status", "--porcelain"]),
        " M file0\nM  file1\n?? made"
    );
    std::fs::write(project.join("file2"), "later, by the user\n").expect("it is ours");
    let changes = world.api().get("/api/v1/tasks/1/changes").expect(200);
    let told: Vec<&str> = changes["files"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|file| file["path"].as_str())
        .collect();
    assert_eq!(told, ["file0", "made", "untracked"]);
    assert_eq!(changes["source"], "in-place");
    let warned = world.longhaul(["redispatch", "1", "--force"]).run();
    assert!(warned.talk().contains("uncommitted changes"), "{}", warned.talk());
    world.finish(warned.id());
    assert!(git(&world, &project, &["fsck", "--no-dangling"]).is_empty());
}

#[test]
fn what_cannot_have_a_worktree_is_refused_before_anything_is_made() {
    let world = World::new();
    let ran = world.longhaul(["run", "-d", "--worktree", "--", "true"]).run();
    assert_eq!(ran.code, Some(2));
    assert!(ran.talk().contains("no git repository"), "{}", ran.talk());
    let project = repository(&world);
    let folder = project.to_string_lossy().into_owned();
    world
        .longhaul(["run", "-d", "-C", &folder, "--write", "--base", "main", "--", "true"])
        .run()
        .expect(2);
    let id = writer(&world, &project, &["--base", "no-such-branch"], "true");
    let task = world.finish(id);
    assert_eq!(
        (&task["state"], &task["outcome"]["reason"]),
        (&json!("failed"), &json!("setup"))
    );
    assert!(
        task["outcome"]["message"]
            .as_str()
            .is_some_and(|told| told.contains("no-such-branch")),
        "{task:#}"
    );
    world.longhaul(["land", &id.to_string()]).run().expect(1);
}

#[test]
fn a_worktree_outlives_pruning_while_only_it_has_the_work() {
    let world = World::new();
    let project = repository(&world);
    let kept = writer(&world, &project, &[], "echo precious > made");
    let empty = writer(&world, &project, &[], "true");
    let task = world.finish(kept);
    let clean = world.finish(empty);
    let answer = world
        .api()
        .post("/api/v1/prune", &json!({"older_than_ms": 0, "keep": 0}))
        .expect(200);
    assert_eq!(answer["tasks"], 1);
    assert_eq!(text(&worktree(&task).join("made")), "precious\n");
    assert_eq!(world.task(kept)["state"], "completed");
    assert!(
        !worktree(&clean).exists(),
        "nothing was in it that another branch has not"
    );
    assert_eq!(git(&world, &project, &["worktree", "list"]).lines().count(), 2);
}

#[test]
fn a_worktree_of_a_forgotten_task_is_found_and_saved() {
    let world = World::new();
    let project = repository(&world);
    let id = writer(&world, &project, &[], "echo precious > made");
    let tree = worktree(&world.finish(id));
    std::fs::remove_file(world.home().join("state/worktrees/1.json")).expect("it is there");
    let told = world.longhaul(["doctor", "--json"]).run().text();
    assert!(told.contains("longhaul discard 1"), "{told}");
    let said = world.longhaul(["discard", "1"]).run().ok().text();
    assert!(said.starts_with("branch longhaul/salvage/1-"), "{said}");
    assert!(!tree.exists());
}

/// A landing whose step is killed at this point, and what the supervisor and the daemon make of it.
fn a_landing_is_killed_at(point: &str) {
    let world = World::new();
    let project = repository(&world);
    let id = writer(&world, &project, &[], "echo more >> file0; echo new > made; rm file1");
    let tree = worktree(&world.finish(id));
    let before = git(&world, &project, &["rev-parse", "HEAD"]);
    world.longhaul(["daemon", "stop"]).run().ok();
    let mut armed = world.daemon().armed(point).start();
    world.longhaul(["land", "1", "-d"]).run().ok();
    // The daemon itself may be the one that dies: it removes what has landed.
    longhaul_testkit::wait_for(longhaul_testkit::PATIENCE, || {
        let answer = || world.longhaul(["status", "2", "--json"]).run();
        (armed.is_dead() || answer().json()["outcome"].is_object()).then_some(())
    });
    armed.crash();
    let _daemon = world.daemon().start();
    let landing = world.finish(2);
    let has_landed = git(&world, &project, &["rev-parse", "HEAD"]) != before;
    assert_eq!(git(&world, &project, &["status", "--porcelain"]), "", "{point}");
    assert_eq!(project.join("made").exists(), has_landed, "{point}");
    assert_eq!(project.join("file1").exists(), !has_landed, "{point}");
    assert!(!project.join(".git/index.lock").exists(), "{point}");
    assert_eq!(git(&world, &project, &["fsck", "--no-dangling"]), "", "{point}");
    if has_landed {
        let gone = longhaul_testkit::wait_for(longhaul_testkit::PATIENCE, || (!tree.exists()).then_some(()));
        assert!(gone.is_some(), "{point}: what has landed is cleared away");
    } else {
        assert_eq!(landing["state"], "failed", "{point}");
        assert_eq!(text(&tree.join("made")), "new\n", "{point}");
        world.longhaul(["land", "1"]).run().ok();
    }
    assert_eq!(text(&project.join("made")), "new\n", "{point}");
}

macro_rules! a_landing_is_killed_at {
    ($($name:ident: $point:literal,)*) => {
        $(#[test]
        fn $name() {
            a_landing_is_killed_at($point);
        })*
    };
}

a_landing_is_killed_at! {
    a_landing_may_be_killed_after_the_worktrees_commit: "landing.committed",
    a_landing_may_be_killed_with_its_intent_on_disk: "landing.intended",
    a_landing_may_be_killed_with_the_index_locked: "landing.locked",
    a_landing_may_be_killed_with_the_files_changed: "landing.files-changed",
    a_landing_may_be_killed_with_the_branch_moved: "landing.branch-moved",
    a_landing_may_be_killed_with_its_record_written: "landing.recorded",
    a_landing_may_be_killed_before_the_worktree_goes: "worktrees.salvaged",
    a_landing_may_be_killed_after_the_worktree_went: "worktrees.removed",
}

/// A preparation that is killed at this point, and what is left of it.
fn a_preparation_is_killed_at(point: &str) {
    let world = World::new();
    let project = repository(&world);
    let armed = world.daemon().armed(point).start();
    let id = writer(&world, &project, &[], "echo never");
    let task = world.finish(id);
    assert_eq!(
        (&task["state"], &task["outcome"]["reason"]),
        (&json!("failed"), &json!("setup")),
        "{task:#}"
    );
    armed.crash();
    let _daemon = world.daemon().start();
    if point != "worktrees.ready" {
        assert!(!worktree(&task).exists(), "{point}");
        assert_eq!(
            git(&world, &project, &["branch", "--list", "longhaul/*"]),
            "",
            "{point}"
        );
    }
    let again = world.longhaul(["redispatch", "1"]).run().ok().id();
    assert_eq!(world.finish(again)["state"], "completed", "{point}");
    assert_eq!(git(&world, &project, &["status", "--porcelain"]), "");
}

macro_rules! a_preparation_is_killed_at {
    ($($name:ident: $point:literal,)*) => {
        $(#[test]
        fn $name() {
            a_preparation_is_killed_at($point);
        })*
    };
}

a_preparation_is_killed_at! {
    a_preparation_may_be_killed_once_it_is_recorded: "worktrees.recorded",
    a_preparation_may_be_killed_once_it_is_added: "worktrees.added",
    a_preparation_may_be_killed_once_it_is_filled: "worktrees.filled",
    a_preparation_may_be_killed_once_it_is_ready: "worktrees.ready",
}

/// The daemon dies while it gives a worktree up; the next one finishes, and nothing is lost.
fn a_discard_is_killed_at(point: &str) {
    let world = World::new();
    let project = repository(&world);
    let id = writer(&world, &project, &[], "echo precious > made");
    let tree = worktree(&world.finish(id));
    world.longhaul(["daemon", "stop"]).run().ok();
    let armed = world.daemon().armed(point).start();
    let _ = world.api().request("POST", "/api/v1/tasks/1/discard").try_send();
    armed.crash();
    let _daemon = world.daemon().start();
    let said = world.longhaul(["discard", "1"]).run().ok().text();
    let branch = said
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("branch "))
        .expect("a branch");
    assert_eq!(
        git(&world, &project, &["show", &format!("{branch}:made")]),
        "precious",
        "{point}"
    );
    assert!(!tree.exists(), "{point}");
    assert_eq!(
        git(&world, &project, &["branch", "--list", "longhaul/*"])
            .lines()
            .count(),
        1,
        "{point}"
    );
}

macro_rules! a_discard_is_killed_at {
    ($($name:ident: $point:literal,)*) => {
        $(#[test]
        fn $name() {
            a_discard_is_killed_at($point);
        })*
    };
}

a_discard_is_killed_at! {
    a_discard_may_be_killed_with_the_content_kept: "worktrees.snapshot-made",
    a_discard_may_be_killed_with_the_branch_made: "worktrees.branch-made",
    a_discard_may_be_killed_with_the_patch_written: "worktrees.patch-written",
    a_discard_may_be_killed_before_the_removal: "worktrees.salvaged",
    a_discard_may_be_killed_after_the_removal: "worktrees.removed",
}
