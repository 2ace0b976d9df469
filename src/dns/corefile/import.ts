// Which files an `import` means: a path or a pattern with one wildcard, from the folder of the file that imports (coredns/
// caddy caddyfile/parse.go doImport, Go path/filepath Glob). Snippets are the parser's.

/** "/etc/coredns" + "../x" -> "/etc/x"; as Go's filepath.Join and Clean. */
export function joinPath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** What caddy refuses: more than one of each wildcard, or a class. */
export function isTooWild(pattern: string): boolean {
  const count = (c: string) => pattern.split(c).length - 1;
  return count('*') > 1 || count('?') > 1 || (pattern.includes('[') && pattern.includes(']'));
}

/** The kubelet keeps the files of a volume in a folder beside the names that a container sees. */
const hiddenFolder = '..data';

export type Match = { readonly kind: 'file' | 'folder'; readonly path: string };

/** Files and folders that an absolute pattern matches, sorted; null: the pattern is malformed. `files` are absolute. */
export function matches(pattern: string, files: readonly string[]): readonly Match[] | null {
  if (pattern.includes('[')) return null;
  const parts = pattern.split('/');
  const test = parts.map((part) => new RegExp(`^${part.split('').map(wildcard).join('')}$`, 's'));
  const found = new Map<string, Match>();
  for (const file of files) {
    const own = file.split('/');
    if (own.length < parts.length) continue;
    if (!test.slice(0, -1).every((one, i) => one.test(own[i] ?? ''))) continue;
    const last = test.at(-1) as RegExp;
    const path = own.slice(0, parts.length).join('/');
    const kind = own.length > parts.length ? 'folder' : 'file';
    if (last.test(own[parts.length - 1] ?? '')) found.set(path, { kind, path });
    const hidden = `${own.slice(0, parts.length - 1).join('/')}/${hiddenFolder}`;
    if (kind === 'file' && last.test(hiddenFolder)) {
      found.set(hidden, { kind: 'folder', path: hidden });
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function wildcard(c: string): string {
  if (c === '*') return '.*';
  return c === '?' ? '.' : c.replace(/[\\^$.|+()[\]{}/]/, '\\$&');
}
