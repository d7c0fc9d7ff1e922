/** What may be done to a task now, and where not, why not: the words of a disabled button's tooltip. */
import type { Task } from '$lib/api/model';
import { STATE, WAIT, isTerminal } from '$lib/api/words';

export const ACTS = ['redispatch', 'retry', 'cancel', 'hold', 'release', 'wake', 'top', 'ack'] as const;
export type Act = (typeof ACTS)[number];

export const ACT_WORDS: Record<Act, string> = {
	redispatch: 'Re-dispatch',
	retry: 'Retry from scratch',
	cancel: 'Cancel',
	hold: 'Hold',
	release: 'Release',
	wake: 'Check again now',
	top: 'Move to top',
	ack: 'Acknowledge',
};

/** Nothing if the act is allowed. `activeOfChain` is the one task of its chain that is not over, if there is one. */
export function whyNot(act: Act, task: Task, activeOfChain?: Task): string | null {
	switch (act) {
		case 'redispatch':
		case 'retry':
			if (!isTerminal(task)) return `It is still ${task.state}.`;
			if (activeOfChain) return `Task ${activeOfChain.id} of its chain is still ${activeOfChain.state}.`;
			return null;
		case 'cancel':
			if (isTerminal(task)) return `It is over: ${task.state}.`;
			return task.stopping ? 'It is being stopped.' : null;
		case 'hold':
			if (isHeld(task)) return 'It is held already.';
			return startable(task);
		case 'release':
			return isHeld(task) ? null : 'It is not held.';
		case 'wake':
			return task.waiting_for.some((wait) => wait.kind === WAIT.prerequisite) ? null : 'It waits for nothing that could be checked.';
		case 'top':
			return startable(task);
		case 'ack':
			return task.needs_attention ? null : 'It does not need you.';
	}
}

/** Whether it can be changed before it starts. */
export function mayEdit(task: Task): boolean {
	return startable(task) === null;
}

/** The acts to offer in a menu: those that are allowed, and those whose refusal teaches something. */
export function offered(task: Task): Act[] {
	if (isTerminal(task)) return task.needs_attention ? ['redispatch', 'retry', 'ack'] : ['redispatch', 'retry'];
	if (task.state === STATE.running) return ['cancel'];
	const acts: Act[] = [isHeld(task) ? 'release' : 'hold', 'top'];
	if (whyNot('wake', task) === null) acts.unshift('wake');
	return [...acts, 'cancel'];
}

/** The one act that a row shows as a button. */
export function rowAct(task: Task): Act | null {
	if (task.state === STATE.completed) return null;
	if (isTerminal(task)) return 'redispatch';
	if (task.state === STATE.running) return 'cancel';
	if (isHeld(task)) return 'release';
	return whyNot('wake', task) === null ? 'wake' : 'hold';
}

export function isHeld(task: Task): boolean {
	return task.waiting_for.some((wait) => wait.kind === WAIT.held);
}

function startable(task: Task): string | null {
	return task.state === STATE.queued || task.state === STATE.waiting ? null : `It is ${task.state}.`;
}
