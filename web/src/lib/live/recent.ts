/**
 * What the stream told lately. An answer that was asked for before an event and came after it is older than the event:
 * whoever takes an answer in looks here first.
 */
import type { QueryClient } from '@tanstack/svelte-query';
import type { Task } from '$lib/api/model';
import { takeIn } from '$lib/tasks/lists';

/** No answer takes longer than this. */
const KEPT_MS = 60_000;
const heard = new Map<number, { at: number; task: Task }>();
let swept = 0;

/** Notes what the stream just told. */
export function remember(tasks: Task[]): void {
	const at = performance.now();
	for (const task of tasks) {
		heard.delete(task.id);
		heard.set(task.id, { at, task });
	}
	if (at - swept < 5_000) return;
	swept = at;
	// In the order of hearing, so the old ones come first.
	for (const [id, one] of heard) {
		if (at - one.at < KEPT_MS) break;
		heard.delete(id);
	}
}

/** Whether the stream told of this task since a moment (of `performance.now()`). */
export function toldSince(id: number, since: number): boolean {
	return (heard.get(id)?.at ?? Number.NEGATIVE_INFINITY) >= since;
}

/** Puts what was told while a list was being read over what was read. */
export function keepFresh(client: QueryClient): () => void {
	const begun = new WeakMap<object, number>();
	return client.getQueryCache().subscribe((event) => {
		if (event.type !== 'updated' || event.query.queryKey[0] !== 'tasks') return;
		if (event.action.type === 'fetch') begun.set(event.query, performance.now());
		if (event.action.type !== 'success' || event.action.manual) return;
		const since = begun.get(event.query);
		if (since === undefined) return;
		const newer = [...heard.values()].filter(({ at }) => at >= since).map(({ task }) => task);
		if (newer.length > 0) queueMicrotask(() => takeIn(client, newer));
	});
}
