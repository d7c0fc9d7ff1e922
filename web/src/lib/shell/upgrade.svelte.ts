/** Notices that the daemon now serves a newer page than this one. */
class Upgrade {
	isThere = $state(false);

	/** Asks; the first thing to do after the line came back. */
	async look(check: () => Promise<boolean>): Promise<void> {
		try {
			if (await check()) this.isThere = true;
		} catch {
			// The line went again; there will be another look.
		}
	}
}

export const upgrade = new Upgrade();
