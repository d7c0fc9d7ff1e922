// Writes src/lib/api/types.ts from docs/openapi.json; with --check it only says whether that file is current.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../../docs/openapi.json', import.meta.url);
const target = new URL('../src/lib/api/types.ts', import.meta.url);
const head = '// Printed from docs/openapi.json by `npm run types`, in one piece. Do not edit.\n\n';
const text = head + astToString(await openapiTS(source, { defaultNonNullable: false }));

if (process.argv.includes('--check')) {
	if (readFileSync(target, 'utf8') !== text) {
		console.error('web/src/lib/api/types.ts is not current: run `npm run types` in web/');
		process.exit(1);
	}
} else {
	writeFileSync(target, text);
}
