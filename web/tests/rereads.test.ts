import { QueryClient, QueryObserver } from '@tanstack/svelte-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Rereads } from '../src/lib/live/rereads';

const KEY = ['tasks', 'part', 12, 'changes'];
/** How long a reading takes: longer than the pause between two events. */
const SLOW_MS = 800;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A slow query that somebody looks at. */
function looked() {
	const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } } });
	const readings = { begun: 0, aborted: 0, ended: 0 };
	const observer = new QueryObserver(client, {
		queryKey: KEY,
		queryFn: async ({ signal }) => {
			const number = (readings.begun += 1);
			signal.addEventListener('abort', () => (readings.aborted += 1));
			await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
			readings.ended += 1;
			return number;
		},
	});
	const leave = observer.subscribe(() => {});
	return { client, rereads: new Rereads(client), readings, leave };
}

test('a reading on its way is let come, and one more follows it', async () => {
	const { client, rereads, readings } = looked();
	await vi.advanceTimersByTimeAsync(100);
	for (let time = 0; time < 3; time += 1) rereads.mark(KEY);
	await vi.advanceTimersByTimeAsync(SLOW_MS);
	expect(client.getQueryData(KEY)).toBe(1);
	await vi.advanceTimersByTimeAsync(SLOW_MS);
	expect(client.getQueryData(KEY)).toBe(2);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(readings).toEqual({ begun: 2, aborted: 0, ended: 2 });
});

test('a reading slower than the events comes all the same, again and again', async () => {
	const { client, rereads, readings } = looked();
	for (let time = 0; time < 20; time += 1) {
		rereads.mark(KEY);
		await vi.advanceTimersByTimeAsync(500);
	}
	expect(readings.aborted).toBe(0);
	expect(readings.ended).toBeGreaterThan(10);
	const seen = client.getQueryData(KEY) as number;
	await vi.advanceTimersByTimeAsync(60_000);
	// What was marked last was read after that, and then it is quiet.
	expect(client.getQueryData(KEY)).toBeGreaterThan(seen);
	expect(readings.begun).toBe(readings.ended);
});

test('what is idle is read at once, and what nobody looks at only when somebody does', async () => {
	const { client, rereads, readings, leave } = looked();
	await vi.advanceTimersByTimeAsync(SLOW_MS);
	rereads.mark(['tasks', 'part', 12]);
	await vi.advanceTimersByTimeAsync(SLOW_MS);
	expect(readings.ended).toBe(2);
	leave();
	rereads.mark(KEY);
	await vi.advanceTimersByTimeAsync(SLOW_MS);
	expect(readings.begun).toBe(2);
	expect(client.getQueryState(KEY)?.isInvalidated).toBe(true);
});

test('a reading that fails is followed like one that comes', async () => {
	const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: false } } });
	let count = 0;
	const observer = new QueryObserver(client, {
		queryKey: KEY,
		queryFn: async () => {
			const number = (count += 1);
			await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
			if (number === 1) throw new Error('torn');
			return number;
		},
	});
	observer.subscribe(() => {});
	new Rereads(client).mark(KEY);
	await vi.advanceTimersByTimeAsync(2 * SLOW_MS);
	expect(client.getQueryData(KEY)).toBe(2);
});
