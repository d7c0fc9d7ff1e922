/** The attempts of a task, read out of its history. */
import type { HistoryEntry } from '$lib/api/model';

export interface Attempt {
	number: number;
	/** Milliseconds since 1970. */
	from: number;
	/** Nothing while it runs. */
	to: number | null;
	/** How the task stood after it, which for a retried one is not its end. */
	state: string;
	detail: string | null;
}

export function attempts(history: HistoryEntry[]): Attempt[] {
	const made: Attempt[] = [];
	for (const entry of history) {
		const last = made.at(-1);
		if (entry.event === 'claimed') {
			made.push({ number: made.length + 1, from: Date.parse(entry.at), to: null, state: 'running', detail: null });
		} else if (entry.event === 'never-started' && last && last.to === null) {
			// Proven never to have run: it does not count.
			made.pop();
		} else if (last && last.to === null && entry.from === 'running' && entry.to !== 'running') {
			last.to = Date.parse(entry.at);
			last.detail = entry.detail ?? null;
			last.state = entry.to === 'waiting' || entry.to === 'queued' ? 'failed' : entry.to;
		}
	}
	return made;
}
