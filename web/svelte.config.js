import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import adapter from '@sveltejs/adapter-static';

/** The page's version is its content: two builds of the same sources are the same, byte for byte. */
function contentVersion() {
	const hash = createHash('sha256');
	const add = (/** @type {string} */ path) => {
		for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
			const child = join(path, entry.name);
			if (entry.isDirectory()) add(child);
			else hash.update(child).update(readFileSync(child));
		}
	};
	const root = import.meta.dirname;
	for (const folder of ['src', 'static']) add(join(root, folder));
	hash.update(readFileSync(join(root, 'package-lock.json')));
	return hash.digest('hex').slice(0, 12);
}

/** @type {import('@sveltejs/kit').Config} */
export default {
	compilerOptions: { runes: true },
	vitePlugin: { dynamicCompileOptions: ({ filename }) => (filename.includes('node_modules') ? { runes: undefined } : {}) },
	kit: {
		adapter: adapter({ pages: 'build', assets: 'build', fallback: 'index.html', strict: false }),
		// The server sends the same policy as a header, with the hash of the start-up script taken from index.html.
		csp: { mode: 'hash', directives: { 'default-src': ['self'], 'script-src': ['self'] } },
		version: { name: contentVersion(), pollInterval: 0 },
		typescript: { config: (config) => ({ ...config, include: [...config.include, '../e2e/**/*.ts', '../tests/**/*.ts'] }) },
	},
};
