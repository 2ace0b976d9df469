// The catalogue of steps as text for a terminal and as Markdown.
import type { Pens } from '../analysis/pens.ts';
import type { Catalogue, ListedStep } from './catalogue.ts';

/** Blocks by noun, then what can stand for the parameters; lines of at most `columns`. */
export function catalogueText(
  { steps, parameters }: Catalogue,
  pens: Pens,
  columns: number,
): string {
  const blocks: string[] = [];
  for (const [noun, own] of byNoun(steps)) {
    blocks.push(pens.bold(noun));
    for (const { pattern, kind, what, examples, file } of own) {
      const about = what === '' ? (file ?? '') : `${kind}: ${plainText(what)}`;
      const keyword = kind === 'check' ? 'Then' : 'When';
      const shown = examples.flatMap((example) => `${keyword} ${example}`.split('\n'));
      blocks.push(
        [
          `  ${pens.good(pattern)}`,
          ...wrapped(about, columns - 6).map((line) => `      ${line}`),
          ...shown.map((line) => pens.dim(`      ${line}`)),
        ].join('\n'),
      );
    }
  }
  if (parameters.length > 0) {
    const types = parameters.flatMap(({ name, what }) => [
      `  ${pens.good(`{${name}}`)}`,
      ...wrapped(plainText(what), columns - 6).map((line) => `      ${line}`),
    ]);
    blocks.push([pens.bold('What can stand for a parameter'), ...types].join('\n'));
  }
  return `${blocks.join('\n\n')}\n`;
}

/** Without Markdown's marks. */
function plainText(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}

function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/** As docs/vocabulary.md has it. */
export function catalogueMarkdown({ steps, parameters }: Catalogue): string {
  const page = ['## Steps', ''];
  for (const [noun, own] of byNoun(steps)) {
    page.push(
      `### ${noun}`,
      '',
      '| step | kind | what it does | for example |',
      '| --- | --- | --- | --- |',
    );
    for (const { pattern, kind, what, examples, file } of own) {
      // Those with something below them stand in the features further down the page.
      const lines = examples.filter((example) => !example.includes('\n'));
      const shown = lines.map((line) => `\`${cell(line)}\``);
      const cells = [
        `\`${cell(pattern)}\``,
        kind ?? '',
        what === '' ? (file ?? '') : what,
        shown.join(', '),
      ];
      page.push(`| ${cells.join(' | ')} |`);
    }
    page.push('');
  }
  if (parameters.length === 0) return page.join('\n');
  page.push('## Parameter types', '', '| type | what can stand there |', '| --- | --- |');
  for (const { name, what } of parameters) page.push(`| \`{${name}}\` | ${what} |`);
  return `${page.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** In the order of the table; a noun's steps stand together. */
function byNoun(steps: readonly ListedStep[]): ReadonlyMap<string, readonly ListedStep[]> {
  const groups = new Map<string, ListedStep[]>();
  for (const step of steps) {
    const group = groups.get(step.noun);
    if (group === undefined) groups.set(step.noun, [step]);
    else group.push(step);
  }
  return groups;
}
