import { FakeDaemon } from './fake-daemon';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventMessage } from '../src/lib/api/model';
import { Live } from '../src/lib/live/stream.svelte';

/** What a frame of a screen that is seen takes. */
const FRAME_MS = 16;
const seen = new EventTarget() as EventTarget & { visibilityState: string };

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
	// The pauses between two tries are as long as they are written down.
	vi.spyOn(Math, 'random').mockReturnValue(0.5);
	seen.visibilityState = 'visible';
	vi.stubGlobal('document', seen);
	vi.stubGlobal('window', new EventTarget());
	vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setTimeout(callback, FRAME_MS));
});
afterEach(() => {
	stop();
	vi.restoreAllMocks();
	vi.useRealTimers();
});

let stop = () => {};

/** Lets what is on its way in the streams arrive, and time pass. */
async function pass(ms = 0): Promise<void> {
	const arrive = async () => {
		for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
	};
	await arrive();
	await vi.advanceTimersByTimeAsync(ms);
	await arrive();
}

/** A page that listens, and the lines it has opened, each of which the test speaks on. */
async function listening(reply?: () => Response | undefined) {
	const lines: { say: (text: string) => void; end: () => void }[] = [];
	const daemon = new FakeDaemon(({ request }) => {
		const other = reply?.();
		if (other) return other;
		let say = (_text: string) => {};
		let end = () => {};
		const body = new ReadableStream<Uint8Array>({
			start(controller) {
				say = (text) => controller.enqueue(new TextEncoder().encode(text));
				end = () => controller.close();
				// As a browser does with what it is still reading.
				request.signal.addEventListener('abort', () => controller.error(request.signal.reason));
			},
		});
		lines.push({ say, end });
		return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
	});
	const live = new Live();
	const heard: (number[] | 'reset')[] = [];
	stop = live.listen({
		changed: (messages: EventMessage[]) => void heard.push(messages.map(({ seq }) => seq)),
		reset: () => void heard.push('reset'),
	});
	await pass();
	const line = () => {
		const last = lines.at(-1);
		if (!last) throw new Error('no line is open');
		return last;
	};
	const lastIds = () => daemon.asked.map(({ request }) => request.headers.get('last-event-id'));
	return { live, daemon, heard, lines, line, lastIds };
}

const event = (seq: number) => `id: u:${seq}\nevent: progressed\ndata: {"seq":${seq}}\n\n`;

test('what happened before the first line is read anew, and what happens then comes once a frame', async () => {
	const { live, heard, line } = await listening();
	expect(live.state).toBe('live');
	expect(heard).toEqual(['reset']);
	line().say(event(1));
	line().say(event(2));
	await pass();
	expect(heard).toEqual(['reset']);
	await pass(FRAME_MS);
	line().say(event(3));
	await pass(FRAME_MS);
	expect(heard).toEqual(['reset', [1, 2], [3]]);
});

test('a page that nobody sees takes its time, and misses nothing', async () => {
	const { heard, line } = await listening();
	seen.visibilityState = 'hidden';
	line().say(event(1));
	await pass(FRAME_MS);
	line().say(event(2));
	await pass(250);
	expect(heard).toEqual(['reset', [1, 2]]);
});

test('a line that ends is taken up after the last event, with nothing read anew', async () => {
	const { heard, line, lines, lastIds } = await listening();
	line().say(event(7));
	await pass(FRAME_MS);
	line().end();
	await pass(300);
	expect(lines.length).toBe(2);
	expect(lastIds()).toEqual([null, 'u:7']);
	line().say(event(8));
	await pass(FRAME_MS);
	expect(heard).toEqual(['reset', [7], [8]]);
});

test('where history was pruned, what waits to be told is older than what is read anew', async () => {
	const { heard, line, lastIds } = await listening();
	line().say(event(1));
	await pass();
	line().say('id: u:90\nevent: reset\ndata: {"seq":90}\n\n');
	await pass(FRAME_MS);
	expect(heard).toEqual(['reset', 'reset']);
	line().end();
	await pass(300);
	expect(lastIds().at(-1)).toBe('u:90');
});

test('what cannot be read is passed over', async () => {
	const { heard, line } = await listening();
	line().say('id: u:1\nevent: of-tomorrow\ndata: not JSON\n\n');
	line().say(event(2));
	await pass(FRAME_MS);
	expect(heard).toEqual(['reset', [2]]);
});

test('a heartbeat keeps a line, and silence gives it up', async () => {
	const { daemon, line, lines } = await listening();
	for (let beat = 0; beat < 8; beat += 1) {
		await pass(15_000);
		line().say(':\n\n');
	}
	await pass();
	expect(lines.length).toBe(1);
	await pass(45_000);
	expect(daemon.asked[0]?.request.signal.aborted).toBe(true);
	await pass(300);
	expect(lines.length).toBe(2);
});

test('a short gap is nobody’s business, and a longer one is told from its beginning', async () => {
	let isThere = true;
	const { live, line } = await listening(() => (isThere ? undefined : new Response(null, { status: 503 })));
	await pass(6_000);
	isThere = false;
	const since = Date.now();
	line().end();
	await pass(1_000);
	expect([live.state, live.lostSince]).toEqual(['gone', null]);
	await pass(1_000);
	expect(live.lostSince).toBe(since);
	isThere = true;
	await pass(8_000);
	expect([live.state, live.lostSince]).toEqual(['live', null]);
});

test('a daemon that does not come is asked less and less often, and at once when somebody says so', async () => {
	const { live, daemon } = await listening(() => new Response(null, { status: 503 }));
	await pass(60_000);
	expect(daemon.asked.length).toBeGreaterThan(8);
	const before = daemon.asked.length;
	await pass(80_000);
	expect(daemon.asked.length - before).toBe(10);
	live.retry();
	await pass();
	expect(daemon.asked.length - before).toBe(11);
});

test('without a sign-in nothing is tried until there is one', async () => {
	let isSignedIn = false;
	const { live, daemon } = await listening(() => (isSignedIn ? undefined : new Response(null, { status: 401 })));
	await pass(600_000);
	expect(daemon.asked.length).toBe(1);
	isSignedIn = true;
	live.retry();
	await pass();
	expect([daemon.asked.length, live.state]).toEqual([2, 'live']);
});

test('after a sleep a line that was silent for long is not trusted', async () => {
	const { lines, line } = await listening();
	seen.dispatchEvent(new Event('visibilitychange'));
	await pass(300);
	expect(lines.length).toBe(1);
	line().say(':\n\n');
	await pass(25_000);
	seen.dispatchEvent(new Event('visibilitychange'));
	await pass(300);
	expect(lines.length).toBe(2);
});

test('who stops listening hears nothing more and asks for nothing more', async () => {
	const { daemon, heard, lines } = await listening();
	stop();
	await pass(60_000);
	expect(daemon.asked[0]?.request.signal.aborted).toBe(true);
	expect([lines.length, heard]).toEqual([1, ['reset']]);
});
