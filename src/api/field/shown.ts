// Objects inside messages: JSON since 1.34, Go syntax (%#v) before. Only the shapes that users meet.
// Models ErrorBody of k8s.io/apimachinery/pkg/util/validation/field/errors.go.
import type { IntOrString, LabelSelector } from '../types.ts';
import { goQuote, shown, shownList } from './errors.ts';

type Labels = Readonly<Record<string, string>>;

/** Keys in the order in which Go prints a map. */
function sorted(labels: Labels): [string, string][] {
  return Object.keys(labels)
    .sort()
    .map((key) => [key, labels[key] ?? '']);
}

/** A map of labels; absent: a nil map. */
export function shownLabels(labels: Labels | undefined, minor: number): string {
  if (labels === undefined) return minor >= 34 ? 'null' : 'map[string]string(nil)';
  if (minor >= 34) return shown(Object.fromEntries(sorted(labels)));
  const pairs = sorted(labels).map(([key, value]) => `${goQuote(key)}:${goQuote(value)}`);
  return `map[string]string{${pairs.join(', ')}}`;
}

/** A selector, its fields in the order of the Go struct. */
export function shownSelector(selector: LabelSelector | undefined, minor: number): string {
  if (selector === undefined) return minor >= 34 ? 'null' : '"null"';
  const { matchLabels, matchExpressions } = selector;
  if (minor >= 34) {
    const labels = matchLabels && Object.keys(matchLabels).length > 0;
    return shown({
      ...(labels ? { matchLabels: Object.fromEntries(sorted(matchLabels)) } : {}),
      ...(matchExpressions?.length
        ? {
            matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
              key,
              operator,
              ...(values?.length ? { values } : {}),
            })),
          }
        : {}),
    });
  }
  const type = 'v1.LabelSelectorRequirement';
  const expressions = matchExpressions?.map(({ key, operator, values }) => {
    const list = values === undefined ? '[]string(nil)' : shownList(values, minor);
    return `${type}{Key:${goQuote(key)}, Operator:${goQuote(operator)}, Values:${list}}`;
  });
  const list =
    expressions === undefined ? `[]${type}(nil)` : `[]${type}{${expressions.join(', ')}}`;
  return `v1.LabelSelector{MatchLabels:${shownLabels(matchLabels, minor)}, MatchExpressions:${list}}`;
}

/** A number or a percentage. */
export function shownIntOrString(value: IntOrString | undefined, minor: number): string {
  if (minor >= 34) return shown(value ?? 0);
  const [type, int, text] = typeof value === 'string' ? [1, 0, value] : [0, value ?? 0, ''];
  return `intstr.IntOrString{Type:${type}, IntVal:${int}, StrVal:${goQuote(text)}}`;
}
