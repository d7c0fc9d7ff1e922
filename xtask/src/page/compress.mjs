// Writes NAME.br and NAME.gz beside every file of a folder that gets smaller by it. Node alone, nothing installed.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const COMPRESSED = /\.(br|gz)$/;
const BY_ITSELF_SMALL = /\.(woff2?|png|jpe?g|webp)$/;

const forms = [
	['.br', (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })],
	['.gz', (data) => gzipSync(data, { level: 9 })],
];

const walk = (folder) => {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) walk(path);
		else if (!COMPRESSED.test(path) && !BY_ITSELF_SMALL.test(path)) {
			const data = readFileSync(path);
			for (const [suffix, compress] of forms) {
				const small = compress(data);
				if (small.length < data.length) writeFileSync(path + suffix, small);
				else rmSync(path + suffix, { force: true });
			}
		}
	}
};

walk(process.argv.at(-1));
