import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from './agents';
import { expect, test } from './world';

const EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>';

test('what an agent did is told, and what it changed is brought in', async ({ world, page }) => {
	const project = new Project(world, 'lands');
	const id = await project.write(`printf '%s\\n' '${EVIL}' > notes.txt; echo 'looked around'`);
	await world.signIn(page, `/tasks/${id}`);
	const talk = page.getByRole('log', { name: 'Activity' });
	await expect(talk).toContainText('Done, boldly. <script>alert(4)</script>');
	await expect(talk.getByText('boldly', { exact: true })).toBeVisible();
	await talk.getByText('do it').first().click();
	await expect(talk).toContainText('looked around');
	await page.getByRole('tab', { name: /Changes/ }).click();
	const file = page.getByRole('region', { name: 'notes.txt' });
	await expect(file.locator('.row.delete')).toHaveText(/as it was/);
	await expect(file.locator('.row.add')).toContainText(EVIL);
	expect(await page.locator('main img, main script').count()).toBe(0);

	await page.getByRole('button', { name: 'Land…' }).click();
	await page.getByRole('textbox', { name: 'Message' }).fill('bring it in');
	await page.getByRole('dialog').getByRole('button', { name: 'Land', exact: true }).click();
	const toast = page.getByRole('region', { name: 'Messages' });
	await expect(toast).toContainText('brings the changes in.');
	await expect(page.getByText(/Landed by task \d+/)).toBeVisible();
	await expect(page.getByRole('button', { name: /^Land…/ })).toContainText('These changes were landed already.');
	expect(readFileSync(join(project.folder, 'notes.txt'), 'utf8')).toBe(`${EVIL}\n`);
	expect(project.git('log', '-1', '--format=%s').trim()).toBe('bring it in');
});

test('a landing with conflicts shows both sides, and the task can be asked to resolve them', async ({ world, page }) => {
	const project = new Project(world, 'conflicts');
	const id = await project.write(`echo '${EVIL}' > notes.txt`);
	project.commit('notes.txt', 'of the user\n');
	await world.signIn(page, `/tasks/${id}?tab=changes`);
	await page.getByRole('button', { name: 'Land…' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Land', exact: true }).click();
	await expect(page.getByText('Not landed: 1 file conflicts with main.')).toBeVisible();
	await page.getByRole('link', { name: 'See both sides, and what to do' }).click();
	await expect(page.getByRole('tab', { selected: true })).toHaveText(/Conflicts\s*1 file/);
	await expect(page.getByText('Nothing was changed.')).toBeVisible();
	const file = page.getByRole('region', { name: 'notes.txt' });
	await expect(file).toContainText('main and the task changed the same lines.');
	await expect(file.locator('pre').first()).toHaveText(/of the user/);
	await expect(file.locator('pre').last()).toContainText(EVIL);
	await expect(page.getByText(`longhaul redispatch ${id} --onto-target`, { exact: true })).toBeVisible();
	expect(await page.locator('main img, main script').count()).toBe(0);
	expect(readFileSync(join(project.folder, 'notes.txt'), 'utf8')).toBe('of the user\n');

	const asked = page.waitForRequest((request) => request.url().endsWith(`/api/v1/tasks/${id}/redispatch`));
	await page.getByRole('button', { name: /Let the task resolve them/ }).click();
	expect((await asked).postDataJSON()).toEqual({ force: true, onto_target: true });
	await expect(page.getByRole('region', { name: 'Messages' })).toContainText(/Re-dispatched as \d+\./);
	await expect(page.getByRole('button', { name: /Let the task resolve them/ })).toHaveAttribute('aria-disabled', 'true');
});

test('a worktree is dropped only after what was in it is saved', async ({ world, page }) => {
	const project = new Project(world, 'drops');
	const id = await project.write('echo new > fresh.txt');
	const worktree = ((await world.task(id))['worktree'] as { path: string }).path;
	await world.signIn(page, `/tasks/${id}?tab=changes`);
	await expect(page.getByRole('region', { name: 'fresh.txt' }).locator('.row.add')).toHaveText(/new/);
	await page.getByRole('button', { name: 'Discard…' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true }).click();
	const toast = page.getByRole('region', { name: 'Messages' });
	await expect(toast).toContainText('The worktree is gone.');
	await expect(toast).toContainText(/saved as branch/);
	await expect(page.getByRole('button', { name: /^Discard…/ })).toContainText('These changes were discarded already.');
	expect(existsSync(worktree)).toBe(false);
	const branch = /branch (\S+)/.exec((await toast.textContent()) ?? '')?.[1] ?? '';
	expect(project.git('show', `${branch}:fresh.txt`)).toBe('new\n');
});

test("a waiting agent task's prompt can be changed", async ({ world, page }) => {
	const project = new Project(world, 'edits');
	const answer = await world.api('POST', '/tasks', { kind: 'agent', agent: 'codex', cwd: project.folder, prompt: 'look', model: 'small', hold: true });
	const { id } = (await answer.json()) as { id: number };
	await world.signIn(page, `/tasks/${id}`);
	await page.getByRole('button', { name: 'More acts' }).click();
	await page.getByRole('menuitem', { name: 'Change…' }).click();
	await page.getByRole('textbox', { name: 'Prompt' }).fill('look twice\nand tell');
	await page.getByRole('textbox', { name: 'Model' }).fill('');
	await page.getByRole('textbox', { name: 'Effort' }).fill('high');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByRole('dialog')).toBeHidden();
	const task = await world.task(id);
	expect([task['prompt'], task['model'], task['effort']]).toEqual(['look twice\nand tell', null, 'high']);
	await page.getByRole('tab', { name: 'Details' }).click();
	await expect(page.getByRole('tabpanel')).toContainText('look twice');
});
