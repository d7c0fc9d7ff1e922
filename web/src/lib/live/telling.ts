/** Tells a person that a task ended or needs them: a toast, and a notification of the browser if that was allowed. */
import { isTerminal, type Task } from '$lib/api/model';
import { isStuck } from '$lib/tasks/group';
import { duration } from '$lib/words/duration';
import { toasts } from '$lib/parts/toasts.svelte';

const KEY = 'longhaul.notify';
/** What is told: `problems` unless somebody chose. */
export type Telling = 'all' | 'problems' | 'none';

export function telling(): Telling {
	try {
		const chosen = localStorage.getItem(KEY);
		return chosen === 'all' || chosen === 'none' ? chosen : 'problems';
	} catch {
		return 'problems';
	}
}

export function chooseTelling(chosen: Telling): void {
	localStorage.setItem(KEY, chosen);
}

/** Whether this change is worth a word. Only a change that was seen: what ended long ago is in the list. */
export function isNews(task: Task, before: Task | undefined, chosen: Telling): boolean {
	if (!before || chosen === 'none') return false;
	const ended = isTerminal(task) && !isTerminal(before);
	const stuck = isStuck(task) && !isStuck(before);
	if (stuck) return true;
	if (!ended || task.state === 'canceled') return false;
	return chosen === 'all' || task.state !== 'completed';
}

export function tell(task: Task, before: Task | undefined): void {
	if (!isNews(task, before, telling())) return;
	const words = headline(task);
	const detail = task.state === 'completed' ? (task.summary ?? null) : (task.outcome?.message ?? task.summary ?? null);
	if (document.visibilityState === 'visible') {
		toasts.show({
			tone: task.state === 'completed' ? 'good' : 'problem',
			state: task.state,
			text: words,
			detail,
			href: `/tasks/${task.id}`,
			linkText: 'Open',
		});
		return;
	}
	if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
	try {
		const note = new Notification(words, { body: detail ?? undefined, tag: `longhaul-${task.id}`, icon: '/icon-192.png' });
		note.onclick = () => {
			window.focus();
			location.assign(`/tasks/${task.id}`);
		};
	} catch {
		// Some phones only allow it to a service worker; the list still tells.
	}
}

/** The outcome in words, with the human name first. */
export function headline(task: Task): string {
	const ran = typeof task.duration_ms === 'number' ? ` after ${duration(task.duration_ms)}` : '';
	if (task.stopping?.unkillable) return `${task.name} refuses to end`;
	if (isStuck(task)) return `${task.name} is parked on a usage limit`;
	return `${task.name} ${task.state === 'interrupted' ? 'was interrupted' : task.state}${ran}`;
}
