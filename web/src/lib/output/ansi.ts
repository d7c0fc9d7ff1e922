/** Terminal colours as spans. Only colours and weights are kept; everything else a terminal understands is dropped. */

/** A run of text that looks the same. `fg` and `bg` are `0`–`255` of the palette or `#rrggbb`. */
export interface Span {
	text: string;
	style: Style | null;
}

export interface Style {
	fg?: number | string;
	bg?: number | string;
	bold?: true;
	dim?: true;
	italic?: true;
	underline?: true;
	strike?: true;
	inverse?: true;
}

// CSI … final, OSC … (BEL | ESC \), other two-letter escapes, and single control characters but tab.
// eslint-disable-next-line no-control-regex
const ESCAPE = /\x1b\[([0-9:;<=>?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]|\x1b[ -/]+[0-~]|\x1b\[[0-9:;<=>?]*$|[\x00-\x08\x0b-\x1f\x7f]/g;

/** The spans of one line, and the style that goes on into the next. */
export function spans(line: string, start: Style | null): { spans: Span[]; end: Style | null } {
	const made: Span[] = [];
	let style = start;
	let from = 0;
	const add = (text: string) => {
		if (text === '') return;
		const last = made.at(-1);
		if (last && same(last.style, style)) last.text += text;
		else made.push({ text, style });
	};
	for (const match of line.matchAll(ESCAPE)) {
		add(line.slice(from, match.index));
		from = match.index + match[0].length;
		if (match[2] === 'm') style = turned(style, match[1] ?? '');
	}
	add(line.slice(from));
	return { spans: made, end: style };
}

/** The line as it would stand on a terminal: what was overwritten after a carriage return is gone. */
export function overwritten(line: string): string {
	const body = line.endsWith('\r') ? line.slice(0, -1) : line;
	const last = body.lastIndexOf('\r');
	return last < 0 ? body : body.slice(last + 1);
}

/** The text alone, for search. */
export function plain(line: string): string {
	return line.replace(ESCAPE, '');
}

function turned(before: Style | null, parameters: string): Style | null {
	let style: Style = { ...before };
	const codes = parameters.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
	for (let place = 0; place < codes.length; place += 1) {
		const code = codes[place] ?? 0;
		if (code === 0) style = {};
		else if (code === 1) style.bold = true;
		else if (code === 2) style.dim = true;
		else if (code === 3) style.italic = true;
		else if (code === 4) style.underline = true;
		else if (code === 7) style.inverse = true;
		else if (code === 9) style.strike = true;
		else if (code === 22) {
			delete style.bold;
			delete style.dim;
		} else if (code === 23) delete style.italic;
		else if (code === 24) delete style.underline;
		else if (code === 27) delete style.inverse;
		else if (code === 29) delete style.strike;
		else if (code >= 30 && code <= 37) style.fg = code - 30;
		else if (code >= 90 && code <= 97) style.fg = code - 82;
		else if (code === 39) delete style.fg;
		else if (code >= 40 && code <= 47) style.bg = code - 40;
		else if (code >= 100 && code <= 107) style.bg = code - 92;
		else if (code === 49) delete style.bg;
		else if (code === 38 || code === 48) {
			const [colour, used] = extended(codes, place + 1);
			place += used;
			if (colour !== null) style[code === 38 ? 'fg' : 'bg'] = colour;
		}
	}
	return Object.keys(style).length === 0 ? null : style;
}

function extended(codes: number[], place: number): [number | string | null, number] {
	const byte = (code: number | undefined) => Math.min(255, Math.max(0, code ?? 0));
	if (codes[place] === 5) return [byte(codes[place + 1]), 2];
	if (codes[place] === 2) {
		const parts = [1, 2, 3].map((by) => byte(codes[place + by]).toString(16).padStart(2, '0'));
		return [`#${parts.join('')}`, 4];
	}
	return [null, 0];
}

function same(a: Style | null, b: Style | null): boolean {
	return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** A colour of the palette as CSS: the first sixteen follow the theme. */
export function colour(value: number | string): string {
	if (typeof value === 'string') return value;
	if (value < 16) return `var(--ansi-${value})`;
	if (value >= 232) {
		const grey = 8 + (value - 232) * 10;
		return `rgb(${grey} ${grey} ${grey})`;
	}
	const cube = value - 16;
	const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
	return `rgb(${level(Math.floor(cube / 36))} ${level(Math.floor(cube / 6) % 6)} ${level(cube % 6)})`;
}
