/**
 * Who this page is to the daemon. The contract is docs/reference/sign-in.md: a one-time code in the URL's fragment is
 * posted, a cookie and a secret come back, and the secret goes along as a header with every request.
 */
const KEY = 'longhaul.page';
export const SECRET_HEADER = 'x-longhaul-page';

class Session {
	/** Whether the daemon last said that it does not know us. */
	signedOut = $state(false);
	/** Why, if signing in itself failed. */
	reason = $state<string | null>(null);
	/** Counts up with every sign-in, so that what failed meanwhile is read again. */
	generation = $state(0);

	get secret(): string | null {
		try {
			return localStorage.getItem(KEY);
		} catch {
			return null;
		}
	}

	/** Keeps the new secret; every tab of this browser shares it. */
	keep(secret: string): void {
		localStorage.setItem(KEY, secret);
		this.#cameBack();
	}

	/** The daemon refused us. What is on the screen stays, marked as old. */
	refused(usedSecret: string | null): void {
		// Another tab may have signed in since this request began.
		if (usedSecret !== this.secret) return;
		try {
			localStorage.removeItem(KEY);
		} catch {
			// Nothing was kept then.
		}
		this.signedOut = true;
	}

	/** Another tab signed in or out. */
	watchOtherTabs(): () => void {
		const heard = (event: StorageEvent) => {
			if (event.key === KEY && event.newValue) this.#cameBack();
		};
		window.addEventListener('storage', heard);
		return () => window.removeEventListener('storage', heard);
	}

	#cameBack(): void {
		this.signedOut = false;
		this.reason = null;
		this.generation += 1;
	}
}

export const session = new Session();

/** What the fragment of a URL asks for. */
export function readFragment(fragment: string): { code: string | null; task: number | null } {
	const parameters = new URLSearchParams(fragment.replace(/^#/, ''));
	const task = parameters.get('task');
	return { code: parameters.get('code') || null, task: task && /^\d{1,15}$/.test(task) ? Number(task) : null };
}

/** Proves with a code, or with the token, that this page may come in. Answers whether it may; says why not in `reason`. */
export async function signIn(proof: { code: string } | { token: string }): Promise<boolean> {
	session.reason = null;
	let answer: Response;
	try {
		answer = await fetch('/api/v1/sign-in', {
			method: 'POST',
			credentials: 'same-origin',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(proof),
		});
	} catch {
		session.reason = 'The daemon cannot be reached.';
		return false;
	}
	if (answer.ok) {
		const body: { page_secret: string } = await answer.json();
		session.keep(body.page_secret);
		return true;
	}
	session.reason = refusal(answer, proof);
	return false;
}

function refusal(answer: Response, proof: object): string {
	if (answer.status === 429) {
		return `Too many attempts. Try again in ${answer.headers.get('retry-after') ?? 'a few'} seconds.`;
	}
	if (answer.status === 403) {
		return 'The daemon does not accept this address. Add its name to allowed_hosts in the configuration.';
	}
	if (answer.status === 401) {
		return 'code' in proof ? 'This link was used already, or is too old.' : 'That is not the token.';
	}
	return `The daemon answered ${answer.status}.`;
}
