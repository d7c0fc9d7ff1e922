import type { Task } from '../src/lib/api/model';

/** A task with nothing special, changed as the test needs it. */
export function sample(change: Partial<Task> = {}): Task {
	return {
		id: 12, name: 'make test', kind: 'command', state: 'completed', waiting_for: [], blocked_by: [], command: ['make', 'test'], prompt: null, agent: null,
		url: null, dir: null, workspace: '/w/acme/shop', cwd: '/w/acme/shop', access: 'unmanaged', isolation: null, enforcement: null, enforcement_detail: null,
		queue: 'default', priority: 0, created_at: '2026-11-20T12:00:00Z', started_at: '2026-11-20T12:00:01Z', ended_at: '2026-11-20T12:00:05Z', queue_ms: 1000,
		duration_ms: 4000, attempt: 1, max_attempts: 1, outcome: null, session: null, origin: null, parent: null, retry_of: null, retried_by: null, chain: 12,
		usage: null, summary: null, progress: null, output_bytes: 0, output_truncated: false, stopping: null, labels: {}, after: [], requires: [],
		wait_deadline: null, timeout_ms: null, idle_timeout_ms: null, needs_attention: false, peak_memory_bytes: null, cpu_ms: null, leftovers: [],
		...change,
	} as Task;
}
