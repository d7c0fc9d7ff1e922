//! Files of a repository that anybody may have written: read within bounds, or refused by name.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use longhaul_testkit::World;

/// A repository in which somebody put something as `.longhaul.toml`, and where that is.
fn repository(world: &World, name: &str) -> (PathBuf, PathBuf) {
    let folder = world.path(name);
    fs::create_dir_all(folder.join(".git")).expect("the world is ours");
    fs::write(folder.join(".git/HEAD"), "ref: refs/heads/main\n").expect("the world is ours");
    let file = folder.join(".longhaul.toml");
    (folder, file)
}

/// A prompt without an agent, with so little memory that reading without bounds fails.
fn ask(world: &World, folder: &PathBuf, arguments: &str) -> longhaul_testkit::Ran {
    let longhaul = world.binary().display().to_string();
    let line = format!("ulimit -v 2000000; exec \"$0\" {arguments}");
    world.program("sh").args(["-c", &line, &longhaul]).cwd(folder).run()
}

#[test]
fn a_project_file_that_is_endless_blocks_or_leads_out_is_refused_by_name() {
    let world = World::new();
    fs::write(world.path("outside.toml"), "default_agent = \"codex\"\n").expect("the world is ours");
    type Put = fn(&World, PathBuf);
    let cases: [(&str, Put, &str); 8] = [
        (
            "endless",
            |_, file| symlink("/dev/zero", file).expect("a link"),
            "leads out",
        ),
        (
            "outside",
            |world, file| symlink(world.path("outside.toml"), file).expect("a link"),
            "leads out",
        ),
        (
            "above",
            |_, file| symlink("../outside.toml", file).expect("a link"),
            "leads out",
        ),
        (
            "descriptor",
            |_, file| symlink("/proc/self/fd/0", file).expect("a link"),
            "leads out",
        ),
        (
            "large",
            |_, file| {
                let file = File::create(file).expect("the world is ours");
                file.set_len(3 << 30).expect("a hole takes no space");
            },
            "more than 1 MiB",
        ),
        (
            "pipe",
            |world, file| {
                world.program("mkfifo").arg(file).run().ok();
            },
            "no regular file",
        ),
        (
            "folder",
            |_, file| fs::create_dir(file).expect("the world is ours"),
            "no regular file",
        ),
        (
            "linked pipe",
            |world, file| {
                world.program("mkfifo").arg(file.with_file_name("p")).run().ok();
                symlink("p", file).expect("a link");
            },
            "no regular file",
        ),
    ];
    for (name, put, why) in cases {
        let (folder, file) = repository(&world, name);
        put(&world, file.clone());
        for arguments in ["run hello", "review"] {
            let ran = ask(&world, &folder, arguments);
            let talk = ran.expect(125).talk();
            assert!(
                talk.contains(why) && talk.contains(&file.display().to_string()),
                "{name}: {talk}"
            );
            assert!(talk.contains("hint: it must be a regular file"), "{name}: {talk}");
        }
    }
    assert!(world.socket().is_none(), "nothing was sent to anybody");
}

#[test]
fn a_project_file_within_its_bounds_names_the_agent() {
    let world = World::new();
    let name_it = "default_agent = \"nobody-knows-it\"\n";
    let (folder, file) = repository(&world, "plain");
    fs::write(&file, name_it).expect("the world is ours");
    let told = |folder: &PathBuf| ask(&world, folder, "run hello").expect(2).talk();
    assert!(told(&folder).contains("nobody-knows-it"), "{}", told(&folder));
    // A link that stays in the repository is the repository's own affair.
    let (folder, file) = repository(&world, "linked");
    fs::write(folder.join("project.toml"), name_it).expect("the world is ours");
    symlink("project.toml", file).expect("a link");
    assert!(told(&folder).contains("nobody-knows-it"), "{}", told(&folder));
    // One that leads nowhere is no file; one that is no TOML names its line and asks nobody.
    let (folder, file) = repository(&world, "nowhere");
    symlink("gone.toml", file).expect("a link");
    assert!(told(&folder).contains("no agent is configured"), "{}", told(&folder));
    let (folder, file) = repository(&world, "broken");
    fs::write(file, "isolation = \"worktree\"\ndefault_agent = \n").expect("the world is ours");
    let talk = ask(&world, &folder, "run hello").expect(125).talk();
    assert!(talk.contains(".longhaul.toml, line 2"), "{talk}");
}

#[test]
fn a_prompt_that_does_not_end_is_not_read_to_its_end() {
    let world = World::new();
    symlink("/dev/zero", world.path("PROMPT.md")).expect("a link");
    for line in [
        "run --agent codex --prompt-file PROMPT.md",
        "run --agent codex - </dev/zero",
        "run --stdin - -- cat </dev/zero",
    ] {
        let talk = ask(&world, &world.path(""), line).expect(2).talk();
        assert!(talk.contains("more than"), "{line}: {talk}");
    }
}
