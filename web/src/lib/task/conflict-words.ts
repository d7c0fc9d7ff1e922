/** What stands between a worktree and the branch it is to land on, in words. */
import type { Conflict, Task } from '$lib/api/model';
import { CONFLICT, STATE, isTerminal } from '$lib/api/words';

/** What happened to a file on both sides. */
export function conflictWords(conflict: Pick<Conflict, 'kind'>, target: string): string {
	switch (conflict.kind) {
		case CONFLICT.bothChanged:
			return `${target} and the task changed the same lines.`;
		case CONFLICT.bothAdded:
			return `${target} and the task both added it, each with its own content.`;
		case CONFLICT.deletedInTarget:
			return `${target} deleted it; the task changed it.`;
		case CONFLICT.deletedInWorktree:
			return `The task deleted it; ${target} changed it.`;
		default:
			return 'The two cannot be put together by git alone.';
	}
}

/** What stands where a side has no text to show. */
export function emptySide(conflict: Pick<Conflict, 'kind'>, side: 'target' | 'worktree'): string {
	const deleted = { target: CONFLICT.deletedInTarget, worktree: CONFLICT.deletedInWorktree }[side];
	return conflict.kind === deleted ? 'deleted' : 'no text to show';
}

/** Why the landed task cannot be asked to resolve the conflicts now; nothing if it can. */
export function whyNotResolve(landing: Task, source: Task | undefined, chain: Task[], later: Task[]): string | null {
	if (!source) return 'The task was not read yet.';
	const landed = later.find((one) => one.id > landing.id && one.state === STATE.completed);
	if (landed) return `Task ${landed.id} brought the changes in since.`;
	const active = [...later, ...chain, source].find((one) => !isTerminal(one));
	if (active) return `Task ${active.id} is still ${active.state}.`;
	const gone = chain.find((one) => one.id > landing.id);
	return gone ? `Task ${gone.id} went on with it since.` : null;
}
