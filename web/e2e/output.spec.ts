import { readFileSync } from 'node:fs';
import { expect, test } from './world';

test('colours, overwritten lines, standard error and times are shown', async ({ world, page }) => {
	const id = world.sh('colourful', `printf '\\033[1;31mred\\033[0m plain\\n10%%\\r100%% done\\n'; echo bad >&2`);
	await world.end(id);
	await world.signIn(page, `/tasks/${id}`);
	const log = page.getByRole('log', { name: /Output/ });
	await expect(log.getByText('red', { exact: true })).toHaveClass(/bold/);
	await expect(log.getByText('red', { exact: true })).toHaveCSS('color', 'rgb(179, 38, 30)');
	await expect(log.getByText('100% done')).toBeVisible();
	await expect(log.getByText('10%', { exact: true })).toHaveCount(0);
	await expect(log.locator('.stderr')).toContainText('bad');
	await page.getByRole('checkbox', { name: 'times' }).check();
	await expect(log.locator('.time').first()).toHaveText(/^\d\d:\d\d:\d\d\.\d{3}$/);
	await page.getByRole('combobox', { name: 'Stream' }).selectOption('stderr');
	await expect(log.getByText('100% done')).toHaveCount(0);
	await expect(log.getByText('bad')).toBeVisible();
});

test('it follows what is printed, and searches and downloads it', async ({ world, page }) => {
	const gate = world.gate('follow');
	const id = world.sh('talker', `seq 1 5000; ${gate.script}; echo the very end`);
	await world.signIn(page, `/tasks/${id}`);
	const log = page.getByRole('log', { name: /Output/ });
	await expect(log.getByText('5000', { exact: true })).toBeVisible();
	// Changes of the task itself do not begin the reading anew.
	const asked: string[] = [];
	page.on('request', (request) => void (/\/output\?offset=0&/.test(request.url()) && asked.push(request.url())));
	gate.open();
	await expect(log.getByText('the very end')).toBeVisible();
	await expect(page.getByText('completed', { exact: true }).first()).toBeVisible();
	expect(asked).toEqual([]);
	await page.getByRole('searchbox', { name: 'Search the output' }).fill('4321');
	await page.keyboard.press('Enter');
	await expect(page.getByText('line 4,321')).toBeVisible();
	await expect(log.locator('.found')).toHaveText('4321');
	await expect(log.getByText('the very end')).toHaveCount(0);
	const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
	const text = readFileSync(await download.path(), 'utf8');
	expect(text.split('\n').length).toBe(5002);
	expect(text.endsWith('5000\nthe very end\n')).toBe(true);
});

test('64 MiB do not freeze the page', async ({ world, page }) => {
	const id = world.sh('flood', `yes 'sixteen letters.' | head -c 67000000; echo; echo the last line`);
	await world.end(id);
	await world.signIn(page, `/tasks/${id}?tab=output`);
	const log = page.getByRole('log', { name: /Output/ });
	await expect(log.getByText('the last line')).toBeVisible();
	await page.evaluate(() => {
		const times = ((window as unknown as { stalls: number[] }).stalls = [] as number[]);
		let last = performance.now();
		const beat = () => {
			const now = performance.now();
			times.push(now - last);
			last = now;
			requestAnimationFrame(beat);
		};
		requestAnimationFrame(beat);
	});
	await page.getByRole('button', { name: /Read all/ }).click();
	await expect(page.getByRole('button', { name: /Read all/ })).toBeHidden({ timeout: 60_000 });
	await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 60_000 });
	await expect(page.getByText(/3,9\d\d,\d{3} lines/)).toBeVisible();
	// To the middle and to the ends by the bar, then by the wheel: always lines to see.
	for (const place of [0.5, 0, 0.9]) {
		await log.evaluate((box, part) => (box.scrollTop = (box.scrollHeight - box.clientHeight) * part), place);
		await expect(log.getByText('sixteen letters.').first()).toBeVisible();
	}
	await log.hover();
	for (let turn = 0; turn < 10; turn += 1) await page.mouse.wheel(0, 200);
	await expect(log.getByText('sixteen letters.').first()).toBeVisible();
	await page.getByRole('searchbox', { name: 'Search the output' }).fill('last line');
	await page.keyboard.press('Enter');
	await expect(log.locator('.found')).toHaveText('the last line', { timeout: 30_000 });
	const stalls = await page.evaluate(() => (window as unknown as { stalls: number[] }).stalls);
	// On a machine under load a frame may be late; frozen is another thing.
	expect(Math.max(...stalls)).toBeLessThan(1_500);
});
