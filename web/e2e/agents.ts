/** A stand-in for Codex and a project for it to work in: what a test says is what the agent does. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type World } from './world';

/**
 * What the agent says in the stream of Codex: it thinks, does what its prompt says as a shell would, and answers. After
 * `chatter until FILE` it tells of a step four times a second until that file is there.
 */
const STAND_IN = `#!${process.execPath}
const { execSync } = require('node:child_process');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
if (process.argv.includes('--version')) { console.log('codex-cli 0.160.0'); process.exit(0); }
if (!process.argv.includes('exec')) process.exit(0);
const say = (line) => console.log(JSON.stringify(line));
const script = readFileSync(0, 'utf8');
say({ type: 'thread.started', thread_id: '0199a213-81c0-7800-8aa1-bbab2a035a53' });
say({ type: 'turn.started' });
say({ type: 'item.completed', item: { id: 'item_0', type: 'reasoning', text: 'It has to be careful.' } });
const chatter = /^chatter until (.+)$/m.exec(script);
for (let step = 1; chatter && !existsSync(chatter[1]); step += 1) {
	writeFileSync('notes.txt', 'step ' + step + '\\n');
	const done = { type: 'command_execution', command: "/bin/bash -lc 'step " + step + "'", aggregated_output: '', exit_code: 0, status: 'completed' };
	say({ type: 'item.completed', item: { id: 'step_' + step, ...done } });
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
}
const call = { id: 'item_1', type: 'command_execution', command: "/bin/bash -lc 'do it'", aggregated_output: '', exit_code: null, status: 'in_progress' };
say({ type: 'item.started', item: call });
let output = '', code = 0;
try { output = chatter ? '' : execSync(script + '\\n', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }); } catch (error) { code = error.status; output = error.stdout + error.stderr; }
say({ type: 'item.completed', item: { ...call, aggregated_output: output, exit_code: code, status: code ? 'failed' : 'completed' } });
say({ type: 'item.completed', item: { id: 'item_2', type: 'agent_message', text: 'Done, **boldly**. <script>alert(4)</script>' } });
say({ type: 'turn.completed', usage: { input_tokens: 1200, cached_input_tokens: 0, output_tokens: 34, reasoning_output_tokens: 0 } });
`;

/** A repository with one commit on main and one file. */
export class Project {
	readonly folder: string;

	constructor(
		readonly world: World,
		name: string,
	) {
		writeFileSync(join(world.folder, 'bin/codex'), STAND_IN, { mode: 0o755 });
		this.folder = join(world.folder, 'work/acme', name);
		mkdirSync(this.folder, { recursive: true });
		this.git('init', '-q', '-b', 'main');
		this.commit('notes.txt', 'as it was\n');
	}

	git(...words: string[]): string {
		const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
		return execFileSync('git', [...identity, ...words], { cwd: this.folder, encoding: 'utf8' });
	}

	commit(file: string, text: string): void {
		writeFileSync(join(this.folder, file), text);
		this.git('add', '-A');
		this.git('commit', '-qm', `change ${file}`);
	}

	/** Has the agent begin a script, in a worktree of its own; answers the task's number. */
	async begin(script: string, more: object = {}): Promise<number> {
		const spec = { kind: 'agent', agent: 'codex', cwd: this.folder, access: 'write', isolation: 'worktree', prompt: script, ...more };
		const answer = await this.world.api('POST', '/tasks', spec);
		const told = (await answer.json()) as { id: number };
		expect(answer.status, JSON.stringify(told)).toBe(201);
		return told.id;
	}

	/** The same; answers once it has completed. */
	async write(script: string, more: object = {}): Promise<number> {
		const id = await this.begin(script, more);
		await this.world.end(id);
		const task = await this.world.task(id);
		expect(task.state, JSON.stringify(task['outcome'])).toBe('completed');
		return id;
	}
}
