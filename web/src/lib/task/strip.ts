/** A chain of tasks as bars in time. Long stretches in which nothing happened are folded. */

export interface Stretch {
	id: number;
	state: string;
	label: string;
	/** When it began to wait in line; nothing to show of that if it is the same as `from`. */
	queued: number;
	from: number;
	/** The present, if it goes on. */
	to: number;
	goesOn: boolean;
}

export interface Bar extends Stretch {
	/** Percent of the width. */
	left: number;
	width: number;
	queuedLeft: number;
	queuedWidth: number;
}

export interface Strip {
	bars: Bar[];
	ticks: { left: number; at: number }[];
	/** Folded stretches, and how long they are. */
	folds: { left: number; width: number; ms: number }[];
}

/** How much of the width a fold takes. */
const FOLD_PERCENT = 4;
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800].map((s) => s * 1000);

export function strip(stretches: Stretch[]): Strip {
	const first = stretches[0];
	if (!first) return { bars: [], ticks: [], folds: [] };
	const spans = merged(stretches);
	const busy = spans.reduce((sum, [from, to]) => sum + (to - from), 0);
	const foldable = spans.slice(1).map((span, index) => {
		const gap = span[0] - (spans[index]?.[1] ?? span[0]);
		return gap > Math.max(busy * 1.5, 60_000) ? gap : 0;
	});
	const folds = foldable.filter((gap) => gap > 0).length;
	const begin = spans[0]?.[0] ?? 0;
	const end = spans.at(-1)?.[1] ?? begin;
	const told = Math.max(1_000, end - begin - foldable.reduce((sum, gap) => sum + gap, 0));
	const perMs = (100 - folds * FOLD_PERCENT) / told;

	const place = (at: number): number => {
		let left = 0;
		let from = begin;
		for (const [index, span] of spans.entries()) {
			const gap = index > 0 ? (foldable[index - 1] ?? 0) : 0;
			if (gap > 0) {
				const before = spans[index - 1]?.[1] ?? from;
				if (at <= before) break;
				left += (before - from) * perMs;
				if (at < span[0]) return left + ((at - before) / gap) * FOLD_PERCENT;
				left += FOLD_PERCENT;
				from = span[0];
			}
		}
		return left + (Math.min(at, end) - from) * perMs;
	};
	const bars = stretches.map((stretch): Bar => {
		const left = place(stretch.from);
		const queuedLeft = place(stretch.queued);
		return { ...stretch, left, width: Math.max(0.6, place(stretch.to) - left), queuedLeft, queuedWidth: left - queuedLeft };
	});
	const marks = foldable.flatMap((gap, index) => {
		if (gap === 0) return [];
		const left = place(spans[index]?.[1] ?? 0);
		return [{ left, width: FOLD_PERCENT, ms: gap }];
	});
	return { bars, ticks: ticks(spans, foldable, place, told), folds: marks };
}

/** The stretches without their overlaps, in order. */
function merged(stretches: Stretch[]): [number, number][] {
	const sorted = stretches.map((one): [number, number] => [Math.min(one.queued, one.from), Math.max(one.from, one.to)]).sort((a, b) => a[0] - b[0]);
	const spans: [number, number][] = [];
	for (const [from, to] of sorted) {
		const last = spans.at(-1);
		if (last && from <= last[1]) last[1] = Math.max(last[1], to);
		else spans.push([from, to]);
	}
	return spans;
}

function ticks(spans: [number, number][], foldable: number[], place: (at: number) => number, told: number): Strip['ticks'] {
	const step = STEPS_MS.find((one) => told / one <= 7) ?? 604_800_000;
	const zone = new Date(spans[0]?.[0] ?? 0).getTimezoneOffset() * 60_000;
	const made: Strip['ticks'] = [];
	const begin = spans[0]?.[0] ?? 0;
	const end = spans.at(-1)?.[1] ?? 0;
	const isFolded = (at: number) => spans.some((span, index) => (foldable[index] ?? 0) > 0 && at > span[1] && at < (spans[index + 1]?.[0] ?? 0));
	if ((end - begin) / step > 100_000) return made;
	for (let at = Math.ceil((begin - zone) / step) * step + zone; at <= end; at += step) {
		if (isFolded(at)) continue;
		const left = place(at);
		const last = made.at(-1);
		if (!last || left - last.left > 7) made.push({ left, at });
	}
	return made;
}
