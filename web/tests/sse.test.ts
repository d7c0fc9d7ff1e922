import { expect, test } from 'vitest';
import { EventStreamParser, type StreamEvent } from '../src/lib/live/sse';

const STREAM = ': changes of tasks\n\nid: a-b:1\nevent: claimed\ndata: {"seq":1}\n\n:\n\nid: a-b:2\r\nevent: ended\r\ndata: {"seq":2,\r\ndata: "x":1}\r\n\r\ndata:bare\n\n';
const EVENTS: StreamEvent[] = [
	{ id: 'a-b:1', name: 'claimed', data: '{"seq":1}' },
	{ id: 'a-b:2', name: 'ended', data: '{"seq":2,\n"x":1}' },
	{ id: 'a-b:2', name: 'message', data: 'bare' },
];

test('a stream cut at any place gives the same events', () => {
	for (let cut = 0; cut <= STREAM.length; cut += 1) {
		const parser = new EventStreamParser();
		expect([...parser.push(STREAM.slice(0, cut)), ...parser.push(STREAM.slice(cut))], `cut at ${cut}`).toEqual(EVENTS);
	}
	const parser = new EventStreamParser();
	expect([...STREAM].flatMap((letter) => parser.push(letter))).toEqual(EVENTS);
});

test('an event that is not over is not told', () => {
	const parser = new EventStreamParser();
	expect(parser.push('id: 7\ndata: half')).toEqual([]);
	expect(parser.push('\n')).toEqual([]);
	expect(parser.push('\n')).toEqual([{ id: '7', name: 'message', data: 'half' }]);
});
