/** A typed command line as the words a program gets: what a shell does with quotes and backslashes, and nothing else. */

/** Signs that only a shell understands. */
const SHELL_SIGNS = /[|&;<>()$`*?[\]{}~#!\n]/;

export function needsShell(line: string): boolean {
	// Within single quotes nothing is special.
	return SHELL_SIGNS.test(line.replace(/'[^']*'/g, ''));
}

/** The words; nothing if a quote is not closed. */
export function words(line: string): string[] | null {
	const made: string[] = [];
	let word: string | null = null;
	let quote: '"' | "'" | null = null;
	for (let place = 0; place < line.length; place += 1) {
		const letter = line[place] ?? '';
		if (quote === "'") {
			if (letter === "'") quote = null;
			else word += letter;
		} else if (quote === '"') {
			if (letter === '"') quote = null;
			else if (letter === '\\' && '"\\$`'.includes(line[place + 1] ?? ' ')) word += line[(place += 1)] ?? '';
			else word += letter;
		} else if (letter === "'" || letter === '"') {
			quote = letter;
			word ??= '';
		} else if (letter === '\\') {
			word = (word ?? '') + (line[(place += 1)] ?? '');
		} else if (/\s/.test(letter)) {
			if (word !== null) made.push(word);
			word = null;
		} else word = (word ?? '') + letter;
	}
	if (quote) return null;
	if (word !== null) made.push(word);
	return made;
}
