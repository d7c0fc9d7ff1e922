/** How long, in the fewest figures that still tell: `0.4 s`, `3:41`, `48 min`, `5 h 12 min`, `3 d 4 h`. */
export function duration(ms: number): string {
	if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
	const seconds = Math.floor(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 30) return `${minutes}:${pad(seconds % 60)}`;
	if (minutes < 100) return `${minutes} min`;
	return hours(minutes);
}

/** The same of something that is still going on: always a clock, so that it ticks evenly. */
export function running(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
	if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
	return hours(minutes);
}

/** To the second, for one place on a page: `48 min 02 s`. */
export function exactDuration(ms: number): string {
	if (ms < 60_000) return duration(ms);
	const seconds = Math.floor(ms / 1000);
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes} min ${pad(seconds % 60)} s`;
	return hours(minutes);
}

/** A duration as the command line takes it (`90s`, `10m`, `1h30m`), in milliseconds; nothing if it is not one. */
export function parseDuration(text: string): number | null {
	const trimmed = text.trim().toLowerCase().replaceAll(' ', '');
	if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return null;
	const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
	let total = 0;
	for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
		total += Number(amount) * (units[unit ?? ''] ?? 0);
	}
	return Math.round(total);
}

/** Milliseconds as the command line would write them: `90s`, `10m`, `2h`. */
export function shellDuration(ms: number): string {
	for (const [unit, size] of [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000]] as const) {
		if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
	}
	return `${ms}ms`;
}

function hours(minutes: number): string {
	const whole = Math.floor(minutes / 60);
	if (whole < 48) return `${whole} h ${pad(minutes % 60)} min`;
	return `${Math.floor(whole / 24)} d ${whole % 24} h`;
}

function pad(figure: number): string {
	return String(figure).padStart(2, '0');
}
