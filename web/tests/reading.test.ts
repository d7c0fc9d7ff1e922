import { FakeDaemon } from './fake-daemon';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Reading } from '../src/lib/output/reading.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The output of a task that prints, as the daemon hands it out: at once what is there, else after a wait. */
class Printing {
	text = '';
	isOver = false;
	readonly daemon: FakeDaemon;
	/** How long each request said that it would wait. */
	readonly waits: number[] = [];

	constructor() {
		this.daemon = new FakeDaemon(async ({ path }) => {
			const query = new URL(path, 'http://longhaul.test').searchParams;
			const [offset, wait, limit] = [Number(query.get('offset')), Number(query.get('wait_ms')), Number(query.get('limit'))];
			this.waits.push(wait);
			for (let waited = 0; waited < wait && this.text.length <= offset && !this.isOver; waited += 10) await new Promise((resolve) => setTimeout(resolve, 10));
			const piece = this.text.slice(offset, offset + limit);
			const next = offset + piece.length;
			return {
				pieces: piece === '' ? [] : [{ stream: 'stdout', at: '2026-11-20T12:00:00Z', data_base64: btoa(piece), dropped_bytes: 0 }],
				next_offset: next,
				complete: this.isOver && next === this.text.length,
			};
		});
	}
}

test('what is printed is asked for once, and a program that prints all the time no oftener than a few times a second', async () => {
	const printing = new Printing();
	const reading = new Reading(12, 1, 0, '');
	void reading.run();
	for (let line = 0; line < 1_000; line += 1) {
		printing.text += `line ${line}\n`;
		await vi.advanceTimersByTimeAsync(10);
	}
	// Ten seconds, five times a second.
	expect(printing.daemon.asked.length).toBeLessThan(55);
	printing.isOver = true;
	await vi.advanceTimersByTimeAsync(1_000);
	expect(reading.isComplete).toBe(true);
	expect(reading.lines.count).toBe(1_000);
});

test('a program that prints now and then is waited for, and its line is there at once', async () => {
	const printing = new Printing();
	const reading = new Reading(12, 1, 0, '');
	void reading.run();
	await vi.advanceTimersByTimeAsync(5_000);
	expect(printing.waits).toEqual([0, 25_000]);
	printing.text += 'hello\n';
	await vi.advanceTimersByTimeAsync(20);
	expect(reading.lines.line(0)?.text).toBe('hello');
	await vi.advanceTimersByTimeAsync(5_000);
	expect(printing.waits).toEqual([0, 25_000, 25_000]);
	reading.stop();
});

test('a long output is read in steps without a pause between them', async () => {
	const printing = new Printing();
	printing.text = `${'x'.repeat(1_023)}\n`.repeat(5 << 10);
	printing.isOver = true;
	const reading = new Reading(12, 1, 0, '');
	const begun = Date.now();
	await reading.run();
	expect(Date.now() - begun).toBe(0);
	expect([reading.lines.count, printing.waits]).toEqual([5 << 10, [0, 0, 0]]);
});
