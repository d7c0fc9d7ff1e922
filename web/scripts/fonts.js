// Cuts the fonts down to what the page shows: Latin letters and our few signs, in the weights we use. Run before a build.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import subsetFont from 'subset-font';

const target = new URL('../src/lib/style/fonts/', import.meta.url);
const { resolve } = createRequire(import.meta.url);
let letters = '–—‘’‚“”„†•…‹›€™←↑→↓−≈≤≥⋯';
for (let code = 0x20; code < 0x7f; code += 1) letters += String.fromCodePoint(code);
for (let code = 0xa0; code < 0x100; code += 1) letters += String.fromCodePoint(code);

mkdirSync(target, { recursive: true });
for (const [name, min, max] of /** @type {const} */ ([['overpass', 400, 800], ['overpass-mono', 400, 700]])) {
	const whole = readFileSync(resolve(`@fontsource-variable/${name}/files/${name}-latin-wght-normal.woff2`));
	const cut = await subsetFont(whole, letters, { targetFormat: 'woff2', variationAxes: { wght: { min, max } } });
	writeFileSync(new URL(`${name}.woff2`, target), cut);
}
