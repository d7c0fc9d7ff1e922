import { expect, row, test } from './world';

const COUNT = 10_000;

test('ten thousand rows are scrolled without a stall', async ({ world, page }) => {
	test.setTimeout(150_000);
	const oldest = await world.seed(COUNT, (number) => ({ kind: 'command', command: ['true'], cwd: world.work(), name: `many ${number}`, queue: 'many', hold: true }));
	await world.signIn(page, '/tasks?queue=many');
	const rows = page.locator('[data-task]');
	await expect(rows.first()).toContainText(/many \d/);
	const worst = await page.evaluate(async () => {
		let longest = 0;
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
		}).observe({ entryTypes: ['longtask'] });
		for (let turn = 0, still = 0; turn < 1_500 && still < 60; turn += 1) {
			const before = window.scrollY;
			window.scrollBy(0, 1_200);
			await new Promise((resolve) => requestAnimationFrame(resolve));
			still = window.scrollY === before ? still + 1 : 0;
			if (still > 0) await new Promise((resolve) => setTimeout(resolve, 50));
		}
		return longest;
	});
	await expect(row(page, oldest)).toBeVisible();
	// Few rows are drawn, however many there are.
	expect(await rows.count()).toBeLessThan(80);
	// 50 ms on a quiet machine (the benchmark measures that); a shared one gets more.
	expect(worst).toBeLessThan(400);
	// Gone before the world is taken down, which would cancel them one by one.
	await page.evaluate(() => window.scrollTo(0, 0));
});
