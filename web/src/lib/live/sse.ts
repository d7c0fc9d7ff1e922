/** One event of a stream. */
export interface StreamEvent {
	id: string | null;
	name: string;
	data: string;
}

/** Reads server-sent events from text that may be cut anywhere, between the two characters of a line end included. */
export class EventStreamParser {
	#rest = '';
	#id: string | null = null;
	#name = '';
	#data: string[] = [];
	#skipsLineFeed = false;

	/** The events that this piece completes. */
	push(piece: string): StreamEvent[] {
		let text = piece;
		if (this.#skipsLineFeed && text.length > 0) {
			if (text.startsWith('\n')) text = text.slice(1);
			this.#skipsLineFeed = false;
		}
		text = this.#rest + text;
		const events: StreamEvent[] = [];
		let begin = 0;
		for (let place = 0; place < text.length; place += 1) {
			const letter = text[place];
			if (letter !== '\n' && letter !== '\r') continue;
			const event = this.#line(text.slice(begin, place));
			if (event) events.push(event);
			if (letter === '\r') {
				if (place + 1 === text.length) this.#skipsLineFeed = true;
				else if (text[place + 1] === '\n') place += 1;
			}
			begin = place + 1;
		}
		this.#rest = text.slice(begin);
		return events;
	}

	#line(line: string): StreamEvent | null {
		if (line === '') return this.#dispatch();
		const colon = line.indexOf(':');
		if (colon === 0) return null;
		const field = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
		if (field === 'id' && !value.includes('\0')) this.#id = value;
		else if (field === 'event') this.#name = value;
		else if (field === 'data') this.#data.push(value);
		return null;
	}

	#dispatch(): StreamEvent | null {
		const event = { id: this.#id, name: this.#name || 'message', data: this.#data.join('\n') };
		const isEmpty = this.#data.length === 0;
		this.#name = '';
		this.#data = [];
		return isEmpty ? null : event;
	}
}
