/**
 * Measures the page in a real browser: `node scripts/speed.js ONE-TIME-LINK ROUNDS`. Prints, as JSON, how long each load
 * took from the first byte asked for to the first row, and the longest task of each long scroll, in milliseconds.
 */
import { chromium } from '@playwright/test';

const [link, rounds] = [process.argv[2], Number(process.argv[3] ?? 5)];
if (!link) throw new Error('give the link that `longhaul open --print` prints');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
try {
	const page = await browser.newPage({ viewport: { width: 1360, height: 860 }, reducedMotion: 'reduce' });
	await page.addInitScript(() => {
		window.longest = 0;
		new PerformanceObserver((list) => {
			for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
		}).observe({ type: 'longtask' });
		const seen = new MutationObserver(() => {
			if (!document.querySelector('[data-task]')) return;
			seen.disconnect();
			// Drawn, not only in the document.
			requestAnimationFrame(() => setTimeout(() => (window.listed = performance.now())));
		});
		seen.observe(document, { childList: true, subtree: true });
	});
	await page.goto(link);
	await page.waitForFunction(() => window.listed);
	const list = new URL('/tasks', link).href;
	const [lists, scrolls] = [[], []];
	for (let round = 0; round < rounds; round += 1) {
		await page.goto(list);
		await page.waitForFunction(() => window.listed);
		lists.push(await page.evaluate(() => window.listed));
		// What loading costs is not scrolling's.
		await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => {});
		const { longest, rows } = await page.evaluate(async () => {
			window.longest = 0;
			for (let turn = 0; turn < 600; turn += 1) {
				window.scrollBy(0, 400);
				await new Promise((resolve) => requestAnimationFrame(resolve));
			}
			await new Promise((resolve) => setTimeout(resolve, 200));
			return { longest: window.longest, rows: window.scrollY / document.querySelector('[data-task]').getBoundingClientRect().height };
		});
		if (rows < 500) throw new Error(`only ${Math.round(rows)} rows could be scrolled`);
		scrolls.push(longest);
	}
	console.log(JSON.stringify({ lists, scrolls }));
} finally {
	await browser.close();
}
