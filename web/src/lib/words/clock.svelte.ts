/**
 * The one clock of the page: ticks once a second while somebody looks, and goes by the daemon's time, so that durations
 * are right on a phone whose clock is not.
 */
class Clock {
	/** Now, by the daemon, in milliseconds since 1970. */
	now = $state(Date.now());
	#offset = 0;

	constructor() {
		if (typeof window === 'undefined') return;
		const tick = () => (this.now = Date.now() + this.#offset);
		setInterval(() => {
			if (document.visibilityState === 'visible') tick();
		}, 1000);
		document.addEventListener('visibilitychange', tick);
	}

	/** Takes the daemon's word for the time, which is only exact to the second. */
	listen(serverDate: string | null): void {
		const told = serverDate ? Date.parse(serverDate) : Number.NaN;
		if (Number.isNaN(told)) return;
		const offset = told + 500 - Date.now();
		// Less than this is the header's own coarseness.
		this.#offset = Math.abs(offset) < 1500 ? 0 : offset;
	}
}

export const clock = new Clock();
