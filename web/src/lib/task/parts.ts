/** The parts of one task that are read when somebody looks at them. */
import { ApiError, api, body } from '$lib/api/client';
import type { ActivityPage, Task } from '$lib/api/model';
import { ACCESS, PART, isTerminal } from '$lib/api/words';
import { keys } from '$lib/tasks/lists';

type Context = { signal: AbortSignal };

export function historyOptions(id: number) {
	return {
		queryKey: keys.part(id, PART.history),
		queryFn: async ({ signal }: Context) =>
			(await body(api.GET('/api/v1/tasks/{id}/history', { params: { path: { id } }, signal }))).history,
	};
}

export function resultOptions(task: Task) {
	return {
		queryKey: keys.part(task.id, PART.result),
		enabled: isTerminal(task),
		queryFn: ({ signal }: Context) => body(api.GET('/api/v1/tasks/{id}/result', { params: { path: { id: task.id } }, signal })),
	};
}

/** A part that another kind of task does not have, or this one not yet: nothing then. */
async function optional<T>(asked: Promise<T>): Promise<T | null> {
	try {
		return await asked;
	} catch (error) {
		if (error instanceof ApiError && [404, 405, 409, 410].includes(error.status)) return null;
		throw error;
	}
}

/** The most steps that are read at once. */
export const ACTIVITY_STEPS = 500;

/** The steps of an attempt after a number; where there is none yet, waits for one. */
export function readActivity(id: number, attempt: number, after: number, signal: AbortSignal): Promise<ActivityPage | null> {
	const query = { attempt, after, limit: ACTIVITY_STEPS, wait_ms: 20_000 };
	return optional(body(api.GET('/api/v1/tasks/{id}/activity', { params: { path: { id }, query }, signal })));
}

/** Whether a task can have changes to show. */
export function mayHaveChanges(task: Task | undefined): boolean {
	if (!task) return false;
	return task.worktree != null || (task.access === ACCESS.write && task.attempt > 0);
}

export function changesOptions(id: number, task: Task | undefined) {
	return {
		queryKey: keys.part(id, PART.changes),
		enabled: mayHaveChanges(task),
		queryFn: ({ signal }: Context) => optional(body(api.GET('/api/v1/tasks/{id}/changes', { params: { path: { id } }, signal }))),
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
