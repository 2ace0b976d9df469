// Label selectors and node selectors as everyone but the query parser reads them. Modelled after apimachinery pkg/labels and
// component-helpers/scheduling/corev1/nodeaffinity.
import type { LabelSelector, NodeSelectorRequirement } from './types.ts';
import { matchesLabels } from './types.ts';
import { fieldOf } from './values.ts';

type Labels = Readonly<Record<string, string>>;

/** A metav1.LabelSelector: nil selects nothing, an empty one everything. */
export function selects(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  if (!matchesLabels(selector.matchLabels ?? {}, labels)) return false;
  return (selector.matchExpressions ?? []).every((term) => meets(term, labels ?? {}));
}

/** One requirement: In, NotIn, Exists, DoesNotExist, and Gt, Lt for nodes. */
export function meets(term: NodeSelectorRequirement, labels: Labels): boolean {
  const value = fieldOf(labels, term.key);
  const values = term.values ?? [];
  switch (term.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return integer(value) > integer(values[0]);
    case 'Lt':
      return integer(value) < integer(values[0]);
    default:
      return false;
  }
}

/** strconv.ParseInt; NaN, which is neither more nor less than anything, for what it does not take. */
function integer(text: string | undefined): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
}
