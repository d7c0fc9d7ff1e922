/**
 * The words of the wire that the page knows, each spelt here and nowhere else in it; `cargo xtask tidy` looks after
 * that. A word of the API that is missing here fails the type check. At run time a newer daemon may send others: those
 * are shown as they are.
 *
 * What this is not: sentences. What a state or a wait is called in one stands where the sentence is made.
 */
import type { components } from './types';

type Schemas = components['schemas'];
type Task = Schemas['Task'];

/** The words of a field: the API's own list where it has a closed one, else the list written here. */
type Closed<Field, Written extends string> = string extends Field ? Written : Extract<Field, string>;
type Named<Word extends string> = Word extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Named<Tail>>}` : Word;
/** Every word under its own name, and no other. */
type Table<Word extends string> = { readonly [One in Word as Named<One>]: One };

/** Where a task stands, in the order of a life. */
export type StateName = Closed<Task['state'], 'waiting' | 'queued' | 'running' | 'completed' | 'failed' | 'canceled' | 'interrupted'>;
export const STATE = {
	waiting: 'waiting',
	queued: 'queued',
	running: 'running',
	completed: 'completed',
	failed: 'failed',
	canceled: 'canceled',
	interrupted: 'interrupted',
} as const satisfies Table<StateName>;

export const STATES: readonly StateName[] = Object.values(STATE);
export const ACTIVE: readonly string[] = [STATE.waiting, STATE.queued, STATE.running];
export const TERMINAL: readonly string[] = [STATE.completed, STATE.failed, STATE.canceled, STATE.interrupted];
/** Over without success, and not because somebody wanted it. */
export const UNSUCCESSFUL: readonly string[] = [STATE.failed, STATE.interrupted];

export function isTerminal(task: Pick<Task, 'state'>): boolean {
	return TERMINAL.includes(task.state);
}

/** What sort of work it is. */
export type KindName = Closed<Task['kind'], 'command' | 'clone' | 'agent' | 'land'>;
export const KIND = {
	command: 'command',
	clone: 'clone',
	agent: 'agent',
	land: 'land',
} as const satisfies Table<KindName>;

/** What it may do to its workspace. */
export type AccessName = Closed<Task['access'], 'read-only' | 'write' | 'unmanaged'>;
export const ACCESS = {
	readOnly: 'read-only',
	write: 'write',
	unmanaged: 'unmanaged',
} as const satisfies Table<AccessName>;

/** Where a writer works. */
export type IsolationName = Closed<Task['isolation'], 'in-place' | 'worktree'>;
export const ISOLATION = {
	inPlace: 'in-place',
	worktree: 'worktree',
} as const satisfies Table<IsolationName>;

/** Who keeps a read-only task from writing. */
export type EnforcementName = Closed<Task['enforcement'], 'kernel' | 'kernel-partial' | 'agent'>;
export const ENFORCEMENT = {
	kernel: 'kernel',
	kernelPartial: 'kernel-partial',
	agent: 'agent',
} as const satisfies Table<EnforcementName>;

/** Why it ended as it did. */
export type ReasonName = Closed<
	Schemas['Outcome']['reason'],
	| 'exit'
	| 'signal'
	| 'timeout'
	| 'idle-timeout'
	| 'no-final-message'
	| 'agent-error'
	| 'usage-limit'
	| 'spawn-error'
	| 'setup'
	| 'enforcement'
	| 'dependency'
	| 'prerequisite'
	| 'deadline'
	| 'canceled'
	| 'lost'
>;
export const REASON = {
	exit: 'exit',
	signal: 'signal',
	timeout: 'timeout',
	idleTimeout: 'idle-timeout',
	noFinalMessage: 'no-final-message',
	agentError: 'agent-error',
	usageLimit: 'usage-limit',
	spawnError: 'spawn-error',
	setup: 'setup',
	enforcement: 'enforcement',
	dependency: 'dependency',
	prerequisite: 'prerequisite',
	deadline: 'deadline',
	canceled: 'canceled',
	lost: 'lost',
} as const satisfies Table<ReasonName>;

/** What a waiting task waits for. */
export type WaitName = Closed<Schemas['WaitingFor']['kind'], 'dependency' | 'prerequisite' | 'not-before' | 'backoff' | 'held' | 'usage-limit'>;
export const WAIT = {
	dependency: 'dependency',
	prerequisite: 'prerequisite',
	notBefore: 'not-before',
	backoff: 'backoff',
	held: 'held',
	usageLimit: 'usage-limit',
} as const satisfies Table<WaitName>;

/** What keeps a queued task from starting. */
export type BlockName = Closed<Schemas['BlockedBy']['kind'], 'paused' | 'queue-limit' | 'total-limit' | 'helper-limit' | 'lane' | 'launch'>;
export const BLOCK = {
	paused: 'paused',
	queueLimit: 'queue-limit',
	totalLimit: 'total-limit',
	helperLimit: 'helper-limit',
	lane: 'lane',
	launch: 'launch',
} as const satisfies Table<BlockName>;

/** A part of a task that is read by itself. */
export type PartName = Schemas['TaskPart'];
export const PART = {
	task: 'task',
	history: 'history',
	result: 'result',
	changes: 'changes',
} as const satisfies Table<PartName>;

/** What happens to a task, as its history and the event stream say it. */
export type EventName = Closed<
	Schemas['HistoryEntry']['event'],
	| 'submitted'
	| 'held'
	| 'released'
	| 'edited'
	| 'time-came'
	| 'dependency-ended'
	| 'prerequisite-probed'
	| 'deadline-passed'
	| 'claimed'
	| 'agent-limited'
	| 'never-started'
	| 'cancel-requested'
	| 'attempt-ended'
	| 'moved-to-front'
	| 'acknowledged'
	| 'progressed'
	| 'repeated'
	| 'taken'
>;
export const EVENT = {
	submitted: 'submitted',
	held: 'held',
	released: 'released',
	edited: 'edited',
	timeCame: 'time-came',
	dependencyEnded: 'dependency-ended',
	prerequisiteProbed: 'prerequisite-probed',
	deadlinePassed: 'deadline-passed',
	claimed: 'claimed',
	agentLimited: 'agent-limited',
	neverStarted: 'never-started',
	cancelRequested: 'cancel-requested',
	attemptEnded: 'attempt-ended',
	movedToFront: 'moved-to-front',
	acknowledged: 'acknowledged',
	progressed: 'progressed',
	repeated: 'repeated',
	taken: 'taken',
} as const satisfies Table<EventName>;

/** What became of a task's changes. */
export const CHANGES = {
	present: 'present',
	landed: 'landed',
	discarded: 'discarded',
	missing: 'missing',
} as const satisfies Table<Closed<Schemas['Changes']['state'], 'present' | 'landed' | 'discarded' | 'missing'>>;

/** How two sides of a file do not go together. */
type ConflictName = Closed<Schemas['Conflict']['kind'], 'both-changed' | 'both-added' | 'deleted-in-target' | 'deleted-in-worktree' | 'other'>;
export const CONFLICT = {
	bothChanged: 'both-changed',
	bothAdded: 'both-added',
	deletedInTarget: 'deleted-in-target',
	deletedInWorktree: 'deleted-in-worktree',
	other: 'other',
} as const satisfies Table<ConflictName>;

/** What became of a notification. */
export const DELIVERY = {
	pending: 'pending',
	delivered: 'delivered',
	givenUp: 'given-up',
} as const satisfies Table<Closed<Schemas['Delivery']['state'], 'pending' | 'delivered' | 'given-up'>>;

/** What is shown in place of a word; a word that is not known, as it is. */
export function shown<Word extends string>(texts: { readonly [One in Word]: string }, word: string): string {
	return Object.hasOwn(texts, word) ? texts[word as Word] : word;
}
