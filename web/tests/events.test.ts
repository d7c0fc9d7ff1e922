import { FakeDaemon } from './fake-daemon';
import { QueryObserver, type QueryKey } from '@tanstack/svelte-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventMessage, Task, TaskPart } from '../src/lib/api/model';
import { eventListener } from '../src/lib/live/events';
import { newClient } from '../src/lib/live/query';
import { changesOptions, historyOptions } from '../src/lib/task/parts';
import { keys, queuesOptions, statsOptions, taskOptions } from '../src/lib/tasks/lists';
import { sample } from './sample';

/** A diff takes longer than the pause between two breaths of an agent. */
const DIFF_MS = 800;
const WORKING = sample({ id: 12, kind: 'agent', state: 'running', access: 'write', activity: 'reads', outcome: null, ended_at: null });

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('document', { visibilityState: 'visible' });
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

let seq = 0;
function event(kind: string, parts: TaskPart[] | undefined, task: Task | null): EventMessage {
	return { seq: (seq += 1), at: '2026-11-20T12:00:00Z', kind, task, parts };
}
const progressed = (change: Partial<Task> = {}) => event('progressed', ['task'], { ...WORKING, ...change });
const ENDED: TaskPart[] = ['task', 'history', 'result', 'changes'];

/** The screen of an open task that works, as it asks the daemon. */
async function screen(task = WORKING) {
	const daemon = new FakeDaemon(async ({ path }) => {
		if (path.endsWith('/history')) return { history: [] };
		if (path.endsWith('/changes')) {
			await new Promise((resolve) => setTimeout(resolve, DIFF_MS));
			return { files: [] };
		}
		return path.includes('/tasks/') ? task : {};
	});
	const client = newClient();
	const look = (options: object) => void new QueryObserver<unknown, Error, unknown, unknown, QueryKey>(client, options as never).subscribe(() => {});
	look(taskOptions(task.id));
	look(historyOptions(task.id));
	look(changesOptions(task.id, task));
	look(statsOptions());
	look(queuesOptions());
	await vi.advanceTimersByTimeAsync(2_000);
	daemon.asked.length = 0;
	const listener = eventListener(client);
	/** Tells what happened; answers what was asked because of it. */
	const after = async (...messages: EventMessage[]) => {
		daemon.asked.length = 0;
		listener.changed(messages);
		await vi.advanceTimersByTimeAsync(5_000);
		return daemon.lines.map((line) => line.replace('GET /api/v1/', '')).sort();
	};
	return { client, daemon, listener, after };
}

test('an open task that works asks for nothing, however often it says what it does', async () => {
	const { client, daemon, listener } = await screen();
	for (let breath = 0; breath < 120; breath += 1) {
		listener.changed([progressed({ activity: `step ${breath}` })]);
		await vi.advanceTimersByTimeAsync(500);
	}
	expect(daemon.lines).toEqual([]);
	expect(client.getQueryData<Task>(keys.task(12))?.activity).toBe('step 119');
});

test('a transition reads the history and the counts again, and not the changes', async () => {
	const { after } = await screen();
	expect(await after(event('cancel-requested', ['task', 'history', 'result'], WORKING))).toEqual(['queues', 'stats', 'tasks/12/history']);
});

test('the end of an attempt reads the changes again, too, and a burst is read once', async () => {
	const { after } = await screen();
	const over: Task = { ...WORKING, state: 'canceled', ended_at: '2026-11-20T12:00:05Z' };
	const burst = [progressed(), event('cancel-requested', ['task', 'history', 'result'], WORKING), event('attempt-ended', ENDED, over)];
	expect(await after(...burst)).toEqual(['queues', 'stats', 'tasks/12/changes', 'tasks/12/history']);
});

test('the changes are read once when there begin to be some', async () => {
	const { after } = await screen({ ...WORKING, activity: null });
	const worktree = { path: '/w', branch: 'b', base: 'c', target: 'main' };
	expect(await after(progressed({ activity: null, worktree }))).toEqual(['tasks/12/changes']);
	expect(await after(progressed({ activity: 'reads', worktree }))).toEqual(['tasks/12/changes']);
	expect(await after(progressed({ activity: 'writes', worktree }))).toEqual([]);
});

test('a landing that is over makes the changes of what it lands stale', async () => {
	const { after } = await screen();
	const landing = sample({ id: 13, kind: 'land', lands: 12, state: 'completed', access: 'write' });
	expect(await after(event('attempt-ended', ENDED, landing))).toEqual(['queues', 'stats', 'tasks/12', 'tasks/12/changes']);
});

test('where the daemon does not say what is stale, everything is', async () => {
	const { after } = await screen();
	expect(await after(event('progressed', undefined, WORKING))).toEqual(['queues', 'stats', 'tasks/12/changes', 'tasks/12/history']);
});

test('a part of tomorrow is nobody’s, and other tasks are left alone', async () => {
	const { after } = await screen();
	expect(await after(event('progressed', ['task', 'of-tomorrow' as TaskPart], WORKING))).toEqual([]);
	expect(await after(event('cancel-requested', ['task', 'history'], { ...WORKING, id: 99 }))).toEqual(['queues', 'stats']);
});

test('a task that was pruned, and a gap in the stream, read everything again', async () => {
	const { after, daemon, listener } = await screen();
	expect(await after(event('submitted', ['task', 'history'], null))).toEqual(['queues', 'stats', 'tasks/12', 'tasks/12/changes', 'tasks/12/history']);
	daemon.asked.length = 0;
	listener.reset();
	await vi.advanceTimersByTimeAsync(5_000);
	expect(daemon.lines.length).toBe(5);
});
