// What CoreDNS logs as it starts by a Corefile and goes on, as findings: where the line of the Corefile is, and what look-ups
// get. Upstream: plugin/file/setup.go, plugin/hosts/setup.go, and file.go and hosts.go beside them for the answers.
import type { ServerBlock } from '../../dns/corefile/corefile.ts';
import { type CheckFinding, objectName, placeOf } from './check.ts';
import type { CorefileUse } from './corefile-uses.ts';

interface Logged {
  readonly pattern: RegExp;
  readonly effect: string;
}

/** Lines after which look-ups fail. */
const harmful: readonly Logged[] = [
  {
    pattern: /^\[WARNING\] plugin\/file: Failed to open /,
    effect:
      'CoreDNS starts; until the file is there, every name of the zones of this file and of those behind it in the block is answered SERVFAIL',
  },
  {
    pattern: /^\[WARNING\] plugin\/hosts: File does not exist: /,
    effect:
      'CoreDNS starts; the names in that file go on where hosts has fallthrough, and are answered SERVFAIL where it has none',
  },
];

/** `blocks`: empty where the Corefile cannot be read. */
export function logged(
  line: string,
  use: CorefileUse,
  blocks: readonly ServerBlock[],
): CheckFinding {
  const [, plugin = ''] = /^\[WARNING\] plugin\/(\w+): /.exec(line) ?? [];
  const path = /open (\S+): no such file/.exec(line)?.[1] ?? line;
  const token = blocks
    .flatMap(({ directives }) => directives.get(plugin) ?? [])
    .find(({ text }) => text !== plugin && path.endsWith(text));
  const place = token === undefined ? null : use.positionOf(token.line, token.column, token.file);
  const known = harmful.find(({ pattern }) => pattern.test(line));
  return {
    id: 'corefile-log',
    severity: known === undefined ? 'info' : 'warning',
    object: objectName(use.manifest),
    ...(place ?? placeOf(use.manifest, `data.${use.key}`)),
    message: line,
    effect: known?.effect ?? 'none: CoreDNS says so and goes on',
    fix: 'mount what the Corefile names, or leave the line out',
  };
}
