// Reads the `root` directive (CoreDNS plugin/root/root.go): the folder that relative paths of a block's plugins start
// from. It has no handler.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { joinPath } from '../../corefile/import.ts';

interface Around {
  readonly log: (line: string) => void;
  readonly files?: () => readonly string[];
}

/** The folder, absolute: the image's own working directory is `/`. */
export function rootOf(d: Dispenser, { log, files }: Around): string {
  let root = '.';
  while (d.next()) {
    if (!d.nextArg()) throw d.argErr();
    root = d.val();
  }
  const folder = joinPath('/', root);
  const below = folder === '/' ? '/' : `${folder}/`;
  const exists = below === '/' || files === undefined || files().some((f) => f.startsWith(below));
  if (!exists) log(`[WARNING] plugin/root: Root path does not exist: ${root}`);
  return folder;
}
