/** Markdown from outside into markup that can do no harm. Loaded when the first one is shown. */
import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

const reader = new MarkdownIt({ html: false, linkify: false, breaks: false });
// A picture would be asked from wherever the text says; our policy forbids it anyway.
reader.disable('image');

const purifier = DOMPurify();
purifier.addHook('afterSanitizeAttributes', (node) => {
	if (node.tagName !== 'A') return;
	node.setAttribute('target', '_blank');
	node.setAttribute('rel', 'noreferrer noopener nofollow');
});

export function render(text: string): string {
	return purifier.sanitize(reader.render(text), {
		ALLOWED_TAGS: [
			'a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'li', 'ol', 'p', 'pre', 's',
			'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul',
		],
		ALLOWED_ATTR: ['href', 'start', 'align'],
		ALLOWED_URI_REGEXP: /^https?:/i,
	});
}
