/** The parts of one task that are read when somebody looks at them. */
import { ApiError, api, body, call } from '$lib/api/client';
import { isTerminal, type Task } from '$lib/api/model';
import { keys } from '$lib/tasks/lists';

type Context = { signal: AbortSignal };

export function historyOptions(id: number) {
	return {
		queryKey: keys.part(id, 'history'),
		queryFn: async ({ signal }: Context) =>
			(await body(api.GET('/api/v1/tasks/{id}/history', { params: { path: { id } }, signal }))).history,
	};
}

export function resultOptions(task: Task) {
	return {
		queryKey: keys.part(task.id, 'result'),
		enabled: isTerminal(task),
		queryFn: ({ signal }: Context) => body(api.GET('/api/v1/tasks/{id}/result', { params: { path: { id: task.id } }, signal })),
	};
}

/** One step of an agent's activity. */
export interface Activity {
	number: number;
	offset: number;
	at: string | null;
	type: string;
	is_of_helper?: boolean;
	text?: string;
	id?: string;
	model?: string | null;
	tool?: string;
	title?: string;
	input?: string | null;
	output?: string;
	is_error?: boolean;
	exit_code?: number | null;
	changes?: { path: string; change: string }[];
	steps?: { text: string; is_done: boolean }[];
	line?: string;
}

export interface ActivityPage {
	activity: Activity[];
	next: number;
	is_final: boolean;
}

/** One file of a task's changes. */
export interface ChangedFile {
	path: string;
	old_path: string | null;
	status: string;
	additions: number | null;
	deletions: number | null;
	is_binary: boolean;
	is_truncated: boolean;
	hunks: { header: string; lines: { kind: string; text: string }[] }[];
}

export interface Changes {
	source: string;
	base: string;
	head: string | null;
	files: ChangedFile[];
	additions: number;
	deletions: number;
	is_truncated: boolean;
	state: string;
}

/** Reads a part that an older daemon, or another kind of task, does not have: nothing then. */
async function optional<T>(path: string, signal: AbortSignal): Promise<T | null> {
	try {
		return (await (await call(path, { signal })).json()) as T;
	} catch (error) {
		if (error instanceof ApiError && [404, 405, 409, 410].includes(error.status)) return null;
		throw error;
	}
}

/** The steps of an attempt after a number; where there is none yet, waits for one. */
export function readActivity(id: number, attempt: number, after: number, signal: AbortSignal): Promise<ActivityPage | null> {
	return optional(`/api/v1/tasks/${id}/activity?attempt=${attempt}&after=${after}&limit=500&wait_ms=20000`, signal);
}

/** Whether a task can have changes to show. */
export function mayHaveChanges(task: Task | undefined): boolean {
	if (!task) return false;
	return task.worktree != null || (task.access === 'write' && task.attempt > 0);
}

export function changesOptions(id: number, task: Task | undefined) {
	return {
		queryKey: keys.part(id, 'changes'),
		enabled: mayHaveChanges(task),
		queryFn: ({ signal }: Context) => optional<Changes>(`/api/v1/tasks/${id}/changes`, signal),
	};
}

/** The tasks that were submitted from this one, newest first. */
export function childrenOptions(id: number) {
	return {
		queryKey: ['tasks', 'children', id],
		queryFn: async ({ signal }: Context) =>
			(await body(api.GET('/api/v1/tasks', { params: { query: { parent: id, limit: 50 } }, signal }))).tasks,
	};
}
