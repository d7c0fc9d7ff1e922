/** Notifies a person that a task ended or needs them: a toast, or a notification of the browser if that was allowed. */
import type { Task } from '$lib/api/model';
import { EVENT, STATE, isTerminal } from '$lib/api/words';
import { isStuck } from '$lib/tasks/group';
import { duration } from '$lib/words/duration';
import { clock } from '$lib/words/clock.svelte';
import { toasts } from '$lib/parts/toasts.svelte';

const KEY = 'longhaul.notify';
/** What somebody is notified of: `problems` unless they chose. */
export type NotifyChoice = 'all' | 'problems' | 'none';

export function notifyChoice(): NotifyChoice {
	try {
		const chosen = localStorage.getItem(KEY);
		return chosen === 'all' || chosen === 'none' ? chosen : 'problems';
	} catch {
		return 'problems';
	}
}

export function chooseNotify(chosen: NotifyChoice): void {
	localStorage.setItem(KEY, chosen);
}

/** What can end a task, or park it. Whatever else happens to it later is no news of its end. */
const ENDINGS: string[] = [EVENT.attemptEnded, EVENT.dependencyEnded, EVENT.prerequisiteProbed, EVENT.deadlinePassed];
/** What ended longer ago than this is in the list; nobody waits for a word about it. */
const FRESH_MS = 120_000;

/** Whether this change is worth a word. */
export function isNews(task: Task, kinds: string[], chosen: NotifyChoice, now: number): boolean {
	if (chosen === 'none' || !kinds.some((kind) => ENDINGS.includes(kind))) return false;
	if (isStuck(task)) return true;
	if (!isTerminal(task) || task.state === STATE.canceled || now - Date.parse(task.ended_at ?? '') > FRESH_MS) return false;
	return chosen === 'all' || task.state !== STATE.completed;
}

/** Notifies of what these kinds of events made of a task, if that is worth a word. */
export function notify(task: Task, kinds: string[]): void {
	if (!isNews(task, kinds, notifyChoice(), clock.now)) return;
	const words = headline(task);
	const detail = task.state === STATE.completed ? (task.summary ?? null) : (task.outcome?.message ?? task.summary ?? null);
	if (document.visibilityState === 'visible') {
		toasts.show({
			tone: task.state === STATE.completed ? 'good' : 'problem',
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
	return `${task.name} ${task.state === STATE.interrupted ? 'was interrupted' : task.state}${ran}`;
}
