/** An agent's activity as a conversation: what it said, and each tool call together with what came of it. */
import type { Activity } from '$lib/api/model';

/** A step of one type. */
type Step<Type extends Activity['type']> = Extract<Activity, { type: Type }>;

export type Entry =
	| { kind: 'said'; number: number; at: string | null; text: string; helper: boolean }
	| { kind: 'thought'; number: number; at: string | null; text: string; helper: boolean }
	| { kind: 'tool'; number: number; at: string | null; call: Step<'tool-call'>; result: Step<'tool-result'> | null; helper: boolean }
	| { kind: 'files'; number: number; at: string | null; changes: Step<'file-changes'>['changes']; helper: boolean }
	| { kind: 'plan'; number: number; at: string | null; steps: Step<'plan'>['steps']; helper: boolean }
	| { kind: 'note'; number: number; at: string | null; text: string; isError: boolean; helper: boolean }
	| { kind: 'session'; number: number; at: string | null; id: string; model: string | null; helper: boolean }
	| { kind: 'raw'; number: number; at: string | null; lines: string[]; helper: boolean };

export function conversation(activity: Activity[]): Entry[] {
	const entries: Entry[] = [];
	const open = new Map<string, Extract<Entry, { kind: 'tool' }>>();
	for (const one of activity) {
		const common = { number: one.number, at: one.at ?? null, helper: one.is_of_helper === true };
		switch (one.type) {
			case 'message':
				entries.push({ ...common, kind: 'said', text: one.text });
				break;
			case 'reasoning':
				entries.push({ ...common, kind: 'thought', text: one.text });
				break;
			case 'tool-call': {
				const entry: Entry = { ...common, kind: 'tool', call: one, result: null };
				entries.push(entry);
				open.set(one.id, entry);
				break;
			}
			case 'tool-result': {
				const call = open.get(one.id);
				if (call) {
					call.result = one;
					open.delete(one.id);
				} else entries.push({ ...common, kind: 'tool', call: { ...one, type: 'tool-call', tool: 'tool', title: '' }, result: one });
				break;
			}
			case 'file-changes':
				entries.push({ ...common, kind: 'files', changes: one.changes });
				break;
			case 'plan': {
				const last = entries.findLastIndex((entry) => entry.kind === 'plan');
				// A plan that goes on is the same plan further on: only the newest is shown.
				if (last >= 0) entries.splice(last, 1);
				entries.push({ ...common, kind: 'plan', steps: one.steps });
				break;
			}
			case 'notice':
			case 'error':
				entries.push({ ...common, kind: 'note', text: one.text, isError: one.type === 'error' });
				break;
			case 'session':
				entries.push({ ...common, kind: 'session', id: one.id, model: one.model ?? null });
				break;
			default: {
				// What is not understood here, or there: a newer daemon may tell of steps that this page does not know.
				const last = entries.at(-1);
				const line = one.line ?? JSON.stringify(one);
				if (last?.kind === 'raw') last.lines.push(line);
				else entries.push({ ...common, kind: 'raw', lines: [line] });
			}
		}
	}
	return entries;
}
