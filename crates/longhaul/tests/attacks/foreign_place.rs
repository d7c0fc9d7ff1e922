//! In another program's sandbox no daemon is started that would serve everybody from there.

use longhaul_testkit::Ran;

use crate::ground::{Ground, grounds};

/// A command of the ground's owner, by way of a program that changes what stands behind it.
fn by_way_of(ground: &Ground, way: &[&str], words: &[&str]) -> Ran {
    let mut all = ground.words("longhaul");
    let program = all.pop().expect("the program is the last word");
    all.extend(way.iter().map(|word| (*word).to_owned()));
    all.push(program);
    let call = ground.world.program(&all[0]).args(&all[1..]).args(words);
    call.env("LONGHAUL_PATIENCE_MS", "100").run()
}

fn refuses(ground: &Ground, way: &[&str], place: &str) {
    let ran = by_way_of(ground, way, &["list"]);
    let talk = ran.talk();
    assert_eq!(ran.code, Some(125), "{way:?}: {talk}");
    assert!(
        talk.contains(place) && talk.contains("longhaul daemon start"),
        "{way:?}: {talk}"
    );
    assert!(ground.world.daemons().is_empty(), "{way:?}");
}

#[test]
fn a_foreign_place_starts_no_daemon_and_names_the_way_out() {
    for ground in grounds() {
        refuses(
            &ground,
            &["unshare", "--user", "--map-root-user"],
            "another user namespace",
        );
        refuses(
            &ground,
            &["unshare", "--user", "--map-root-user", "--net"],
            "another user namespace",
        );
        refuses(&ground, &["unshare", "--user"], "another user namespace");
        for variable in [
            "CODEX_SANDBOX=seatbelt",
            "CODEX_SANDBOX_NETWORK_DISABLED=1",
            "SANDBOX_RUNTIME=1",
        ] {
            let name = variable.split('=').next().expect("a name");
            refuses(&ground, &["env", variable], name);
        }
        if ground.is_roots() {
            refuses(&ground, &["unshare", "--mount"], "another mount namespace");
            refuses(&ground, &["unshare", "--net"], "another network namespace");
        } else {
            refuses(&ground, &["setpriv", "--no-new-privs"], "no new privileges");
        }
    }
}

#[test]
fn a_daemon_that_is_asked_for_by_name_starts_everywhere() {
    for ground in grounds() {
        let way: &[&str] = if ground.is_roots() {
            &["unshare", "--mount"]
        } else {
            &["setpriv", "--no-new-privs"]
        };
        let words = ["daemon", "start"];
        let started = by_way_of(&ground, &[way, &["env", "LONGHAUL_PATIENCE_MS=10000"]].concat(), &words);
        assert!(started.ok().text().starts_with("running"), "{}", started.text());
        let daemons = ground.world.daemons();
        assert_eq!(daemons.len(), 1);
        by_way_of(&ground, &[], &words).ok();
        assert_eq!(ground.world.daemons(), daemons, "one that runs is left as it is");
        by_way_of(&ground, way, &["list"]).ok();
    }
}
