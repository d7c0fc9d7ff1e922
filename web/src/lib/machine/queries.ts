/** What the machine has and how it is: agents, findings, the daemon, what was told to whom. */
import { api, body } from '$lib/api/client';
import type { Agents } from '$lib/api/model';

type Context = { signal: AbortSignal };

/** An agent, with what a newer daemon also tells. */
export type Agent = Agents['agents'][number] & {
	installed?: boolean;
	path?: string | null;
	sessions?: string | null;
	capabilities?: string[];
	findings?: { level: string; message: string; cure?: string | null }[];
	install_command?: string | null;
};

export function isInstalled(agent: Agent): boolean {
	return agent.installed ?? agent.version != null;
}

export function agentsOptions() {
	return { queryKey: ['agents'], queryFn: async ({ signal }: Context) => (await body(api.GET('/api/v1/agents', { signal }))).agents as Agent[] };
}

export function doctorOptions() {
	return { queryKey: ['doctor'], gcTime: 0, queryFn: async ({ signal }: Context) => (await body(api.GET('/api/v1/doctor', { signal }))).findings };
}

export function daemonOptions() {
	return { queryKey: ['daemon'], queryFn: ({ signal }: Context) => body(api.GET('/api/v1/daemon', { signal })) };
}

export function nodesOptions() {
	return { queryKey: ['nodes'], queryFn: async ({ signal }: Context) => (await body(api.GET('/api/v1/nodes', { signal }))).nodes };
}

export function notificationsOptions() {
	return {
		queryKey: ['notifications'],
		queryFn: async ({ signal }: Context) => (await body(api.GET('/api/v1/notifications', { params: { query: { limit: 20 } }, signal }))).notifications,
	};
}
