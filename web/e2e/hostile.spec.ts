import { expect, row, test } from './world';

const EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>';

test('markup from outside is shown as the text it is', async ({ world, page }) => {
	const answer = await world.api('POST', '/tasks', {
		kind: 'command',
		command: ['sh', '-c', `printf '%s\\n' "$0"`, EVIL],
		cwd: world.work(),
		name: EVIL,
		labels: { evil: EVIL },
		origin: { source: 'api', session: EVIL, message: EVIL, url: 'javascript:alert(3)' },
	});
	const { id } = (await answer.json()) as { id: number };
	await world.end(id);
	await world.signIn(page);
	await expect(row(page, id).getByRole('link', { name: EVIL })).toBeVisible();
	await expect(row(page, id).getByRole('cell').nth(2)).toContainText(EVIL);
	await page.goto(`${world.base}/tasks/${id}`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(EVIL);
	await expect(page.getByRole('log', { name: /Output/ })).toContainText(EVIL);
	await page.getByRole('tab', { name: 'Result' }).click();
	await expect(page.getByRole('tabpanel')).toContainText(EVIL);
	await page.getByRole('tab', { name: 'Details' }).click();
	await expect(page.getByRole('tabpanel')).toContainText(EVIL);
	expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
	expect(await page.locator('main img, main script').count()).toBe(0);
});

test('a result in Markdown becomes elements, and its markup stays text', async ({ world, page }) => {
	const id = world.sh('writes', 'true');
	await world.end(id);
	await world.signIn(page);
	const task = await world.task(id);
	const agent = { ...task, kind: 'agent', agent: 'codex', prompt: EVIL };
	await page.route(`**/api/v1/tasks/${id}`, (route) => route.fulfill({ json: agent }));
	const markdown = `# Title\n\n**bold** & \`<b>\` &lt;i&gt; ${EVIL}\n\n[bad](javascript:alert(1)) [good](https://example.org/) ![p](http://evil.example/x.png)\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\`\`\`\n<script>\n\`\`\`\n\n<iframe src="//evil.example"></iframe>`;
	await page.route(`**/api/v1/tasks/${id}/result`, (route) => route.fulfill({ json: { task: agent, result: markdown } }));
	await page.goto(`${world.base}/tasks/${id}?tab=result`);
	const panel = page.getByRole('tabpanel');
	await expect(panel.getByRole('heading', { name: 'Title' })).toBeVisible();
	await expect(panel.getByText('bold', { exact: true })).toBeVisible();
	await expect(panel).toContainText('<i>');
	await expect(panel).toContainText('<script>alert(1)</script>');
	await expect(panel.getByRole('link', { name: 'good' })).toHaveAttribute('rel', /noreferrer/);
	await expect(panel.getByRole('link', { name: 'bad' })).toHaveCount(0);
	await expect(panel.getByRole('cell', { name: '2' })).toBeVisible();
	expect(await panel.locator('img, script, iframe').count()).toBe(0);
});
