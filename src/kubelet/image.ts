// What an image's name tells of the program in it: the resolver. Reads the patterns of resolver.table.ts; knows no registry and
// no image's content.
import { resolverRows } from './resolver.table.ts';
import type { ResolverKind } from './runtime.ts';

/** "registry.example:5000/team/busybox:1.28@sha256:..." */
export function resolverOfImage(image: string): ResolverKind {
  const bare = image.replace(/@.*$/, '');
  const [, path = '', tag = 'latest'] = /^(.*?)(?::([^/:]*))?$/.exec(bare) ?? [];
  return (
    resolverRows.find((row) => row.images.some((one) => fits(one, path, tag)))?.kind ?? 'glibc'
  );
}

function fits(pattern: string, path: string, tag: string): boolean {
  const [name = '', version] = pattern.split(':');
  return matches(`/${name}`, `/${path}`, false) && (version === undefined || matches(version, tag));
}

/** The whole text, or its end. */
function matches(pattern: string, text: string, whole = true): boolean {
  const range = /\{(\d+)\.\.(\d+)\}/.exec(pattern);
  const source = pattern
    .replace(/\{\d+\.\.\d+\}/, '#')
    .replaceAll('.', '\\.')
    .replaceAll('*', '[^/]*')
    .replace('#', '(\\d+)(?!\\d)');
  const found = new RegExp(`${whole ? '^' : ''}${source}$`).exec(text);
  if (found === null || range === null) return found !== null;
  const number = Number(found[1]);
  return number >= Number(range[1]) && number <= Number(range[2]);
}
