/** The queries that hold tasks, and how a change that was heard of gets into them. */
import { type InfiniteData, type QueryClient } from '@tanstack/svelte-query';
import { api, body } from '$lib/api/client';
import type { EventMessage, Task, TaskPage } from '$lib/api/model';
import { ACTIVE, KIND, STATE } from '$lib/api/words';
import { filterQuery, matches, type Filter } from './filter';
import { groupOf, groupQuery, type Group } from './group';

type Pages = InfiniteData<TaskPage, unknown>;
/** What reading the tasks of some pages takes. */
type Paged = { pages: Pick<TaskPage, 'tasks'>[] };

/** How many rows come at once. */
const PAGE_ROWS: Record<Group, number> = { needs: 200, working: 300, inLine: 300, done: 200 };

export const keys = {
	all: ['tasks'] as const,
	list: (group: Group, filter: Filter) => ['tasks', 'list', group, { ...filter, sort: 'newest' }] as const,
	active: ['tasks', 'active'] as const,
	task: (id: number) => ['tasks', 'one', id] as const,
	chain: (root: number) => ['tasks', 'chain', root] as const,
	landings: (id: number) => ['tasks', 'landings', id] as const,
	part: (id: number, part: string) => ['tasks', 'part', id, part] as const,
	stats: ['stats'] as const,
	queues: ['queues'] as const,
	workspaces: ['workspaces'] as const,
};

/** One group of the Tasks screen, page by page. */
export function listOptions(group: Group, filter: Filter) {
	const asked = groupQuery(group, filter.state);
	return {
		queryKey: keys.list(group, filter),
		enabled: asked !== null,
		initialPageParam: undefined as string | undefined,
		queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
			body(
				api.GET('/api/v1/tasks', {
					params: { query: { ...asked, ...filterQuery(filter), limit: PAGE_ROWS[group], cursor: pageParam } },
					signal,
				}),
			),
		getNextPageParam: (last: TaskPage) => last.next ?? undefined,
	};
}

/** Every task that is not over, whatever the filter: what tells whether a chain is active, and what Lanes shows. */
export function activeOptions() {
	return {
		queryKey: keys.active,
		queryFn: async ({ signal }: { signal: AbortSignal }) => {
			const tasks: Task[] = [];
			let cursor: string | undefined;
			do {
				const page: TaskPage = await body(
					api.GET('/api/v1/tasks', { params: { query: { state: ACTIVE.join(','), limit: 1000, cursor } }, signal }),
				);
				tasks.push(...page.tasks);
				cursor = page.next ?? undefined;
			} while (cursor && tasks.length < 5_000);
			return tasks;
		},
	};
}

export function taskOptions(id: number) {
	return {
		queryKey: keys.task(id),
		queryFn: ({ signal }: { signal: AbortSignal }) => body(api.GET('/api/v1/tasks/{id}', { params: { path: { id } }, signal })),
	};
}

export function chainOptions(root: number, enabled = true) {
	return {
		queryKey: keys.chain(root),
		enabled,
		queryFn: async ({ signal }: { signal: AbortSignal }) => {
			const page = await body(api.GET('/api/v1/tasks', { params: { query: { chain: root, limit: 200 } }, signal }));
			return page.tasks.reverse();
		},
	};
}

/** Every try to bring a task's worktree in, newest first. */
export function landingsOptions(id: number, enabled = true) {
	return {
		queryKey: keys.landings(id),
		enabled,
		queryFn: async ({ signal }: { signal: AbortSignal }) => {
			const page = await body(api.GET('/api/v1/tasks', { params: { query: { kind: KIND.land, limit: 1000 } }, signal }));
			return page.tasks.filter((one) => one.lands === id);
		},
	};
}

export function statsOptions() {
	return { queryKey: keys.stats, queryFn: ({ signal }: { signal: AbortSignal }) => body(api.GET('/api/v1/stats', { signal })) };
}

export function queuesOptions() {
	return { queryKey: keys.queues, queryFn: ({ signal }: { signal: AbortSignal }) => body(api.GET('/api/v1/queues', { signal })) };
}

/** The newest word about each task, in the order of their ids. */
export function newest(messages: EventMessage[]): Task[] {
	const latest = new Map<number, Task>();
	for (const { task } of messages) if (task) latest.set(task.id, task);
	return [...latest.values()];
}

