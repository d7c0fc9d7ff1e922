/**
 * What the page shows before the daemon has answered. It lies over what is known and never in it: taking it away again is
 * the whole of a rollback.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Task } from '$lib/api/model';

interface Over {
	patch: Partial<Task>;
	/** What is going on, for the second line. */
	doing: string;
}

export class Overlay {
	#over = new SvelteMap<number, Over>();
	#ghosts = new SvelteMap<number, Task>();
	#nextGhost = -1;

	/** The task as it is to be shown. */
	on(task: Task): Task {
		const over = this.#over.get(task.id);
		return over ? { ...task, ...over.patch } : task;
	}

	/** What is being done to a task right now; nothing if the daemon has answered. */
	doing(id: number): string | null {
		return this.#over.get(id)?.doing ?? null;
	}

	put(id: number, doing: string, patch: Partial<Task>): void {
		this.#over.set(id, { doing, patch });
	}

	lift(id: number): void {
		this.#over.delete(id);
	}

	/** Tasks that are asked for and not there yet; their ids are negative. */
	get ghosts(): Task[] {
		return [...this.#ghosts.values()];
	}

	addGhost(task: Task): number {
		const id = this.#nextGhost--;
		this.#ghosts.set(id, { ...task, id });
		return id;
	}

	removeGhost(id: number): void {
		this.#ghosts.delete(id);
	}
}

export const overlay = new Overlay();
