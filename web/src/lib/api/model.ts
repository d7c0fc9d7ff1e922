// The types of the wire, under the names the page uses. Its words are in words.ts.
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
