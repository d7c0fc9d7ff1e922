//! The words on the wire: requests, answers, the closed list of error codes, and the typed client that speaks them.
//!
//! Both sides of the socket build on these types. They are not the database's rows and not the model's values: they
//! change only by addition.

mod activity;
pub mod client;
mod edit;
mod error_code;
mod inbox;
mod land;
mod notification;
mod output;
mod overview;
mod problem;
mod review;
mod sign_in;
mod submit;
mod task;
mod task_part;
mod word;

pub use activity::{Activity, ActivityFileChange, ActivityKind, ActivityPage, PlanStep};
pub use edit::{CancelRequest, EditRequest, RepeatRequest};
pub use error_code::ErrorCode;
pub use inbox::{Inbox, InboxAck, InboxItem, InboxTaken};
pub use land::{Changes, Conflict, Discarded, FileChange, Hunk, HunkLine, LandRequest, Landing, TrustRequest, Trusted};
pub use notification::{Delivery, Notification, NotificationPage};
pub use output::{Output, OutputPiece};
pub use overview::{
    AckRequest, AgentFinding, AgentStatus, Agents, DaemonStatus, Doctor, EventMessage, Finding, FindingLevel,
    HistoryEntry, HistoryPage, LaneWait, LimitsChange, NodeStatus, Nodes, PruneRequest, Pruned, QueueChange,
    QueueStatus, Queues, Stats, TaskPage, WorkspaceStatus, Workspaces, WorktreeOf,
};
pub use problem::Problem;
pub use review::{LineRange, Review, ReviewFinding, ReviewRequest, Severity, review_of, review_schema};
pub use sign_in::{SignInCode, SignInRequest, SignedIn};
pub use submit::{SubmitRequest, TriggerRequest};
pub use task::{
    AttemptSummary, BlockedBy, Origin, Outcome, Progress, Repeated, Session, StopRequested, Task, TaskResult, Trigger,
    Usage, WaitingFor, Worktree,
};
pub use task_part::TaskPart;
pub use word::{
    AccessWord, AgentErrorWord, BlockKindWord, EnforcementWord, IsolationWord, LandMannerWord, LeftoversWord,
    NotifyWord, OccasionWord, ReasonWord, StateWord, TaskKindWord, TriggerSourceWord, WaitKindWord, Word,
};
