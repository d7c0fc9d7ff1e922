//! The client against a socket that answers by script, byte for byte.

use std::path::PathBuf;

use longhaul_api::client::{Client, ClientError};
use longhaul_api::{ErrorCode, Problem, RepeatRequest};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

/// One connection: each text answers one request; after the last the connection is closed.
type Script = Vec<String>;

/// Serves the connections in order and hands back the first lines of all requests.
fn serve(connections: Vec<Script>) -> (TempDir, PathBuf, JoinHandle<Vec<String>>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).expect("a fresh folder");
    let served = tokio::spawn(async move {
        let mut requests = Vec::new();
        for script in connections {
            let (mut stream, _) = listener.accept().await.expect("the socket is open");
            for answer in script {
                let mut request = Vec::new();
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    let mut byte = [0];
                    stream
                        .read_exact(&mut byte)
                        .await
                        .expect("the client sends whole requests");
                    request.push(byte[0]);
                }
                let text = String::from_utf8_lossy(&request).into_owned();
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
                let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a number"))];
                stream
                    .read_exact(&mut body)
                    .await
                    .expect("the client sends whole requests");
                requests.push(text.lines().next().unwrap_or_default().to_owned());
                stream.write_all(answer.as_bytes()).await.expect("the client reads");
            }
        }
        requests
    });
    (folder, path, served)
}

fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

const STATS: &str = r#"{"states":{"queued":2},"needs_attention":1}"#;

#[tokio::test]
async fn two_requests_share_a_connection() {
    let (_folder, socket, served) = serve(vec![vec![answer("200 OK", STATS), answer("200 OK", STATS)]]);
    let client = Client::new(socket);
    for _ in 0..2 {
        assert_eq!(client.stats().await.expect("it answers").needs_attention, 1);
    }
    assert_eq!(served.await.expect("no panic"), ["GET /api/v1/stats HTTP/1.1"; 2]);
}

#[tokio::test]
async fn a_read_on_a_connection_that_was_closed_meanwhile_is_asked_again() {
    let (_folder, socket, served) = serve(vec![vec![answer("200 OK", STATS)], vec![answer("200 OK", STATS)]]);
    let client = Client::new(socket);
    client.stats().await.expect("it answers");
    client.stats().await.expect("it answers on a new connection");
    assert_eq!(served.await.expect("no panic").len(), 2);
}

#[tokio::test]
async fn an_act_whose_answer_was_lost_is_not_repeated() {
    let (_folder, socket, served) = serve(vec![
        vec![String::new()],
        vec![answer("202 Accepted", r#"{"task_id":9}"#)],
    ]);
    let client = Client::new(socket);
    let lost = client.retry(3, &RepeatRequest::default()).await;
    assert!(matches!(lost, Err(ClientError::Lost { .. })), "{lost:?}");
    assert_eq!(
        client
            .retry(3, &RepeatRequest::default())
            .await
            .expect("it answers")
            .task_id,
        9
    );
    assert_eq!(served.await.expect("no panic").len(), 2);
}

#[tokio::test]
async fn a_refusal_carries_the_daemons_code_and_hint() {
    let problem = Problem::new(ErrorCode::TaskNotFound, "there is no task 7").with_hint("look");
    let body = serde_json::to_string(&problem).expect("plain types");
    let (_folder, socket, _served) = serve(vec![vec![answer("404 Not Found", &body)]]);
    let refused = Client::new(socket).task(7).await.expect_err("it refuses");
    assert_eq!(refused.code(), Some(ErrorCode::TaskNotFound));
    let ClientError::Problem(found) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(*found, problem);
}

#[tokio::test]
async fn an_answer_that_means_nothing_is_no_panic_and_no_default() {
    for nonsense in [answer("200 OK", "{}"), answer("500 Oops", "<html>")] {
        let (_folder, socket, _served) = serve(vec![vec![nonsense]]);
        let failed = Client::new(socket).stats().await;
        assert!(matches!(failed, Err(ClientError::Protocol { .. })), "{failed:?}");
    }
}

#[tokio::test]
async fn nobody_on_the_socket_is_told_apart_from_a_refusal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let failed = Client::new(folder.path().join("s"))
        .connect()
        .await
        .expect_err("nobody is there");
    assert!(matches!(failed, ClientError::Unreachable { .. }));
    assert!(failed.is_about_the_connection());
}

#[tokio::test]
async fn nothing_is_sent_where_others_could_listen_in_our_place() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path, served) = serve(vec![vec![answer("200 OK", STATS)]]);
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).expect("it is ours");
    let refused = Client::new(&path).stats().await;
    assert!(matches!(refused, Err(ClientError::Foreign { .. })), "{refused:?}");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).expect("it is ours");
    drop(served);
}
