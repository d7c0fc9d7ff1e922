/**
 * Reading again what was made stale. A reading that is on its way is let come, and one more follows it: begun anew with
 * each event, a slow one (a long diff) would never come while a task works.
 */
import type { QueryClient, QueryKey } from '@tanstack/svelte-query';

export class Rereads {
	/** The readings that are on their way and older than something that was heard since. */
	readonly #behind = new Set<string>();

	constructor(readonly client: QueryClient) {}

	/** Everything below this key is stale: what somebody looks at is read again, the rest when somebody does. */
	mark(queryKey: QueryKey): void {
		for (const query of this.client.getQueryCache().findAll({ queryKey })) {
			if (query.state.fetchStatus === 'idle') void this.#again(query.queryKey);
			else if (!this.#behind.has(query.queryHash)) void this.#after(query.queryKey, query.queryHash);
		}
	}

	async #after(queryKey: QueryKey, hash: string): Promise<void> {
		this.#behind.add(hash);
		// Joins the reading on its way; comes back when that is over, well or not.
		await this.client.refetchQueries({ queryKey, exact: true }, { cancelRefetch: false });
		this.#behind.delete(hash);
		await this.#again(queryKey);
	}

	#again(queryKey: QueryKey): Promise<void> {
		return this.client.invalidateQueries({ queryKey, exact: true }, { cancelRefetch: false });
	}
}
