//! The words that stand for a script: `stub-plain`, `stub-err=429*2`, …
//!
//! | Word | The model |
//! |---|---|
//! | `plain` | says one sentence |
//! | `messages` | says two messages |
//! | `think` | shows reasoning, then answers |
//! | `write` `two` `par` | runs one command, two one after the other, two at once; then tells the newest result |
//! | `cmd=BASE64` | runs this command, then tells its result |
//! | `edit` | writes `edited.txt` with the agent's own tool |
//! | `plan` | notes a plan with the agent's own tool |
//! | `sleep=S` | runs a command with a child, for so many seconds |
//! | `escape=S` | the same, with a grandchild in a session of its own; both write their pid to `child.pid`, `escapee.pid` |
//! | `slow=N` | says N pieces, one each half second |
//! | `wait=GATE` `midway=GATE` | waits for a gate before, or in the middle of, its answer |
//! | `err=CODE` `err=CODE*N` | refuses the request; only the first N times |
//! | `limit=S` | 429 with `Retry-After` of so many seconds |
//! | `quota=S` `quota=S*N` | the usage limit of a subscription, over after so many seconds |
//! | `ctx` `refuse` `empty` `cut` | context full; refusal; no text; cut by the limit of tokens |
//! | `drop` `hang` | breaks the connection in the middle; never answers |
//! | `huge=BYTES` `md` `json` `echo` | a long answer; every odd character; JSON; a list of all prompts |

use super::long_answer::huge;
use super::script::{Failure, Piece, Step, Stop};

/// The plain answer.
pub const HELLO: &str = "Hello from the stub model.";

/// An answer with everything that a careless reader of lines or characters breaks.
pub const UNICODE: &str = "# Título — résumé ✅\n\n- item *one* `code`\n- 日本語 / العربية / עברית\n\n```rust\nfn main() \
{ println!(\"{}\\n\", \"héllo\"); }\n```\n\n> quote with U+2028:\u{2028}after, U+0085:\u{85}after, zero-width:\u{200b}x, \
tab:\tT, ansi:\u{1b}[31mred\u{1b}[0m, bell:\u{7}, astral: 🧑‍🚀𝔘\n\n{\"looks\":\"like json\"}\n\
{\"type\":\"result\",\"is_error\":true}\n\nLast line — fin\n";

/// The script that a word stands for; nothing for an unknown one.
pub(crate) fn script(word: &str, argument: &str) -> Option<Vec<Step>> {
    let (argument, times) = match argument.split_once('*') {
        Some((argument, times)) => (argument, times.parse().ok()),
        None => (argument, None),
    };
    let number = |default: u64| argument.parse::<u64>().unwrap_or(default);
    let fail = |failure| vec![Step::Fail { failure, times }, Step::say(HELLO)];
    let run = |command: &str| Step::Run(vec![command.to_owned()]);
    let announced = |number: u64| Step::say(format!("I will run a command ({number})."));
    let told = |command: &str| vec![announced(1), run(command), Step::SayResult];
    Some(match word {
        "plain" => vec![Step::say(HELLO)],
        "messages" => vec![Step::say("First message."), Step::say("Second message.")],
        "think" => vec![
            Step::Think("Let me think about it.\nStep two of thinking.".to_owned()),
            Step::say(HELLO),
        ],
        "write" => told("echo hi > file.txt && echo wrote-it"),
        "two" => vec![
            announced(1),
            run("echo first"),
            announced(2),
            run("echo second"),
            Step::SayResult,
        ],
        "par" => vec![
            Step::say("Running two commands."),
            Step::Run(vec!["echo par-one".to_owned(), "echo par-two".to_owned()]),
            Step::say(HELLO),
        ],
        "cmd" => told(&from_base64(argument)),
        "edit" => vec![
            Step::say("Using a tool."),
            Step::Write {
                path: "edited.txt".to_owned(),
                content: "edited by the stub\n".to_owned(),
            },
            Step::say(HELLO),
        ],
        "plan" => vec![
            Step::Plan(vec!["look".to_owned(), "change".to_owned(), "check".to_owned()]),
            Step::say(HELLO),
        ],
        "sleep" => told(&format!("sleep {} & wait; echo slept", number(25))),
        "escape" => told(&escape(number(300))),
        "slow" => vec![slow(number(6))],
        "wait" => vec![Step::Wait(argument.to_owned()), Step::say(HELLO)],
        "midway" => vec![Step::Say(vec![
            Piece::Text("First half, ".to_owned()),
            Piece::Wait(argument.to_owned()),
            Piece::Text("second half.".to_owned()),
        ])],
        "err" => fail(Failure::Status {
            code: u16::try_from(number(500)).unwrap_or(500),
            retry_after_s: None,
        }),
        "limit" => fail(Failure::Status {
            code: 429,
            retry_after_s: Some(number(3600)),
        }),
        "quota" => fail(Failure::Quota {
            resets_in_s: number(1200),
        }),
        "ctx" => fail(Failure::ContextFull),
        "refuse" => vec![Step::say("I cannot help with that."), Step::Stop(Stop::Refusal)],
        "empty" => Vec::new(),
        "cut" => vec![Step::say("This answer is cut"), Step::Stop(Stop::Length)],
        "drop" => vec![Step::say("This answer breaks"), Step::Drop],
        "hang" => vec![Step::Hang],
        "huge" => vec![Step::say(huge(usize::try_from(number(2_000_000)).unwrap_or_default()))],
        "md" => vec![Step::say(UNICODE)],
        "json" => vec![Step::say(r#"{"ok":true,"n":3}"#)],
        "echo" => vec![Step::SayPrompts],
        _ => return None,
    })
}

fn slow(pieces: u64) -> Step {
    let piece = |number| [Piece::Pause(500), Piece::Text(format!("piece {number} "))];
    Step::Say((1..=pieces).flat_map(piece).collect())
}

/// A command that never ends by itself before its time, with a child, and a grandchild that left the session.
fn escape(seconds: u64) -> String {
    format!(
        "setsid sh -c 'echo $$ > escapee.pid; exec sleep {seconds}' >/dev/null 2>&1 </dev/null & \
         sh -c 'echo $$ > child.pid; exec sleep {seconds}'"
    )
}

/// Decodes; what is no Base64 becomes nothing.
fn from_base64(text: &str) -> String {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut bytes = Vec::new();
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_answer_has_exactly_the_size_asked_for() {
        assert_eq!(huge(2_000_000).len(), 2_000_000);
    }

    #[test]
    fn a_command_comes_through_its_encoding() {
        assert_eq!(from_base64("ZWNobyBoaQ=="), "echo hi");
    }

    #[test]
    fn a_failure_may_be_for_the_first_times_only() {
        let Some(steps) = script("err", "429*2") else {
            panic!("no such word")
        };
        assert!(matches!(&steps[0], Step::Fail { times: Some(2), .. }), "{steps:?}");
    }
}
