// Reads the `log` directive (CoreDNS plugin/log/setup.go): for which names which lines, and of which classes of answers.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { absolute } from '../../message/name.ts';
import type { Setup } from '../../plugin.ts';
import { type Field, parseFormat } from './format.ts';
import { LogHandler } from './handler.ts';

export const classes = ['all', 'success', 'denial', 'error'] as const;
export type Class = (typeof classes)[number];

/** The first one whose scope holds the name decides. */
export interface Rule {
  /** Absolute. */
  readonly scope: string;
  readonly format: readonly Field[];
  readonly classes: readonly Class[];
}

const common =
  '{remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}" ' +
  '{rcode} {>rflags} {rsize} {duration}';
const combined = `${common} "{>opcode}"`;

export const setup: Setup = (d, { version }) => {
  const rules: Rule[] = [];
  while (d.next()) {
    let names: readonly string[] = d.remainingArgs();
    let format = common;
    const last = names.at(-1) ?? '';
    // A lone argument is a name, whatever it looks like.
    if (names.length > 1 && last.includes('{')) {
      format = last.replaceAll('{common}', common).replaceAll('{combined}', combined);
      names = names.slice(0, -1);
    }
    const scopes = names.length === 0 ? ['.'] : names.map((name) => absolute(name));
    const asked = classesIn(d, version);
    for (const scope of scopes) {
      rules.push({ scope, format: parseFormat(format), classes: asked });
    }
  }
  return [new LogHandler(rules, version)];
};

function classesIn(d: Dispenser, version: CoreDnsVersion): readonly Class[] {
  const found: Class[] = [];
  while (d.nextBlock()) {
    if (d.val() !== 'class') {
      throw atLeast(version, '1.14.4') ? d.err(`unknown property '${d.val()}'`) : d.argErr();
    }
    const args = d.remainingArgs();
    if (args.length === 0) throw d.argErr();
    for (const arg of args) {
      const known = classes.find((name) => name === arg);
      if (known === undefined)
        throw d.raw(`invalid Class: ${arg}`, `one of: ${classes.join(', ')}`);
      found.push(known);
    }
  }
  return found.length === 0 ? ['all'] : found;
}
