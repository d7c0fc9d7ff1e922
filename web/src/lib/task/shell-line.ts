/** The command line that asks for the same task. */
import type { SubmitRequest, Task } from '$lib/api/model';
import { ACCESS, KIND } from '$lib/api/words';
import { lineOf } from '$lib/new/draft';
import { commandLine } from '$lib/words/path';

export function shellLine(task: Task): string {
	if (task.kind === KIND.clone) return commandLine(['longhaul', 'clone', task.url ?? '', ...(task.dir ? [task.dir] : [])]);
	if (task.kind === KIND.land) return commandLine(['longhaul', 'land', String(task.lands ?? '')]);
	return lineOf(requestOf(task));
}

/** What was asked; what is as it is by itself is left out. */
function requestOf(task: Task): SubmitRequest {
	const made = task.command ? commandLine(task.command) : task.prompt?.split('\n')[0];
	const isUsual = task.access === (task.kind === KIND.agent ? ACCESS.readOnly : ACCESS.unmanaged);
	return {
		kind: task.kind,
		cwd: task.cwd,
		agent: task.agent,
		model: task.model,
		effort: task.effort,
		access: isUsual ? null : task.access,
		isolation: task.isolation,
		name: task.name === made ? null : task.name,
		queue: task.queue === 'default' ? null : task.queue,
		priority: task.priority || null,
		after: task.after,
		requires: task.requires,
		timeout_ms: task.timeout_ms,
		retries: task.max_attempts > 1 ? task.max_attempts - 1 : null,
		labels: task.labels,
		command: task.command,
		prompt: task.prompt,
	};
}
