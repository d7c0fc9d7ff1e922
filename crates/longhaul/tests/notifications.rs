//! Telling those who are not looking, with a receiver, a command and a desktop of the test's own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use longhaul_testkit::{PATIENCE, World, wait_until};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "a secret that both sides know";

/// What a receiver got.
#[derive(Debug)]
struct Post {
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// A web server that takes notifications, and answers with the statuses it was given, then with 204.
struct WebhookReceiver {
    url: String,
    posts: Receiver<Post>,
}

impl Post {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }

    fn is_signed(&self) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key");
        mac.update(format!("{}.{}", self.header("longhaul-timestamp"), self.body).as_bytes());
        let digits: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.header("longhaul-signature") == format!("sha256={digits}")
    }
}

impl WebhookReceiver {
    fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let statuses = Arc::new(Mutex::new(statuses.to_vec()));
        let (sender, posts) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sender, statuses) = (sender.clone(), Arc::clone(&statuses));
                std::thread::spawn(move || take(stream, &sender, &statuses));
            }
        });
        Self {
            url: format!("http://{address}/hook/s3cr3t"),
            posts,
        }
    }

    #[track_caller]
    fn next(&self) -> Post {
        self.posts.recv_timeout(PATIENCE).expect("a notification arrives")
    }

    /// Nothing more was posted. Says something only once every delivery is settled.
    fn has_no_more(&self) -> bool {
        self.posts.try_recv().is_err()
    }
}

