/** Which rows of a long list are near what is seen. Heights are known, so nothing is measured. */

/** Where each row begins, and, as the last, where all end. */
export function places(heights: readonly number[]): Float64Array {
	const made = new Float64Array(heights.length + 1);
	for (let index = 0; index < heights.length; index += 1) made[index + 1] = (made[index] ?? 0) + (heights[index] ?? 0);
	return made;
}

/** The rows that lie between `top` and `bottom`, and a few more on both sides: from the first to before the last. */
export function range(starts: Float64Array, top: number, bottom: number, overscan: number): { from: number; to: number } {
	const count = starts.length - 1;
	const from = Math.max(0, rowAt(starts, top) - overscan);
	const to = Math.min(count, rowAt(starts, bottom) + 1 + overscan);
	return { from, to };
}

/** The row at this height; the first or last one outside. */
export function rowAt(starts: Float64Array, height: number): number {
	let low = 0;
	let high = Math.max(0, starts.length - 2);
	while (low < high) {
		const middle = (low + high + 1) >> 1;
		if ((starts[middle] ?? 0) <= height) low = middle;
		else high = middle - 1;
	}
	return low;
}
