// `svcspec steps`: the catalogue of steps.

import { InputError } from '../../api/input-error.ts';
import { catalogueOf, narrowed } from '../../harness/catalogue.ts';
import { catalogueMarkdown, catalogueText } from '../../harness/catalogue-text.ts';
import { type Io, oneOf } from '../options.ts';
import { pens } from '../pens.ts';

export interface StepsOptions {
  readonly import: readonly string[];
  readonly output: string;
  readonly color: boolean;
}

const widest = 120;

export async function steps(
  words: readonly string[],
  options: StepsOptions,
  io: Io,
): Promise<number> {
  const format = oneOf('output format', options.output, ['text', 'json', 'markdown']);
  const catalogue = narrowed(await catalogueOf(options.import), words);
  if (catalogue.steps.length === 0) {
    const hint = 'svcspec steps without words prints all of them';
    throw new InputError('usage', `no step tells of "${words.join(' ')}"`, { hint });
  }
  if (format === 'json') io.out(`${JSON.stringify(catalogue, null, 2)}\n`);
  else if (format === 'markdown') io.out(catalogueMarkdown(catalogue));
  else {
    const columns = Math.min(io.columns ?? widest, widest);
    io.out(catalogueText(catalogue, pens(options.color && io.color), columns));
  }
  return 0;
}
