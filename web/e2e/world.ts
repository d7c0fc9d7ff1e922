/** A private Longhaul for tests: its own home, its own daemon, its own port; gone without a trace afterwards. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';

const BINARY = process.env['LONGHAUL_BINARY'] ?? new URL('../../target/debug/longhaul', import.meta.url).pathname;

export class World {
	readonly folder = mkdtempSync(join(tmpdir(), 'lhp-'));
	readonly base: string;
	readonly #environment: Record<string, string>;
	#token = '';

	private constructor(port: number) {
		this.base = `http://127.0.0.1:${port}`;
		for (const place of ['bin', 'work/acme/shop', 'work/acme/search', 'home']) mkdirSync(join(this.folder, place), { recursive: true });
		// A repository of its own: whatever lies above it is not part of this world.
		execFileSync('git', ['init', '-q'], { cwd: this.work() });
		this.#environment = {
			PATH: `${join(this.folder, 'bin')}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
			HOME: join(this.folder, 'home'),
			LONGHAUL_HOME: join(this.folder, 'lh'),
			LONGHAUL_LISTEN: `127.0.0.1:${port}`,
			LANG: 'C.UTF-8',
			TZ: 'UTC',
		};
	}

	static async start(): Promise<World> {
		if (!existsSync(BINARY)) throw new Error(`${BINARY} is not built: cargo build -p longhaul`);
		const world = new World(await freePort());
		world.run('list');
		world.#token = world.run('token', 'show').trim();
		return world;
	}

	/** What `longhaul` prints. */
	run(...words: string[]): string {
		return execFileSync(BINARY, words, { env: this.#environment, cwd: this.work(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
	}

	/** The same, whatever its exit code. */
	try(...words: string[]): { code: number | null; stdout: string } {
		const { status, stdout } = spawnSync(BINARY, words, { env: this.#environment, cwd: this.work(), encoding: 'utf8' });
		return { code: status, stdout };
	}

	work(place = 'work/acme/shop'): string {
		return join(this.folder, place);
	}

	/** Submits a shell script; answers its number. */
	sh(name: string, script: string, ...options: string[]): number {
		return Number(this.run('run', '-d', '--name', name, ...options, '--', 'sh', '-c', script).trim());
	}

	/** Asks the daemon as a program does. */
	async api(method: string, path: string, body?: unknown): Promise<Response> {
		return fetch(`${this.base}/api/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${this.#token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
	}

	/** Submits many, over the socket, which is the quickest way in; answers the oldest. */
	async seed(count: number, spec: (number: number) => object): Promise<number> {
		const { socket } = JSON.parse(this.run('daemon', 'status', '--json')) as { socket: string };
		const agent = new Agent({ keepAlive: true, maxSockets: 24 });
		let left = count;
		let oldest = Number.POSITIVE_INFINITY;
		const submit = (body: string) =>
			new Promise<void>((resolve, reject) => {
				const headers = { host: 'localhost', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
				const asked = request({ agent, socketPath: socket, path: '/api/v1/tasks', method: 'POST', headers }, (answer) => {
					const id = Number(answer.headers.location?.split('/').at(-1));
					if (answer.statusCode !== 201 || !id) reject(new Error(`a submit was answered ${answer.statusCode}`));
					oldest = Math.min(oldest, id);
					answer.resume().on('end', resolve);
				});
				asked.on('error', reject).end(body);
			});
		const worker = async () => {
			while (left > 0) await submit(JSON.stringify(spec((left -= 1))));
		};
		await Promise.all(Array.from({ length: 24 }, worker));
		agent.destroy();
		return oldest;
	}

	async task(id: number): Promise<Record<string, unknown> & { state: string }> {
		return (await this.api('GET', `/tasks/${id}`)).json();
	}

	/** Waits until a task is over. */
	async end(id: number): Promise<void> {
		await this.api('GET', `/tasks/${id}/await?timeout_ms=60000`);
	}

	pid(): number {
		return (JSON.parse(this.run('daemon', 'status', '--json')) as { pid: number }).pid;
	}

	/** Kills the daemon as a crash would. */
	kill(): void {
		process.kill(this.pid(), 'SIGKILL');
	}

	/** A file that a script waits for, so that a test says when it goes on. */
	gate(name: string): { path: string; script: string; open: () => void } {
		const path = join(this.folder, `gate-${name}`);
		return { path, script: `while [ ! -e '${path}' ]; do sleep 0.05; done`, open: () => writeFileSync(path, '') };
	}

	/** A page that has signed in the way `longhaul open` does it. */
	async signIn(page: Page, path = '/tasks'): Promise<void> {
		await page.goto(this.run('open', '--print').trim().split('\n').at(-1) ?? '');
		await expect(page.getByRole('heading', { name: 'Tasks', exact: true })).toBeVisible();
		const line = page.getByRole('navigation', { name: 'Longhaul' }).getByText('live');
		await expect(line).toBeAttached();
		if (path === '/tasks') return;
		await page.goto(this.base + path);
		// What happens before it listens it does not tell of.
		await expect(line).toBeAttached();
	}

	stop(): void {
		const active = JSON.parse(this.try('list', '--state', 'running', '--json', '--limit', '1000').stdout || '{"tasks":[]}') as { tasks: { id: number }[] };
		if (active.tasks.length > 0) this.try('cancel', ...active.tasks.map(({ id }) => String(id)));
		this.try('daemon', 'stop');
		rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
	}
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
		});
	});
}

/** `world` is one per worker: starting a daemon for each test would be most of the time. */
export const test = base.extend<{ quiet: string[] }, { world: World }>({
	world: [
		// eslint-disable-next-line no-empty-pattern
		async ({}, use) => {
			const world = await World.start();
			await use(world);
			world.stop();
		},
		{ scope: 'worker' },
	],
	/** What the browser complained about: a broken policy, an error nobody caught. Empty at the end of every test. */
	quiet: [
		async ({ page }, use) => {
			const complaints: string[] = [];
			page.on('console', (message) => {
				// A refused request is the test's own business.
				if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) complaints.push(message.text());
			});
			page.on('pageerror', (error) => complaints.push(String(error)));
			page.on('dialog', (dialog) => {
				complaints.push(`dialog: ${dialog.message()}`);
				void dialog.dismiss();
			});
			await use(complaints);
			expect(complaints).toEqual([]);
		},
		{ auto: true },
	],
});

export { expect };

/** The row of a task in the list. */
export function row(page: Page, id: number) {
	return page.locator(`[data-task="${id}"]`);
}

/** axe-core, as text to put into a page. */
export const AXE = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
