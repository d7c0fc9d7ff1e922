import { FakeDaemon, problem, type Asked } from './fake-daemon';
import { beforeEach, expect, test } from 'vitest';
import type { Task } from '../src/lib/api/model';
import { newClient } from '../src/lib/live/query';
import { remember } from '../src/lib/live/recent';
import { toasts } from '../src/lib/parts/toasts.svelte';
import { act, actOnAll, edit } from '../src/lib/tasks/acts';
import { keys } from '../src/lib/tasks/lists';
import { overlay } from '../src/lib/tasks/overlay.svelte';
import { ACTS, type Act } from '../src/lib/tasks/rules';
import { sample } from './sample';

/** A task that no other test has: what was heard lately is remembered for a minute. */
let next = 100;
const fresh = (change: Partial<Task> = {}): Task => sample({ id: (next += 1), chain: next, outcome: null, ...change });
const said = () => toasts.list.map(({ tone, text, detail }) => [tone, text, detail].filter(Boolean).join(' | '));

beforeEach(() => void (toasts.list = []));

/** A daemon that agrees, and answers with the task as it is then. */
function agrees(task: Task, change: Partial<Task>, seen: (asked: Asked) => void = () => {}): FakeDaemon {
	return new FakeDaemon((asked) => {
		seen(asked);
		if (/\/(retry|redispatch)$/.test(asked.path)) return Response.json({ task_id: 9_000 }, { status: 202 });
		return { ...task, ...change };
	});
}

test('an act is shown before the daemon answers, and what it answers is taken in', async () => {
	const client = newClient();
	const task = fresh({ state: 'queued' });
	client.setQueryData(keys.task(task.id), task);
	const daemon = agrees(task, { state: 'canceled', priority: 3 }, () => {
		expect(overlay.on(task)).toMatchObject({ state: 'canceled' });
		expect(overlay.doing(task.id)).toBe('canceling…');
	});
	expect(await act(client, 'cancel', task)).toBe(task.id);
	expect(daemon.asked.map(({ method, path, body }) => [method, path, body])).toEqual([['POST', `/api/v1/tasks/${task.id}/cancel`, {}]]);
	expect(overlay.doing(task.id)).toBeNull();
	expect(client.getQueryData(keys.task(task.id))).toMatchObject({ state: 'canceled', priority: 3 });
});

test('every act goes to the address of its name', async () => {
	for (const kind of ACTS) {
		const task = fresh({ state: 'failed' });
		const daemon = agrees(task, {});
		await act(newClient(), kind, task);
		expect(daemon.lines[0], kind).toBe(`POST /api/v1/tasks/${task.id}/${kind}`);
	}
});

test('what each act promises is what the daemon would do', async () => {
	const promised = async (kind: Act, task: Task) => {
		let shown = task;
		agrees(task, {}, () => (shown = overlay.on(task)));
		await act(newClient(), kind, task);
		return shown;
	};
	expect(await promised('hold', fresh({ state: 'queued' }))).toMatchObject({ state: 'waiting', waiting_for: [{ kind: 'held' }] });
	expect(await promised('release', fresh({ state: 'waiting', waiting_for: [{ kind: 'held' }] }))).toMatchObject({ state: 'queued', waiting_for: [] });
	const both = [{ kind: 'held' as const }, { kind: 'dependency' as const, task: 7 }];
	expect(await promised('release', fresh({ state: 'waiting', waiting_for: both }))).toMatchObject({ state: 'waiting', waiting_for: [both[1]] });
	expect(await promised('ack', fresh({ state: 'failed', needs_attention: true }))).toMatchObject({ needs_attention: false });
	// A running one ends when it ends; until then it is only being stopped.
	expect(await promised('cancel', fresh({ state: 'running' }))).toMatchObject({ state: 'running', stopping: { by: 'user' } });
});

test('a refusal takes back what was shown, and tells in the daemon’s words', async () => {
	const client = newClient();
	const task = fresh({ state: 'queued' });
	client.setQueryData(keys.task(task.id), task);
	new FakeDaemon(() => problem(409, 'task 12 is running'));
	expect(await act(client, 'hold', task)).toBeNull();
	expect(overlay.on(task)).toBe(task);
	expect(client.getQueryData(keys.task(task.id))).toEqual(task);
	expect(said()).toEqual([`problem | ${task.id} was not held. | Task 12 is running.`]);
});

