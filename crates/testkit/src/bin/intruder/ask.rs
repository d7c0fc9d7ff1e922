//! Submitting a command with its user's rights, in person or hidden.

use std::io::{IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::net::TcpStream;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};

/// How long the daemon gets to look for somebody who hides.
const HIDDEN_FOR: Duration = Duration::from_secs(2);

fn request(script: &str, extra: &str) -> String {
    let body = serde_json::json!({"kind": "command", "cwd": "/", "command": ["sh", "-c", script]}).to_string();
    format!(
        "POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{extra}Content-Length: \
         {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// The status of the answer; "none" without one.
fn status(mut stream: impl Read) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).unwrap_or("none");
    // The body's last words are of use to whoever reads a failed test.
    format!("{status} {}", answer.lines().last().unwrap_or_default())
}

pub(crate) fn over_socket(socket: &str, script: &str) -> String {
    let asked = UnixStream::connect(socket).and_then(|mut stream| {
        stream.write_all(request(script, "").as_bytes())?;
        Ok(stream)
    });
    asked.map_or_else(|error| format!("none {error}"), status)
}

pub(crate) fn over_tcp(way: &str, address: &str, token: &str, script: &str) -> String {
    if way == "hidden" {
        // SAFETY: it reads numbers only.
        unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) };
    }
    let address = match way {
        "mapped" => format!("[::ffff:{}]:{}", host(address), port(address)),
        _ => address.to_owned(),
    };
    let mut stream = match TcpStream::connect(&address) {
        Ok(stream) => stream,
        Err(error) => return format!("none {error}"),
    };
    let text = request(script, &format!("Authorization: Bearer {token}\r\n"));
    match way {
        "in-flight" => in_flight(stream, &text),
        "gone" => {
            let _ = stream.write_all(text.as_bytes());
            drop(stream);
            std::thread::sleep(HIDDEN_FOR);
            "none".to_owned()
        }
        _ => {
            let _ = stream.write_all(text.as_bytes());
            status(stream)
        }
    }
}

fn host(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(host, _)| host)
}

fn port(address: &str) -> &str {
    address.rsplit_once(':').map_or("", |(_, port)| port)
}

/// Lets nobody hold the connection while the daemon looks: its only reference is on the way through a pair of sockets.
fn in_flight(stream: TcpStream, text: &str) -> String {
    let (left, right) = UnixStream::pair().expect("a pair of sockets");
    let (most, last) = text.split_at(text.find("\r\n\r\n").unwrap_or(0));
    let _ = (&stream).write_all(most.as_bytes());
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptors = [stream.as_fd()];
    ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    rustix::net::sendmsg(&left, &[IoSlice::new(b"x")], &mut ancillary, SendFlags::empty()).expect("it can be sent");
    // Corked, the last bytes go out by themselves 200 ms later (tcp(7)): only then the daemon has something to answer, and
    // looks.
    let _ = rustix::net::sockopt::set_tcp_cork(&stream, true);
    let _ = (&stream).write_all(last.as_bytes());
    drop(stream);
    std::thread::sleep(HIDDEN_FOR);
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    rustix::net::recvmsg(
        &right,
        &mut [IoSliceMut::new(&mut byte)],
        &mut ancillary,
        RecvFlags::empty(),
    )
    .expect("it was sent");
    let back = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    let back: OwnedFd = back.expect("it comes back");
    status(TcpStream::from(back))
}
