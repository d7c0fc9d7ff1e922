/** Keys of the whole page. A screen registers its own; what somebody types into a field is never taken. */
type Handler = (event: KeyboardEvent) => void;
const handlers: Map<string, Handler>[] = [];

/** Registers keys until the returned function is called. The last one registered is asked first. */
export function onKeys(keys: Record<string, Handler>): () => void {
	const map = new Map(Object.entries(keys));
	handlers.push(map);
	return () => {
		const place = handlers.indexOf(map);
		if (place >= 0) handlers.splice(place, 1);
	};
}

export function handleKey(event: KeyboardEvent): void {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
	const target = event.target as HTMLElement | null;
	if (target?.closest('input, textarea, select, [contenteditable], dialog[open], [role="menu"]')) return;
	// Enter and space belong to what has the focus.
	if ((event.key === 'Enter' || event.key === ' ') && target?.closest('a, button, summary, [role="tab"]')) return;
	for (let place = handlers.length - 1; place >= 0; place -= 1) {
		const handler = handlers[place]?.get(event.key);
		if (!handler) continue;
		event.preventDefault();
		handler(event);
		return;
	}
}
