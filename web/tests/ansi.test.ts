import { expect, test } from 'vitest';
import { colour, overwritten, plain, spans } from '../src/lib/output/ansi';

const read = (line: string) => spans(line, null).spans;

test('colours and weights become spans, and end where they end', () => {
	expect(read('a\x1b[1;31mred\x1b[0m b')).toEqual([
		{ text: 'a', style: null },
		{ text: 'red', style: { bold: true, fg: 1 } },
		{ text: ' b', style: null },
	]);
	expect(read('\x1b[38;5;208mx\x1b[39my')).toEqual([{ text: 'x', style: { fg: 208 } }, { text: 'y', style: null }]);
	expect(read('\x1b[48;2;1;2;255mx')[0]?.style).toEqual({ bg: '#0102ff' });
	expect(read('\x1b[92;104mx')[0]?.style).toEqual({ fg: 10, bg: 12 });
});

test('a colour goes on into the next line', () => {
	const { end } = spans('\x1b[33mopen', null);
	expect(spans('still', end).spans).toEqual([{ text: 'still', style: { fg: 3 } }]);
});

test('what is not a colour is dropped and never shown', () => {
	expect(plain('\x1b[2K\x1b[1A\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link\x1b(B\x08\x00')).toBe('textlink');
	expect(read('\x1b[?25lgone\x1b[')[0]?.text).toBe('gone');
	expect(read('tab\tstays')[0]?.text).toBe('tab\tstays');
});

test('an overwritten line shows its last state', () => {
	expect(overwritten('10%\r50%\r100%')).toBe('100%');
	expect(overwritten('windows line\r')).toBe('windows line');
	expect(overwritten('plain')).toBe('plain');
});

test('markup is nothing special', () => {
	expect(read('<script>alert(1)</script>')).toEqual([{ text: '<script>alert(1)</script>', style: null }]);
});

test('the palette has its cube and its greys', () => {
	expect([colour(1), colour(16), colour(231), colour(244), colour('#abcdef')]).toEqual([
		'var(--ansi-1)', 'rgb(0 0 0)', 'rgb(255 255 255)', 'rgb(128 128 128)', '#abcdef',
	]);
});
