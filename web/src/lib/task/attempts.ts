/** The attempts of a task, read out of its history. */
import type { HistoryEntry } from '$lib/api/model';
import { EVENT, STATE } from '$lib/api/words';

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
		if (entry.event === EVENT.claimed) {
			made.push({ number: made.length + 1, from: Date.parse(entry.at), to: null, state: STATE.running, detail: null });
		} else if (entry.event === EVENT.neverStarted && last && last.to === null) {
			// Proven never to have run: it does not count.
			made.pop();
		} else if (last && last.to === null && entry.from === STATE.running && entry.to !== STATE.running) {
			last.to = Date.parse(entry.at);
			last.detail = entry.detail ?? null;
			last.state = entry.to === STATE.waiting || entry.to === STATE.queued ? STATE.failed : entry.to;
		}
	}
	return made;
}
