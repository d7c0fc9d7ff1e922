// Printed from docs/openapi.json by `npm run types`, in one piece. Do not edit.

export interface paths {
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The agents: which are installed, in which version, signed in or not, and what helps where something does not work. */
        get: operations["agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/daemon": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the daemon is. */
        get: operations["daemon_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/daemon/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends the daemon so that another takes its place. Tasks go on; those who wait lose the connection and come again. */
        post: operations["daemon_restart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/daemon/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops the daemon. Tasks go on; those who wait are told to give up. */
        post: operations["daemon_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What works on this machine, what does not, and what to do about it. */
        get: operations["doctor"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells every change of every task. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The completions of tasks with an origin session or a parent that nobody has taken yet, oldest first. */
        get: operations["inbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/inbox/ack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes completions off the inbox: somebody has them. */
        post: operations["inbox_ack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/nodes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The daemons that share the store: with SQLite this one. */
        get: operations["nodes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists notifications, newest first. */
        get: operations["notification_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/prune": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forgets old finished tasks. */
        post: operations["prune"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All queues and how full they are. */
        get: operations["queue_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Sets the limit over all queues, or pauses or resumes them all. */
        patch: operations["queue_change_all"];
        trace?: never;
    };
    "/api/v1/queues/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Sets a queue's limit, or pauses or resumes it. The name `total` means all queues together. */
        patch: operations["queue_change"];
        trace?: never;
    };
    "/api/v1/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs a page in: a one-time code or the token for a session. */
        post: operations["sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-in/codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a code with which a page can sign in once. Only over the Unix socket. */
        post: operations["sign_in_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign-out": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Forgets the session of this browser. */
        post: operations["sign_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many tasks there are. */
        get: operations["stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists tasks, newest first. */
        get: operations["task_list"];
        put?: never;
        /** Submits a task. Answered when it is on disk. */
        post: operations["task_submit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One task. */
        get: operations["task_show"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes a task that has not started. */
        patch: operations["task_edit"];
        trace?: never;
    };
    "/api/v1/tasks/{id}/ack": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Takes a task off the list of those that need somebody. */
        post: operations["task_ack"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an agent did, in order, from its output. */
        get: operations["task_activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/await": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Waits for a task to end. The end is pushed; nothing polls. */
        get: operations["task_await"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Asks a task to end, its children too. */
        post: operations["task_cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a task changed, file by file. */
        get: operations["task_changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Gives a task's worktree up. What only it has is saved first. */
        post: operations["task_discard"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that happened to a task. */
        get: operations["task_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Holds back a task that has not started. */
        post: operations["task_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/land": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Brings the changes of a task's worktree into the workspace: as a task of kind `land`. */
        post: operations["task_land"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/output": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A range of a task's output: raw bytes, or pieces with stream and time for `Accept: application/json`. */
        get: operations["task_output"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/redispatch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a new task of the same spec that goes on with the stored session, if there is one. */
        post: operations["task_redispatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Releases a held task. */
        post: operations["task_release"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a finished task gave. */
        get: operations["task_result"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a new task of the same spec. */
        post: operations["task_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/top": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Moves a task that has not started to the front of its queue. */
        post: operations["task_top"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tasks/{id}/wake": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Probes a task's prerequisites now. */
        post: operations["task_wake"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/token/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a new token in force; the old one and all sessions are over. Only over the Unix socket. */
        post: operations["token_rotate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trust": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Trusts the project file of a repository, with exactly its present content: its commands may run. */
        post: operations["trust"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wake": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Probes all prerequisites of all tasks now. */
        post: operations["wake_all"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where tasks are active. */
        get: operations["workspaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the daemon lives: it does if it answers. */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Numbers in Prometheus' text format. */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the daemon has found all running attempts again. */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        Access: "read-only" | "write" | "unmanaged";
        /** @description One thing an agent did. */
        Activity: components["schemas"]["ActivityKind"] & {
            /**
             * Format: date-time
             * @description When it was told; nothing if that is not known.
             */
            at?: string | null;
            /** @description Whether one of the agent's own helpers did it. */
            is_of_helper?: boolean;
            /**
             * Format: int64
             * @description Its place among all of the attempt, from 1.
             */
            number: number;
            /**
             * Format: int64
             * @description Where the line that told it begins in standard output, in bytes.
             */
            offset: number;
        };
        /** @description One changed file. */
        ActivityFileChange: {
            /** @description `add`, `change` or `delete`. */
            change: string;
            /** @description Its path, as the agent tells it. */
            path: string;
        };
        /** @description What an agent said or did. */
        ActivityKind: {
            /** @description The agent's id for it. */
            id: string;
            /** @description The model it said it uses. */
            model?: string | null;
            /** @enum {string} */
            type: "session";
        } | {
            /** @description The words. */
            text: string;
            /** @enum {string} */
            type: "message";
        } | {
            /** @description The words. */
            text: string;
            /** @enum {string} */
            type: "reasoning";
        } | {
            /** @description What binds the result to the call. */
            id: string;
            /** @description What the tool was given, as JSON text. */
            input?: string | null;
            /** @description One line that tells what it is used for. */
            title: string;
            /** @description The tool's name in the agent's own words. */
            tool: string;
            /** @enum {string} */
            type: "tool-call";
        } | {
            /**
             * Format: int32
             * @description The exit code of a command.
             */
            exit_code?: number | null;
            /** @description What binds the result to the call. */
            id: string;
            /** @description Whether the tool said that it failed. */
            is_error: boolean;
            /** @description What the tool gave; may be cut, with a mark. */
            output: string;
            /** @enum {string} */
            type: "tool-result";
        } | {
            /** @description Which. */
            changes: components["schemas"]["ActivityFileChange"][];
            /** @enum {string} */
            type: "file-changes";
        } | {
            /** @description The steps in order. */
            steps: components["schemas"]["PlanStep"][];
            /** @enum {string} */
            type: "plan";
        } | {
            /** @description The words. */
            text: string;
            /** @enum {string} */
            type: "notice";
        } | {
            /** @description The words. */
            text: string;
            /** @enum {string} */
            type: "error";
        } | {
            /** @description The line; may be cut, with a mark. */
            line: string;
            /** @enum {string} */
            type: "unknown";
        };
        /** @description Some of what an agent did. */
        ActivityPage: {
            /** @description The entries, in order. */
            activity: components["schemas"]["Activity"][];
            /**
             * Format: int32
             * @description The attempt it is of; 0 before the first.
             */
            attempt: number;
            /** @description Whether the attempt is over and nothing more comes after `next`. */
            is_final: boolean;
            /**
             * Format: int64
             * @description The number to ask on from, as `after`.
             */
            next: number;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        AgentError: "not-signed-in" | "overloaded" | "context-full" | "refused" | "other";
        /** @description One thing about an agent that is not as it could be. */
        AgentFinding: {
            /** @description What helps. */
            cure: string;
            /** @description How bad it is. */
            level: components["schemas"]["FindingLevel"];
            /** @description What was found. */
            message: string;
        };
        /** @description An agent on this machine. */
        AgentStatus: {
            /**
             * @description What it is able to do: `resume`, `model`, `effort`, `chosen-session`, `read-only`, `read-only-sandbox`,
             *     `answer-schema`, `usage`, `cost`, `reset-time`.
             */
            capabilities: string[];
            /** @description What is not well with it, each with its cure. */
            findings: components["schemas"]["AgentFinding"][];
            /** @description The command that installs it. */
            install_command: string;
            /** @description Whether its program is there. */
            installed: boolean;
            /** @description Its name. */
            name: string;
            /** @description Its program; nothing if it is not installed. */
            path?: string | null;
            /** @description The folder with its sessions; nothing if it keeps none that is known. */
            sessions?: string | null;
            /** @description Whether it is signed in; nothing if that cannot be told. */
            signed_in?: boolean | null;
            /** @description Its version; nothing if it is not installed or did not say. */
            version?: string | null;
        };
        /** @description The agents that can be run. */
        Agents: {
            /** @description Those that come with Longhaul, then those of the configuration. */
            agents: components["schemas"]["AgentStatus"][];
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        BlockKind: "paused" | "queue-limit" | "total-limit" | "helper-limit" | "lane" | "launch";
        /** @description One thing that keeps a queued task from starting. */
        BlockedBy: {
            /** @description What it is, for people. */
            detail?: string | null;
            /** @description What sort of thing it is. */
            kind: components["schemas"]["BlockKind"];
            /**
             * Format: int64
             * @description The task that holds what this one needs.
             */
            task?: number | null;
            /**
             * Format: date-time
             * @description When it ends, if that is known.
             */
            until?: string | null;
        };
        /** @description What may accompany a cancel. */
        CancelRequest: {
            /**
             * @description Why.
             * @default null
             */
            reason?: string | null;
        };
        /** @description What a task changed. */
        Changes: {
            /**
             * Format: int64
             * @description Lines added, in all.
             */
            additions: number;
            /** @description What it is compared with: a commit, or a tree for changes in place. */
            base: string;
            /**
             * Format: int64
             * @description Lines removed, in all.
             */
            deletions: number;
            /** @description The files. */
            files: components["schemas"]["FileChange"][];
            /** @description The commit that its worktree has checked out; nothing for changes in place, or when the worktree is gone. */
            head?: string | null;
            /** @description Whether files or hunks were left out. */
            is_truncated: boolean;
            /** @description `worktree` or `in-place`. */
            source: string;
            /** @description `present`, `landed`, `discarded` or `missing`. */
            state: string;
        };
        /** @description One file that both sides changed differently. */
        Conflict: {
            /** @description `both-changed`, `both-added`, `deleted-in-target`, `deleted-in-worktree` or `other`. */
            kind: string;
            /** @description The file, from the root of the repository. */
            path: string;
            /** @description What the target has in the places that differ, shortened. */
            target?: string | null;
            /** @description What the worktree has there, shortened. */
            worktree?: string | null;
        };
        /** @description What `daemon status` tells. */
        DaemonStatus: {
            /** @description Its address on TCP; nothing while it does not listen there. */
            http?: string | null;
            /**
             * Format: int32
             * @description Its process id.
             */
            pid: number;
            /** @description Always true in an answer of a daemon. */
            running: boolean;
            /**
             * Format: int32
             * @description The version of its database's schema.
             */
            schema: number;
            /** @description Its socket. */
            socket: string;
            /**
             * Format: date-time
             * @description Since when it runs.
             */
            started_at: string;
            /** @description Its version. */
            version: string;
        };
        /** @description One channel's share of a notification. */
        Delivery: {
            /** @description `desktop`, `command`, or `webhook` and its name or host. */
            channel: string;
            /** @description Why the last try did not arrive. */
            detail?: string | null;
            /**
             * Format: date-time
             * @description When it is tried next; nothing unless it is pending.
             */
            next_at?: string | null;
            /** @description `pending`, `delivered` or `given-up`. */
            state: string;
            /**
             * Format: date-time
             * @description When it was tried last.
             */
            tried_at?: string | null;
            /**
             * Format: int32
             * @description How often it was tried.
             */
            tries: number;
        };
        /** @description What was saved of a worktree that was given up. Nothing if another branch has all of it. */
        Discarded: {
            /** @description The branch with its commits and its uncommitted files. */
            branch?: string | null;
            /** @description Bundles of repositories that lay inside it. */
            bundles: string[];
            /** @description The patch with the same. */
            patch?: string | null;
        };
        /** @description What `doctor` found. */
        Doctor: {
            /** @description The findings, worst first. */
            findings: components["schemas"]["Finding"][];
        };
        /** @description Changes to a task that has not started. A field that is not there stays as it is; `null` clears it. */
        EditRequest: {
            /**
             * @description The tasks that must complete first.
             * @default null
             */
            after?: number[] | null;
            /**
             * Format: date-time
             * @description Not before this time; `null` for at once.
             * @default null
             */
            at?: string | null;
            /**
             * @description The command line.
             * @default null
             */
            command?: string[] | null;
            /**
             * @description How hard the agent thinks; `null` for its default.
             * @default null
             */
            effort?: string | null;
            /**
             * Format: int64
             * @description The idle timeout; `null` for none.
             * @default null
             */
            idle_timeout_ms?: number | null;
            /**
             * Format: int64
             * @description Not before this many milliseconds from now; `null` for at once.
             * @default null
             */
            in_ms?: number | null;
            /**
             * @description All labels.
             * @default null
             */
            labels?: {
                [key: string]: string;
            } | null;
            /**
             * @description The agent's model; `null` for its default.
             * @default null
             */
            model?: string | null;
            /**
             * @description The name; `null` for the one made from the work.
             * @default null
             */
            name?: string | null;
            /**
             * Format: int32
             * @description The priority.
             * @default null
             */
            priority?: number | null;
            /**
             * @description What an agent is asked.
             * @default null
             */
            prompt?: string | null;
            /**
             * @description The queue.
             * @default null
             */
            queue?: string | null;
            /**
             * @description The prerequisites.
             * @default null
             */
            requires?: string[] | null;
            /**
             * Format: int32
             * @description Automatic attempts after the first.
             * @default null
             */
            retries?: number | null;
            /**
             * Format: int64
             * @description The run timeout; `null` for none.
             * @default null
             */
            timeout_ms?: number | null;
            /**
             * Format: int64
             * @description How long it may wait to start, from now; `null` for ever.
             * @default null
             */
            wait_deadline_ms?: number | null;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        Enforcement: "kernel" | "kernel-partial" | "agent";
        /**
         * @description What was wrong.
         * @enum {string}
         */
        ErrorCode: "bad-request" | "bad-spec" | "unknown-dependency" | "not-signed-in" | "forbidden" | "task-not-found" | "not-found" | "method-not-allowed" | "key-reused" | "state-forbids" | "chain-active" | "dependency-cycle" | "would-deadlock" | "agent-not-installed" | "family-too-large" | "not-landable" | "source-gone" | "too-large" | "not-json" | "too-many-attempts" | "busy" | "daemon-stopping" | "store-unavailable" | "damaged" | "internal";
        /** @description One change, as the event stream tells it. */
        EventMessage: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What happened. */
            kind: string;
            /** @description What of the task is another than before: whoever shows only other parts has nothing to read again. */
            parts?: components["schemas"]["TaskPart"][];
            /**
             * Format: int64
             * @description Its place in the gapless sequence.
             */
            seq: number;
            task?: components["schemas"]["Task"] | null;
        };
        /** @description What became of one file. */
        FileChange: {
            /**
             * Format: int64
             * @description Lines added; nothing if it is binary.
             */
            additions?: number | null;
            /**
             * Format: int64
             * @description Lines removed; nothing if it is binary.
             */
            deletions?: number | null;
            /** @description What changed in it. */
            hunks: components["schemas"]["Hunk"][];
            /** @description Whether it is binary. */
            is_binary: boolean;
            /** @description Whether it is too long to show its hunks. */
            is_truncated: boolean;
            /** @description Its mode now; nothing if it is gone. */
            new_mode?: string | null;
            /** @description Its mode before, as git writes it (`100644`, `100755`, `120000`); nothing if it was not there. */
            old_mode?: string | null;
            /** @description What it was called before. */
            old_path?: string | null;
            /** @description Its path from the root of the repository. */
            path: string;
            /** @description `added`, `modified`, `deleted`, `renamed`, `copied`, `type-changed` or `untracked`. */
            status: string;
        };
        /** @description One finding. */
        Finding: {
            /** @description A stable word for it. */
            code: string;
            /** @description What to do about it; nothing if nothing needs doing. */
            cure?: string | null;
            /** @description How bad it is. */
            level: components["schemas"]["FindingLevel"];
            /** @description What was found. */
            message: string;
        };
        /**
         * @description How bad a finding is.
         * @enum {string}
         */
        FindingLevel: "problem" | "warning" | "ok";
        /** @description One step of a task's history. */
        HistoryEntry: {
            /** @description Who did it. */
            actor: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description More about it. */
            detail?: string | null;
            /** @description The event. */
            event: string;
            from?: components["schemas"]["StateName"] | null;
            /**
             * Format: int64
             * @description Counts up from 1.
             */
            number: number;
            /** @description The state it led to. */
            to: components["schemas"]["StateName"];
        };
        /** @description A task's history, oldest first. */
        HistoryPage: {
            /** @description The steps. */
            history: components["schemas"]["HistoryEntry"][];
        };
        /** @description One place in a file. */
        Hunk: {
            /** @description The line that begins with `@@`. */
            header: string;
            /** @description Its lines. */
            lines: components["schemas"]["HunkLine"][];
        };
        /** @description One line of a hunk. */
        HunkLine: {
            /** @description `context`, `add`, `delete`, or `note` for git's word that no line feed ends the line before. */
            kind: string;
            /** @description Its text, without the sign before it. */
            text: string;
        };
        /** @description The completions that wait for somebody, oldest first. */
        Inbox: {
            /** @description The completions. */
            items: components["schemas"]["InboxItem"][];
        };
        /** @description The completions that somebody has now. */
        InboxAck: {
            /** @description The tasks. */
            task_ids: number[];
        };
        /** @description A task that is over, with an origin session or a parent. */
        InboxItem: {
            /**
             * Format: int64
             * @description How long its newest attempt ran, in milliseconds.
             */
            duration_ms?: number | null;
            /** @description Its name. */
            name: string;
            /** @description How it ended. */
            state: components["schemas"]["StateName"];
            /** @description One line that tells the result, or why there is none. */
            summary?: string | null;
            /** @description The task. */
            task: components["schemas"]["Task"];
        };
        /** @description How many were taken. */
        InboxTaken: {
            /**
             * Format: int64
             * @description How many of them had not been taken before.
             */
            acknowledged: number;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        Isolation: "in-place" | "worktree";
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        LandManner: "squash" | "merge" | "rebase";
        /** @description How a worktree is to be landed. */
        LandRequest: {
            /** @default null */
            manner?: components["schemas"]["LandManner"] | null;
            /**
             * @description The commit message; nothing means one made from the task.
             * @default null
             */
            message?: string | null;
        };
        /** @description What became of a landing. */
        Landing: {
            /** @description The commit that has them now; nothing if they were not brought in. */
            commit?: string | null;
            /** @description What both sides changed differently. */
            conflicts: components["schemas"]["Conflict"][];
            /** @description The branch the changes were to be brought into. */
            target: string;
        };
        /** @description A task that waits for a lane. */
        LaneWait: {
            /**
             * Format: int64
             * @description The task in the way.
             */
            behind: number;
            /** @description Whether it wants to write. */
            is_writer: boolean;
            /**
             * Format: int64
             * @description The task that waits.
             */
            task: number;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        Leftovers: "stop" | "keep";
        /** @description Lines of a file, counted from 1, both ends included. */
        LineRange: {
            /**
             * Format: int64
             * @description The last.
             */
            end: number;
            /**
             * Format: int64
             * @description The first.
             */
            start: number;
        };
        /** @description A daemon that shares the store. */
        NodeStatus: {
            /** @description What tells it from other nodes. */
            id: string;
            /**
             * Format: int32
             * @description Its process id.
             */
            pid: number;
            /**
             * Format: int64
             * @description How many tasks run on it.
             */
            running: number;
            /**
             * Format: date-time
             * @description Since when it runs.
             */
            started_at: string;
            /** @description Its version. */
            version: string;
        };
        /** @description The daemons that share the store. */
        Nodes: {
            /** @description The one that answers first. */
            nodes: components["schemas"]["NodeStatus"][];
        };
        /** @description Something about a task that was to be told to those who were not looking. */
        Notification: {
            /**
             * Format: date-time
             * @description When it came about.
             */
            at: string;
            /** @description By channel; empty if there was nobody to tell. */
            deliveries: components["schemas"]["Delivery"][];
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description What there is to tell. */
            occasion: components["schemas"]["Occasion"];
            /**
             * Format: date-time
             * @description When nothing was left to deliver; nothing while something is.
             */
            settled_at?: string | null;
            /**
             * Format: int64
             * @description The task.
             */
            task: number;
        };
        /** @description A page of notifications, newest first. */
        NotificationPage: {
            /** @description The cursor of the next page; nothing after the last. */
            next?: string | null;
            /** @description The notifications. */
            notifications: components["schemas"]["Notification"][];
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        Notify: "all" | "problems" | "done" | "none";
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        Occasion: "completed" | "failed" | "canceled" | "interrupted" | "usage-limit" | "conflict";
        /** @description Where a task came from. */
        Origin: {
            /**
             * @description What binds several tasks to one subject.
             * @default null
             */
            key?: string | null;
            /**
             * @description The message in that session.
             * @default null
             */
            message?: string | null;
            /**
             * @description The chat session that asked.
             * @default null
             */
            session?: string | null;
            /**
             * @description `shell`, `api`, `mcp`, `web`, `webhook`, `schedule` or `task`.
             * @default null
             */
            source?: string | null;
            /**
             * @description A link back.
             * @default null
             */
            url?: string | null;
        };
        /** @description How a task ended. */
        Outcome: {
            agent_error?: components["schemas"]["AgentError"] | null;
            /**
             * Format: int32
             * @description The program's exit code, if it exited by itself.
             */
            exit_code?: number | null;
            /** @description What to do next. */
            hint?: string | null;
            /** @description One sentence for people. */
            message: string;
            /** @description Why it ended as it did; explained in `docs/state-machine.md`. */
            reason: components["schemas"]["Reason"];
            /** @description The name of the signal that ended it, such as `SIGKILL`. */
            signal?: string | null;
        };
        /** @description A range of a task's output. */
        Output: {
            /**
             * Format: int32
             * @description Which attempt it is of.
             */
            attempt: number;
            /** @description Whether nothing more will come after `next_offset`. */
            complete: boolean;
            /**
             * Format: int64
             * @description The offset to ask for next.
             */
            next_offset: number;
            /** @description The pieces, in order. */
            pieces: components["schemas"]["OutputPiece"][];
        };
        /** @description One piece of output. */
        OutputPiece: {
            /**
             * Format: date-time
             * @description When it was produced.
             */
            at: string;
            /** @description The bytes in base64; nothing where they were dropped. */
            data_base64?: string | null;
            /**
             * Format: int64
             * @description How many bytes were dropped here.
             */
            dropped_bytes: number;
            /**
             * Format: int64
             * @description Where it begins: in all output, or in its stream if one stream was asked for.
             */
            offset: number;
            /** @description `stdout` or `stderr`. */
            stream: string;
        };
        /** @description One step of a plan. */
        PlanStep: {
            /** @description Whether it is done. */
            is_done: boolean;
            /** @description What is to be done. */
            text: string;
        };
        /** @description An error answer. */
        Problem: {
            /** @description The stable code. */
            code: components["schemas"]["ErrorCode"];
            /** @description What was wrong this time. */
            detail: string;
            /** @description What to do about it; nothing if nothing is known to help. */
            hint?: string | null;
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The code in words. */
            title: string;
            /** @description A relative reference to the page that explains the code. */
            type: string;
        };
        /** @description How far a task is. */
        Progress: {
            /**
             * Format: int32
             * @description How much of the phase is done, 0–100.
             */
            percent?: number | null;
            /** @description What it is doing. */
            phase: string;
        };
        /** @description What to prune. What is not there has the configured default. */
        PruneRequest: {
            /**
             * Format: int64
             * @description Keep at least this many of the newest finished tasks.
             * @default null
             */
            keep?: number | null;
            /**
             * Format: int64
             * @description Only tasks that ended longer ago than this.
             * @default null
             */
            older_than_ms?: number | null;
        };
        /** @description What was pruned. */
        Pruned: {
            /**
             * Format: int64
             * @description How many tasks.
             */
            tasks: number;
        };
        /** @description A change to a queue. What is not there stays. */
        QueueChange: {
            /**
             * Format: int32
             * @description The new limit; `null` for none.
             * @default null
             */
            limit?: number | null;
            /**
             * @description Pause or resume.
             * @default null
             */
            paused?: boolean | null;
        };
        /** @description A queue and how full it is. */
        QueueStatus: {
            /**
             * Format: int32
             * @description How many of its tasks may run at once; nothing means no limit of its own.
             */
            limit?: number | null;
            /** @description Its name. */
            name: string;
            /** @description Whether it is paused. */
            paused: boolean;
            /**
             * Format: int32
             * @description How many stand in line.
             */
            queued: number;
            /**
             * Format: int32
             * @description How many of its tasks run.
             */
            running: number;
            /**
             * Format: int32
             * @description How many wait.
             */
            waiting: number;
        };
        /** @description All queues, and what holds over all of them. */
        Queues: {
            /** @description Whether everything is paused. */
            paused: boolean;
            /** @description The queues by name. */
            queues: components["schemas"]["QueueStatus"][];
            /**
             * Format: int32
             * @description How many tasks may run at once in all; nothing means no limit.
             */
            total_limit?: number | null;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        Reason: "exit" | "signal" | "timeout" | "idle-timeout" | "no-final-message" | "agent-error" | "usage-limit" | "spawn-error" | "setup" | "enforcement" | "dependency" | "prerequisite" | "deadline" | "canceled" | "lost";
        /** @description What may accompany a retry or a redispatch. */
        RepeatRequest: {
            /**
             * @description Repeat even a task that completed.
             * @default false
             */
            force?: boolean;
            /**
             * @description Of a redispatch into a worktree: merge the branch it is to land on into it first.
             * @default false
             */
            onto_target?: boolean;
        };
        /** @description The answer to a retry or a redispatch. */
        Repeated: {
            /**
             * Format: int64
             * @description The new task.
             */
            task_id: number;
            /** @description What somebody should know about it although it was accepted; usually nothing. */
            warnings?: string[];
        };
        /** @description What a review found. */
        Review: {
            /** @description What was found, the most severe first. */
            findings: components["schemas"]["ReviewFinding"][];
            /** @description What the reviewer says of the change as a whole. */
            summary: string;
            /** @description `approve` or `needs-attention`. */
            verdict: string;
        };
        /** @description One thing that a review found. */
        ReviewFinding: {
            /** @description Why, and what would mend it. */
            body: string;
            /**
             * Format: double
             * @description How sure the reviewer is, from 0 to 1; nothing if it did not say.
             */
            confidence?: number | null;
            /** @description The file; nothing if it is about none in particular. */
            file?: string | null;
            lines?: components["schemas"]["LineRange"] | null;
            /** @description How bad it is. */
            severity: components["schemas"]["Severity"];
            /** @description What is wrong, in a few words. */
            title: string;
        };
        /** @description A review that is asked for. */
        ReviewRequest: {
            /** @description Whether the reviewer should try to show that the change is wrong. */
            adversarial?: boolean | null;
            /** @description Review what has changed since the branch left this one, uncommitted changes included. */
            base?: string | null;
            /** @description What to look at above all. */
            focus?: string | null;
            /** @description Review uncommitted changes alone. With neither, those are reviewed if there are any, else the branch. */
            uncommitted?: boolean | null;
        };
        /** @description An agent's own conversation. */
        Session: {
            /** @description The agent's id for it. */
            id: string;
            /** @description What a person types to go on with it. */
            resume_command: string;
        };
        /**
         * @description How bad a finding is.
         * @enum {string}
         */
        Severity: "critical" | "high" | "medium" | "low";
        /** @description A one-time code. */
        SignInCode: {
            /** @description The code. */
            code: string;
            /**
             * Format: date-time
             * @description When it is good no more.
             */
            expires_at: string;
        };
        /** @description What proves who signs in: exactly one of both. */
        SignInRequest: {
            /** @description A one-time code, as `longhaul open` puts it into the address. */
            code?: string | null;
            /** @description The token, as `longhaul token show` prints it. */
            token?: string | null;
        };
        /** @description A page is signed in. The other half of its session is in the cookie. */
        SignedIn: {
            /**
             * Format: date-time
             * @description When the session is over.
             */
            expires_at: string;
            /** @description To be sent in the header `x-longhaul-page` with each request. */
            page_secret: string;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        StateName: "waiting" | "queued" | "running" | "completed" | "failed" | "canceled" | "interrupted";
        /** @description Counts of tasks. */
        Stats: {
            /**
             * Format: int64
             * @description How many of them somebody should look at.
             */
            needs_attention: number;
            /** @description How many tasks are in each state. */
            states: {
                [key: string]: number;
            };
        };
        /** @description Who asked a running task to end. */
        StopRequested: {
            /** @description Who. */
            by: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /** @description Whether its tree refuses to die. */
            unkillable: boolean;
        };
        /** @description What is asked of a new task. An unknown field is refused. */
        SubmitRequest: {
            access?: components["schemas"]["Access"] | null;
            /** @description Tasks that must complete first. */
            after?: number[];
            /** @description Of an agent: its name. */
            agent?: string | null;
            /** @description Of an agent: the JSON schema its final message should follow. */
            answer_schema?: Record<string, never> | null;
            /**
             * Format: date-time
             * @description Not before this time.
             */
            at?: string | null;
            /** @description Of a writer in a worktree: what that is made from. */
            base?: string | null;
            /** @description Of a command: the program and its arguments. */
            command?: string[] | null;
            /** @description The folder it works in; absolute. */
            cwd: string;
            /** @description Of a clone: where to. Absolute, or relative to `cwd`; nothing means a folder named after the URL. */
            dir?: string | null;
            /** @description Of an agent: how hard it should think, in the agent's own words. */
            effort?: string | null;
            /** @description The environment it runs with; never shown again. Nothing means the daemon's choice. */
            environment?: {
                [key: string]: string;
            } | null;
            /** @description Whether it is held from the start. */
            hold?: boolean | null;
            /**
             * Format: int64
             * @description The idle timeout in milliseconds.
             */
            idle_timeout_ms?: number | null;
            /**
             * Format: int64
             * @description Not before this many milliseconds from now.
             */
            in_ms?: number | null;
            isolation?: components["schemas"]["Isolation"] | null;
            /** @description Which executor runs it: any but `land`, which has an address of its own. */
            kind: components["schemas"]["TaskKind"];
            /** @description Notes of the submitter. */
            labels?: {
                [key: string]: string;
            };
            leftovers?: components["schemas"]["Leftovers"] | null;
            /** @description Of an agent: the model, in the agent's own words. */
            model?: string | null;
            /** @description A name for people. */
            name?: string | null;
            /** @description Of an agent: whether it fails at a usage limit instead of waiting for the reset. */
            no_park?: boolean | null;
            notify?: components["schemas"]["Notify"] | null;
            origin?: components["schemas"]["Origin"] | null;
            /**
             * Format: int64
             * @description The task it belongs to. A submit from inside a task belongs to that one without saying so.
             */
            parent?: number | null;
            /** @description The words of its kind in an object of their own, instead of beside the others. */
            payload?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: int32
             * @description Higher goes first; 0 if not given.
             */
            priority?: number | null;
            /** @description Of an agent: what it is asked. */
            prompt?: string | null;
            /** @description Whether it gets a terminal. */
            pty?: boolean | null;
            /** @description The queue; `default` if not given. */
            queue?: string | null;
            /** @description `file:PATH`, `tcp:HOST:PORT`, `http:URL` or `cmd:COMMAND`. */
            requires?: string[];
            /**
             * @description Of an agent: the session to go on with, the number of the task whose session it is, or `origin` for the latest
             *     session among the tasks with the same origin key. Agent and folder come with a session that a task here had.
             */
            resume?: string | null;
            /**
             * Format: int32
             * @description Automatic attempts after the first.
             */
            retries?: number | null;
            /** @description Whether a lost attempt is retried too. */
            retry_lost?: boolean | null;
            review?: components["schemas"]["ReviewRequest"] | null;
            /** @description What it reads on standard input, as text. */
            stdin?: string | null;
            /** @description What it reads on standard input, in base64. */
            stdin_base64?: string | null;
            /** @description The file it reads on standard input. */
            stdin_file?: string | null;
            /**
             * Format: int64
             * @description The run timeout in milliseconds.
             */
            timeout_ms?: number | null;
            trigger?: components["schemas"]["TriggerRequest"] | null;
            /**
             * Format: int32
             * @description File mode mask, as a number.
             */
            umask?: number | null;
            /** @description Of a clone: what to clone. */
            url?: string | null;
            /**
             * Format: int64
             * @description How long it may wait to start, in milliseconds from now.
             */
            wait_deadline_ms?: number | null;
            /** @description Of a writer in a worktree: whether that begins with the workspace's uncommitted changes. */
            with_changes?: boolean | null;
        };
        /** @description One task. */
        Task: {
            /** @description What it may do to its workspace. */
            access: components["schemas"]["Access"];
            /** @description The last line of an agent's activity. */
            activity?: string | null;
            /** @description Tasks that must complete first, met or not. */
            after: number[];
            /** @description The agent. */
            agent?: string | null;
            /**
             * Format: int32
             * @description Its newest attempt; 0 before the first.
             */
            attempt: number;
            /** @description What keeps a queued task from starting; empty otherwise. */
            blocked_by: components["schemas"]["BlockedBy"][];
            /**
             * Format: int64
             * @description The first of its chain.
             */
            chain: number;
            /** @description The program and its arguments, of a command. */
            command?: string[] | null;
            /**
             * Format: int64
             * @description CPU time of its newest attempt in milliseconds.
             */
            cpu_ms?: number | null;
            /**
             * Format: date-time
             * @description When its submit was acknowledged.
             */
            created_at: string;
            /** @description The folder it works in. */
            cwd: string;
            /** @description What it gave, by words of its kind; nothing before it ends, and if it gave nothing. */
            data?: {
                [key: string]: unknown;
            } | null;
            /** @description The target folder, of a clone. */
            dir?: string | null;
            /**
             * Format: int64
             * @description Milliseconds its newest attempt ran, so far or in all.
             */
            duration_ms?: number | null;
            /** @description The effort, of an agent that was given one. */
            effort?: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at?: string | null;
            enforcement?: components["schemas"]["Enforcement"] | null;
            /** @description More about the enforcement. */
            enforcement_detail?: string | null;
            /**
             * Format: int64
             * @description Its number; never reused.
             */
            id: number;
            /**
             * Format: int64
             * @description The idle timeout in milliseconds.
             */
            idle_timeout_ms?: number | null;
            isolation?: components["schemas"]["Isolation"] | null;
            /** @description Which executor runs it. */
            kind: components["schemas"]["TaskKind"];
            /** @description Its submitter's notes. */
            labels: {
                [key: string]: string;
            };
            landing?: components["schemas"]["Landing"] | null;
            /**
             * Format: int64
             * @description The task whose worktree is brought in, of a landing.
             */
            lands?: number | null;
            /** @description Processes it left running, on request. */
            leftovers: string[];
            /**
             * Format: int32
             * @description How many attempts it may use.
             */
            max_attempts: number;
            /** @description The model, of an agent that was given one. */
            model?: string | null;
            /** @description The name it is shown by. */
            name: string;
            /** @description Whether it failed or was interrupted, was not retried, and nobody acknowledged it. */
            needs_attention: boolean;
            /** @description Something its owner should know although nothing failed. */
            note?: string | null;
            origin?: components["schemas"]["Origin"] | null;
            outcome?: components["schemas"]["Outcome"] | null;
            /**
             * Format: int64
             * @description Bytes of output produced by the newest attempt.
             */
            output_bytes: number;
            /** @description Whether some of that was dropped. */
            output_truncated: boolean;
            /**
             * Format: int64
             * @description The task it was submitted from.
             */
            parent?: number | null;
            /** @description What it was asked for, by the words that a submit of its kind has for it. Without passwords in addresses. */
            payload: {
                [key: string]: unknown;
            };
            /**
             * Format: int64
             * @description Peak memory of its newest attempt in bytes.
             */
            peak_memory_bytes?: number | null;
            /**
             * Format: int32
             * @description Higher goes first.
             */
            priority: number;
            progress?: components["schemas"]["Progress"] | null;
            /** @description The prompt, of an agent. */
            prompt?: string | null;
            /** @description Its queue. */
            queue: string;
            /**
             * Format: int64
             * @description Milliseconds it was ready but not running.
             */
            queue_ms: number;
            /** @description Prerequisites, met or not. */
            requires: string[];
            /**
             * Format: int64
             * @description The newest task that repeats it.
             */
            retried_by?: number | null;
            /**
             * Format: int64
             * @description The task it repeats.
             */
            retry_of?: number | null;
            session?: components["schemas"]["Session"] | null;
            /**
             * Format: date-time
             * @description When its newest attempt started.
             */
            started_at?: string | null;
            /** @description Where it stands in its life. */
            state: components["schemas"]["StateName"];
            stopping?: components["schemas"]["StopRequested"] | null;
            /** @description One line that tells the result. */
            summary?: string | null;
            /**
             * Format: int64
             * @description The run timeout in milliseconds.
             */
            timeout_ms?: number | null;
            /** @description What set it off. */
            trigger: components["schemas"]["Trigger"];
            /** @description The URL without credentials, of a clone. */
            url?: string | null;
            usage?: components["schemas"]["Usage"] | null;
            /**
             * Format: date-time
             * @description When it gives up waiting; nothing if it waits for ever.
             */
            wait_deadline?: string | null;
            /** @description What a waiting task waits for; empty otherwise. */
            waiting_for: components["schemas"]["WaitingFor"][];
            /** @description The canonical git root it works in, else its folder. */
            workspace: string;
            worktree?: components["schemas"]["Worktree"] | null;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        TaskKind: "command" | "clone" | "agent" | "land";
        /** @description A page of tasks, newest first. */
        TaskPage: {
            /** @description The cursor of the next page; nothing after the last. */
            next?: string | null;
            /** @description The tasks. */
            tasks: components["schemas"]["Task"][];
        };
        /**
         * @description A part of a task that is read by itself; its word is the last of the path it is read at.
         * @enum {string}
         */
        TaskPart: "task" | "history" | "result" | "changes";
        /** @description What a finished task gave. */
        TaskResult: {
            /** @description Standard output of a command as text (invalid UTF-8 replaced), the final message of an agent; nothing of a clone. */
            result?: string | null;
            /** @description The same, byte-exact, in base64, where the text is not. */
            result_base64?: string | null;
            /** @description Whether the result is longer than what is given here; `/output` has all of it. */
            result_truncated?: boolean;
            review?: components["schemas"]["Review"] | null;
            session?: components["schemas"]["Session"] | null;
            /** @description The last 20 lines of standard error, of a failure. */
            stderr_tail?: string | null;
            /** @description The task. */
            task: components["schemas"]["Task"];
            usage?: components["schemas"]["Usage"] | null;
        };
        /** @description What set a task off. */
        Trigger: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What sort of source. */
            by: components["schemas"]["TriggerSource"];
            /** @description More about it, for people. */
            detail?: string | null;
        };
        /** @description What set a task off, in its caller's words. */
        TriggerRequest: {
            /** @description `system` or `policy`; all else is derived from where the submit comes from. */
            by: components["schemas"]["TriggerSource"];
            /** @description Which one, for people. */
            detail: string;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        TriggerSource: "user" | "agent" | "api" | "schedule" | "forge" | "system" | "policy";
        /** @description Whose project file is to be trusted. */
        TrustRequest: {
            /** @description The repository's root, or a folder in it; absolute. */
            folder: string;
        };
        /** @description What is trusted now: the project file of this folder with exactly this content. */
        Trusted: {
            /** @description The commands run on the merged tree before a landing counts. */
            check: string[];
            /** @description The repository's root. */
            folder: string;
            /** @description The commands run in a fresh worktree. */
            setup: string[];
            /** @description The commands run in a worktree after each attempt. */
            teardown: string[];
        };
        /** @description What a task has cost. */
        Usage: {
            /**
             * Format: int64
             * @description Of those, the cached ones.
             */
            cached_input_tokens?: number | null;
            /**
             * Format: double
             * @description US dollars.
             */
            cost_usd?: number | null;
            /**
             * Format: int64
             * @description Tokens read, cached ones included.
             */
            input_tokens?: number | null;
            /**
             * Format: int64
             * @description Tokens written.
             */
            output_tokens?: number | null;
            /**
             * Format: int64
             * @description Of those, the ones spent on reasoning.
             */
            reasoning_tokens?: number | null;
        };
        /**
         * @description One of these. A newer Longhaul may have more: show one you do not know as it is.
         * @enum {string}
         */
        WaitKind: "dependency" | "prerequisite" | "not-before" | "backoff" | "held" | "usage-limit";
        /** @description One thing a waiting task waits for. */
        WaitingFor: {
            /** @description What it is, for people. */
            detail?: string | null;
            /** @description What sort of wait it is. */
            kind: components["schemas"]["WaitKind"];
            /**
             * Format: int64
             * @description The task it depends on.
             */
            task?: number | null;
            /**
             * Format: date-time
             * @description When it ends.
             */
            until?: string | null;
        };
        /** @description A workspace and who is in it. */
        WorkspaceStatus: {
            /**
             * Format: int32
             * @description How many may read at once.
             */
            max_readers: number;
            /** @description Its canonical path. */
            path: string;
            /** @description The tasks on the readers' lanes. */
            readers: number[];
            /** @description Its active tasks. */
            tasks: number[];
            /** @description The queued tasks that wait for a lane, with the one in the way, first in line first. */
            waiting: components["schemas"]["LaneWait"][];
            /** @description The worktrees its active tasks work in. */
            worktrees: components["schemas"]["WorktreeOf"][];
            /**
             * Format: int64
             * @description The task on the writer's lane.
             */
            writer?: number | null;
        };
        /** @description The workspaces with active tasks. */
        Workspaces: {
            /** @description By path. */
            workspaces: components["schemas"]["WorkspaceStatus"][];
        };
        /** @description A git worktree that a task works in. */
        Worktree: {
            /** @description The commit it was made from. */
            base: string;
            /** @description Its branch. */
            branch: string;
            /** @description Its folder. */
            path: string;
            /** @description The branch it is to land on. */
            target?: string | null;
        };
        /** @description A worktree and whose it is. */
        WorktreeOf: {
            /** @description `preparing`, `present`, `landed`, `discarded` or `missing`. */
            state: string;
            /**
             * Format: int64
             * @description The task.
             */
            task: number;
            /** @description Where it works. */
            worktree: components["schemas"]["Worktree"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    agents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The agents */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Agents"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    daemon_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonStatus"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    daemon_restart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is making room */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonStatus"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    daemon_stop: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is stopping */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DaemonStatus"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    doctor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The findings, worst first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Doctor"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: {
                /** @description The same, for those who cannot set the header */
                since?: string;
            };
            header?: {
                /** @description Go on after this event */
                "Last-Event-ID"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events named after what happened, each with an EventMessage as data; `reset` where the history needed to go on is gone: read everything anew */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["EventMessage"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    inbox: {
        parameters: {
            query?: {
                /** @description Only what this chat session asked for */
                origin_session?: string;
                /** @description Only what was submitted from this task */
                parent?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The completions */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inbox"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    inbox_ack: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InboxAck"];
            };
        };
        responses: {
            /** @description How many were taken now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InboxTaken"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden: inside a task only its own descendants */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    nodes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The nodes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Nodes"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    notification_list: {
        parameters: {
            query?: {
                /** @description Only those of this task */
                task?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description 1 to 1000, 50 if not given */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationPage"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    prune: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PruneRequest"] | null;
            };
        };
        responses: {
            /** @description What was pruned */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pruned"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queue_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queues"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queue_change_all: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueChange"];
            };
        };
        responses: {
            /** @description All queues as they are now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queues"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    queue_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The queue, or `total` */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueChange"];
            };
        };
        responses: {
            /** @description All queues as they are now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queues"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInRequest"];
            };
        };
        responses: {
            /** @description Signed in; the session is in the cookie */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in: wrong, used or too old */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in_code: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The code */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInCode"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden: not over TCP, and not from a task with rights of its own */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cookie is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Stats"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_list: {
        parameters: {
            query?: {
                /** @description States, separated by commas */
                state?: string;
                /** @description The path of a workspace */
                workspace?: string;
                /** @description The agent */
                agent?: string;
                /** @description The kind */
                kind?: string;
                /** @description The queue */
                queue?: string;
                /** @description The task they were submitted from */
                parent?: number;
                /** @description The first task of their chain */
                chain?: number;
                /** @description The chat session that asked */
                origin_session?: string;
                /** @description `true`: only those that failed or were interrupted, were not retried, and nobody acknowledged */
                needs_attention?: boolean;
                /** @description `NAME` or `NAME=VALUE` */
                label?: string;
                /** @description Words in name, command or summary */
                q?: string;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description 1 to 1000, 50 if not given */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_submit: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body again give the same task */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SubmitRequest"];
            };
        };
        responses: {
            /** @description The task that this key and body already made */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description The new task; `Location` names it */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request, bad-spec, unknown-dependency */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description key-reused, family-too-large, would-deadlock */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy, store-unavailable */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_show: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_edit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditRequest"];
            };
        };
        responses: {
            /** @description The task as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request, bad-spec, unknown-dependency */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids, dependency-cycle */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_ack: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_activity: {
        parameters: {
            query?: {
                /** @description What comes after the entry with this number; 0 if not given */
                after?: number;
                /** @description The most entries, 1 to 1000; 200 if not given */
                limit?: number;
                /** @description The attempt; the newest if not given */
                attempt?: number;
                /** @description How long to wait for more where there is none, up to 60000 */
                wait_ms?: number;
            };
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivityPage"];
                };
            };
            /** @description bad-request: it is no agent's */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found, not-found (no such attempt) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_await: {
        parameters: {
            query?: {
                /** @description How long to wait; 0 looks once, nothing waits for ever */
                timeout_ms?: number;
            };
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is over */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description The time is up and it is not over */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description daemon-stopping */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CancelRequest"] | null;
            };
        };
        responses: {
            /** @description It was already over; nothing changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description It will end; await it */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_changes: {
        parameters: {
            query?: {
                /** @description Whether what changed in the files is told; true if not given */
                hunks?: boolean;
            };
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Changes"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found, not-found (none are recorded) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-landable (git cannot tell) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_discard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was saved */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discarded"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids, not-landable */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_history: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its history, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryPage"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_hold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_land: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["LandRequest"] | null;
            };
        };
        responses: {
            /** @description The landing; await it */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repeated"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids, not-landable */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_output: {
        parameters: {
            query?: {
                /** @description Where to begin: in all output, or in the stream if one is asked for */
                offset?: number;
                /** @description `stdout` or `stderr`; both in order of arrival if not given */
                stream?: string;
                /** @description The attempt; the newest if not given */
                attempt?: number;
                /** @description The most bytes; 1 MiB if not given, up to 8 MiB */
                limit?: number;
                /** @description How long to wait for more where there is none, up to 60000 */
                wait_ms?: number;
                /** @description Begin at the last so many lines */
                tail_lines?: number;
            };
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes, with the headers Longhaul-Next-Offset, Longhaul-Output-Complete, Longhaul-Dropped-Bytes and Longhaul-Attempt; or the pieces */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": number[];
                    "application/json": components["schemas"]["Output"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found, not-found (no such attempt) */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_redispatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RepeatRequest"] | null;
            };
        };
        responses: {
            /** @description The new task */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repeated"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids, chain-active */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description source-gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_result: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task and its result */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskResult"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids: it is not over */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RepeatRequest"] | null;
            };
        };
        responses: {
            /** @description The new task */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Repeated"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids, chain-active */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description source-gone */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_top: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    task_wake: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The task */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description task-not-found */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description state-forbids */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    token_rotate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new token is in its file */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden: not over TCP, and not from a task with rights of its own */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    trust: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrustRequest"];
            };
        };
        responses: {
            /** @description What is trusted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trusted"];
                };
            };
            /** @description bad-spec (the file means nothing) */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description source-gone (there is none) */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    wake_all: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are being probed */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    workspaces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By path */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspaces"];
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description bad-request */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description not-signed-in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description forbidden */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description too-many-attempts */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description internal */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description busy */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is ready */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Not yet */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
