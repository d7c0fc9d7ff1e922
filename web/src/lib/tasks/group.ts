import type { Task } from '$lib/api/model';
import { STATE, TERMINAL, UNSUCCESSFUL, WAIT, isTerminal } from '$lib/api/words';

/** The four groups of the Tasks screen, in their order. */
export const GROUPS = ['needs', 'working', 'inLine', 'done'] as const;
export type Group = (typeof GROUPS)[number];

export const GROUP_TITLES: Record<Group, { title: string; note: string }> = {
	needs: { title: 'Needs you', note: 'ended without success, or waits for a decision' },
	working: { title: 'Running', note: '' },
	inLine: { title: 'Queued', note: '' },
	done: { title: 'Done', note: '' },
};

/** Whether an active task cannot go on by itself soon: its processes refuse to die, or it is parked on a usage limit. */
export function isStuck(task: Task): boolean {
	return task.stopping?.unkillable === true || task.waiting_for.some((wait) => wait.kind === WAIT.usageLimit);
}

/** Which group shows a task. */
export function groupOf(task: Task): Group {
	if (task.needs_attention || isStuck(task)) return 'needs';
	if (task.state === STATE.running) return 'working';
	return isTerminal(task) ? 'done' : 'inLine';
}

const GROUP_STATES: Record<Group, readonly string[]> = {
	needs: UNSUCCESSFUL,
	working: [STATE.running],
	inLine: [STATE.queued, STATE.waiting],
	done: TERMINAL,
};

/** Of the states asked for (none means all), those that a group can have. */
export function statesIn(group: Group, asked: string): string[] {
	const states = asked ? asked.split(',') : [];
	return GROUP_STATES[group].filter((state) => states.length === 0 || states.includes(state));
}

/** What the server is asked for, to fill a group; nothing if no such task can be in it. */
export function groupQuery(group: Group, asked: string): { state: string; needs_attention?: boolean } | null {
	const states = statesIn(group, asked);
	if (states.length === 0) return null;
	return group === 'needs' ? { state: states.join(','), needs_attention: true } : { state: states.join(',') };
}
