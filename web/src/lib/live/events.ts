/** What the page does with the events of the stream: puts the tasks into its queries, and reads again what is stale. */
import type { QueryClient } from '@tanstack/svelte-query';
import type { EventMessage, Task, TaskPart } from '$lib/api/model';
import { PART } from '$lib/api/words';
import { keys, newest, takeIn } from '$lib/tasks/lists';
import { notify } from './notify';
import { remember } from './recent';
import { Rereads } from './rereads';
import type { Listener } from './stream.svelte';

/** Counts and queues change with every transition; reading them once for a burst is enough. */
const COUNTS_PAUSE_MS = 400;

export function eventListener(client: QueryClient): Listener {
	const rereads = new Rereads(client);
	let counting: ReturnType<typeof setTimeout> | undefined;
	const count = () => {
		counting ??= setTimeout(() => {
			counting = undefined;
			for (const queryKey of [keys.stats, keys.queues, keys.workspaces]) rereads.mark(queryKey);
		}, COUNTS_PAUSE_MS);
	};
	return {
		changed(messages: EventMessage[]) {
			const tasks = newest(messages);
			const known = new Map(tasks.map((task) => [task.id, client.getQueryData<Task>(keys.task(task.id))]));
			remember(tasks);
			takeIn(client, tasks);
			const byTask = grouped(messages);
			for (const task of tasks) {
				const own = byTask.get(task.id) ?? [];
				const stale = staleParts(own);
				if (beginsToChange(known.get(task.id), task)) stale.add(PART.changes);
				for (const part of stale) rereads.mark(keys.part(task.id, part));
				// A landing that is over leaves its source another worktree than before.
				if (task.lands != null && stale.has(PART.changes)) {
					rereads.mark(keys.task(task.lands));
					rereads.mark(keys.part(task.lands, PART.changes));
				}
				notify(task, own.map(({ kind }) => kind));
			}
			// It was pruned: nobody says any more in which lists it stood.
			if (messages.some(({ task }) => !task)) rereads.mark(keys.all);
			if (messages.some(isTransition)) count();
		},
		reset() {
			void client.invalidateQueries();
		},
	};
}

function grouped(messages: EventMessage[]): Map<number, EventMessage[]> {
	const byTask = new Map<number, EventMessage[]>();
	for (const message of messages) {
		if (!message.task) continue;
		const own = byTask.get(message.task.id);
		if (own) own.push(message);
		else byTask.set(message.task.id, [message]);
	}
	return byTask;
}

/** The parts that these events made stale. The task itself came with them. */
function staleParts(messages: EventMessage[]): Set<TaskPart> {
	return new Set(messages.flatMap(partsOf));
}

/** Whether it can change how many tasks are in which state. */
function isTransition(message: EventMessage): boolean {
	return !message.task || partsOf(message).includes(PART.history);
}

/** All, if the daemon does not say: it went back to an older one than this page is of. */
function partsOf({ parts }: EventMessage): TaskPart[] {
	return parts ?? Object.values(PART);
}

/**
 * Whether a running task has only now something to show: it was given a worktree, or its agent went to work. No event
 * says so of the changes, since these are not read while it goes on but at its end and when somebody looks.
 */
function beginsToChange(before: Task | undefined, now: Task): boolean {
	if (!before) return false;
	return (before.worktree == null && now.worktree != null) || (before.activity == null && now.activity != null);
}
