/** A task's second line: what it is doing, why it waits, how it ended. Never empty. */
import type { Task } from '$lib/api/model';
import { BLOCK, STATE, WAIT } from '$lib/api/words';
import { clockTime } from '$lib/words/time';
import { bytes } from '$lib/words/amount';
import { commandLine, shortPath } from '$lib/words/path';
import { duration } from '$lib/words/duration';

/** Overpass sets its dot close to what follows; the second space evens that out. */
export const DOT = ' ·\u00a0 ';

export function secondLine(task: Task, now: number): string {
	return oneLine(whole(task, now)) || task.state;
}

function whole(task: Task, now: number): string {
	switch (task.state) {
		case STATE.waiting:
			return task.waiting_for.map((wait) => waitWords(wait, now)).join('; ') || 'not ready yet';
		case STATE.queued:
			return task.blocked_by.map(blockWords).join('; ') || 'next to start';
		case STATE.running:
			return runningWords(task);
		case STATE.completed:
			return task.summary || completedWords(task);
		case STATE.canceled:
			return joined(task.outcome?.message ?? STATE.canceled, ranWords(task));
		default:
			return joined(task.outcome?.message ?? task.state, lastWords(task));
	}
}

/** What it said last, unless that is how it ended. */
function lastWords(task: Task): string {
	return task.summary && task.summary !== task.outcome?.message ? `last: “${oneLine(task.summary)}”` : '';
}

/** What a waiting task waits for, and until when. */
export function waitWords(wait: Task['waiting_for'][number], now: number): string {
	const until = wait.until ? clockTime(Date.parse(wait.until), now) : null;
	switch (wait.kind) {
		case WAIT.dependency:
			return wait.task ? `after ${wait.task} has completed` : (wait.detail ?? 'after another task');
		case WAIT.prerequisite:
			return wait.detail ? `needs ${wait.detail}` : 'needs something that is not there yet';
		case WAIT.notBefore:
			return until ? `starts at ${until}` : 'starts later';
		case WAIT.backoff:
			return until ? `tries again at ${until}` : 'tries again soon';
		case WAIT.usageLimit:
			return until ? `usage limit; goes on by itself at ${until}` : 'usage limit; goes on by itself';
		case WAIT.held:
			return 'held until you release it';
		default:
			return wait.detail ?? wait.kind;
	}
}

function blockWords(block: Task['blocked_by'][number]): string {
	switch (block.kind) {
		case BLOCK.paused:
			return block.detail ?? 'its queue is paused';
		case BLOCK.lane:
			return block.detail ?? (block.task ? `behind ${block.task}` : 'behind another task');
		default:
			return block.detail ?? block.kind;
	}
}

function runningWords(task: Task): string {
	if (task.stopping) {
		const by = task.stopping.by === 'user' ? 'you' : task.stopping.by;
		return task.stopping.unkillable ? 'stopping, but its processes refuse to die' : `stopping; asked by ${by}`;
	}
	if (task.activity) return task.activity;
	if (task.progress) {
		const { phase, percent } = task.progress;
		return typeof percent === 'number' ? `${phase}${DOT}${percent} %` : phase;
	}
	if (task.summary) return task.summary;
	const printed = task.output_bytes > 0 ? `${bytes(task.output_bytes)} printed` : 'nothing printed yet';
	const line = task.command ? commandLine(task.command) : '';
	const again = task.attempt > 1 ? `attempt ${task.attempt} of ${task.max_attempts}` : '';
	return joined(again, line && line !== task.name ? line : '', printed);
}

function completedWords(task: Task): string {
	const line = task.command ? commandLine(task.command) : '';
	const printed = task.output_bytes > 0 ? `${bytes(task.output_bytes)} printed` : 'nothing printed';
	return joined(line && line !== task.name ? line : '', printed);
}

function ranWords(task: Task): string {
	return typeof task.duration_ms === 'number' ? `after ${duration(task.duration_ms)}` : 'before it started';
}

/** What ran it: the agent, or the kind. */
export function runner(task: Task): string {
	return task.agent ?? task.kind;
}

/** The exit in one word: the code, the signal, the reason of an end without either, or a dash. */
export function exitWord(task: Task): string {
	const outcome = task.outcome;
	if (!outcome) return '';
	if (outcome.signal) return outcome.signal.replace(/^SIG/, '');
	if (typeof outcome.exit_code === 'number') return String(outcome.exit_code);
	if (task.state === STATE.canceled) return '–';
	return outcome.reason;
}

/** Where it works, and in which worktree. */
export function place(task: Task): string {
	return shortPath(task.workspace);
}

function joined(...parts: string[]): string {
	return parts.filter(Boolean).join(DOT);
}

function oneLine(text: string): string {
	return text.replace(/[^\S\u00a0]+/g, ' ').trim();
}
