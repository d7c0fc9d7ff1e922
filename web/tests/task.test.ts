import { expect, test } from 'vitest';
import type { Activity, ChangedFile, HistoryEntry } from '../src/lib/api/model';
import { places, range, rowAt } from '../src/lib/parts/windowing';
import { attempts } from '../src/lib/task/attempts';
import { conflictWords, emptySide, whyNotResolve } from '../src/lib/task/conflict-words';
import { conversation } from '../src/lib/task/conversation';
import { shellLine } from '../src/lib/task/shell-line';
import { strip, type Stretch } from '../src/lib/task/strip';
import { fileTree } from '../src/lib/task/tree';
import { sample } from './sample';

const stretch = (id: number, from: number, to: number): Stretch => ({ id, state: 'failed', label: '', queued: from, from, to, goesOn: false });

test('a strip goes from its first moment to its last', () => {
	const { bars, folds } = strip([stretch(1, 0, 50_000), stretch(2, 50_000, 100_000)]);
	expect(folds).toEqual([]);
	expect(bars.map(({ left, width }) => [left, width])).toEqual([[0, 50], [50, 50]]);
});

test('a long time in which nothing happened is folded', () => {
	const { bars, folds } = strip([stretch(1, 0, 60_000), stretch(2, 86_400_000, 86_460_000)]);
	expect(folds.map(({ left, width, ms }) => [left, width, ms])).toEqual([[48, 4, 86_340_000]]);
	expect(bars[1]?.left).toBeCloseTo(52, 3);
	expect((bars[1]?.left ?? 0) + (bars[1]?.width ?? 0)).toBeCloseTo(100, 3);
});

test('the attempts are read out of the history', () => {
	const entry = (number: number, event: string, from: HistoryEntry['from'], to: HistoryEntry['to']): HistoryEntry => ({ number, at: `2026-11-20T12:00:0${number}Z`, event, from, to, actor: 'daemon', detail: null });
	const made = attempts([
		entry(1, 'submitted', null, 'queued'), entry(2, 'claimed', 'queued', 'running'), entry(3, 'attempt-ended', 'running', 'waiting'),
		entry(4, 'time-came', 'waiting', 'queued'), entry(5, 'claimed', 'queued', 'running'), entry(6, 'cancel-requested', 'running', 'running'),
		entry(7, 'attempt-ended', 'running', 'canceled'),
	]);
	expect(made.map(({ number, state, to }) => [number, state, to !== null])).toEqual([[1, 'failed', true], [2, 'canceled', true]]);
	expect(attempts([entry(1, 'claimed', 'queued', 'running'), entry(2, 'never-started', 'running', 'queued')])).toEqual([]);
});

test('a tool call and its result are one', () => {
	const step = (number: number, type: string, more: object = {}) => ({ number, offset: 0, at: null, type, ...more }) as Activity;
	const entries = conversation([
		step(1, 'message', { text: 'hello' }), step(2, 'tool-call', { id: 'a', tool: 'shell', title: 'ls' }), step(3, 'tool-call', { id: 'b', tool: 'shell', title: 'pwd' }),
		step(4, 'tool-result', { id: 'b', output: '/w' }), step(5, 'tool-result', { id: 'a', output: 'x' }), step(6, 'plan', { steps: [{ text: 'one', is_done: false }] }),
		step(7, 'plan', { steps: [{ text: 'one', is_done: true }] }), step(8, 'unknown', { line: '{' }), step(9, 'of-tomorrow'),
	]);
	expect(entries.map((entry) => entry.kind)).toEqual(['said', 'tool', 'tool', 'plan', 'raw']);
	expect(entries.flatMap((entry) => (entry.kind === 'tool' ? [entry.result?.output] : []))).toEqual(['x', '/w']);
	expect(entries.at(-1)).toMatchObject({ lines: ['{', expect.stringContaining('of-tomorrow')] });
});

test('files are a tree, with one line for folders that hold only a folder', () => {
	const files = ['web/src/lib/a.ts', 'web/src/lib/b.ts', 'README.md'].map((path) => ({ path }) as ChangedFile);
	expect(fileTree(files).map(({ depth, name, file }) => `${'  '.repeat(depth)}${name}${file ? '' : '/'}`)).toEqual(['web/src/lib/', '  a.ts', '  b.ts', 'README.md']);
});

test('the same task from a shell', () => {
	expect(shellLine(sample({ name: 'My tests', queue: 'ci', max_attempts: 3, timeout_ms: 600_000, labels: { a: 'b c' } }))).toBe(
		`longhaul run -d -C /w/acme/shop --name 'My tests' --queue ci --timeout 10m --retries 2 --label 'a=b c' -- make test`,
	);
	expect(shellLine(sample({ kind: 'agent', command: null, agent: 'codex', prompt: '-fix', name: '-fix', access: 'write', isolation: 'worktree' }))).toBe(
		'longhaul run -d -C /w/acme/shop --agent codex --worktree -- -fix',
	);
});

test('of a long list only what is near is drawn', () => {
	const starts = places([34, 44, 44, 44, 46, 44]);
	expect([...starts]).toEqual([0, 34, 78, 122, 166, 212, 256]);
	expect([rowAt(starts, -5), rowAt(starts, 34), rowAt(starts, 77), rowAt(starts, 999)]).toEqual([0, 1, 1, 5]);
	expect(range(starts, 80, 120, 1)).toEqual({ from: 1, to: 4 });
	expect(range(places([]), 0, 100, 5)).toEqual({ from: 0, to: 0 });
});

test('a conflict says what each side did', () => {
	expect(conflictWords({ kind: 'deleted-in-target' }, 'main')).toBe('main deleted it; the task changed it.');
	expect(conflictWords({ kind: 'something-new' }, 'main')).toContain('git alone');
	expect(emptySide({ kind: 'deleted-in-target' }, 'target')).toBe('deleted');
	expect(emptySide({ kind: 'deleted-in-target' }, 'worktree')).toBe('no text to show');
});

test('conflicts are resolved once: not while its chain works, nor after somebody went on or landed', () => {
	const source = sample({ id: 1, chain: 1 });
	const landing = sample({ id: 2, kind: 'land', lands: 1, state: 'failed' });
	expect(whyNotResolve(landing, source, [source], [landing])).toBeNull();
	expect(whyNotResolve(landing, undefined, [], [])).toContain('not read');
	expect(whyNotResolve(landing, source, [source, sample({ id: 3, state: 'running' })], [landing])).toBe('Task 3 is still running.');
	expect(whyNotResolve(landing, source, [source, sample({ id: 3 })], [landing])).toBe('Task 3 went on with it since.');
	expect(whyNotResolve(landing, source, [source], [sample({ id: 4, kind: 'land', lands: 1 }), landing])).toBe('Task 4 brought the changes in since.');
});
