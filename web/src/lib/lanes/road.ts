/** Who was, is and will be on which lane of a workspace: pure, from the tasks alone. */
import type { Task } from '$lib/api/model';
import { ACCESS, ISOLATION, STATE, isTerminal } from '$lib/api/words';
import { shortPath } from '$lib/words/path';

/** One task on a lane. Times are milliseconds since 1970. */
export interface Vehicle {
	task: Task;
	from: number;
	to: number;
	/** It has not started: drawn ahead of now, at the place where it expects to go. */
	waits: boolean;
	/** The task in its way. */
	behind: number | null;
	/** Where its name stands: on it, or beside it where it is too short and there is room. */
	named: 'on' | 'left' | 'right' | 'nowhere';
}

export interface Lane {
	key: string;
	kind: typeof ACCESS.write | typeof ISOLATION.worktree | 'read' | 'free';
	label: string;
	vehicles: Vehicle[];
}

export interface Road {
	path: string;
	name: string;
	note: string;
	lanes: Lane[];
	/** Whether anything is on it now. */
	busy: boolean;
}

export interface Span {
	from: number;
	now: number;
	/** A little of the future, for those that wait. */
	to: number;
}

/** How much of the width lies ahead of now. */
const AHEAD = 0.2;
/** How long a waiting task is drawn, as part of the whole; nobody knows how long it will take. */
const GUESS = 0.1;
const GAP = 0.008;

export function span(hours: number, now: number): Span {
	const past = hours * 3_600_000;
	return { from: now - past, now, to: now + (past * AHEAD) / (1 - AHEAD) };
}

/** Where a moment is, in percent; outside for what is outside. */
export function place(at: number, { from, to }: Span): number {
	return ((at - from) / (to - from)) * 100;
}

export function roads(tasks: Task[], when: Span, maxReaders: Map<string, number>): Road[] {
	const byPath = new Map<string, Task[]>();
	for (const task of tasks) {
		if (isTerminal(task) && Date.parse(task.ended_at ?? '') < when.from) continue;
		const known = byPath.get(task.workspace);
		if (known) known.push(task);
		else byPath.set(task.workspace, [task]);
	}
	const made = [...byPath].map(([path, all]) => road(path, all, when, maxReaders.get(path)));
	return made.sort((a, b) => Number(b.busy) - Number(a.busy) || a.name.localeCompare(b.name));
}

function road(path: string, tasks: Task[], when: Span, maxReaders: number | undefined): Road {
	const sorted = [...tasks].sort((a, b) => begin(a, when) - begin(b, when) || a.id - b.id);
	const lanes: Lane[] = [];
	const writers = sorted.filter((task) => task.access === ACCESS.write && task.isolation !== ISOLATION.worktree);
	const worktrees = sorted.filter((task) => task.access === ACCESS.write && task.isolation === ISOLATION.worktree);
	const readers = sorted.filter((task) => task.access === ACCESS.readOnly);
	const free = sorted.filter((task) => task.access === ACCESS.unmanaged);
	if (writers.length > 0) lanes.push({ key: ACCESS.write, kind: ACCESS.write, label: 'writes here', vehicles: inLine(writers, when) });
	const byTree = new Map<string, Task[]>();
	for (const task of worktrees) {
		const key = task.worktree?.branch ?? `chain ${task.chain}`;
		byTree.set(key, [...(byTree.get(key) ?? []), task]);
	}
	for (const [key, some] of byTree) lanes.push({ key: `tree ${key}`, kind: ISOLATION.worktree, label: `⎇ ${some[0]?.chain ?? ''}`, vehicles: inLine(some, when) });
	packed(readers, when).forEach((vehicles, index) => lanes.push({ key: `read ${index}`, kind: 'read', label: 'reads', vehicles }));
	packed(free, when).forEach((vehicles, index) => lanes.push({ key: `free ${index}`, kind: 'free', label: index === 0 ? 'commands' : '', vehicles }));
	for (const lane of lanes) name(lane.vehicles, when);
	const active = tasks.filter((task) => !isTerminal(task));
	return { path, name: shortPath(path), note: note(active, worktrees, maxReaders), lanes, busy: active.length > 0 };
}

/** One after the other: those that wait stand behind what is there. */
function inLine(tasks: Task[], when: Span): Vehicle[] {
	const whole = when.to - when.from;
	let free = when.now + whole * GAP * 2;
	return tasks.map((task) => {
		const vehicle = driving(task, when);
		if (vehicle) return vehicle;
		const from = Math.min(Math.max(free, expected(task) ?? 0), when.to - whole * GUESS * 0.6);
		free = from + whole * (GUESS + GAP);
		return { task, from, to: from + whole * GUESS, waits: true, behind: behind(task), named: 'on' };
	});
}