fn take(stream: TcpStream, sender: &Sender<Post>, statuses: &Mutex<Vec<u16>>) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    if reader.read_line(&mut first).is_err() || first.is_empty() {
        return;
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a head");
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let mut left = statuses.lock().expect("no receiver panics");
    let status = if left.is_empty() { 204 } else { left.remove(0) };
    drop(left);
    let answer = format!("HTTP/1.1 {status} so\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let _ = reader.get_mut().write_all(answer.as_bytes());
    let _ = sender.send(Post {
        target: first.split(' ').nth(1).unwrap_or_default().to_owned(),
        headers,
        body: String::from_utf8(body).expect("text"),
    });
}

fn configure(world: &World, lines: &str) {
    fs::write(world.home().join("config.toml"), lines).expect("writable");
}

fn with_webhook(world: &World, url: &str) {
    configure(world, &format!("[[webhook]]\nurl = \"{url}\"\nsecret = \"{SECRET}\"\n"));
}

/// The deliveries of a task's notifications, once nothing is pending.
fn settled(world: &World, task: u64) -> Vec<Value> {
    let target = format!("/api/v1/notifications?task={task}");
    let mut page = Value::Null;
    wait_until("all is delivered", PATIENCE, || {
        page = world.api().get(&target).expect(200);
        let all = page["notifications"].as_array().expect("a list");
        !all.is_empty() && all.iter().all(|notification| !notification["settled_at"].is_null())
    });
    let all = page["notifications"].as_array().expect("a list");
    all.iter()
        .flat_map(|notification| notification["deliveries"].as_array().cloned().unwrap_or_default())
        .collect()
}

/// The settled deliveries of a task; none if nothing is told of it.
fn settled_or_none(world: &World, task: &Value) -> Vec<Value> {
    let id = task["id"].as_u64().expect("an id");
    let page = world.api().get(&format!("/api/v1/notifications?task={id}")).expect(200);
    match page["notifications"].as_array().is_some_and(|all| !all.is_empty()) {
        true => settled(world, id),
        false => Vec::new(),
    }
}

#[test]
fn a_webhook_gets_a_signed_message_that_tells_what_became_of_the_task() {
    let world = World::new();
    let receiver = WebhookReceiver::answering(&[]);
    with_webhook(&world, &receiver.url);
    let id = world.submit_script(
        &["--name", "night tests", "--notify", "all", "--label", "team=red"],
        "echo '<b>12 of 12</b> passed'; echo more",
    );
    let post = receiver.next();
    assert_eq!(post.target, "/hook/s3cr3t");
    assert!(post.is_signed(), "{post:?}");
    assert!(!post.header("longhaul-delivery").is_empty());
    let told = post.json();
    assert_eq!(told["title"], "night tests completed");
    assert_eq!(told["occasion"], "completed");
    let text = told["text"].as_str().expect("text");
    assert!(
        text.starts_with("completed · ") && text.contains("<b>12 of 12</b> passed\nmore"),
        "{text}"
    );
    let http = world.api().get("/api/v1/daemon").expect(200)["http"]
        .as_str()
        .map(str::to_owned);
    assert_eq!(told["link"], format!("{}/#task={id}", http.expect("a page")));
    assert_eq!(
        (&told["task"]["id"], &told["task"]["state"]),
        (&json!(id), &json!("completed"))
    );
    assert!(told["task"]["duration_ms"].is_u64());
    assert_eq!(told["task"]["labels"]["team"], "red");

    let failed = world.submit_script(&["--name", "deploy"], "echo nothing; echo 'no such host' >&2; exit 3");
    let told = receiver.next().json();
    assert_eq!(told["title"], "deploy failed");
    assert_eq!(told["task"]["exit_code"], 3);
    assert!(
        told["text"].as_str().is_some_and(|text| text.contains("no such host")),
        "{told}"
    );
    assert_eq!(settled(&world, failed)[0]["state"], "delivered");
}

#[test]
fn the_policy_says_what_is_told_and_the_configuration_says_it_by_default() {
    let world = World::new();
    let receiver = WebhookReceiver::answering(&[]);
    let webhook = format!("[[webhook]]\nurl = \"{}\"\nsecret = \"{SECRET}\"\n", receiver.url);
    configure(&world, &format!("notify = \"done\"\n{webhook}"));
    let told = |options: &[&str], script: &str| {
        let id = world.submit_script(options, script);
        world.finish(id);
        let page = world.api().get(&format!("/api/v1/notifications?task={id}")).expect(200);
        page["notifications"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(told(&[], "exit 1"), 0);
    assert_eq!(told(&[], "exit 0"), 1);
    assert_eq!(told(&["--notify", "problems"], "exit 1"), 1);
    assert_eq!(told(&["--notify", "problems"], "exit 0"), 0);
    assert_eq!(told(&["--notify", "none"], "exit 0"), 0);
    assert_eq!(told(&["--notify", "all"], "exit 1"), 1);
    // What is retried is told once, at its end.
    assert_eq!(told(&["--notify", "all", "--retries", "1"], "exit 1"), 1);
    // Four were told, each of them once; with all of them settled, nothing is on its way any more.
    let told: Vec<Value> = world
        .tasks()
        .iter()
        .flat_map(|task| settled_or_none(&world, task))
        .collect();
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(told.iter().all(|delivery| delivery["tries"] == 1), "{told:#?}");
    for _ in 0..4 {
        receiver.next();
    }
    assert!(receiver.has_no_more());
}

#[test]
fn what_did_not_arrive_is_sent_again_and_known_by_its_id() {
    let world = World::new();
    let receiver = WebhookReceiver::answering(&[500, 302]);
    with_webhook(&world, &receiver.url);
    let id = world.submit_script(&["--notify", "all"], "true");
    let [first, second, third] = [(); 3].map(|()| receiver.next());
    assert!(first.is_signed() && second.is_signed() && third.is_signed());
    assert_eq!(first.header("longhaul-delivery"), third.header("longhaul-delivery"));
    let deliveries = settled(&world, id);
    assert_eq!(
        (&deliveries[0]["state"], &deliveries[0]["tries"]),
        (&json!("delivered"), &json!(3))
    );
    let log = world.longhaul(["notifications", &id.to_string()]).run().ok().text();
    assert!(log.contains("webhook 127.0.0.1") && log.contains("delivered"), "{log}");
}

#[test]
fn a_receiver_that_is_gone_for_good_is_given_up() {
    let world = World::new();
    let receiver = WebhookReceiver::answering(&[410]);
    with_webhook(&world, &receiver.url);
    let id = world.submit_script(&["--notify", "all"], "true");
    let deliveries = settled(&world, id);
    assert_eq!(deliveries[0]["state"], "given-up");
    assert!(
        deliveries[0]["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("410"))
    );
}

#[test]
fn a_daemon_killed_between_the_end_and_the_delivery_loses_nothing() {
    let world = World::new();
    let receiver = WebhookReceiver::answering(&[]);
    with_webhook(&world, &receiver.url);
    let mut daemon = world.daemon().armed("engine.notification-due").start();
    let id = world.submit_script(&["--notify", "all"], "echo survived");
    daemon.wait_for_death(PATIENCE);
    let _daemon = world.daemon().start();
    let post = receiver.next();
    assert!(
        post.is_signed()
            && post.json()["text"]
                .as_str()
                .is_some_and(|text| text.contains("survived"))
    );
    let deliveries = settled(&world, id);
    assert_eq!(deliveries.len(), 1, "{deliveries:#?}");
    assert_eq!(
        (&deliveries[0]["state"], &deliveries[0]["tries"]),
        (&json!("delivered"), &json!(1))
    );
    assert!(receiver.has_no_more(), "it was told twice");
}

#[test]
fn a_command_gets_the_message_on_standard_input_and_is_tried_again() {
    let world = World::new();
    let (told, failed) = (world.path("told"), world.path("failed-once"));
    let script = format!(
        "test -e {failed} || {{ touch {failed}; exit 7; }}; cat > {told}.new && mv {told}.new {told}",
        told = told.display(),
        failed = failed.display()
    );
    configure(&world, &format!("notify_command = [\"sh\", \"-c\", {script:?}]\n"));
    let id = world.submit_script(&["--name", "job; rm -rf /", "--notify", "all"], "echo done");
    wait_until("the command was told", PATIENCE, || told.exists());
    let message: Value = serde_json::from_str(&fs::read_to_string(&told).expect("it is there")).expect("JSON");
    assert_eq!(message["title"], "job; rm -rf / completed");
    let deliveries = settled(&world, id);
    assert_eq!(
        (&deliveries[0]["channel"], &deliveries[0]["tries"]),
        (&json!("command"), &json!(2))
    );
}

#[test]
fn the_desktop_is_told_by_its_own_program_with_nothing_taken_for_markup() {
    let world = World::new();
    let told = world.path("told");
    let programs = world.root().join("bin");
    fs::create_dir_all(&programs).expect("writable");
    let program = programs.join("notify-send");
    let script = format!(
        "#!/bin/sh\nfor word in \"$@\"; do printf '%s\\n' \"$word\"; done > {}\n",
        told.display()
    );
    fs::write(&program, script).expect("writable");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("ours");
    let call = world.longhaul([
        "run",
        "-d",
        "--name=-x <b>",
        "--notify",
        "all",
        "--",
        "sh",
        "-c",
        "echo '<i>&'; exit 2",
    ]);
    let id = call.env("DISPLAY", ":7").run().ok().id();
    world.acknowledge(id);
    let deliveries = settled(&world, id);
    assert_eq!(
        (&deliveries[0]["channel"], &deliveries[0]["state"]),
        (&json!("desktop"), &json!("delivered"))
    );
    let words = fs::read_to_string(told).expect("it was called");
    assert!(words.contains("--urgency=critical\n--\n-x <b> failed\n"), "{words}");
    assert!(words.contains("&lt;i&gt;&amp;"), "{words}");
}

#[test]
fn no_secret_of_a_webhook_is_shown_anywhere() {
    let world = World::new();
    with_webhook(&world, "http://127.0.0.1:1/hook/s3cr3t");
    let id = world.submit_script(&["--notify", "all"], "true");
    let target = format!("/api/v1/notifications?task={id}");
    let tries = || world.api().get(&target).expect(200)["notifications"][0]["deliveries"][0]["tries"].as_u64();
    wait_until("it was tried", PATIENCE, || tries() > Some(0));
    let log = fs::read_to_string(world.home().join("state/daemon.log")).expect("a log");
    let shown = [
        log,
        world.api().get(&target).text(),
        world.longhaul(["notifications"]).run().ok().text(),
        world.longhaul(["export"]).run().ok().text(),
        world.longhaul(["doctor"]).run().text(),
    ];
    for text in shown {
        assert!(!text.contains("s3cr3t") && !text.contains(SECRET), "{text}");
    }
}

#[test]
fn a_webhook_that_could_not_work_is_refused_at_the_start() {
    let world = World::new();
    for (lines, named) in [
        ("[[webhook]]\nurl = \"hooks.example\"\nsecret = \"x\"\n", "url"),
        ("[[webhook]]\nurl = \"https://hooks.example/\"\n", "secret"),
        ("[[webhook]]\nadress = \"https://hooks.example/\"\n", "adress"),
        ("notify = \"loud\"\n", "loud"),
        ("notify = \"all\"\npage_url = \"box\"\n", "page_url"),
    ] {
        configure(&world, lines);
        let refused = world.longhaul(["list"]).run();
        refused.expect(125);
        assert!(refused.talk().contains(named), "{lines}: {}", refused.talk());
    }
}

#[test]
fn the_log_of_an_unknown_task_or_page_is_refused() {
    let world = World::new();
    let api = world.api();
    api.get("/api/v1/notifications?task=99").expect_problem(404);
    api.get("/api/v1/notifications?cursor=x").expect_problem(400);
    api.get("/api/v1/notifications?limit=0").expect_problem(400);
    world.longhaul(["notifications", "99"]).run().expect(125);
    assert_eq!(api.get("/api/v1/notifications").expect(200)["notifications"], json!([]));
}
