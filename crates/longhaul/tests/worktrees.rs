//! Writers in worktrees, their changes, and landing them.

use longhaul_testkit::{World, text, worktree};
use serde_json::json;

#[test]
fn a_project_file_that_means_nothing_lets_no_writer_guess_where_to_work() {
    let world = World::new();
    let project = world.repository();
    std::fs::write(project.join(".longhaul.toml"), "isolaton = \"worktree\"\n").expect("it is ours");
    let folder = project.to_str().expect("plain");
    let refused = world.longhaul(["run", "-C", folder, "--write", "--", "true"]).run();
    assert!(
        refused.expect(2).talk().contains("unknown field `isolaton`"),
        "{}",
        refused.talk()
    );
    let said = ["run", "-C", folder, "--isolation", "in-place", "--", "true"];
    world.longhaul(said).run().ok();
    world.longhaul(["run", "-C", folder, "--", "true"]).run().ok();
}

#[test]
fn a_diff_can_be_applied_links_programs_and_new_names_included() {
    let world = World::new();
    let project = world.repository();
    let script =
        "git mv file0 moved; chmod +x file1; ln -s file2 link; rm file3; printf 'no end' > 'odd name'; : > empty";
    let id = world.submit_writer(&project, &[], script);
    assert_eq!(world.finish(id)["state"], "completed");
    let patch = world.longhaul(["diff", &id.to_string()]).run().ok().text();
    std::fs::write(world.path("patch"), patch).expect("it is ours");
    let file = world.path("patch");
    world.git(&project, &["apply", "--index", file.to_str().expect("plain")]);
    let listed = world.git(&project, &["ls-files", "--stage"]);
    assert!(listed.contains("100755") && listed.contains("120000"), "{listed}");
    assert!(listed.contains("\tmoved") && !listed.contains("file3"), "{listed}");
    assert_eq!(text(&project.join("odd name")), "no end");
}

#[test]
fn a_task_without_changes_to_show_is_not_an_unknown_task() {
    let world = World::new();
    let id = world.longhaul(["run", "-d", "--", "true"]).run().ok().id().to_string();
    world.longhaul(["await", &id]).run().ok();
    let refused = world.longhaul(["diff", &id]).run();
    assert!(refused.expect(1).talk().contains("no changes are recorded"));
    world.longhaul(["diff", "99"]).run().expect(125);
}

#[test]
fn a_writer_works_in_a_worktree_and_its_changes_land_as_one_commit() {
    let world = World::new();
    let project = world.repository();
    let script = "pwd; git branch --show-current; echo more >> ../file0; echo new > made; git commit -qam half";
    let id = world.submit_writer(&project.join("sub"), &["--name", "Add more"], script);
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
    assert_eq!(world.git(&project, &["status", "--porcelain"]), "");

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
        world.git(&project, &["log", "--format=%s by %an"]),
        "Add more by Ada\nfirst by Ada"
    );
    assert_eq!(world.git(&project, &["status", "--porcelain"]), "");
    assert_eq!(text(&project.join("sub/made")), "new\n");
    assert!(!worktree(&task).exists());
    assert_eq!(world.git(&project, &["branch", "--list", "longhaul/*"]), "");
    let landing = world.task(2);
    assert_eq!((&landing["kind"], &landing["lands"]), (&json!("land"), &json!(1)));
    assert_eq!(
        landing["landing"]["commit"],
        json!(world.git(&project, &["rev-parse", "HEAD"]))
    );
    let after = world.api().get("/api/v1/tasks/1/changes").expect(200);
    assert_eq!((&after["state"], &after["additions"]), (&json!("landed"), &json!(2)));
    world.longhaul(["land", "1"]).run().expect(1);
}

