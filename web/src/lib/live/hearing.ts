/** What the page does with what the stream tells. */
import type { QueryClient } from '@tanstack/svelte-query';
import type { EventMessage } from '$lib/api/model';
import { keys, newest, takeIn } from '$lib/tasks/lists';
import type { Listener } from './stream.svelte';
import { remember } from './recent';
import { tell } from './telling';

/** Counts and queues change with most events; reading them once for a burst is enough. */
const COUNTS_PAUSE_MS = 400;

export function hearing(client: QueryClient): Listener {
	let counting: ReturnType<typeof setTimeout> | undefined;
	const count = () => {
		counting ??= setTimeout(() => {
			counting = undefined;
			for (const queryKey of [keys.stats, keys.queues, ['workspaces']]) void client.invalidateQueries({ queryKey });
		}, COUNTS_PAUSE_MS);
	};
	return {
		changed(messages: EventMessage[]) {
			const tasks = newest(messages);
			remember(tasks);
			takeIn(client, tasks);
			for (const task of tasks) {
				// History, result and changes of a task that somebody looks at.
				void client.invalidateQueries({ queryKey: ['tasks', 'part', task.id] });
				tell(task, messages.filter((message) => message.task?.id === task.id).map(({ kind }) => kind));
			}
			if (messages.some((message) => !message.task)) void client.invalidateQueries({ queryKey: keys.all });
			count();
		},
		reset() {
			void client.invalidateQueries();
		},
	};
}
