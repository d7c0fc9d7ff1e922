//! `daemon install`: the file for the user's service manager.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use longhaul_testkit::World;

/// A service manager that only notes that it was called.
fn with_a_service_manager_that_notes(world: &World) {
    let bin = world.root().join("bin");
    fs::create_dir_all(&bin).expect("the world's folder can be written");
    for name in ["systemctl", "loginctl", "launchctl"] {
        let script = format!("#!/bin/sh\necho \"$0 $@\" >> {}\n", world.path("called").display());
        fs::write(bin.join(name), script).expect("the world's folder can be written");
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn installing_writes_the_service_file_says_how_to_enable_it_and_starts_nothing() {
    let world = World::new();
    with_a_service_manager_that_notes(&world);
    let ran = world.longhaul(["daemon", "install"]).run();
    let file = world.user().join("config/systemd/user/longhaul.service");
    assert_eq!(ran.ok().text(), format!("{}\n", file.display()));
    assert!(
        ran.talk().contains("systemctl --user enable --now longhaul.service"),
        "{}",
        ran.talk()
    );
    let unit = fs::read_to_string(&file).expect("the file it names is there");
    let program = format!("ExecStart=\"{}\" daemon run\n", world.binary().display());
    assert!(unit.contains(&program), "{unit}");
    let home = format!("Environment=\"LONGHAUL_HOME={}\"\n", world.home().display());
    assert!(unit.contains(&home), "{unit}");
    // A stop of the service must leave the tasks alone.
    assert!(unit.contains("\nKillMode=process\n"), "{unit}");
    assert!(world.daemons().is_empty(), "it started a daemon");
    assert!(!world.path("called").exists(), "it called the service manager");
    // Writing it again changes nothing.
    world.longhaul(["daemon", "install"]).run().ok();
    assert_eq!(fs::read_to_string(&file).expect("it is still there"), unit);
}
