import { Project } from './agents';
import { expect, row, test } from './world';

test('a refresh in mid-run shows the same truth, and the end comes by itself', async ({ world, page }) => {
	const gate = world.gate('refresh');
	const id = world.sh('half way', `echo before; ${gate.script}; echo after`);
	await world.signIn(page, `/tasks/${id}`);
	await expect(page.getByText('before', { exact: true })).toBeVisible();
	await page.reload();
	await expect(page.getByText('before', { exact: true })).toBeVisible();
	await expect(page.getByText('running', { exact: true })).toBeVisible();
	gate.open();
	await expect(page.getByRole('log', { name: /Output/ }).getByText('after', { exact: true })).toBeVisible();
	await expect(page.getByText('completed', { exact: true }).first()).toBeVisible();
});

test('the daemon is killed in mid-run: the page says so, comes back, and shows the truth', async ({ world, page }) => {
	const gate = world.gate('crash');
	const id = world.sh('outlives it', `echo one; ${gate.script}; echo two; exit 7`);
	await world.signIn(page);
	await expect(row(page, id).getByRole('img', { name: 'running' })).toBeVisible();
	world.kill();
	await expect(page.getByText(/No connection to the daemon since/)).toBeVisible();
	// It ends while nobody is there to see it but its supervisor.
	gate.open();
	await expect(row(page, id).getByRole('img', { name: 'running' })).toBeVisible();
	world.run('list');
	await expect(row(page, id)).toContainText('exited with code 7');
	await expect(page.getByText(/No connection to the daemon since/)).toBeHidden();
});

test('two tabs agree', async ({ world, page, context }) => {
	const id = world.sh('seen twice', 'sleep 600');
	await world.signIn(page);
	const other = await context.newPage();
	// The other tab needs no sign-in of its own.
	await other.goto(`${world.base}/tasks/${id}`);
	await expect(other.getByRole('heading', { level: 1, name: 'seen twice' })).toBeVisible();
	await row(page, id).getByRole('button', { name: `Cancel ${id}` }).click();
	await expect(other.getByText('canceled', { exact: true }).first()).toBeVisible();
	await other.close();
});

test('without a sign-in there is a way in, and a rotated token shows it again', async ({ world, page }) => {
	await page.goto(`${world.base}/tasks`);
	const card = page.getByRole('heading', { name: 'Sign in' });
	await expect(card).toBeVisible();
	await page.getByLabel(/or paste the token/).fill('wrong');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page.getByText('That is not the token.')).toBeVisible();
	await page.getByLabel(/or paste the token/).fill(world.run('token', 'show').trim());
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(card).toBeHidden();
	await expect(page.getByRole('heading', { name: 'Tasks', exact: true })).toBeVisible();
	const link = world.run('open', '--print').trim();
	await page.goto(link);
	await expect(page).toHaveURL(/\/tasks$/);
	expect(await page.evaluate(() => location.hash)).toBe('');
});

test('an agent at work moves its page, and the page asks for nothing until somebody looks or it ends', async ({ world, page }) => {
	const gate = world.gate('chatter');
	const id = await new Project(world, 'chatters').begin(`chatter until ${gate.path}`);
	await world.signIn(page, `/tasks/${id}?tab=details`);
	const said = page.locator('.said');
	const step = async () => Number(/step (\d+)/.exec((await said.textContent()) ?? '')?.[1] ?? 0);
	await expect(page.getByRole('tab', { name: /Changes/ })).toBeVisible();
	// What it takes to show the task at first is asked by now.
	await expect.poll(step).toBeGreaterThan(8);

	const asked: string[] = [];
	page.on('request', (request) => asked.push(new URL(request.url()).pathname));
	const from = await step();
	await expect.poll(step).toBeGreaterThan(from + 12);
	expect(asked).toEqual([]);

	await page.getByRole('tab', { name: /Changes/ }).click();
	await expect.poll(() => asked.filter((path) => path.endsWith('/changes'))).toEqual([`/api/v1/tasks/${id}/changes`]);
	const line = page.getByRole('region', { name: 'notes.txt' }).locator('.row.add');
	const shown = (await line.textContent()) ?? '';
	await page.getByRole('button', { name: 'Read again' }).click();
	await expect(line).not.toHaveText(shown);

	asked.length = 0;
	gate.open();
	await expect(page.getByText('completed', { exact: true }).first()).toBeVisible();
	await expect.poll(() => asked).toEqual(expect.arrayContaining([`/api/v1/tasks/${id}/changes`, `/api/v1/tasks/${id}/history`]));
	await expect(page.getByRole('button', { name: 'Read again' })).toBeHidden();
});
