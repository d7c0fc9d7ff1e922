//! The steps around the program.

use std::fs;

use longhaul_supervisor::{Act, End, Step, StepEnd};

use crate::world::World;

fn names_and_ends(receipt: &longhaul_supervisor::Receipt) -> Vec<(&str, &StepEnd)> {
    receipt
        .steps
        .iter()
        .map(|step| (step.name.as_str(), &step.end))
        .collect()
}

#[test]
fn steps_run_in_order_and_share_the_output() {
    let world = World::script("echo program").with(|spec| {
        spec.steps.insert(0, Step::run("set-up", ["echo", "set-up"]));
        spec.steps.push(Step::run("tear-down", ["echo", "tear-down"]).always());
    });
    let receipt = world.run();
    assert_eq!(receipt.end, End::Exited { code: 0 });
    assert_eq!(world.stdout(), "set-up\nprogram\ntear-down\n");
    let program = &receipt.steps[1];
    assert_eq!((program.output_from, program.output_until), (7, 15));
}

#[test]
fn a_failed_set_up_keeps_the_program_from_running() {
    let world = World::script("touch ran").with(|spec| {
        spec.steps.insert(0, Step::run("set-up", ["sh", "-c", "exit 3"]));
        spec.steps.push(Step::run("check", ["true"]));
        spec.steps.push(Step::run("tear-down", ["touch", "cleared"]).always());
    });
    let receipt = world.run();
    assert_eq!(
        receipt.end,
        End::SetUpFailed {
            step: "set-up".into(),
            message: "it exited with code 3".into()
        }
    );
    assert_eq!(
        names_and_ends(&receipt)[1..3],
        [("program", &StepEnd::Skipped), ("check", &StepEnd::Skipped)]
    );
    assert!(!world.path("ran").exists() && world.path("cleared").exists());
    assert_eq!(receipt.program_started_at_us, None);
}

#[test]
fn a_check_after_the_program_can_fail_it_and_clearing_up_cannot() {
    let world = World::script("true").with(|spec| {
        spec.steps.push(Step::run("check", ["false"]));
        spec.steps.push(Step::run("tear-down", ["sh", "-c", "exit 9"]).always());
    });
    let receipt = world.run();
    assert_eq!(
        receipt.end,
        End::StepFailed {
            step: "check".into(),
            message: "it exited with code 1".into()
        }
    );
    let world = World::script("true").with(|spec| spec.steps.push(Step::run("tear-down", ["false"]).always()));
    assert_eq!(world.run().end, End::Exited { code: 0 });
}

#[test]
fn a_failed_program_skips_what_depends_on_it() {
    let world = World::script("exit 5").with(|spec| spec.steps.push(Step::run("check", ["touch", "checked"])));
    let receipt = world.run();
    assert_eq!(receipt.end, End::Exited { code: 5 });
    assert!(!world.path("checked").exists());
}

#[test]
fn a_step_has_its_own_time_limit() {
    let world = World::script("true").with(|spec| {
        spec.steps
            .insert(0, Step::run("set-up", ["sleep", "100"]).within_ms(100))
    });
    let receipt = world.run();
    let message = "it took longer than 100 ms".into();
    assert_eq!(
        receipt.end,
        End::SetUpFailed {
            step: "set-up".into(),
            message
        }
    );
    assert_eq!(receipt.steps[0].end, StepEnd::TimedOut { after_ms: 100 });
}

#[test]
fn steps_move_make_and_remove() {
    let world = World::script("touch made/inner/file");
    let (made, target, old) = (world.path("made/inner"), world.path("target"), world.path("old"));
    fs::create_dir_all(world.path("old/deep/er")).unwrap();
    fs::create_dir(&target).unwrap();
    world.write("keep", "me");
    std::os::unix::fs::symlink(world.path("keep"), world.path("old/link")).unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(world.path("old/deep"), fs::Permissions::from_mode(0o500)).unwrap();
    let world = world.with(|spec| {
        spec.steps
            .insert(0, Step::act("prepare", Act::MakeFolder { path: made.clone() }));
        spec.steps.push(Step::act(
            "move",
            Act::Rename {
                from: made.clone(),
                to: target.clone(),
            },
        ));
        spec.steps
            .push(Step::act("remove", Act::RemoveTree { path: old.clone() }));
        spec.steps
            .push(Step::act("again", Act::RemoveTree { path: old.clone() }));
    });
    assert_eq!(world.run().end, End::Exited { code: 0 });
    assert!(world.path("target/file").exists());
    assert!(!world.path("old").exists());
    assert_eq!(
        world.text("keep").as_deref(),
        Some("me"),
        "a link is removed, not followed"
    );
}

#[test]
fn a_move_never_replaces() {
    let world = World::script("touch from");
    let (from, to) = (world.path("from"), world.write("to", "precious"));
    let world = world.with(|spec| spec.steps.push(Step::act("move", Act::Rename { from, to })));
    match world.run().end {
        End::StepFailed { step, message } => {
            assert_eq!(step, "move");
            assert!(message.ends_with("it exists already"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.text("to").as_deref(), Some("precious"));
}

#[test]
fn a_very_deep_tree_is_removed() {
    let world = World::script("i=0; mkdir deep; cd deep; while [ $i -lt 400 ]; do mkdir d; cd d; i=$((i+1)); done");
    let path = world.path("deep");
    let world = world.with(|spec| spec.steps.push(Step::act("remove", Act::RemoveTree { path })));
    assert_eq!(world.run().end, End::Exited { code: 0 });
    assert!(!world.path("deep").exists());
}

#[test]
fn a_private_temporary_folder_is_there_and_goes() {
    let world = World::script(
        "echo x > $TMPDIR/file; mkdir $TMPDIR/ro; chmod 500 $TMPDIR/ro; stat -c %a $TMPDIR; echo $TMPDIR",
    )
    .with(|spec| spec.private_tmp = true);
    assert_eq!(world.run().end, End::Exited { code: 0 });
    assert_eq!(
        world.stdout(),
        format!("700\n{}\n", world.folder().join("tmp").display())
    );
    assert!(!world.folder().join("tmp").exists());
}

#[test]
fn a_step_may_run_in_a_folder_of_its_own_before_the_programs_exists() {
    let world = World::script("pwd");
    let new = world.path("new");
    let root = world.path("");
    let world = world.with(|spec| {
        spec.cwd = new.clone();
        spec.steps
            .insert(0, Step::run("prepare", ["mkdir", "new"]).in_folder(root));
    });
    assert_eq!(world.run().end, End::Exited { code: 0 });
    assert_eq!(world.stdout().trim(), new.display().to_string());
}
