import { expect, test } from 'vitest';
import { hours, place, span } from '../src/lib/lanes/road';

test('the marks of a road stand at round times, and none so near its end that its words stick out', () => {
	for (const length of [1, 6, 24]) {
		for (let minute = 0; minute < 24 * 60; minute += 7) {
			const when = span(length, Date.parse('2026-11-20T00:00:00Z') + minute * 60_000);
			const marks = hours(when);
			expect(marks.length).toBeGreaterThan(1);
			expect(marks.length).toBeLessThan(10);
			for (const at of marks) {
				expect(at % 300_000).toBe(0);
				expect(place(at, when)).toBeGreaterThanOrEqual(0);
				expect(place(at, when)).toBeLessThanOrEqual(96);
			}
		}
	}
});
