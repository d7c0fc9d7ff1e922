/** Changed files as folders: chains of folders with one child are one line. */
import type { ChangedFile } from '$lib/api/model';

export interface Row {
	depth: number;
	name: string;
	/** Nothing for a folder. */
	file: ChangedFile | null;
}

interface Folder {
	folders: Map<string, Folder>;
	files: [string, ChangedFile][];
}

export function fileTree(files: ChangedFile[]): Row[] {
	const root: Folder = { folders: new Map(), files: [] };
	for (const file of files) {
		const parts = file.path.split('/');
		const name = parts.pop() ?? file.path;
		let folder = root;
		for (const part of parts) {
			const next = folder.folders.get(part) ?? { folders: new Map(), files: [] };
			folder.folders.set(part, next);
			folder = next;
		}
		folder.files.push([name, file]);
	}
	const rows: Row[] = [];
	walk(root, 0, rows);
	return rows;
}

function walk(folder: Folder, depth: number, rows: Row[]): void {
	for (const [name, child] of [...folder.folders].sort(([a], [b]) => a.localeCompare(b))) {
		let path = name;
		let inner = child;
		while (inner.files.length === 0 && inner.folders.size === 1) {
			const [only] = inner.folders;
			if (!only) break;
			path = `${path}/${only[0]}`;
			inner = only[1];
		}
		rows.push({ depth, name: path, file: null });
		walk(inner, depth + 1, rows);
	}
	for (const [name, file] of [...folder.files].sort(([a], [b]) => a.localeCompare(b))) rows.push({ depth, name, file });
}