test('an answer older than what the stream told meanwhile is not taken in', async () => {
	const client = newClient();
	const task = fresh({ state: 'running' });
	client.setQueryData(keys.task(task.id), task);
	agrees(task, { state: 'running' }, () => {
		remember([{ ...task, state: 'canceled' }]);
		client.setQueryData(keys.task(task.id), { ...task, state: 'canceled' });
	});
	await act(client, 'cancel', task);
	expect(client.getQueryData(keys.task(task.id))).toMatchObject({ state: 'canceled' });
});

test('a repeated task stands in line at once, and the real one takes its place', async () => {
	const client = newClient();
	const task = fresh({ state: 'failed', needs_attention: true });
	const daemon = agrees(task, { id: 9_000, state: 'queued' }, ({ method }) => {
		if (method !== 'POST') return;
		expect(overlay.ghosts).toMatchObject([{ state: 'queued', retry_of: task.id, outcome: null }]);
		expect(overlay.on(task).needs_attention).toBe(false);
	});
	expect(await act(client, 'redispatch', task, true, true)).toBe(9_000);
	expect(daemon.asked[0]?.body).toEqual({ force: true, onto_target: true });
	expect(overlay.ghosts).toEqual([]);
	expect(client.getQueryData(keys.task(9_000))).toMatchObject({ state: 'queued' });
	expect(said()).toEqual([`good | Re-dispatched as 9000. | ${task.name}`]);
});

test('a repetition that is refused leaves nothing in line', async () => {
	const task = fresh({ state: 'failed', needs_attention: true });
	new FakeDaemon(() => problem(409, 'its chain is active'));
	expect(await act(newClient(), 'retry', task)).toBeNull();
	expect(overlay.ghosts).toEqual([]);
	expect(overlay.on(task)).toBe(task);
	expect(said()).toEqual([`problem | ${task.id} was not started again. | Its chain is active.`]);
});

test('an act on many goes to the address of its name for each, a retry to that of a retry', async () => {
	for (const kind of ['cancel', 'redispatch', 'retry', 'ack'] as const) {
		const tasks = Array.from({ length: 9 }, () => fresh({ state: 'failed' }));
		const daemon = new FakeDaemon(({ path }) => (/\/(retry|redispatch)$/.test(path) ? { task_id: 9_000 } : tasks[0]));
		await actOnAll(newClient(), kind, tasks);
		expect(daemon.lines.sort()).toEqual(tasks.map(({ id }) => `POST /api/v1/tasks/${id}/${kind}`).sort());
	}
	expect(said()).toEqual(['good | 9 tasks canceled.', 'good | 9 tasks re-dispatched.', 'good | 9 tasks started again.', 'good | 9 tasks acknowledged.']);
});

test('an act on many asks a few at a time, and tells once how it went', async () => {
	const tasks = Array.from({ length: 20 }, () => fresh({ state: 'queued' }));
	let [open, most] = [0, 0];
	new FakeDaemon(async ({ path }) => {
		most = Math.max(most, (open += 1));
		await new Promise((resolve) => setTimeout(resolve, 1));
		open -= 1;
		const id = Number(path.split('/')[4]);
		return id % 2 === 0 ? problem(409, 'it has changed') : tasks.find((task) => task.id === id);
	});
	await actOnAll(newClient(), 'cancel', tasks);
	expect(most).toBe(6);
	expect(said()).toEqual(['problem | 10 tasks canceled. | 10 tasks could not be: they had changed meanwhile.']);
	expect(tasks.every((task) => overlay.on(task) === task)).toBe(true);
});

test('a change is taken in, and its refusal is the form’s', async () => {
	const client = newClient();
	const task = fresh({ state: 'queued' });
	const daemon = agrees(task, { priority: 5 });
	await edit(client, task.id, { priority: 5 });
	expect(daemon.asked.map(({ method, body }) => [method, body])).toEqual([['PATCH', { priority: 5 }]]);
	expect(client.getQueryData(keys.task(task.id))).toMatchObject({ priority: 5 });
	new FakeDaemon(() => problem(409, 'it is running'));
	await expect(edit(client, task.id, { priority: 6 })).rejects.toThrow('it is running');
	expect(said()).toEqual([]);
});
