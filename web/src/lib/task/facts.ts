/** The line of facts under a task's name: only those there are. */
import type { Task } from '$lib/api/model';
import { ACCESS, STATE, isTerminal } from '$lib/api/words';
import { bytes, count } from '$lib/words/amount';
import { exactDuration, running } from '$lib/words/duration';
import { shortPath } from '$lib/words/path';
import { exitWord } from '$lib/tasks/sentence';

export interface Fact {
	value: string;
	label: string;
	/** More, on hover. */
	title?: string;
	/** What a click copies. */
	copy?: string;
}

export function facts(task: Task, now: number): Fact[] {
	const made: Fact[] = [];
	// Nobody saw the end of an interrupted one, so nobody knows how long it ran.
	if (task.started_at && (task.state === STATE.running || task.duration_ms != null)) {
		const ms = isTerminal(task) ? (task.duration_ms ?? 0) : now - Date.parse(task.started_at);
		made.push({ value: task.state === STATE.running ? running(ms) : exactDuration(ms), label: task.state === STATE.running ? 'runs' : 'ran' });
	}
	if (task.queue_ms >= 1000 || !task.started_at) made.push({ value: exactDuration(task.queue_ms), label: 'in line' });
	if (task.outcome) made.push({ value: exitWord(task), label: 'exit', title: task.outcome.message });
	if (task.agent) made.push({ value: [task.agent, task.model].filter(Boolean).join(' '), label: 'agent' });
	if (task.worktree) made.push({ value: `⎇ ${task.worktree.branch}`, label: 'worktree', title: task.worktree.path, copy: task.worktree.branch });
	made.push({ value: shortPath(task.workspace), label: 'workspace', title: task.workspace, copy: task.workspace });
	if (task.usage && (task.usage.input_tokens != null || task.usage.output_tokens != null)) {
		made.push({
			value: `${count(task.usage.input_tokens ?? 0)} / ${count(task.usage.output_tokens ?? 0)}`,
			label: 'tokens in / out',
			title: task.usage.cached_input_tokens ? `${count(task.usage.cached_input_tokens)} of those read from the cache` : undefined,
		});
	}
	if (task.usage?.cost_usd != null) made.push({ value: `$${task.usage.cost_usd.toFixed(2)}`, label: 'cost' });
	if (task.enforcement) made.push({ value: task.enforcement, label: 'read-only kept by', title: task.enforcement_detail ?? undefined });
	else if (task.access === ACCESS.write && !task.worktree) made.push({ value: task.isolation ?? ACCESS.write, label: 'writes' });
	if (task.max_attempts > 1 || task.attempt > 1) made.push({ value: `${task.attempt} of ${task.max_attempts}`, label: 'attempt' });
	if (task.peak_memory_bytes) made.push({ value: bytes(task.peak_memory_bytes), label: 'peak memory', title: task.cpu_ms ? `${exactDuration(task.cpu_ms)} of CPU time` : undefined });
	if (task.priority !== 0) made.push({ value: String(task.priority), label: 'priority' });
	if (task.queue !== 'default') made.push({ value: task.queue, label: 'queue' });
	return made;
}
