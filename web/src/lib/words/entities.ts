/** `&amp;` and its like as the letters they stand for. The browser knows them all. */
export function decoded(text: string): string {
	if (!text.includes('&')) return text;
	return text.replace(/&(?:#x?[0-9a-f]{1,7}|[a-z][a-z0-9]{1,31});/gi, (entity) => {
		const read = new DOMParser().parseFromString(entity, 'text/html').body.textContent;
		return read ?? entity;
	});
}
