const DAY_MS = 86_400_000;

/** How long ago, or how soon: `now`, `4 min ago`, `in 22 min`, `yesterday`, `12 Nov`. */
export function relative(at: number, now: number): string {
	const ago = now - at;
	const size = Math.abs(ago);
	if (size < 10_000 && ago >= 0) return 'now';
	const told = amount(size);
	if (told === null) return day(at, now);
	return ago >= 0 ? `${told} ago` : `in ${told}`;
}

function amount(ms: number): string | null {
	if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
	if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
	if (ms < DAY_MS) return `${Math.round(ms / 3_600_000)} h`;
	if (ms < 7 * DAY_MS) return `${Math.round(ms / DAY_MS)} d`;
	return null;
}

function day(at: number, now: number): string {
	const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
	return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: sameYear ? undefined : 'numeric' }).format(at);
}

/** The exact moment, for a tooltip: `Fri 20 Nov 2026, 14:08:31`. */
export function exact(at: number): string {
	return new Intl.DateTimeFormat('en-GB', {
		weekday: 'short',
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
	}).format(at);
}

/** The time of day, with the day where it is not today: `14:30`, `Fri 14:30`, `12 Nov 14:30`. */
export function clockTime(at: number, now: number, withSeconds = false): string {
	const time = new Intl.DateTimeFormat('en-GB', {
		hour: '2-digit',
		minute: '2-digit',
		second: withSeconds ? '2-digit' : undefined,
	}).format(at);
	if (new Date(at).toDateString() === new Date(now).toDateString()) return time;
	const isNear = Math.abs(at - now) < 6 * DAY_MS;
	const format: Intl.DateTimeFormatOptions = isNear ? { weekday: 'short' } : { day: 'numeric', month: 'short' };
	return `${new Intl.DateTimeFormat('en-GB', format).format(at)} ${time}`;
}
