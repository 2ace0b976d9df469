// Label selectors of `labels` and `namespace_labels` (apimachinery meta.ParseToLabelSelector): the grammar of `-l`
// without its comparisons of numbers.
import { parseSelector as parseRequirements, selects } from '../../../api/label-selector.ts';

export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

const comparisons = { greater: 'gt', less: 'lt' } as const;

/** The parser's complaint where the text is no selector. */
export function parseSelector(text: string): LabelSelector | string {
  const requirements = parseRequirements(text);
  if (typeof requirements === 'string') return requirements;
  for (const { kind } of requirements) {
    if (kind === 'greater' || kind === 'less') {
      return `"${comparisons[kind]}" is not a valid label selector operator`;
    }
  }
  return (labels) => selects(requirements, labels);
}
