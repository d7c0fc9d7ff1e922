import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** `LONGHAUL_DEV_SOCKET=…/run/longhaul.sock npm run dev` works on the page against a running daemon. */
const socketPath = process.env['LONGHAUL_DEV_SOCKET'];
const target = socketPath ? { socketPath, host: 'localhost', port: 80 } : 'http://127.0.0.1:7717';

/** The framework's announcer carries a style attribute, which our policy forbids; base.css has the same as a rule. */
const announcerWithoutStyle: Plugin = {
	name: 'announcer-without-style',
	enforce: 'pre',
	transform(code, id) {
		if (!id.endsWith('/generated/root.svelte')) return null;
		return code.replace(/(id="svelte-announcer"[^>]*?) style="[^"]*"/, '$1');
	},
};

export default defineConfig({
	plugins: [announcerWithoutStyle, sveltekit()],
	build: {
		target: 'es2022',
		chunkSizeWarningLimit: 500,
		rolldownOptions: {
			output: {
				// Sixty small files pack a seventh worse than one; only what most visits never need stays apart.
				codeSplitting: {
					groups: [
						{ name: 'markdown', test: /node_modules[\\/]marked|parts[\\/]markdown/, priority: 2 },
						{ name: 'page', test: /\.(js|ts|svelte)$/, priority: 1 },
					],
				},
			},
		},
	},
	server: {
		host: '127.0.0.1',
		proxy: {
			'/api': {
				target: target as string,
				// The daemon checks who asks; to it, the development server is the command line.
				configure: (proxy) => {
					proxy.on('proxyReq', (request) => {
						request.removeHeader('origin');
						request.setHeader('host', 'localhost');
					});
				},
			},
		},
	},
	test: { include: ['src/**/*.test.ts', 'tests/**/*.test.ts'], environment: 'node' },
});
