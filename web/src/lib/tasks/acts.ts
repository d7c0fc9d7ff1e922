/** Acts on tasks: shown at once, taken back with the daemon's reason if it refuses. */
import type { QueryClient } from '@tanstack/svelte-query';
import { api, body, explain } from '$lib/api/client';
import type { EditRequest, RepeatRequest, Task } from '$lib/api/model';
import { STATE, WAIT } from '$lib/api/words';
import { counted } from '$lib/words/amount';
import { toasts } from '$lib/parts/toasts.svelte';
import { keys, takeIn } from './lists';
import { toldSince } from '$lib/live/recent';
import { overlay } from './overlay.svelte';
import type { Act } from './rules';

const DOING: Record<Act, string> = {
	redispatch: 're-dispatching…',
	retry: 'starting again from scratch…',
	cancel: 'canceling…',
	hold: 'holding…',
	release: 'releasing…',
	wake: 'checking…',
	top: 'moving to the top…',
	ack: 'acknowledging…',
};

/**
 * Does it. `ontoTarget` goes with a re-dispatch into a worktree: the branch it is to land on is merged into that first.
 * Answers the new task's id where there is one, the task's own where not, and nothing if it was refused.
 */
export async function act(client: QueryClient, kind: Act, task: Task, force = false, ontoTarget = false): Promise<number | null> {
	if (kind === 'redispatch' || kind === 'retry') return repeat(client, kind, task, { force, onto_target: ontoTarget });
	overlay.put(task.id, DOING[kind], expected(kind, task));
	try {
		const begun = performance.now();
		const changed = await send(kind, task.id);
		if (!toldSince(task.id, begun)) takeIn(client, [changed]);
		if (kind === 'top') toasts.show({ tone: 'good', text: `${task.id} is next in line.`, state: changed.state });
		return task.id;
	} catch (error) {
		refused(kind, task, error);
		return null;
	} finally {
		overlay.lift(task.id);
	}
}

async function send(kind: Exclude<Act, 'redispatch' | 'retry'>, id: number): Promise<Task> {
	const params = { path: { id } };
	switch (kind) {
		case 'cancel':
			return body(api.POST('/api/v1/tasks/{id}/cancel', { params, body: {} }));
		case 'hold':
			return body(api.POST('/api/v1/tasks/{id}/hold', { params }));
		case 'release':
			return body(api.POST('/api/v1/tasks/{id}/release', { params }));
		case 'wake':
			return body(api.POST('/api/v1/tasks/{id}/wake', { params }));
		case 'top':
			return body(api.POST('/api/v1/tasks/{id}/top', { params }));
		case 'ack':
			return body(api.POST('/api/v1/tasks/{id}/ack', { params }));
	}
}

/** Answers the new task's id. */
async function sendRepeat(kind: 'redispatch' | 'retry', id: number, request: RepeatRequest): Promise<number> {
	const options = { params: { path: { id } }, body: request };
	switch (kind) {
		case 'redispatch':
			return (await body(api.POST('/api/v1/tasks/{id}/redispatch', options))).task_id;
		case 'retry':
			return (await body(api.POST('/api/v1/tasks/{id}/retry', options))).task_id;
	}
}

/** What the task will look like if the daemon agrees. */
function expected(kind: Act, task: Task): Partial<Task> {
	switch (kind) {
		case 'cancel':
			if (task.state !== STATE.running) return { state: STATE.canceled, waiting_for: [], blocked_by: [] };
			return { stopping: task.stopping ?? { by: 'user', since: new Date().toISOString(), unkillable: false } };
		case 'hold':
			return { state: STATE.waiting, waiting_for: [...task.waiting_for, { kind: WAIT.held }], blocked_by: [] };
		case 'release': {
			const waits = task.waiting_for.filter((wait) => wait.kind !== WAIT.held);
			return { waiting_for: waits, state: waits.length === 0 ? STATE.queued : STATE.waiting };
		}
		case 'ack':
			return { needs_attention: false };
		default:
			return {};
	}
}