/** Puts tasks, as they are now, into every query that shows or should show them. */
export function takeIn(client: QueryClient, tasks: Task[]): void {
	if (tasks.length === 0) return;
	const changed = new Map(tasks.map((task) => [task.id, task]));
	for (const task of tasks) client.setQueryData(keys.task(task.id), task);
	client.setQueryData<Task[]>(keys.active, (known) =>
		known && merged(known, tasks, (task) => ACTIVE.includes(task.state)).sort((a, b) => b.id - a.id),
	);
	for (const [key, known] of client.getQueriesData<Task[]>({ queryKey: ['tasks', 'chain'] })) {
		const root = key[2];
		if (!known || !tasks.some((task) => task.chain === root)) continue;
		client.setQueryData(key, merged(known, tasks, (task) => task.chain === root).sort((a, b) => a.id - b.id));
	}
	for (const [key, known] of client.getQueriesData<Task[]>({ queryKey: ['tasks', 'ended'] })) {
		if (known) client.setQueryData(key, merged(known, tasks, (task) => !ACTIVE.includes(task.state)));
	}
	for (const [key, known] of client.getQueriesData<Task[]>({ queryKey: ['tasks', 'landings'] })) {
		if (!known || !tasks.some((task) => task.lands === key[2])) continue;
		client.setQueryData(key, merged(known, tasks, (task) => task.lands === key[2]).sort((a, b) => b.id - a.id));
	}
	for (const [key, known] of client.getQueriesData<Task[]>({ queryKey: ['tasks', 'children'] })) {
		if (!known || !tasks.some((task) => task.parent === key[2])) continue;
		client.setQueryData(key, merged(known, tasks, (task) => task.parent === key[2]).sort((a, b) => b.id - a.id));
	}
	for (const [key, known] of client.getQueriesData<Pages>({ queryKey: ['tasks', 'list'] })) {
		if (!known) continue;
		const [group, filter] = [key[2] as Group, key[3] as Filter];
		client.setQueryData(key, intoPages(known, changed, (task) => belongs(task, group) && matches(task, filter)));
	}
}

/** Whether the server would give this task for this group. A stuck one is asked for by its state. */
function belongs(task: Task, group: Group): boolean {
	if (group === 'needs') return task.needs_attention;
	if (group === 'working') return task.state === STATE.running;
	if (group === 'inLine') return task.state === STATE.queued || task.state === STATE.waiting;
	return !ACTIVE.includes(task.state);
}

function merged(known: Task[], tasks: Task[], fits: (task: Task) => boolean): Task[] {
	const changed = new Set(tasks.map((task) => task.id));
	return [...known.filter((task) => !changed.has(task.id)), ...tasks.filter(fits)];
}

/** The pages with the changed tasks where they belong: newest first, and nothing below what is loaded. */
export function intoPages(pages: Pages, changed: Map<number, Task>, fits: (task: Task) => boolean): Pages {
	const left = new Map(changed);
	const next: TaskPage[] = pages.pages.map((page) => {
		if (!page.tasks.some((task) => left.has(task.id))) return page;
		const tasks: Task[] = [];
		for (const task of page.tasks) {
			const now = left.get(task.id);
			if (!now) tasks.push(task);
			else if (fits(now)) tasks.push(now);
			left.delete(task.id);
		}
		return { ...page, tasks };
	});
	const isWhole = !next.at(-1)?.next;
	for (const task of left.values()) {
		if (!fits(task)) continue;
		const place = next.findIndex((page) => (page.tasks.at(-1)?.id ?? 0) < task.id);
		const index = place >= 0 ? place : isWhole ? next.length - 1 : -1;
		const page = next[index];
		if (!page) continue;
		const tasks = [...page.tasks, task].sort((a, b) => b.id - a.id);
		next[index] = { ...page, tasks };
	}
	return { ...pages, pages: next };
}

/** All tasks of these lists, each once, by the group that shows it now. */
export function grouped(lists: (Paged | undefined)[], shown: (task: Task) => Task = (task) => task): Record<Group, Task[]> {
	const groups: Record<Group, Task[]> = { needs: [], working: [], inLine: [], done: [] };
	const seen = new Set<number>();
	const add = (task: Task) => {
		if (seen.has(task.id)) return;
		seen.add(task.id);
		const as = shown(task);
		groups[groupOf(as)].push(as);
	};
	for (const list of lists) for (const page of list?.pages ?? []) page.tasks.forEach(add);
	return groups;
}
