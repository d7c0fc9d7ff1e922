import { expect, test } from 'vitest';
import { Overlay } from '../src/lib/tasks/overlay.svelte';
import { sample } from './sample';

test('what is put over a task is shown, and taking it away again is the whole rollback', () => {
	const overlay = new Overlay();
	const task = sample({ id: 12, state: 'running' });
	overlay.put(12, 'canceling…', { state: 'canceled' });
	expect(overlay.on(task)).toEqual({ ...task, state: 'canceled' });
	expect(overlay.doing(12)).toBe('canceling…');
	overlay.lift(12);
	expect(overlay.on(task)).toBe(task);
	expect(overlay.doing(12)).toBeNull();
	expect(task.state).toBe('running');
});

test('it lies over what is known by then, not over what was known when it was put there', () => {
	const overlay = new Overlay();
	overlay.put(12, 'holding…', { state: 'waiting' });
	expect(overlay.on(sample({ id: 12, state: 'queued', priority: 7 }))).toMatchObject({ state: 'waiting', priority: 7 });
});

test('other tasks are as they are', () => {
	const overlay = new Overlay();
	overlay.put(12, 'canceling…', { state: 'canceled' });
	const other = sample({ id: 13 });
	expect(overlay.on(other)).toBe(other);
	expect(overlay.doing(13)).toBeNull();
});

test('a task that is asked for has a number that no real one has, and each its own', () => {
	const overlay = new Overlay();
	const first = overlay.addGhost(sample({ id: 12 }));
	const second = overlay.addGhost(sample({ id: 12 }));
	expect(overlay.ghosts.map(({ id }) => id)).toEqual([first, second]);
	expect(first).not.toBe(second);
	expect(Math.max(first, second)).toBeLessThan(0);
	overlay.removeGhost(first);
	expect(overlay.ghosts.map(({ id }) => id)).toEqual([second]);
});