async function repeat(client: QueryClient, kind: 'redispatch' | 'retry', task: Task, request: RepeatRequest): Promise<number | null> {
	overlay.put(task.id, DOING[kind], { needs_attention: false });
	const ghost = overlay.addGhost({
		...task,
		state: STATE.queued,
		outcome: null,
		summary: null,
		duration_ms: null,
		started_at: null,
		ended_at: null,
		created_at: new Date().toISOString(),
		needs_attention: false,
		output_bytes: 0,
		retry_of: task.id,
	});
	try {
		const id = await sendRepeat(kind, task.id, request);
		const begun = performance.now();
		const fresh = await Promise.all([read(id), read(task.id)]);
		takeIn(client, fresh.filter((one) => one !== null && !toldSince(one.id, begun)) as Task[]);
		void client.invalidateQueries({ queryKey: keys.chain(task.chain) });
		toasts.show({
			tone: 'good',
			text: kind === 'redispatch' ? `Re-dispatched as ${id}.` : `Started again from scratch as ${id}.`,
			detail: task.name,
			href: `/tasks/${id}`,
			linkText: `Open ${id}`,
		});
		return id;
	} catch (error) {
		refused(kind, task, error);
		return null;
	} finally {
		overlay.removeGhost(ghost);
		overlay.lift(task.id);
	}
}

/** The task as it is; nothing if it cannot be read now (the stream will bring it). */
async function read(id: number): Promise<Task | null> {
	try {
		return await body(api.GET('/api/v1/tasks/{id}', { params: { path: { id } } }));
	} catch {
		return null;
	}
}

function refused(kind: Act, task: Task, error: unknown): void {
	const words: Record<Act, string> = {
		redispatch: 'was not re-dispatched',
		retry: 'was not started again',
		cancel: 'was not canceled',
		hold: 'was not held',
		release: 'was not released',
		wake: 'was not checked',
		top: 'was not moved',
		ack: 'was not acknowledged',
	};
	const { message, hint } = explain(error);
	toasts.show({ tone: 'problem', text: `${task.id} ${words[kind]}.`, detail: [message, hint].filter(Boolean).join(' ') });
}

/** Does it to many, a few at a time, and tells once how it went. */
export async function actOnAll(client: QueryClient, kind: Act, tasks: Task[]): Promise<void> {
	const queue = [...tasks];
	let done = 0;
	const worker = async () => {
		for (let task = queue.shift(); task; task = queue.shift()) if ((await actQuietly(client, kind, task)) !== null) done += 1;
	};
	await Promise.all(Array.from({ length: Math.min(6, tasks.length) }, worker));
	const words: Record<Act, string> = {
		redispatch: 're-dispatched',
		retry: 'started again',
		cancel: STATE.canceled,
		hold: 'held',
		release: 'released',
		wake: 'checked',
		top: 'moved to the top',
		ack: 'acknowledged',
	};
	const failed = tasks.length - done;
	toasts.show({
		tone: failed > 0 ? 'problem' : 'good',
		text: `${counted(done, 'task')} ${words[kind]}.`,
		detail: failed > 0 ? `${counted(failed, 'task')} could not be: they had changed meanwhile.` : null,
	});
}

async function actQuietly(client: QueryClient, kind: Act, task: Task): Promise<number | null> {
	overlay.put(task.id, DOING[kind], expected(kind, task));
	try {
		if (kind === 'redispatch' || kind === 'retry') return await sendRepeat(kind, task.id, {});
		const begun = performance.now();
		const changed = await send(kind, task.id);
		if (!toldSince(task.id, begun)) takeIn(client, [changed]);
		return task.id;
	} catch {
		return null;
	} finally {
		overlay.lift(task.id);
	}
}

/** Changes a task that has not started. The error is the form's to show: what was typed stays. */
export async function edit(client: QueryClient, id: number, change: EditRequest): Promise<void> {
	const changed = await body(api.PATCH('/api/v1/tasks/{id}', { params: { path: { id } }, body: change }));
	takeIn(client, [changed]);
}
