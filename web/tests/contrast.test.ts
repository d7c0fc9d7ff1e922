import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../src/lib/style/tokens.css', import.meta.url), 'utf8');
const output = readFileSync(new URL('../src/lib/output/OutputView.svelte', import.meta.url), 'utf8');

/** Each colour in both themes. */
function colours(text: string): Map<string, [string, string]> {
	const found = text.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g);
	return new Map([...found].map(([, name = '', light = '', dark = '']) => [name, [light, dark]]));
}

function luminance(colour: string): number {
	const parts = [1, 3, 5].map((place) => {
		const value = Number.parseInt(colour.slice(place, place + 2), 16) / 255;
		return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
}

function contrast(a: string, b: string): number {
	const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
	return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const tokens = colours(css);
const ROLES = ['idle', 'teal', 'green', 'red', 'violet'];
const TEXT: [string, string][] = [
	...['paper', 'sheet', 'sunk', 'raised', 'mark-ground', 'red-ground', 'green-ground', 'violet-ground', 'idle-ground'].map((on): [string, string] => ['ink', on]),
	...['paper', 'sheet', 'sunk', 'raised', 'mark-ground'].map((on): [string, string] => ['soft', on]),
	['on-ink', 'ink'],
	['mark-text', 'mark-ground'],
	['mark-text', 'paper'],
	...ROLES.flatMap((role): [string, string][] => [
		[`${role}-text`, `${role}-ground`],
		[`${role}-text`, 'sheet'],
		[`${role}-text`, 'paper'],
	]),
	...['teal', 'green', 'red', 'violet', 'idle-text'].map((on): [string, string] => ['sheet', on]),
];

test('every text can be read on its ground, in both themes', () => {
	const weak = TEXT.flatMap(([text, ground]) =>
		([0, 1] as const).flatMap((theme) => {
			const [a, b] = [tokens.get(text)?.[theme], tokens.get(ground)?.[theme]];
			if (!a || !b) return [`${text} on ${ground}: no such colour`];
			const ratio = contrast(a, b);
			return ratio >= 4.5 ? [] : [`${text} on ${ground} (${theme === 0 ? 'light' : 'dark'}): ${ratio.toFixed(2)}`];
		}),
	);
	expect(weak).toEqual([]);
});

test('every mark stands out from what it stands on', () => {
	const weak = ['idle', 'teal', 'green', 'red', 'violet'].flatMap((mark) =>
		([0, 1] as const).filter((theme) => contrast(tokens.get(mark)?.[theme] ?? '#000000', tokens.get('sheet')?.[theme] ?? '#000000') < 3).map((theme) => `${mark} ${theme}`),
	);
	expect(weak).toEqual([]);
});

test('the sixteen colours of a terminal can be read where output is shown', () => {
	const ansi = colours(output);
	expect(ansi.size).toBe(16);
	const ground = tokens.get('sunk') ?? ['#ffffff', '#000000'];
	const weak = [...ansi].flatMap(([name, pair]) =>
		([0, 1] as const).flatMap((theme) => (contrast(pair[theme], ground[theme]) < 4.5 ? [`${name} ${theme}: ${contrast(pair[theme], ground[theme]).toFixed(2)}`] : [])),
	);
	expect(weak).toEqual([]);
});
