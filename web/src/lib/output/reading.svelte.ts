/** Reads a task's output: its end first, all of it when asked, and what is still being printed as it comes. */
import { api, body } from '$lib/api/client';
import { Lines, type Piece } from './lines';

/** How much of the end is read at once. What is before it comes when somebody asks. */
export const TAIL_BYTES = 1 << 20;
const STEP_BYTES = 2 << 20;
const WAIT_MS = 25_000;
/** What is printed within it is read in one: a program may print a thousand lines a second. */
const BREATH_MS = 200;

export class Reading {
	lines = new Lines();
	/** Counts up when `lines` has changed. */
	version = $state(0);
	/** Where what is held begins. */
	firstByte = $state(0);
	/** Whether all that will ever come is here. */
	isComplete = $state(false);
	isReading = $state(true);
	/** How much of everything is read, 0–1, while everything is being read. */
	wholeProgress = $state<number | null>(null);
	error = $state<unknown>(null);
	#next = 0;
	#ended = new AbortController();

	constructor(
		readonly task: number,
		readonly attempt: number,
		readonly knownBytes: number,
		readonly stream: '' | 'stdout' | 'stderr',
	) {}

	/** Reads on until everything is there or `stop` is called. */
	async run(): Promise<void> {
		const signal = this.#ended.signal;
		this.firstByte = this.#next = this.stream === '' ? Math.max(0, this.knownBytes - TAIL_BYTES) : 0;
		let pause = 500;
		while (!signal.aborted && !this.isComplete) {
			if (this.wholeProgress !== null) {
				await this.#sleep(100);
				continue;
			}
			try {
				const page = await this.#page(this.#next, this.isReading ? 0 : WAIT_MS);
				if (this.wholeProgress !== null) continue;
				this.lines.append(page.pieces);
				// A page may end before its limit, at the end of a piece; one that is short has all there was.
				const size = page.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0);
				this.isReading = size > STEP_BYTES / 2 && !page.isComplete;
				this.#next = page.next;
				this.isComplete = page.isComplete;
				this.version += 1;
				this.error = null;
				pause = 500;
				if (page.pieces.length > 0 && !this.isReading && !this.isComplete) await this.#sleep(BREATH_MS);
			} catch (error) {
				if (signal.aborted) return;
				this.error = error;
				await this.#sleep(pause);
				pause = Math.min(8_000, pause * 2);
			}
		}
		this.isReading = false;
	}

	/** Reads everything from the first byte, in steps that leave the page alive. */
	async readWhole(): Promise<void> {
		if (this.firstByte === 0 || this.wholeProgress !== null) return;
		this.wholeProgress = 0;
		const signal = this.#ended.signal;
		const lines = new Lines();
		let next = 0;
		try {
			while (!signal.aborted) {
				const page = await this.#page(next, 0);
				lines.append(page.pieces);
				next = page.next;
				this.wholeProgress = Math.min(1, next / Math.max(1, this.knownBytes));
				if (page.pieces.length === 0 || page.isComplete) {
					this.lines = lines;
					this.firstByte = 0;
					this.#next = next;
					this.isComplete = page.isComplete;
					this.version += 1;
					break;
				}
			}
		} catch (error) {
			this.error = error;
		} finally {
			this.wholeProgress = null;
		}
	}

	stop(): void {
		this.#ended.abort();
	}

	async #page(offset: number, waitMs: number) {
		const answer = await body(
			api.GET('/api/v1/tasks/{id}/output', {
				params: {
					path: { id: this.task },
					query: {
						offset,
						attempt: this.attempt || undefined,
						limit: STEP_BYTES,
						wait_ms: waitMs,
						stream: this.stream || undefined,
					},
				},
				headers: { accept: 'application/json' },
				signal: this.#ended.signal,
			}),
		);
		const page = answer as unknown as {
			pieces: { stream: string; at: string; data_base64: string | null; dropped_bytes: number }[];
			next_offset: number;
			complete: boolean;
		};
		const pieces = page.pieces.map(
			(piece): Piece => ({
				stream: piece.stream === 'stderr' ? 'stderr' : 'stdout',
				at: Date.parse(piece.at),
				bytes: piece.data_base64 ? decode(piece.data_base64) : new Uint8Array(0),
				dropped: piece.dropped_bytes,
			}),
		);
		return { pieces, next: page.next_offset, isComplete: page.complete };
	}

	#sleep(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const done = () => {
				clearTimeout(timer);
				this.#ended.signal.removeEventListener('abort', done);
				resolve();
			};
			const timer = setTimeout(done, ms);
			this.#ended.signal.addEventListener('abort', done);
		});
	}
}

function decode(base64: string): Uint8Array {
	const text = atob(base64);
	const bytes = new Uint8Array(text.length);
	for (let place = 0; place < text.length; place += 1) bytes[place] = text.charCodeAt(place);
	return bytes;
}