/** A name needs about this much of the width. */
const NAME = 0.16;
/** On less than this none fits. */
const SHORT = 0.045;

function name(vehicles: Vehicle[], when: Span): void {
	const whole = when.to - when.from;
	vehicles.forEach((vehicle, index) => {
		if (vehicle.to - Math.max(vehicle.from, when.from) >= whole * SHORT) return;
		const before = vehicles[index - 1]?.to ?? when.from;
		const after = vehicles[index + 1]?.from ?? when.to;
		if (vehicle.from - before > whole * NAME) vehicle.named = 'left';
		else if (after - vehicle.to > whole * NAME && vehicle.to + whole * NAME < when.now) vehicle.named = 'right';
		else vehicle.named = 'nowhere';
	});
}

/** Side by side where they overlap, on as few lanes as that takes. */
function packed(tasks: Task[], when: Span): Vehicle[][] {
	const whole = when.to - when.from;
	const lanes: Vehicle[][] = [];
	for (const task of tasks) {
		const from = Math.min(Math.max(when.now + whole * GAP * 2, expected(task) ?? 0), when.to - whole * GUESS * 0.6);
		const vehicle = driving(task, when) ?? { task, from, to: from + whole * GUESS, waits: true, behind: behind(task), named: 'on' };
		const lane = lanes.find((one) => (one.at(-1)?.to ?? 0) <= vehicle.from);
		if (lane) lane.push(vehicle);
		else lanes.push([vehicle]);
	}
	return lanes;
}

function driving(task: Task, when: Span): Vehicle | null {
	if (isTerminal(task)) {
		const to = Date.parse(task.ended_at ?? task.created_at);
		return { task, from: task.started_at ? Date.parse(task.started_at) : to, to, waits: false, behind: null, named: 'on' };
	}
	if (task.state !== STATE.running) return null;
	return { task, from: Math.min(when.now, Date.parse(task.started_at ?? task.created_at)), to: when.now, waits: false, behind: null, named: 'on' };
}

function begin(task: Task, when: Span): number {
	if (task.started_at && (isTerminal(task) || task.state === STATE.running)) return Date.parse(task.started_at);
	if (isTerminal(task)) return Date.parse(task.ended_at ?? task.created_at);
	return Math.max(when.now, expected(task) ?? when.now);
}

/** When a waiting task says it will go. */
function expected(task: Task): number | null {
	const until = task.waiting_for.flatMap((wait) => (wait.until ? [Date.parse(wait.until)] : []));
	return until.length > 0 ? Math.max(...until) : null;
}

function behind(task: Task): number | null {
	return task.blocked_by.find((block) => block.task != null)?.task ?? task.waiting_for.find((wait) => wait.task != null)?.task ?? null;
}

function note(active: Task[], worktrees: Task[], maxReaders: number | undefined): string {
	const running = active.filter((task) => task.state === STATE.running);
	const parts: string[] = [];
	if (running.some((task) => task.access === ACCESS.write && task.isolation !== ISOLATION.worktree)) parts.push('one writer in place');
	const trees = new Set(worktrees.filter((task) => task.state === STATE.running).map((task) => task.chain)).size;
	if (trees > 0) parts.push(`${trees} ${trees === 1 ? 'worktree' : 'worktrees'}`);
	const readers = running.filter((task) => task.access === ACCESS.readOnly).length;
	if (readers > 0) parts.push(`${readers} ${maxReaders ? `of ${maxReaders} readers` : readers === 1 ? 'reader' : 'readers'}`);
	const commands = running.filter((task) => task.access === ACCESS.unmanaged).length;
	if (commands > 0) parts.push(`${commands} ${commands === 1 ? 'command' : 'commands'}`);
	const waiting = active.length - running.length;
	if (waiting > 0) parts.push(`${waiting} ${waiting === 1 ? 'waits' : 'wait'}`);
	return parts.join(', ') || 'idle';
}

/** How much of the width at its end has no mark. */
const EDGE = 0.04;

/** The moments to write along the top, each at a round time. */
export function hours(when: Span): number[] {
	const steps = [5, 10, 15, 30, 60, 120, 180, 240, 360].map((minutes) => minutes * 60_000);
	const step = steps.find((one) => (when.to - when.from) / one <= 8) ?? 21_600_000;
	const zone = new Date(when.now).getTimezoneOffset() * 60_000;
	const made: number[] = [];
	// Half of a mark's words stand behind it: at the very end they would stick out of a narrow page.
	const last = when.to - (when.to - when.from) * EDGE;
	for (let at = Math.ceil((when.from - zone) / step) * step + zone; at <= last; at += step) made.push(at);
	return made;
}
