import type { Task } from '$lib/api/model';
import { STATES } from '$lib/api/words';

/** How a group is ordered. */
export const SORTS = ['newest', 'oldest', 'longest', 'name', 'workspace'] as const;
export type Sort = (typeof SORTS)[number];

/** What the Tasks screen shows. All of it is in the URL, so that a link shows the same. */
export interface Filter {
	q: string;
	kind: string;
	agent: string;
	workspace: string;
	queue: string;
	/** States with commas between them; empty for all. */
	state: string;
	label: string;
	parent: string;
	session: string;
	sort: Sort;
}

export const NO_FILTER: Filter = {
	q: '', kind: '', agent: '', workspace: '', queue: '', state: '', label: '', parent: '', session: '', sort: 'newest',
};

const NAMES = ['q', 'kind', 'agent', 'workspace', 'queue', 'state', 'label', 'parent', 'session'] as const;

/** Reads the filter out of a URL. What is not readable counts as not said. */
export function readFilter(parameters: URLSearchParams): Filter {
	const filter = { ...NO_FILTER };
	for (const name of NAMES) filter[name] = parameters.get(name) ?? '';
	filter.state = filter.state.split(',').filter((word) => (STATES as readonly string[]).includes(word)).join(',');
	if (!/^\d*$/.test(filter.parent)) filter.parent = '';
	const sort = parameters.get('sort');
	if ((SORTS as readonly (string | null)[]).includes(sort)) filter.sort = sort as Sort;
	return filter;
}

/** The query of a URL that shows this filter; empty for the plain list. */
export function writeFilter(filter: Filter): string {
	const parameters = new URLSearchParams();
	for (const name of NAMES) if (filter[name]) parameters.set(name, filter[name]);
	if (filter.sort !== 'newest') parameters.set('sort', filter.sort);
	const text = parameters.toString();
	return text ? `?${text}` : '';
}

/** Whether anything is left out. */
export function isNarrow(filter: Filter): boolean {
	return NAMES.some((name) => filter[name] !== '');
}

/** What the server is asked, besides the group. */
export function filterQuery(filter: Filter) {
	return {
		q: filter.q || undefined,
		kind: filter.kind || undefined,
		agent: filter.agent || undefined,
		workspace: filter.workspace || undefined,
		queue: filter.queue || undefined,
		label: filter.label || undefined,
		parent: filter.parent ? Number(filter.parent) : undefined,
		origin_session: filter.session || undefined,
	};
}

/** Whether a task that was just heard of belongs to what is shown. */
export function matches(task: Task, filter: Filter): boolean {
	if (filter.state && !filter.state.split(',').includes(task.state)) return false;
	if (filter.kind && task.kind !== filter.kind) return false;
	if (filter.agent && task.agent !== filter.agent) return false;
	if (filter.workspace && task.workspace !== filter.workspace) return false;
	if (filter.queue && task.queue !== filter.queue) return false;
	if (filter.parent && String(task.parent) !== filter.parent) return false;
	if (filter.session && task.origin?.session !== filter.session) return false;
	if (filter.label && !hasLabel(task, filter.label)) return false;
	return words(filter.q).every((word) => text(task).includes(word));
}

/** Orders two tasks of one group. */
export function compare(sort: Sort): (a: Task, b: Task) => number {
	const newest = (a: Task, b: Task) => b.id - a.id;
	switch (sort) {
		case 'newest':
			return newest;
		case 'oldest':
			return (a, b) => a.id - b.id;
		case 'longest':
			return (a, b) => (b.duration_ms ?? -1) - (a.duration_ms ?? -1) || newest(a, b);
		case 'name':
			return (a, b) => a.name.localeCompare(b.name) || newest(a, b);
		case 'workspace':
			return (a, b) => a.workspace.localeCompare(b.workspace) || newest(a, b);
	}
}

function hasLabel(task: Task, label: string): boolean {
	const equals = label.indexOf('=');
	if (equals < 0) return label in task.labels;
	return task.labels[label.slice(0, equals)] === label.slice(equals + 1);
}

function words(search: string): string[] {
	return search.toLowerCase().split(/\s+/).filter(Boolean);
}

function text(task: Task): string {
	return [task.name, task.command?.join(' '), task.prompt, task.summary, task.url].filter(Boolean).join(' ').toLowerCase();
}
