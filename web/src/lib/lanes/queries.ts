import { api, body } from '$lib/api/client';
import type { Task, TaskPage } from '$lib/api/model';
import { TERMINAL } from '$lib/api/words';
import { keys } from '$lib/tasks/lists';

/** More vehicles than this nobody can tell apart. */
const MOST = 1_500;

/** The tasks that ended within the last hours; those that are not over are known anyway. */
export function endedOptions(hours: number) {
	return {
		queryKey: ['tasks', 'ended', hours] as const,
		queryFn: async ({ signal }: { signal: AbortSignal }) => {
			const since = Date.now() - hours * 3_600_000;
			const tasks: Task[] = [];
			let cursor: string | undefined;
			do {
				const page: TaskPage = await body(
					api.GET('/api/v1/tasks', { params: { query: { state: TERMINAL.join(','), limit: 500, cursor } }, signal }),
				);
				const within = page.tasks.filter((task) => Date.parse(task.ended_at ?? '') >= since);
				tasks.push(...within);
				// Newest first by number: a page without one that ended lately is followed by older ones.
				cursor = within.length === 0 ? undefined : (page.next ?? undefined);
			} while (cursor && tasks.length < MOST);
			return tasks;
		},
	};
}

export function workspacesOptions() {
	return {
		queryKey: keys.workspaces,
		queryFn: async ({ signal }: { signal: AbortSignal }) => (await body(api.GET('/api/v1/workspaces', { signal }))).workspaces,
	};
}
