/** Light, dark, or as the system has it. `static/theme.js` does the same before the first paint. */
const KEY = 'longhaul.theme';
export type Theme = 'system' | 'light' | 'dark';

class Appearance {
	#theme = $state<Theme>(read());

	get theme(): Theme {
		return this.#theme;
	}

	set theme(theme: Theme) {
		this.#theme = theme;
		if (theme === 'system') {
			localStorage.removeItem(KEY);
			delete document.documentElement.dataset['theme'];
		} else {
			localStorage.setItem(KEY, theme);
			document.documentElement.dataset['theme'] = theme;
		}
	}
}

function read(): Theme {
	try {
		const theme = localStorage.getItem(KEY);
		return theme === 'light' || theme === 'dark' ? theme : 'system';
	} catch {
		return 'system';
	}
}

export const appearance = new Appearance();
