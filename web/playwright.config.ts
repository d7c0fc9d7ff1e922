import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** Debian's own browser where there is one; else the one that Playwright installed. */
const systemBrowser = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export default defineConfig({
	testDir: 'e2e',
	testMatch: '*.spec.ts',
	outputDir: 'test-results',
	timeout: 90_000,
	expect: { timeout: 20_000 },
	// A world belongs to a worker, and a worker to one project: ten thousand tasks hide nobody else's rows.
	projects: [
		{ name: 'page', testIgnore: '**/many.spec.ts' },
		{ name: 'many', testMatch: '**/many.spec.ts' },
	],
	workers: 2,
	fullyParallel: false,
	forbidOnly: true,
	reporter: [['list']],
	use: {
		viewport: { width: 1360, height: 860 },
		locale: 'en-GB',
		timezoneId: 'UTC',
		reducedMotion: 'reduce',
		trace: 'off',
		screenshot: 'only-on-failure',
		launchOptions: {
			executablePath: existsSync(systemBrowser) ? systemBrowser : undefined,
			args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
		},
	},
});
