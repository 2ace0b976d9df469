// Reads the `header` directive (CoreDNS plugin/header/setup.go, header.go). Rules without `query` or `response` were
// for replies until 1.12.1, with a warning.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { atLeast } from '../../kubeadm/version.ts';
import { lower } from '../../message/name.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { HeaderHandler, type Rule } from './handler.ts';

export const setup: Setup = (d, block) => {
  while (d.next()) {
    const rules: Record<'query' | 'response', Rule[]> = { query: [], response: [] };
    while (d.nextBlock()) {
      const { selector, action } = selected(d, block);
      rules[selector].push(...readRules(d, action, d.remainingArgs()));
    }
    const { query, response } = rules;
    if (query.length + response.length > 0) return [new HeaderHandler(query, response)];
  }
  throw d.argErr();
};

function selected(
  d: Dispenser,
  block: BlockContext,
): { readonly selector: 'query' | 'response'; readonly action: string } {
  const word = lower(d.val());
  if (word === 'query' || word === 'response') {
    return { selector: word, action: d.nextArg() ? d.val() : '' };
  }
  if ((word === 'set' || word === 'clear') && !atLeast(block.version, '1.12.4')) {
    block.log(
      `[WARNING] plugin/header: The selector for header rule in line ${d.line()} isn't explicit defined. Assume rule applies for selector 'response'. This syntax is deprecated. In future versions of CoreDNS the selector must be explicit defined.`,
    );
    return { selector: 'response', action: word };
  }
  throw d.raw(`setting up rule: invalid selector=${word} should be query or response`);
}

function readRules(d: Dispenser, key: string, args: readonly string[]): readonly Rule[] {
  const fail = (text: string) => d.raw(`setting up rule: ${text}`);
  if (key === '') throw fail('no flag action provided');
  if (args.length === 0) {
    throw fail('invalid length for flags, at least one should be provided');
  }
  const action = lower(key);
  if (action !== 'set' && action !== 'clear') {
    throw fail(`unknown flag action=${action}, should be set or clear`);
  }
  return args.map((arg) => {
    const flag = lower(arg);
    if (flag !== 'aa' && flag !== 'ra' && flag !== 'rd') {
      throw fail(`unknown/unsupported flag=${flag}`);
    }
    return { flag, state: action === 'set' };
  });
}
