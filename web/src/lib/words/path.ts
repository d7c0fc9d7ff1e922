/** The last two parts of a path, which is what people call a project: `acme/shop`. */
export function shortPath(path: string): string {
	const parts = path.split('/').filter(Boolean);
	return parts.length === 0 ? '/' : parts.slice(-2).join('/');
}

/** One word for a shell: in quotes where the shell would split or read it. */
export function quoted(word: string): string {
	return /^[A-Za-z0-9_\-./:=+,@%]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line as a person would type it. */
export function commandLine(words: readonly string[]): string {
	return words.map(quoted).join(' ');
}
