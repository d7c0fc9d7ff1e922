/** Short words about what just happened, at the edge of the page. */
export interface Toast {
	id: number;
	tone: 'good' | 'problem' | 'plain';
	text: string;
	detail?: string | null;
	/** Where it leads. */
	href?: string;
	linkText?: string;
	/** A state, shown by its mark. */
	state?: string;
}

const SHOWN_MS = 7_000;
const SHOWN_PROBLEM_MS = 14_000;
const MOST = 4;

class Toasts {
	list = $state<Toast[]>([]);
	#next = 1;
	#held = false;

	show(toast: Omit<Toast, 'id'>): number {
		const id = this.#next++;
		this.list = [...this.list.slice(-(MOST - 1)), { ...toast, id }];
		this.#later(id, toast.tone === 'problem' ? SHOWN_PROBLEM_MS : SHOWN_MS);
		return id;
	}

	dismiss(id: number): void {
		this.list = this.list.filter((toast) => toast.id !== id);
	}

	/** While somebody reads, nothing goes away. */
	hold(held: boolean): void {
		this.#held = held;
	}

	#later(id: number, ms: number): void {
		setTimeout(() => (this.#held ? this.#later(id, 1_500) : this.dismiss(id)), ms);
	}
}

export const toasts = new Toasts();
