/** Where the lines are in a scroller. A browser cannot make a box of six million lines: beyond its limit the bar is scaled. */
export const LINE_PX = 19;
/** Boxes higher than about 16 million pixels break in some browsers. */
const HIGHEST_PX = 8_000_000;

export interface Viewport {
	/** How high the box is that the browser scrolls. */
	heightPx: number;
	/** How many lines go by for one line's height of scrolling; 1 until the box would be too high. */
	scale: number;
}

export function viewport(count: number): Viewport {
	const full = count * LINE_PX;
	return full <= HIGHEST_PX ? { heightPx: full, scale: 1 } : { heightPx: HIGHEST_PX, scale: full / HIGHEST_PX };
}

/** The first line in view, as a fraction, at this place of the scroll bar. */
export function topLine(scrollTop: number, viewPx: number, count: number): number {
	const { heightPx, scale } = viewport(count);
	if (scale === 1) return scrollTop / LINE_PX;
	const room = Math.max(1, heightPx - viewPx);
	return (Math.min(scrollTop, room) / room) * Math.max(0, count - viewPx / LINE_PX);
}

/** The place of the scroll bar that shows this line first. */
export function scrollTopOf(line: number, viewPx: number, count: number): number {
	const { heightPx, scale } = viewport(count);
	if (scale === 1) return line * LINE_PX;
	const last = Math.max(1, count - viewPx / LINE_PX);
	return (Math.min(line, last) / last) * Math.max(1, heightPx - viewPx);
}
