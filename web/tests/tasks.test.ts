import { expect, test } from 'vitest';
import type { Task } from '../src/lib/api/model';
import { STATES } from '../src/lib/api/words';
import { isNews } from '../src/lib/live/notify';
import { NO_FILTER, isNarrow, matches, readFilter, writeFilter } from '../src/lib/tasks/filter';
import { groupOf, groupQuery } from '../src/lib/tasks/group';
import { grouped, intoPages } from '../src/lib/tasks/lists';
import { offered, rowAct, whyNot } from '../src/lib/tasks/rules';
import { exitWord, secondLine } from '../src/lib/tasks/sentence';
import { sample } from './sample';

const NOW = Date.parse('2026-11-20T12:10:00Z');
const outcome = (change: Partial<NonNullable<Task['outcome']>>): NonNullable<Task['outcome']> => ({ reason: 'exit', exit_code: null, signal: null, agent_error: null, message: 'x', hint: null, ...change });

test('a task stands in the group that asks the right thing of you', () => {
	expect(groupOf(sample({ state: 'failed', needs_attention: true }))).toBe('needs');
	expect(groupOf(sample({ state: 'failed' }))).toBe('done');
	expect(groupOf(sample({ state: 'waiting', waiting_for: [{ kind: 'usage-limit' }] }))).toBe('needs');
	expect(groupOf(sample({ state: 'running', stopping: { by: 'user', since: '', unkillable: true } }))).toBe('needs');
	expect(groupOf(sample({ state: 'running' }))).toBe('working');
	expect(groupOf(sample({ state: 'waiting' }))).toBe('inLine');
	expect(groupQuery('working', 'failed')).toBeNull();
	expect(groupQuery('done', 'failed')).toEqual({ state: 'failed' });
});

test('the second line is never empty', () => {
	for (const state of [...STATES, 'of tomorrow' as Task['state']]) {
		expect(secondLine(sample({ state, command: null, name: '' }), NOW).length, state).toBeGreaterThan(3);
	}
	expect(secondLine(sample({ state: 'waiting', waiting_for: [{ kind: 'held' }, { kind: 'dependency', task: 7 }] }), NOW)).toBe('held until you release it; after 7 has completed');
	expect(secondLine(sample({ state: 'running', progress: { phase: 'receiving', percent: 0 } }), NOW)).toMatch(/^receiving .*0 %$/);
	expect(secondLine(sample({ state: 'failed', outcome: outcome({ message: 'exited with\ncode 3' }) }), NOW)).toBe('exited with code 3');
});

test('the exit is a code, a signal, or a word', () => {
	expect(exitWord(sample({ outcome: outcome({ exit_code: 0 }) }))).toBe('0');
	expect(exitWord(sample({ outcome: outcome({ signal: 'SIGKILL' }) }))).toBe('KILL');
	expect(exitWord(sample({ state: 'interrupted', outcome: outcome({ reason: 'lost' }) }))).toBe('lost');
	expect(exitWord(sample({ state: 'running' }))).toBe('');
});

test('an act is refused with the reason a person needs', () => {
	const failed = sample({ state: 'failed' });
	expect(whyNot('redispatch', failed)).toBeNull();
	expect(whyNot('redispatch', failed, sample({ id: 15, state: 'running' }))).toBe('Task 15 of its chain is still running.');
	expect(whyNot('redispatch', sample({ state: 'running' }))).toBe('It is still running.');
	expect(whyNot('cancel', failed)).toBe('It is over: failed.');
	expect(whyNot('top', sample({ state: 'running' }))).toBe('It is running.');
	expect(rowAct(sample({ state: 'completed' }))).toBeNull();
	expect(rowAct(sample({ state: 'canceled' }))).toBe('redispatch');
	expect(rowAct(sample({ state: 'waiting', waiting_for: [{ kind: 'held' }] }))).toBe('release');
	expect(offered(sample({ state: 'queued' }))).toEqual(['hold', 'top', 'cancel']);
});

test('a filter and its URL say the same', () => {
	const filter = { ...NO_FILTER, q: 'a b', kind: 'agent', state: 'failed,interrupted', label: 'a=b=c', sort: 'name' as const };
	expect(readFilter(new URLSearchParams(writeFilter(filter)))).toEqual(filter);
	expect(writeFilter(NO_FILTER)).toBe('');
	expect(isNarrow(NO_FILTER)).toBe(false);
	// What somebody typed into the address is not trusted.
	expect(readFilter(new URLSearchParams('state=nonsense,failed&sort=evil&parent=x'))).toEqual({ ...NO_FILTER, state: 'failed' });
});

test('a task that was just heard of is only shown where it fits', () => {
	const task = sample({ name: 'Port the worker', labels: { team: 'blue' }, queue: 'q' });
	expect(matches(task, { ...NO_FILTER, q: 'PORT work' })).toBe(true);
	expect(matches(task, { ...NO_FILTER, q: 'port lost' })).toBe(false);
	expect(matches(task, { ...NO_FILTER, label: 'team' })).toBe(true);
	expect(matches(task, { ...NO_FILTER, label: 'team=red' })).toBe(false);
	expect(matches(task, { ...NO_FILTER, queue: 'default' })).toBe(false);
});

test('a change gets into the pages where it belongs, once', () => {
	const of = (...ids: number[]) => ids.map((id) => sample({ id }));
	const pages = { pages: [{ tasks: of(9, 8), next: '8' }, { tasks: of(7, 5), next: '5' }], pageParams: [undefined, '8'] };
	const ids = (changed: Task[], fits: (task: Task) => boolean) =>
		intoPages(pages, new Map(changed.map((task) => [task.id, task])), fits).pages.map((page) => page.tasks.map((task) => task.id));
	expect(ids(of(10), () => true)).toEqual([[10, 9, 8], [7, 5]]);
	expect(ids(of(6), () => true)).toEqual([[9, 8], [7, 6, 5]]);
	// Below what is loaded: it comes with its page.
	expect(ids(of(3), () => true)).toEqual([[9, 8], [7, 5]]);
	expect(ids(of(8), () => false)).toEqual([[9], [7, 5]]);
	expect(ids(of(8), () => true)).toEqual([[9, 8], [7, 5]]);
	expect(grouped([pages, pages]).done.map((task) => task.id)).toEqual([9, 8, 7, 5]);
});

test('a word is said about an end that just was, and not about the past', () => {
	const failed = sample({ state: 'failed', ended_at: '2026-11-20T12:09:30Z' });
	const ended = ['claimed', 'attempt-ended'];
	expect(isNews(failed, ended, 'problems', NOW)).toBe(true);
	expect(isNews(failed, ['acknowledged'], 'problems', NOW)).toBe(false);
	expect(isNews({ ...failed, ended_at: '2026-11-20T11:00:00Z' }, ended, 'problems', NOW)).toBe(false);
	expect(isNews({ ...failed, state: 'completed' }, ended, 'problems', NOW)).toBe(false);
	expect(isNews({ ...failed, state: 'completed' }, ended, 'all', NOW)).toBe(true);
	expect(isNews({ ...failed, state: 'canceled' }, ended, 'all', NOW)).toBe(false);
	expect(isNews(failed, ended, 'none', NOW)).toBe(false);
	expect(isNews(sample({ state: 'waiting', waiting_for: [{ kind: 'usage-limit' }] }), ended, 'problems', NOW)).toBe(true);
});
