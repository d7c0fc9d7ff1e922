/**
 * A daemon that answers what a test says, in place of `fetch`. Imported before everything that asks: a browser's request
 * may be relative, and that of the test's own machine may not.
 */
import { vi } from 'vitest';

class RelativeRequest extends Request {
	constructor(input: RequestInfo | URL, init?: RequestInit) {
		super(typeof input === 'string' ? new URL(input, 'http://longhaul.test') : input, init);
	}
}
vi.stubGlobal('Request', RelativeRequest);

export interface Asked {
	method: string;
	path: string;
	body: unknown;
	request: Request;
}

/** Answers with a value as JSON, or with a whole answer of its own. */
type Reply = (asked: Asked) => unknown;

export class FakeDaemon {
	/** What was asked, in order. */
	readonly asked: Asked[] = [];
	reply: Reply;

	constructor(reply: Reply) {
		this.reply = reply;
		vi.stubGlobal('fetch', async (request: Request) => {
			const text = await request.clone().text();
			const { pathname, search } = new URL(request.url);
			const asked = { method: request.method, path: pathname + search, body: text === '' ? null : JSON.parse(text), request };
			this.asked.push(asked);
			const answer = await this.reply(asked);
			return answer instanceof Response ? answer : Response.json(answer);
		});
	}

	/** What was asked, as `POST /api/v1/…`. */
	get lines(): string[] {
		return this.asked.map(({ method, path }) => `${method} ${path}`);
	}
}

/** A refusal in the daemon's own words. */
export function problem(status: number, detail: string): Response {
	return Response.json({ code: 'state-forbids', title: 'No', detail, hint: null, status }, { status });
}
