// Reads the `template` directive (CoreDNS plugin/template/setup.go).
import type { Dispenser } from '../../corefile/dispenser.ts';
import { fallthroughOf, originsOf } from '../../fallthrough.ts';
import { classOfWord, rcodeOfWord, typeOfWord } from '../../go/names.ts';
import { parseUint } from '../../go/number.ts';
import { compileGoRegexp, type GoRegexp } from '../../go/regexp.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { FUNCTIONS } from './functions.ts';
import { type Stanza, TemplateHandler } from './handler.ts';
import { parseTemplate } from './parser.ts';

const regexpMax = 10_000;

export const setup: Setup = (d, block) => {
  const stanzas: Stanza[] = [];
  while (d.next()) stanzas.push(parseStanza(d, block));
  return [new TemplateHandler(stanzas)];
};

type Draft = { -readonly [K in keyof Stanza]: Stanza[K] };

function parseStanza(d: Dispenser, block: BlockContext): Stanza {
  if (!d.nextArg()) throw d.argErr();
  const qclass = classOfWord(d.val());
  if (qclass === undefined) throw d.err(`invalid query class ${d.val()}`);
  if (!d.nextArg()) throw d.argErr();
  const qtype = typeOfWord(d.val());
  if (qtype === undefined) throw d.err(`invalid RR class ${d.val()}`);
  const draft: Draft = {
    zones: originsOf(d.remainingArgs(), block.zones),
    qclass,
    qtype,
    regexps: [],
    answer: [],
    additional: [],
    authority: [],
    rcode: 0,
    ederror: null,
    fall: [],
  };
  while (d.nextBlock()) readOption(d, draft, block);
  if (draft.regexps.length === 0) draft.regexps = [compileGoRegexp('.*') as GoRegexp];
  return draft;
}

function readOption(d: Dispenser, draft: Draft, block: BlockContext): void {
  const option = d.val();
  switch (option) {
    case 'match':
      draft.regexps = [...draft.regexps, ...patterns(d, block)];
      return;
    case 'answer':
    case 'additional':
    case 'authority': {
      const args = someArgs(d);
      const templates = args.map((text) => {
        const template = parseTemplate(option, text, Object.keys(FUNCTIONS));
        if (typeof template !== 'string') return template;
        throw d.err(`could not compile template: ${d.val()}, ${template}`);
      });
      draft[option] = [...draft[option], ...templates];
      return;
    }
    case 'rcode': {
      if (!d.nextArg()) throw d.argErr();
      const rcode = rcodeOfWord(d.val());
      if (rcode === undefined) throw d.err(`unknown rcode ${d.val()}`);
      draft.rcode = rcode;
      return;
    }
    case 'ederror': {
      const args = d.remainingArgs();
      if (args.length !== 1 && args.length !== 2) throw d.argErr();
      const code = parseUint(args[0] ?? '', 16);
      if (typeof code === 'string') {
        throw d.err(`error parsing extended DNS error code ${d.val()}, ${code}`);
      }
      draft.ederror = { code, reason: args[1] ?? '' };
      return;
    }
    case 'fallthrough':
      draft.fall = fallthroughOf(d.remainingArgs());
      return;
    case 'upstream':
      d.remainingArgs();
      return;
    default:
      throw d.argErr();
  }
}

function someArgs(d: Dispenser): readonly string[] {
  const args = d.remainingArgs();
  if (args.length === 0) throw d.argErr();
  return args;
}

function patterns(d: Dispenser, block: BlockContext): readonly GoRegexp[] {
  return someArgs(d).map((text) => {
    if (atLeast(block.version, '1.14.0') && text.length > regexpMax) {
      throw d.err(`regex pattern too long: ${text.length} > ${regexpMax}`);
    }
    const regexp = compileGoRegexp(text);
    if (typeof regexp === 'string') throw d.err(`could not parse regex: ${text}, ${regexp}`);
    return regexp;
  });
}
