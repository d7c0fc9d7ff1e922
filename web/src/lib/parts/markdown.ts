/** Reads Markdown into tokens. Loaded when the first one is shown. */
import { Lexer, type Token } from 'marked';

export function read(text: string): Token[] {
	return new Lexer({ gfm: true }).lex(text);
}
