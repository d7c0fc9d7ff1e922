// Weighs the built page: everything a browser may ever load, as it travels (text gzipped, fonts and pictures as they are).
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 200_000;
const build = new URL('../build', import.meta.url).pathname;
const packed = new Set(['.woff2', '.png']);
/** @type {{ path: string, bytes: number }[]} */
const files = [];
const add = (/** @type {string} */ folder) => {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) {
			add(path);
			continue;
		}
		const content = readFileSync(path);
		const bytes = packed.has(extname(path)) ? content.length : gzipSync(content, { level: 9 }).length;
		files.push({ path: path.slice(build.length + 1), bytes });
	}
};
add(build);
const total = files.reduce((sum, file) => sum + file.bytes, 0);
if (process.argv.includes('--list')) {
	for (const file of files.sort((a, b) => b.bytes - a.bytes)) console.log(String(file.bytes).padStart(8), file.path);
}
console.log(`page: ${(total / 1000).toFixed(1)} kB of ${LIMIT_BYTES / 1000} kB, ${files.length} files`);
if (total > LIMIT_BYTES) {
	console.error('the page is too heavy (`node scripts/size.js --list` shows what weighs)');
	process.exit(1);
}
