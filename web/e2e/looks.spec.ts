import type { Page } from '@playwright/test';
import { AXE, expect, row, test } from './world';

const SCREENS = ['/tasks', '/lanes', '/new', '/agents', '/doctor', '/settings'];

/** What axe-core finds serious; names and places, so that a failure says where to look. */
async function serious(page: Page): Promise<string[]> {
	await page.evaluate(AXE);
	return page.evaluate(async () => {
		const axe = (window as unknown as { axe: { run: (options: object) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }> } }).axe;
		const { violations } = await axe.run({ resultTypes: ['violations'] });
		return violations
			.filter(({ impact }) => impact === 'serious' || impact === 'critical')
			.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
	});
}

for (const theme of ['light', 'dark'] as const) {
	test(`nothing serious stands in anybody's way (${theme})`, async ({ world, page }) => {
		test.setTimeout(150_000);
		await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
		const failed = world.sh(`axe ${theme}`, `printf '\\033[31mred\\033[0m\\n'; for c in 30 32 33 34 35 36 37 90 91 92 93 94 95 96 97; do printf "\\033[\${c}mcolour $c\\033[0m "; done; echo; exit 2`);
		const runs = world.sh('runs', 'sleep 600');
		const held = world.sh('held', 'true', '--hold');
		await world.end(failed);
		await world.signIn(page);
		await expect(row(page, failed)).toBeVisible();
		for (const screen of SCREENS) {
			await page.goto(world.base + screen);
			await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
			expect(await serious(page), screen).toEqual([]);
		}
		for (const tab of ['output', 'result', 'details']) {
			await page.goto(`${world.base}/tasks/${failed}?tab=${tab}`);
			await expect(page.getByRole('tab', { selected: true })).toHaveText(new RegExp(tab, 'i'));
			expect(await serious(page), tab).toEqual([]);
		}
		for (const id of [runs, held]) {
			await page.goto(`${world.base}/tasks/${id}`);
			await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
			expect(await serious(page), String(id)).toEqual([]);
		}
		await page.getByRole('button', { name: 'More acts' }).click();
		await page.getByRole('menuitem', { name: 'Change…' }).click();
		await expect(page.getByRole('dialog')).toBeVisible();
		expect(await serious(page), 'dialog').toEqual([]);
	});
}

for (const width of [360, 2560]) {
	test(`nothing is cut off at ${width} px`, async ({ world, page }) => {
		await page.setViewportSize({ width, height: 800 });
		const id = world.sh(`narrow ${width} with a name that goes on and on, longer than any phone is wide, and then some`, `echo ${'x'.repeat(300)}; exit 1`);
		await world.end(id);
		await world.signIn(page);
		await expect(row(page, id)).toBeVisible();
		for (const path of [...SCREENS, `/tasks/${id}`, `/tasks/${id}?tab=details`]) {
			await page.goto(world.base + path);
			await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
			const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
			expect(beyond, path).toBeLessThanOrEqual(0);
		}
	});
}

test('a reader of the screen hears what the eye sees', async ({ world, page }) => {
	const id = world.sh('spoken', 'echo words; exit 9', '--label', 'spoken=1');
	await world.end(id);
	await world.signIn(page, '/tasks?label=spoken=1');
	await expect(page.getByRole('table', { name: 'Tasks' })).toMatchAriaSnapshot(`
    - table "Tasks":
      - rowgroup:
        - row:
          - cell /Needs you/
        - row /spoken/:
          - cell "failed Select ${id} spoken":
            - img "failed"
            - checkbox "Select ${id} spoken"
          - cell "${id}"
          - cell /spoken exited with code 9/:
            - link "spoken"
          - cell "command"
          - cell "acme/shop"
          - cell
          - cell
          - cell "9"
          - cell
          - cell:
            - button "Acknowledge ${id}"
            - button "Re-dispatch ${id}"
  `);
	await page.goto(`${world.base}/tasks/${id}`);
	await expect(page.getByRole('tablist')).toMatchAriaSnapshot(`
    - tablist "Parts of the task":
      - tab /Output/ [selected]
      - tab "Result"
      - tab "Details"
  `);
});
