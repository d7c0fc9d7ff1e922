import { expect, row, test } from './world';

test('a new task is submitted, and what was typed stays where it is refused', async ({ world, page }) => {
	await world.signIn(page, '/new');
	await page.getByRole('button', { name: 'Command', exact: true }).click();
	await page.getByRole('button', { name: 'Submit' }).click();
	await expect(page.getByText('Which command?')).toBeVisible();
	await page.getByLabel('Command', { exact: true }).fill(`printf '%s\\n' "two words" it\\'s`);
	await page.getByLabel('Folder').fill('/nowhere/at/all');
	await page.getByText('More', { exact: true }).click();
	await page.getByLabel('Name', { exact: true }).fill('from the page');
	await page.getByLabel('After tasks').fill('999999');
	await expect(page.getByText(/longhaul run -d -C \/nowhere\/at\/all/)).toContainText(`-- printf '%s\\n' 'two words' 'it'\\''s'`);
	await page.getByRole('button', { name: 'Submit' }).click();
	await expect(page.getByText('It was not taken.')).toBeVisible();
	await expect(page.getByLabel('Name', { exact: true })).toHaveValue('from the page');
	// A reload loses nothing either.
	await page.reload();
	await expect(page.getByLabel('Command', { exact: true })).toHaveValue(`printf '%s\\n' "two words" it\\'s`);
	await page.getByLabel('Folder').fill(world.work());
	await page.getByText('More', { exact: true }).click();
	await page.getByLabel('After tasks').fill('');
	await page.getByRole('button', { name: 'Submit' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'from the page' })).toBeVisible();
	const log = page.getByRole('log', { name: /Output/ });
	await expect(log.getByText('two words')).toBeVisible();
	await expect(log.getByText("it's")).toBeVisible();
	await page.goto(`${world.base}/new?command=${encodeURIComponent('ls | wc -l')}`);
	await expect(page.getByText('Has signs of the shell in it')).toBeVisible();
});

test('lanes show who writes, who reads, and who waits for whom', async ({ world, page }) => {
	const writer = world.sh('the writer', 'sleep 600', '--write');
	const next = world.sh('the next writer', 'true', '--write');
	const reader = world.sh('the reader', 'sleep 600', '--read-only');
	await world.signIn(page, '/lanes');
	const road = page.getByRole('region', { name: 'Workspace acme/shop' });
	await expect(road.locator('.lane.write').getByRole('link', { name: new RegExp(`^${writer} the writer: running`) })).toBeVisible();
	const waits = road.locator('.lane.write').getByRole('link', { name: new RegExp(`^${next} the next writer: queued.*behind ${writer}`) });
	await expect(waits).toBeVisible();
	await expect(road.locator('.lane.read').getByRole('link', { name: new RegExp(`^${reader} the reader`) })).toBeVisible();
	await waits.hover();
	await expect(road.locator('.in-the-way')).toHaveAttribute('href', `/tasks/${writer}`);
	await page.getByRole('button', { name: '24 h' }).click();
	await expect(page).toHaveURL(/\/lanes\?hours=24$/);
	await waits.click();
	await expect(page.getByRole('heading', { level: 1, name: 'the next writer' })).toBeVisible();
	for (const id of [writer, next, reader]) world.run('cancel', String(id));
});

test('limits and pauses are changed in place, and taken back where the daemon refuses', async ({ world, page }) => {
	world.run('limit', 'default', '4');
	await world.signIn(page, '/lanes');
	const slots = page.getByRole('textbox', { name: 'Slots of queue default' });
	await expect(slots).toHaveValue('4');
	await page.getByRole('button', { name: 'One slot more for queue default' }).click();
	await expect.poll(() => world.run('limit')).toMatch(/default\s+5/);
	await page.getByRole('button', { name: 'Pause queue default' }).click();
	await expect(page.getByRole('button', { name: 'Resume queue default' })).toBeVisible();
	const id = world.sh('stands still', 'true');
	await page.goto(`${world.base}/tasks`);
	await expect(row(page, id)).toContainText('paused');
	await page.goto(`${world.base}/lanes`);
	await page.getByRole('button', { name: 'Resume queue default' }).click();
	await world.end(id);
	await page.route('**/api/v1/queues/default', (route) =>
		route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ type: '', title: 'busy', status: 503, code: 'busy', detail: 'the daemon is busy; try again', hint: null }) }),
	);
	await page.getByRole('button', { name: 'One slot less for queue default' }).click();
	await expect(page.getByText('Slots stays as it was.')).toBeVisible();
	await expect(slots).toHaveValue('5');
	world.run('limit', 'default', '4');
});

test('a task that has not started is changed, held, moved and released', async ({ world, page }) => {
	const id = world.sh('to be changed', 'echo before', '--hold');
	await world.signIn(page, `/tasks/${id}`);
	await page.getByRole('button', { name: 'More acts' }).click();
	await page.getByRole('menuitem', { name: 'Change…' }).click();
	const dialog = page.getByRole('dialog', { name: `Change task ${id}` });
	await dialog.getByLabel('Name', { exact: true }).fill('changed');
	await dialog.getByLabel(/^Command/).fill('sh\n-c\necho after');
	await dialog.getByLabel('Run timeout').fill('soon');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(dialog.getByText('“soon” is not a duration')).toBeVisible();
	await dialog.getByLabel('Run timeout').fill('10m');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'changed' })).toBeVisible();
	await page.getByRole('button', { name: 'More acts' }).click();
	await page.getByRole('menuitem', { name: 'Move to top' }).click();
	await expect(page.getByText(`${id} is next in line.`)).toBeVisible();
	await page.getByRole('button', { name: 'Release' }).click();
	await expect(page.getByRole('log', { name: /Output/ }).getByText('after')).toBeVisible();
});

test('doctor, agents and settings answer', async ({ world, page }) => {
	await world.signIn(page, '/doctor');
	await expect(page.getByText(/database/)).toBeVisible();
	await page.goto(`${world.base}/agents`);
	await expect(page.getByRole('heading', { level: 1, name: 'Agents' })).toBeVisible();
	await page.goto(`${world.base}/settings`);
	await page.getByText('Dark', { exact: true }).click();
	await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
	await page.reload();
	await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
	await expect(page.locator('body')).toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
	await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(21, 24, 27)');
	await page.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('a failure that happens before one’s eyes is told, with a link to it', async ({ world, page }) => {
	const gate = world.gate('toast-failure');
	const id = world.sh('will fail', `${gate.script}; exit 3`);
	await world.signIn(page, '/settings');
	gate.open();
	const messages = page.getByRole('region', { name: 'Messages' });
	await expect(messages).toContainText('will fail failed');
	await messages.getByRole('link', { name: 'Open' }).click();
	await expect(page).toHaveURL(new RegExp(`/tasks/${id}$`));
});