#[test]
fn eight_writers_at_once_all_land_or_report_a_conflict_and_nothing_is_lost() {
    let world = World::new();
    let project = world.repository();
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
        .map(|number| world.submit_writer(&project, &[], &script(number)))
        .collect();
    for id in &ids {
        let task = world.finish(*id);
        assert_eq!(task["state"], "completed", "{task:#}");
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
            world.git(&project, &["status", "--porcelain"]),
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
    let told = world.git(&project, &["fsck", "--full", "--no-dangling"]);
    assert!(!told.contains("error") && !told.contains("missing"), "{told}");
}

#[test]
fn a_conflict_is_resolved_by_the_task_on_top_of_the_target() {
    let world = World::new();
    let project = world.repository();
    let script =
        "if git status --porcelain | grep -q '^UU'; then echo both > file0; git add file0; else echo mine > file0; fi";
    let id = world.submit_writer(&project, &[], script);
    world.finish(id);
    std::fs::write(project.join("file0"), "of the user\n").expect("it is ours");
    world.git(&project, &["commit", "-qam", "of the user"]);
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
    let project = world.repository();
    let id = world.submit_writer(
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
    assert_eq!(world.git(&project, &["show", &format!("{branch}:made")]), "precious");
    world.git(&project, &["apply", "--check", &patch]);
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
    let project = world.repository();
    let id = world.submit_writer(&project, &[], "echo x > made; exit 3");
    let first = world.finish(id);
    let again = world.longhaul(["retry", "1"]).run().ok().id();
    let second = world.finish(again);
    assert_ne!(worktree(&first), worktree(&second));
    assert_eq!(text(&worktree(&first).join("made")), "x\n");
}

#[test]
fn a_projects_commands_run_only_when_trusted_and_by_content() {
    let world = World::new();
    let project = world.repository();
    let said = "isolation = \"worktree\"\nsetup = [\"echo set-up; touch was-set-up\"]\n\
                teardown = \"touch ../was-torn-down\"\ncheck = \"test ! -e forbidden\"\n";
    std::fs::write(project.join(".longhaul.toml"), said).expect("it is ours");
    world.git(&project, &["add", "-A"]);
    world.git(&project, &["commit", "-qm", "project file"]);
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
    let project = world.repository();
    std::fs::write(project.join("file1"), "of the user\n").expect("it is ours");
    world.git(&project, &["add", "file1"]);
    std::fs::write(project.join("untracked"), "of the user\n").expect("it is ours");
    let folder = project.to_string_lossy().into_owned();
    let id = world.submit_script(
        &["--write", "-C", &folder],
        "echo x >> file0; rm untracked; echo y > made",
    );
    assert_eq!(world.finish(id)["state"], "completed");
    assert_eq!(
        world.git(&project, &["status", "--porcelain"]),
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
    assert!(world.git(&project, &["fsck", "--no-dangling"]).is_empty());
}

#[test]
fn what_cannot_have_a_worktree_is_refused_before_anything_is_made() {
    let world = World::new();
    let ran = world.longhaul(["run", "-d", "--worktree", "--", "true"]).run();
    assert_eq!(ran.code, Some(2));
    assert!(ran.talk().contains("no git repository"), "{}", ran.talk());
    let project = world.repository();
    let folder = project.to_string_lossy().into_owned();
    world
        .longhaul(["run", "-d", "-C", &folder, "--write", "--base", "main", "--", "true"])
        .run()
        .expect(2);
    let id = world.submit_writer(&project, &["--base", "no-such-branch"], "true");
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
    let project = world.repository();
    let kept = world.submit_writer(&project, &[], "echo precious > made");
    let empty = world.submit_writer(&project, &[], "true");
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
    assert_eq!(world.git(&project, &["worktree", "list"]).lines().count(), 2);
}

#[test]
fn a_worktree_of_a_forgotten_task_is_found_and_saved() {
    let world = World::new();
    let project = world.repository();
    let id = world.submit_writer(&project, &[], "echo precious > made");
    let tree = worktree(&world.finish(id));
    std::fs::remove_file(world.home().join("state/worktrees/1.json")).expect("it is there");
    let told = world.longhaul(["doctor", "--json"]).run().text();
    assert!(told.contains("longhaul discard 1"), "{told}");
    let said = world.longhaul(["discard", "1"]).run().ok().text();
    assert!(said.starts_with("branch longhaul/salvage/1-"), "{said}");
    assert!(!tree.exists());
}
