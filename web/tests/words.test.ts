import { expect, test } from 'vitest';
import { ACTIVE, shown, STATES, TERMINAL, UNSUCCESSFUL } from '../src/lib/api/words';
import { readFragment } from '../src/lib/api/session.svelte';
import { bytes, count } from '../src/lib/words/amount';
import { duration, exactDuration, parseDuration, running, shellDuration } from '../src/lib/words/duration';
import { safeLink } from '../src/lib/words/link';
import { commandLine, shortPath } from '../src/lib/words/path';
import { relative } from '../src/lib/words/time';

test('durations have as many figures as they need', () => {
	expect([0, 340, 9_960, 59_999, 221_000, 2_882_000, 18_720_000, 270_000_000].map(duration)).toEqual([
		'0.0 s', '0.3 s', '9 s', '59 s', '3:41', '48 min', '5 h 12 min', '3 d 3 h',
	]);
	expect([500, 65_000, 3_725_000].map(running)).toEqual(['0:00', '1:05', '1:02:05']);
	expect([2_882_000, 72_000].map(exactDuration)).toEqual(['48 min 02 s', '1 min 12 s']);
	expect([running(-5_000), duration(-1)]).toEqual(['0:00', '0.0 s']);
});

test('a duration is read as the command line reads it', () => {
	expect(['90s', '10m', '1h30m', '1.5h', '250ms', '2d'].map(parseDuration)).toEqual([90_000, 600_000, 5_400_000, 5_400_000, 250, 172_800_000]);
	expect(['', '10', 'm', '1x', '-5s', '1h-'].map(parseDuration)).toEqual([null, null, null, null, null, null]);
	expect([90_000, 600_000, 7_200_000, 250].map(shellDuration)).toEqual(['90s', '10m', '2h', '250ms']);
});

test('moments are told from where one stands', () => {
	const now = Date.parse('2026-11-20T12:00:00Z');
	expect([0, 5_000, 240_000, 7_200_000, -1_320_000, 3 * 86_400_000].map((ago) => relative(now - ago, now))).toEqual(['now', 'now', '4 min ago', '2 h ago', 'in 22 min', '3 d ago']);
	expect(relative(Date.parse('2026-10-12T12:00:00Z'), now)).toBe('12 Oct');
	expect(relative(Date.parse('2024-10-12T12:00:00Z'), now)).toBe('12 Oct 2024');
});

test('sizes and counts', () => {
	expect([0, 999, 2_100, 999_600, 67_108_864].map(bytes)).toEqual(['0 B', '999 B', '2.1 kB', '1.0 MB', '67 MB']);
	expect([812, 41_882, 412_000, 1_200_000].map(count)).toEqual(['812', '41.9 k', '412 k', '1.2 M']);
});

test('a command line is quoted where a shell would read it', () => {
	expect(commandLine(['sh', '-c', "it's late", '', 'a=b'])).toBe(`sh -c 'it'\\''s late' '' a=b`);
	expect([shortPath('/home/me/acme/shop'), shortPath('/'), shortPath('/tmp')]).toEqual(['acme/shop', '/', 'tmp']);
});

test('only the web is linked to', () => {
	expect([safeLink('https://x.example/a'), safeLink('javascript:alert(1)'), safeLink('data:text/html,x'), safeLink('nonsense'), safeLink(null)]).toEqual(['https://x.example/a', null, null, null, null]);
});

test('a fragment is read, and nothing else is taken for one', () => {
	expect(readFragment('#code=abc&task=12')).toEqual({ code: 'abc', task: 12 });
	expect(readFragment('#task=12')).toEqual({ code: null, task: 12 });
	expect(readFragment('#task=-1&code=')).toEqual({ code: null, task: null });
	expect(readFragment('')).toEqual({ code: null, task: null });
});

test('a word that is not known is shown as it is', () => {
	const texts = { running: 'at work' };
	expect([shown(texts, 'running'), shown(texts, 'of-tomorrow'), shown(texts, 'constructor')]).toEqual(['at work', 'of-tomorrow', 'constructor']);
});

test('every state is over or not, and nothing else is', () => {
	expect([...ACTIVE, ...TERMINAL]).toEqual([...STATES]);
	expect([...UNSUCCESSFUL].filter((state) => !TERMINAL.includes(state))).toEqual([]);
});
