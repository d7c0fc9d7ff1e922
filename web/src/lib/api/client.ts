import createClient from 'openapi-fetch';
import { clock } from '$lib/words/clock.svelte';
import type { Problem } from './model';
import { SECRET_HEADER, session } from './session.svelte';
import type { paths } from './types';

/** What the daemon refused, with its own words for people. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		detail: string,
		readonly hint: string | null,
	) {
		super(detail);
		this.name = 'ApiError';
	}
}

/** The daemon could not be asked at all. */
export class Unreachable extends Error {
	constructor() {
		super('The daemon cannot be reached.');
		this.name = 'Unreachable';
	}
}

/** `fetch`, signed: the one way out of this page. Never answers with an error status; that is an `ApiError`. */
export async function call(input: string | Request, init: RequestInit = {}): Promise<Response> {
	const secret = session.secret;
	const request = new Request(input, { ...init, credentials: 'same-origin' });
	if (secret) request.headers.set(SECRET_HEADER, secret);
	let answer: Response;
	try {
		answer = await fetch(request);
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') throw error;
		throw new Unreachable();
	}
	clock.listen(answer.headers.get('date'));
	if (answer.ok) return answer;
	if (answer.status === 401) session.refused(secret);
	throw await errorOf(answer);
}

async function errorOf(answer: Response): Promise<ApiError> {
	try {
		const problem: Problem = await answer.json();
		return new ApiError(answer.status, problem.code, problem.detail || problem.title, problem.hint ?? null);
	} catch {
		return new ApiError(answer.status, 'unknown', `The daemon answered ${answer.status}.`, null);
	}
}

/** The typed client. Its answers always have `data`: an error throws. */
export const api = createClient<paths>({ baseUrl: '', fetch: (request) => call(request) });

/** The body of a successful answer. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
	return (await answer).data as T;
}

/** One sentence for a person, and what to do about it. */
export function explain(error: unknown): { message: string; hint: string | null } {
	if (error instanceof ApiError) return { message: sentence(error.message), hint: error.hint ? sentence(error.hint) : null };
	if (error instanceof Error) return { message: sentence(error.message), hint: null };
	return { message: 'Something went wrong.', hint: null };
}

/** The API speaks in fragments; a page speaks in sentences. */
export function sentence(text: string): string {
	const begun = text.charAt(0).toUpperCase() + text.slice(1);
	return /[.!?:…)]$/.test(begun) ? begun : `${begun}.`;
}
