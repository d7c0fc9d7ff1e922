import { expect, row, test } from './world';

test('the button is off, with the reason, while a later task of the chain is active', async ({ world, page }) => {
	const gate = world.gate('chain');
	const first = world.sh('chained', `[ -e '${world.folder}/second' ] || { touch '${world.folder}/second'; exit 1; }; ${gate.script}`);
	await world.end(first);
	const second = Number(world.run('redispatch', String(first)).trim());
	await world.signIn(page);
	const button = row(page, first).getByRole('button', { name: `Re-dispatch ${first}` });
	await expect(button).toHaveAttribute('aria-disabled', 'true');
	await button.hover();
	await expect(page.getByRole('tooltip')).toHaveText(new RegExp(`Task ${second} of its chain is still (running|queued)\\.`));
	// Pressed all the same: nothing happens, and nobody is asked.
	await button.click({ force: true });
	await page.goto(`${world.base}/tasks/${first}`);
	const large = page.getByRole('button', { name: /^Re-dispatch/ });
	await expect(large).toHaveAttribute('aria-disabled', 'true');
	await expect(large).toContainText(`Task ${second} of its chain is still`);
	await expect(page.getByText(`The newest of this chain is task ${second}`)).toBeVisible();
	gate.open();
	await expect(large).not.toHaveAttribute('aria-disabled', 'true');
	expect((await world.task(first))['retried_by']).toBe(second);
});

test('it is shown at once, and taken back with the reason when the daemon refuses', async ({ world, page }) => {
	const id = world.sh('optimist', 'exit 1');
	await world.end(id);
	await world.signIn(page);
	let answer = () => {};
	const asked = new Promise<void>((resolve) => (answer = resolve));
	await page.route(`**/api/v1/tasks/${id}/redispatch`, async (route) => {
		await asked;
		await route.fulfill({
			status: 410,
			contentType: 'application/problem+json',
			body: JSON.stringify({ type: '', title: 'gone', status: 410, code: 'source-gone', detail: 'the workspace was deleted', hint: 'clone it again' }),
		});
	});
	await row(page, id).getByRole('button', { name: `Re-dispatch ${id}` }).click();
	await expect(row(page, id)).toContainText('re-dispatching…');
	await expect(page.locator('[data-task^="-"]')).toContainText('optimist');
	answer();
	await expect(page.getByText(`${id} was not re-dispatched.`)).toBeVisible();
	await expect(page.getByText('The workspace was deleted. Clone it again.')).toBeVisible();
	await expect(page.locator('[data-task^="-"]')).toHaveCount(0);
	await expect(row(page, id)).toContainText('exited with code 1');
	await expect(row(page, id).getByRole('button', { name: `Re-dispatch ${id}` })).not.toHaveAttribute('aria-disabled', 'true');
});

test('the toast leads to the new task, which is the active one of its chain', async ({ world, page }) => {
	const gate = world.gate('toast');
	const id = world.sh('once more', `[ -e '${world.folder}/once' ] || { touch '${world.folder}/once'; exit 1; }; ${gate.script}`);
	await world.end(id);
	await world.signIn(page, `/tasks/${id}`);
	await page.getByRole('button', { name: /^Re-dispatch/ }).click();
	await page.getByRole('region', { name: 'Messages' }).getByRole('link', { name: /Open \d+/ }).click();
	await page.waitForURL((url) => url.pathname !== `/tasks/${id}`);
	const fresh = Number(new URL(page.url()).pathname.split('/').at(-1));
	expect(fresh).toBeGreaterThan(id);
	await expect(page.getByRole('heading', { level: 1, name: 'once more' })).toBeVisible();
	const strip = page.getByRole('region', { name: 'This task and what it repeats, in time' });
	await expect(strip.getByRole('link', { name: `${id} failed` })).toBeAttached();
	await expect(strip.getByRole('link', { name: new RegExp(`^${fresh} `) })).toHaveAttribute('aria-current', 'page');
	gate.open();
	await expect(page.getByText('completed', { exact: true }).first()).toBeVisible();
});
