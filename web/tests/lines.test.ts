import { expect, test } from 'vitest';
import { Lines, type Piece } from '../src/lib/output/lines';
import { LINE_PX, scrollTopOf, topLine, viewport } from '../src/lib/output/viewport';

const piece = (text: string, stream: Piece['stream'] = 'stdout', at = 0): Piece => ({ stream, at, bytes: new TextEncoder().encode(text), dropped: 0 });
const texts = (lines: Lines) => Array.from({ length: lines.count }, (_, index) => lines.line(index)?.text);

test('output cut anywhere gives the same lines', () => {
	const text = 'one\n\nthrée\nlast without an end';
	const bytes = new TextEncoder().encode(text);
	for (let cut = 0; cut <= bytes.length; cut += 1) {
		const lines = new Lines();
		lines.append([{ ...piece(''), bytes: bytes.slice(0, cut) }, { ...piece(''), bytes: bytes.slice(cut) }]);
		expect(texts(lines), `cut at ${cut}`).toEqual(text.split('\n'));
	}
});

test('a line knows its stream and its time, and a gap says what is missing', () => {
	const lines = new Lines();
	lines.append([piece('a\n', 'stdout', 5), piece('b\n', 'stderr', 6), { ...piece(''), dropped: 12345, at: 7 }, piece('c', 'stdout', 8)]);
	expect([0, 1, 2, 3].map((index) => lines.line(index)).map((line) => [line?.stream, line?.at])).toEqual([['stdout', 5], ['stderr', 6], ['gap', 7], ['stdout', 8]]);
	expect(lines.line(2)?.text).toContain('12,345 bytes');
	expect(lines.line(4)).toBeNull();
});

test('words are found in any case, before and after', () => {
	const lines = new Lines();
	lines.append([piece('alpha\nBeta\ngamma beta\n')]);
	expect([lines.find('BETA', 0), lines.find('beta', 2), lines.find('beta', 3), lines.find('', 0)]).toEqual([1, 2, -1, -1]);
});

test('of a line without end only the beginning is shown, and how much is left', () => {
	const lines = new Lines();
	lines.append([piece('x'.repeat(20_000))]);
	expect([lines.line(0)?.text.length, lines.line(0)?.cutBytes]).toEqual([8192, 11808]);
});

test('a bar for six million lines reaches the first and the last', () => {
	const count = 6_000_000;
	const { heightPx, scale } = viewport(count);
	expect(heightPx).toBeLessThan(16_000_000);
	expect(scale).toBeGreaterThan(1);
	expect(topLine(0, 600, count)).toBe(0);
	expect(topLine(heightPx - 600, 600, count)).toBeCloseTo(count - 600 / LINE_PX, 3);
	for (const line of [0, 1234, 3_000_000, 5_999_000]) expect(topLine(scrollTopOf(line, 600, count), 600, count)).toBeCloseTo(line, 3);
	expect(topLine(scrollTopOf(77, 600, 1000), 600, 1000)).toBe(77);
});
