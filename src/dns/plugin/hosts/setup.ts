// Reads the `hosts` directive (CoreDNS plugin/hosts/setup.go): what is no property is a line of a hosts file.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { type Fallthrough, fallthroughOf, originsOf } from '../../fallthrough.ts';
import { parseDuration } from '../../go/duration.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { HostsHandler } from './handler.ts';
import type { HostsRules } from './hosts-map.ts';

export interface HostsOptions extends HostsRules {
  readonly path: string;
  readonly ttl: number;
  /** 0: the file is read once. */
  readonly reloadMs: number;
  readonly fall: Fallthrough;
  /** Whether types other than A, AAAA and PTR go on where names fall through. */
  readonly passesOtherTypes: boolean;
  /** Lines of the block. */
  readonly inline: string;
}

interface Draft {
  ttl: number;
  reloadMs: number;
  reverse: boolean;
  fall: Fallthrough;
  passesOtherTypes: boolean;
  readonly inline: string[];
}

const wildcardsSince = '1.14.5';
const unsupportedSince = '1.14.7';
const ttlMax = 65_535;

function ttlOf(d: Dispenser): number {
  const [text] = d.remainingArgs();
  if (text === undefined) throw d.err('ttl needs a time in second');
  if (!/^[-+]?\d+$/.test(text)) throw d.err('ttl needs a number of second');
  const ttl = Number(text);
  if (ttl <= 0 || ttl > ttlMax) throw d.err('ttl provided is invalid');
  return ttl;
}

function reloadOf(d: Dispenser): number {
  const [text, more] = d.remainingArgs();
  if (text === undefined || more !== undefined) {
    throw d.err('reload needs a duration (zero seconds to disable)');
  }
  const reload = parseDuration(text);
  if (typeof reload === 'string') throw d.err(`invalid duration for reload '${text}'`);
  if (reload < 0) throw d.err(`invalid negative duration for reload '${text}'`);
  return reload;
}

function property(d: Dispenser, draft: Draft, block: BlockContext): void {
  const name = d.val();
  switch (name) {
    case 'fallthrough':
      draft.fall = fallthroughOf(d.remainingArgs());
      return;
    case 'no_reverse':
      draft.reverse = false;
      return;
    case 'ttl':
      draft.ttl = ttlOf(d);
      return;
    case 'reload':
      draft.reloadMs = reloadOf(d);
      return;
    case 'fallthrough_unsupported':
      if (atLeast(block.version, unsupportedSince)) {
        if (d.remainingArgs().length > 0) throw d.argErr();
        draft.passesOtherTypes = true;
        return;
      }
  }
  if (draft.fall.length > 0) throw d.err(`unknown property '${name}'`);
  draft.inline.push([name, ...d.remainingArgs()].join(' '));
}

function parse(d: Dispenser, block: BlockContext): HostsOptions {
  const [file, ...zones] = d.remainingArgs();
  if (file !== undefined && block.readFile(file) === undefined) {
    block.log(`[WARNING] plugin/hosts: File does not exist: ${block.pathOf(file)}`);
  }
  const draft: Draft = {
    ttl: 3600,
    reloadMs: 5000,
    reverse: true,
    fall: [],
    passesOtherTypes: false,
    inline: [],
  };
  const origins = originsOf(zones, block.zones);
  while (d.nextBlock()) property(d, draft, block);
  if (draft.passesOtherTypes && draft.fall.length === 0) {
    throw d.err('fallthrough_unsupported requires fallthrough');
  }
  const wildcards = atLeast(block.version, wildcardsSince);
  return {
    ...draft,
    inline: draft.inline.join('\n'),
    path: file === undefined ? '/etc/hosts' : block.pathOf(file),
    origins,
    wildcards,
    passesOtherTypes:
      draft.passesOtherTypes || (wildcards && !atLeast(block.version, unsupportedSince)),
  };
}

export const setup: Setup = (d, block) => {
  let options: HostsOptions | null = null;
  while (d.next()) {
    if (options !== null) throw d.raw('this plugin can only be used once per Server Block');
    options = parse(d, block);
  }
  return options === null ? [] : [new HostsHandler(options)];
};
