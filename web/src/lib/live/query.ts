import { QueryClient } from '@tanstack/svelte-query';
import { ApiError } from '$lib/api/client';

/** What is known stays until the stream says otherwise: nothing is asked twice because a window got the focus. */
export function newClient(): QueryClient {
	return new QueryClient({
		defaultOptions: {
			queries: {
				staleTime: Number.POSITIVE_INFINITY,
				gcTime: 10 * 60_000,
				refetchOnWindowFocus: false,
				refetchOnReconnect: false,
				// To compare ten thousand tasks with themselves at each change costs more than to draw the thirty that are seen.
				structuralSharing: false,
				networkMode: 'always',
				// The daemon's refusals do not get better by asking again; a lost line or a busy daemon does.
				retry: (count, error) => (error instanceof ApiError && error.status < 500 ? false : count < 4),
				retryDelay: (count) => Math.min(500 * 2 ** count, 5_000),
			},
			mutations: { networkMode: 'always' },
		},
	});
}
