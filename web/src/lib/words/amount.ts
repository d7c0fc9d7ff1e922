const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** A size in bytes for people: `812 B`, `2.1 MB`. */
export function bytes(size: number): string {
	if (size < 1000) return `${size} B`;
	let value = size;
	let unit = -1;
	do {
		value /= 1000;
		unit += 1;
	} while (value >= 999.5 && unit < UNITS.length - 1);
	return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** A large count: `812`, `41.9 k`, `1.2 M`. */
export function count(value: number): string {
	if (value < 10_000) return String(value);
	if (value < 1_000_000) return `${trimmed(value / 1000)} k`;
	return `${trimmed(value / 1_000_000)} M`;
}

function trimmed(value: number): string {
	return value < 99.5 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}

/** `1 file`, `14 files`. */
export function counted(value: number, one: string, many = `${one}s`): string {
	return `${value} ${value === 1 ? one : many}`;
}
