/**
 * The one place that listens to the daemon. It reconnects by itself, goes on after the last event it has, and tells
 * whoever asked about every change of a task. What it is not: a store of tasks; those are the queries'.
 */
import { ApiError, call } from '$lib/api/client';
import type { EventMessage } from '$lib/api/model';
import { EventStreamParser } from './sse';

/** The daemon says something every 15 s; this long without a word means the line is dead. */
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 8_000;
/** A shorter gap than this is nobody's business. */
const GRACE_MS = 1_200;

export type LineState = 'connecting' | 'live' | 'gone';

export interface Listener {
	/** Changes, oldest first, at most one batch a frame. */
	changed(messages: EventMessage[]): void;
	/** Something was or may have been missed: read everything anew. */
	reset(): void;
}

export class Live {
	/** How the line is. */
	state = $state<LineState>('connecting');
	/** Since when it is gone, for the banner; nothing while it is there, or only just gone. */
	lostSince = $state<number | null>(null);

	#listener: Listener | null = null;
	#lastId: string | null = null;
	#lastWord = 0;
	#running: AbortController | null = null;
	#wake: (() => void) | null = null;
	#pending: EventMessage[] = [];
	#flushing = false;

	/** Listens until the returned function is called. */
	listen(listener: Listener): () => void {
		this.#listener = listener;
		const ended = new AbortController();
		const look = () => {
			if (document.visibilityState !== 'visible') return;
			// After a sleep the line may look alive and be dead; a new one costs nothing.
			if (Date.now() - this.#lastWord > SILENCE_MS / 2) this.#running?.abort();
			this.#wake?.();
		};
		const options = { signal: ended.signal };
		document.addEventListener('visibilitychange', look, options);
		window.addEventListener('online', look, options);
		window.addEventListener('pageshow', look, options);
		void this.#run(ended.signal);
		return () => {
			ended.abort();
			this.#running?.abort();
			this.#wake?.();
		};
	}

	/** Tries again at once. */
	retry(): void {
		this.#wake?.();
	}

	async #run(ended: AbortSignal): Promise<void> {
		let pause = FIRST_PAUSE_MS;
		while (!ended.aborted) {
			const begun = Date.now();
			const isSignedOut = await this.#once(ended);
			if (ended.aborted) return;
			this.#lost();
			if (Date.now() - begun > 5_000) pause = FIRST_PAUSE_MS;
			// Without a sign-in, trying again only fills the daemon's log: `retry` comes with the sign-in.
			await this.#pause(isSignedOut ? null : pause * (0.75 + Math.random() / 2));
			pause = Math.min(LONGEST_PAUSE_MS, pause * 1.8);
		}
	}

	/** One connection, from its first byte to its last. Answers whether it ended because nobody is signed in. */
	async #once(ended: AbortSignal): Promise<boolean> {
		const running = new AbortController();
		this.#running = running;
		let watch: ReturnType<typeof setInterval> | undefined;
		try {
			const headers: Record<string, string> = { accept: 'text/event-stream' };
			if (this.#lastId) headers['last-event-id'] = this.#lastId;
			this.#lastWord = Date.now();
			watch = setInterval(() => {
				if (Date.now() - this.#lastWord > SILENCE_MS) running.abort();
			}, 5_000);
			const answer = await call('/api/v1/events', { headers, signal: running.signal, cache: 'no-store' });
			const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
			if (!reader) return false;
			const parser = new EventStreamParser();
			this.#found();
			// Without an event to go on after, what happened before this moment is only in the lists.
			if (!this.#lastId) this.#listener?.reset();
			while (!ended.aborted) {
				const { done, value } = await reader.read();
				if (done) return false;
				this.#lastWord = Date.now();
				for (const event of parser.push(value)) this.#take(event.id, event.name, event.data);
			}
		} catch (error) {
			return error instanceof ApiError && error.status === 401;
		} finally {
			clearInterval(watch);
			running.abort();
		}
		return false;
	}

	#take(id: string | null, name: string, data: string): void {
		if (id) this.#lastId = id;
		if (name === 'reset') {
			this.#pending = [];
			this.#listener?.reset();
			return;
		}
		try {
			this.#pending.push(JSON.parse(data) as EventMessage);
		} catch {
			// Not for us: a newer daemon may say things that this page does not know.
			return;
		}
		if (this.#flushing) return;
		this.#flushing = true;
		const flush = () => {
			this.#flushing = false;
			const messages = this.#pending;
			this.#pending = [];
			if (messages.length > 0) this.#listener?.changed(messages);
		};
		if (document.visibilityState === 'visible') requestAnimationFrame(flush);
		else setTimeout(flush, 250);
	}

	#found(): void {
		this.state = 'live';
		this.lostSince = null;
	}

	#lost(): void {
		if (this.state === 'gone') return;
		this.state = 'gone';
		const since = Date.now();
		setTimeout(() => {
			if (this.state === 'gone') this.lostSince ??= since;
		}, GRACE_MS);
	}

	#pause(ms: number | null): Promise<void> {
		return new Promise((resolve) => {
			const timer = ms === null ? undefined : setTimeout(done, ms);
			const wake = () => done();
			this.#wake = wake;
			function done() {
				clearTimeout(timer);
				resolve();
			}
		});
	}
}

export const live = new Live();
