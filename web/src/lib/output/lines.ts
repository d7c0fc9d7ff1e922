/**
 * A task's output as lines, kept as the bytes they came in: 64 MiB cost 64 MiB and an index, and a line becomes text only
 * when it is looked at.
 */

/** Bytes from one program's stream at one moment; or a gap, where bytes were dropped. */
export interface Piece {
	stream: 'stdout' | 'stderr';
	/** Milliseconds since 1970. */
	at: number;
	bytes: Uint8Array;
	dropped: number;
}

/** More of one line than this is cut when shown. */
const LONGEST_SHOWN_BYTES = 8_192;

export interface Line {
	text: string;
	stream: 'stdout' | 'stderr' | 'gap';
	at: number;
	/** Bytes of the line that are not in `text`. */
	cutBytes: number;
}

export class Lines {
	#bytes = new Uint8Array(1 << 16);
	#size = 0;
	/** Where each line begins. */
	#starts = new Uint32Array(1 << 12);
	#count = 0;
	/** Where each piece begins, and what is to be said about it. */
	#pieceStarts: number[] = [];
	#pieces: { stream: Line['stream']; at: number }[] = [];
	#endsOpen = false;
	readonly #decoder = new TextDecoder();

	/** How many lines there are; the last may still grow. */
	get count(): number {
		return this.#count;
	}

	/** How many bytes are held. */
	get sizeBytes(): number {
		return this.#size;
	}

	append(pieces: Piece[]): void {
		for (const piece of pieces) {
			if (piece.dropped > 0) this.#add(new TextEncoder().encode(`${this.#endsOpen ? '\n' : ''}${gapWords(piece.dropped)}\n`), 'gap', piece.at);
			if (piece.bytes.length > 0) this.#add(piece.bytes, piece.stream, piece.at);
		}
	}

	/** The line at `index`, from 0; nothing beyond the last. */
	line(index: number): Line | null {
		if (index < 0 || index >= this.#count) return null;
		const [from, to] = this.#range(index);
		const piece = this.#pieceAt(from);
		const shownTo = Math.min(to, from + LONGEST_SHOWN_BYTES);
		return {
			text: this.#decoder.decode(this.#bytes.subarray(from, shownTo)),
			stream: piece?.stream ?? 'stdout',
			at: piece?.at ?? 0,
			cutBytes: to - shownTo,
		};
	}

	/**
	 * The next line at or after `index` that has these words, ignoring case; -1 if there is none before `limit`.
	 * Words are looked for in the bytes, so that nothing is decoded that is not shown.
	 */
	find(words: string, index: number, limit = this.#count): number {
		const wanted = new TextEncoder().encode(words.toLowerCase());
		if (wanted.length === 0) return -1;
		for (let line = Math.max(0, index); line < Math.min(limit, this.#count); line += 1) {
			const [from, to] = this.#range(line);
			if (contains(this.#bytes, from, to, wanted)) return line;
		}
		return -1;
	}

	/** All of it, for a download. */
	blob(): Blob {
		return new Blob([this.#bytes.subarray(0, this.#size) as Uint8Array<ArrayBuffer>], { type: 'text/plain;charset=utf-8' });
	}

	#range(index: number): [number, number] {
		const from = this.#starts[index] ?? 0;
		const next = index + 1 < this.#count ? (this.#starts[index + 1] ?? 0) - 1 : this.#endsOpen ? this.#size : this.#size - 1;
		return [from, Math.max(from, next)];
	}

	#pieceAt(place: number) {
		let low = 0;
		let high = this.#pieceStarts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((this.#pieceStarts[middle] ?? 0) <= place) low = middle;
			else high = middle - 1;
		}
		return this.#pieces[low];
	}

	#add(bytes: Uint8Array, stream: Line['stream'], at: number): void {
		const begin = this.#size;
		this.#reserve(bytes.length);
		this.#bytes.set(bytes, begin);
		this.#size += bytes.length;
		this.#pieceStarts.push(begin);
		this.#pieces.push({ stream, at });
		if (!this.#endsOpen) this.#begin(begin);
		let feed = bytes.indexOf(10);
		while (feed >= 0) {
			if (feed + 1 < bytes.length) this.#begin(begin + feed + 1);
			feed = bytes.indexOf(10, feed + 1);
		}
		this.#endsOpen = bytes[bytes.length - 1] !== 10;
	}

	#begin(place: number): void {
		if (this.#count === this.#starts.length) {
			const larger = new Uint32Array(this.#starts.length * 2);
			larger.set(this.#starts);
			this.#starts = larger;
		}
		this.#starts[this.#count] = place;
		this.#count += 1;
	}

	#reserve(more: number): void {
		if (this.#size + more <= this.#bytes.length) return;
		let capacity = this.#bytes.length;
		while (capacity < this.#size + more) capacity *= 2;
		const larger = new Uint8Array(capacity);
		larger.set(this.#bytes.subarray(0, this.#size));
		this.#bytes = larger;
	}
}

export function gapWords(dropped: number): string {
	return `… ${dropped.toLocaleString('en')} bytes are not kept …`;
}

function contains(bytes: Uint8Array, from: number, to: number, wanted: Uint8Array): boolean {
	const last = to - wanted.length;
	outer: for (let place = from; place <= last; place += 1) {
		for (let by = 0; by < wanted.length; by += 1) {
			let byte = bytes[place + by] ?? 0;
			if (byte >= 65 && byte <= 90) byte += 32;
			if (byte !== wanted[by]) continue outer;
		}
		return true;
	}
	return false;
}
