/** The command line that asks for the same task. */
import type { Task } from '$lib/api/model';
import { commandLine, quoted } from '$lib/words/path';
import { shellDuration } from '$lib/words/duration';

export function shellLine(task: Task): string {
	if (task.kind === 'clone') return ['longhaul clone', quoted(task.url ?? ''), task.dir ? quoted(task.dir) : ''].filter(Boolean).join(' ');
	if (task.kind === 'land') return `longhaul land ${task.lands ?? ''}`.trim();
	const words = ['longhaul', 'run', '-d', '-C', task.cwd];
	const add = (name: string, value: string | number | null | undefined) => {
		if (value !== null && value !== undefined && value !== '') words.push(name, String(value));
	};
	add('--agent', task.agent);
	add('--model', task.model);
	add('--effort', task.effort);
	if (task.access === 'write') words.push(task.isolation === 'worktree' ? '--worktree' : '--write');
	else if (task.access === 'read-only' && task.kind !== 'agent') words.push('--read-only');
	const made = task.command ? commandLine(task.command) : task.prompt;
	if (task.name !== made && task.name !== task.prompt?.split('\n')[0]) add('--name', task.name);
	if (task.queue !== 'default') add('--queue', task.queue);
	if (task.priority !== 0) add('--priority', task.priority);
	for (const id of task.after) add('--after', id);
	for (const need of task.requires) add('--requires', need);
	if (task.timeout_ms) add('--timeout', shellDuration(task.timeout_ms));
	if (task.max_attempts > 1) add('--retries', task.max_attempts - 1);
	for (const [name, value] of Object.entries(task.labels)) add('--label', `${name}=${value}`);
	if (task.command) words.push('--', ...task.command);
	else if (task.prompt) words.push(...(task.prompt.startsWith('-') ? ['--'] : []), task.prompt);
	return commandLine(words);
}
