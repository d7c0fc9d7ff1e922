// The words of the wire, under the names the page uses.
import type { components } from './types';

type Schemas = components['schemas'];

export type Task = Schemas['Task'];
export type TaskPage = Schemas['TaskPage'];
export type TaskResult = Schemas['TaskResult'];
export type HistoryEntry = Schemas['HistoryEntry'];
export type Problem = Schemas['Problem'];
export type Queues = Schemas['Queues'];
export type QueueStatus = Schemas['QueueStatus'];
export type Stats = Schemas['Stats'];
export type EventMessage = Schemas['EventMessage'];
export type TaskPart = Schemas['TaskPart'];
export type Activity = Schemas['Activity'];
export type ActivityPage = Schemas['ActivityPage'];
export type Changes = Schemas['Changes'];
export type ChangedFile = Schemas['FileChange'];
export type EditRequest = Schemas['EditRequest'];
export type RepeatRequest = Schemas['RepeatRequest'];
export type SubmitRequest = Schemas['SubmitRequest'];
export type Outcome = Schemas['Outcome'];
export type DaemonStatus = Schemas['DaemonStatus'];
export type Doctor = Schemas['Doctor'];
export type Agents = Schemas['Agents'];
export type Landing = Schemas['Landing'];
export type Conflict = Schemas['Conflict'];
export type Workspaces = Schemas['Workspaces'];

/** Every state, in the order of a life. */
export const STATES = ['waiting', 'queued', 'running', 'completed', 'failed', 'canceled', 'interrupted'] as const;
export type StateName = (typeof STATES)[number];

export const ACTIVE: readonly string[] = ['waiting', 'queued', 'running'];
export const TERMINAL: readonly string[] = ['completed', 'failed', 'canceled', 'interrupted'];

export function isTerminal(task: Pick<Task, 'state'>): boolean {
	return TERMINAL.includes(task.state);
}
