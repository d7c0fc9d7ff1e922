/** What somebody types on New task, and what becomes of it: a request, or what is wrong with it. */
import type { SubmitRequest } from '$lib/api/model';
import { ACCESS, ISOLATION, KIND, type AccessName, type IsolationName } from '$lib/api/words';
import { commandLine } from '$lib/words/path';
import { parseDuration } from '$lib/words/duration';
import { needsShell, words } from './words';

export interface Draft {
	what: typeof KIND.agent | typeof KIND.command;
	prompt: string;
	command: string;
	agent: string;
	cwd: string;
	access: '' | AccessName;
	isolation: IsolationName;
	name: string;
	queue: string;
	priority: string;
	after: string;
	requires: string;
	startIn: string;
	timeout: string;
	idleTimeout: string;
	retries: string;
	labels: string;
	notify: '' | 'all' | 'problems' | 'done' | 'none';
	model: string;
	effort: string;
	resume: string;
	base: string;
	withChanges: boolean;
	hold: boolean;
}

export const EMPTY: Draft = {
	what: KIND.agent, prompt: '', command: '', agent: '', cwd: '', access: '', isolation: ISOLATION.worktree, name: '', queue: '', priority: '', after: '', requires: '',
	startIn: '', timeout: '', idleTimeout: '', retries: '', labels: '', notify: '', model: '', effort: '', resume: '', base: '', withChanges: false, hold: false,
};

export type Wrong = Partial<Record<keyof Draft, string>>;

/** The request, and what is wrong with the draft: empty if it may be sent. */
export function requestOf(draft: Draft): { request: SubmitRequest; wrong: Wrong } {
	const wrong: Wrong = {};
	const request: SubmitRequest = { kind: draft.what, cwd: draft.cwd.trim(), origin: { source: 'web' } };
	if (!request.cwd.startsWith('/')) wrong.cwd = request.cwd === '' ? 'In which folder?' : 'The whole path, from / on.';
	if (draft.what === KIND.agent) {
		request.prompt = draft.prompt;
		request.agent = draft.agent;
		if (draft.prompt.trim() === '') wrong.prompt = 'What is it asked to do?';
		if (draft.agent === '') wrong.agent = 'Which agent?';
		if (draft.model.trim()) request.model = draft.model.trim();
		if (draft.effort.trim()) request.effort = draft.effort.trim();
		if (draft.resume.trim()) request.resume = draft.resume.trim();
	} else {
		const line = draft.command.trim();
		const split = words(line);
		if (line === '') wrong.command = 'Which command?';
		else if (needsShell(line)) request.command = ['sh', '-c', draft.command.trim()];
		else if (split === null) wrong.command = 'A quote is not closed.';
		else request.command = split;
	}
	if (draft.access) request.access = draft.access;
	if (draft.access === ACCESS.write) {
		request.isolation = draft.isolation;
		if (draft.isolation === ISOLATION.worktree) {
			if (draft.base.trim()) request.base = draft.base.trim();
			if (draft.withChanges) request.with_changes = true;
		}
	}
	if (draft.name.trim()) request.name = draft.name.trim();
	if (draft.queue.trim()) request.queue = draft.queue.trim();
	if (draft.notify) request.notify = draft.notify;
	if (draft.hold) request.hold = true;
	const whole = (field: 'priority' | 'retries', least: number) => {
		const text = draft[field].trim();
		if (text === '') return undefined;
		const value = Number(text);
		if (!Number.isInteger(value) || value < least) wrong[field] = least < 0 ? 'A whole number.' : 'A whole number from 0 up.';
		return value;
	};
	const priority = whole('priority', -2_147_483_648);
	if (priority !== undefined) request.priority = priority;
	const retries = whole('retries', 0);
	if (retries !== undefined) request.retries = retries;
	const lasting = (field: 'startIn' | 'timeout' | 'idleTimeout') => {
		if (draft[field].trim() === '') return undefined;
		const ms = parseDuration(draft[field]);
		if (ms === null) wrong[field] = 'Like 90s, 10m or 1h30m.';
		return ms ?? undefined;
	};
	const startIn = lasting('startIn');
	if (startIn !== undefined) request.in_ms = startIn;
	const timeout = lasting('timeout');
	if (timeout !== undefined) request.timeout_ms = timeout;
	const idle = lasting('idleTimeout');
	if (idle !== undefined) request.idle_timeout_ms = idle;
	const after = draft.after.split(/[\s,]+/).filter(Boolean);
	if (after.some((id) => !/^[1-9]\d*$/.test(id))) wrong.after = 'Numbers of tasks, with commas between them.';
	else if (after.length > 0) request.after = after.map(Number);
	const needs = draft.requires.split('\n').map((line) => line.trim()).filter(Boolean);
	if (needs.length > 0) request.requires = needs;
	const labels = draft.labels.split('\n').map((line) => line.trim()).filter(Boolean);
	if (labels.some((label) => !/^[^=]+=/.test(label))) wrong.labels = 'One name=value a line.';
	else if (labels.length > 0) request.labels = Object.fromEntries(labels.map((label) => [label.slice(0, label.indexOf('=')), label.slice(label.indexOf('=') + 1)]));
	return { request, wrong };
}

/** The command line that asks for the same. */
export function lineOf(request: SubmitRequest): string {
	const made = ['longhaul', 'run', '-d'];
	const add = (name: string, value: string | number | null | undefined) => {
		if (value !== null && value !== undefined && value !== '') made.push(name, String(value));
	};
	add('-C', request.cwd);
	add('--agent', request.agent);
	add('--model', request.model);
	add('--effort', request.effort);
	add('--resume', request.resume);
	if (request.access === ACCESS.write) made.push(...(request.isolation === ISOLATION.worktree ? ['--worktree'] : ['--write', '--isolation', ISOLATION.inPlace]));
	if (request.access === ACCESS.readOnly) made.push('--read-only');
	add('--base', request.base);
	if (request.with_changes) made.push('--with-changes');
	add('--name', request.name);
	add('--queue', request.queue);
	add('--priority', request.priority);
	for (const id of request.after ?? []) add('--after', id);
	for (const need of request.requires ?? []) add('--requires', need);
	add('--in', request.in_ms ? lasting(request.in_ms) : null);
	add('--timeout', request.timeout_ms ? lasting(request.timeout_ms) : null);
	add('--idle-timeout', request.idle_timeout_ms ? lasting(request.idle_timeout_ms) : null);
	add('--retries', request.retries);
	for (const [name, value] of Object.entries(request.labels ?? {})) add('--label', `${name}=${value}`);
	add('--notify', request.notify);
	if (request.hold) made.push('--hold');
	if (request.command) made.push('--', ...request.command);
	else if (request.prompt) made.push(...(request.prompt.startsWith('-') ? ['--'] : []), request.prompt);
	return commandLine(made);
}

function lasting(ms: number): string {
	for (const [unit, size] of [['h', 3_600_000], ['m', 60_000], ['s', 1000]] as const) if (ms % size === 0) return `${ms / size}${unit}`;
	return `${ms}ms`;
}
