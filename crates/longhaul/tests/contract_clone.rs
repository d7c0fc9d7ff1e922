//! Lines of the contract about clones that were found broken by hand.

use longhaul_testkit::{PATIENCE, World, wait_until};

/// A repository of one commit; its path.
fn repository(world: &World) -> String {
    let script = "git init -q source && cd source && echo 1 > file && git add . && \
                  git -c user.name=n -c user.email=e@x.example commit -q -m 1";
    world.program("sh").args(["-c", script]).run().ok();
    world.path("source").display().to_string()
}

/// A `git` in the world's own PATH that tells its arguments and what its helper would say, and then hangs.
fn git_that_hangs(world: &World) {
    use std::os::unix::fs::PermissionsExt as _;
    let bin = world.root().join("bin");
    std::fs::create_dir_all(&bin).expect("the world can be written");
    let work = world.path("").display().to_string();
    let text = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {work}/arguments\ntouch {work}/up\nexec sleep 1000\n");
    std::fs::write(bin.join("git"), text).expect("the world can be written");
    std::fs::set_permissions(bin.join("git"), std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}

#[test]
fn folders_made_for_a_clone_go_with_it() {
    let world = World::new();
    world
        .longhaul(["clone", "/no-such-source", "deep/er/copy"])
        .run()
        .expect(1);
    assert!(!world.path("deep").exists());
    std::fs::create_dir(world.path("mine")).expect("the world can be written");
    world
        .longhaul(["clone", "/no-such-source", "mine/er/copy"])
        .run()
        .expect(1);
    assert!(world.path("mine").exists() && !world.path("mine/er").exists());
    let source = repository(&world);
    world.longhaul(["clone", &source, "deep/er/copy"]).run().ok();
    assert!(world.path("deep/er/copy/file").exists());
}

#[test]
fn a_clone_asked_for_in_a_folder_that_is_missing_makes_none() {
    let world = World::new();
    let source = repository(&world);
    let ran = world.longhaul(["clone", "-C", "missing", &source]).run();
    ran.expect(1);
    assert!(ran.talk().contains("does not exist"), "{}", ran.talk());
    assert!(!world.path("missing").exists());
}

#[test]
fn a_clone_into_the_empty_folder_one_stands_in_works() {
    let world = World::new();
    let source = repository(&world);
    std::fs::create_dir(world.path("empty")).expect("the world can be written");
    world
        .longhaul(["clone", &source, "."])
        .cwd(world.path("empty"))
        .run()
        .ok();
    assert!(world.path("empty/file").exists());
}

#[test]
fn a_password_is_in_no_argument_of_a_process() {
    let world = World::new();
    git_that_hangs(&world);
    let url = "https://me:s3cr3t@h.example/x.git";
    let id = world.longhaul(["clone", "-d", url, "copy"]).run().ok().id().to_string();
    wait_until("it hangs", PATIENCE, || world.path("up").exists());
    let arguments = std::fs::read_to_string(world.path("arguments")).expect("git wrote them");
    world.longhaul(["cancel", &id]).run().ok();
    assert!(!arguments.contains("s3cr3t"), "{arguments}");
    assert!(arguments.contains("https://h.example/x.git"), "{arguments}");
    assert!(
        arguments.contains("credential.https://h.example.helper="),
        "{arguments}"
    );
}

#[test]
fn a_token_in_a_query_is_refused_and_not_repeated() {
    let world = World::new();
    let ran = world
        .longhaul(["clone", "https://h.example/x.git?access_token=s3cr3t", "copy"])
        .run();
    ran.expect(2);
    assert!(
        ran.talk().contains("access_token") && !ran.talk().contains("s3cr3t"),
        "{}",
        ran.talk()
    );
    world.longhaul(["clone", ""]).run().expect(2);
    assert!(world.tasks().is_empty());
}

#[test]
fn a_failed_clone_names_the_cause_and_not_what_follows_from_it() {
    let world = World::new();
    let ran = world.longhaul(["clone", "file:///no-such-source", "copy"]).run();
    ran.expect(1);
    let message = world.task(1)["outcome"]["message"].to_string();
    assert!(message.contains("does not appear to be a git repository"), "{message}");
}
