// Label selectors as text, for `labels` and `namespace_labels` (k8s.io/apimachinery pkg/labels Parse): `k=v`,
// `k!=v`, `k in (a,b)`, `k notin (a,b)`, `k`, `!k`, joined by commas. Gt and Lt are refused.

export type LabelSelector = (labels: Readonly<Record<string, string>>) => boolean;

const forms: readonly {
  readonly pattern: RegExp;
  readonly make: (key: string, rest: string) => LabelSelector;
}[] = [
  {
    pattern: /^([\w./-]+)\s+in\s*\(([^()]*)\)$/,
    make: (key, rest) => {
      const values = listOf(rest);
      return (labels) => labels[key] !== undefined && values.includes(labels[key] ?? '');
    },
  },
  {
    pattern: /^([\w./-]+)\s+notin\s*\(([^()]*)\)$/,
    make: (key, rest) => {
      const values = listOf(rest);
      return (labels) => labels[key] === undefined || !values.includes(labels[key] ?? '');
    },
  },
  {
    pattern: /^([\w./-]+)\s*!=\s*([\w.-]*)$/,
    make: (key, value) => (labels) => labels[key] !== value,
  },
  {
    pattern: /^([\w./-]+)\s*==?\s*([\w.-]*)$/,
    make: (key, value) => (labels) => labels[key] === value,
  },
  { pattern: /^!\s*([\w./-]+)$/, make: (key) => (labels) => labels[key] === undefined },
  { pattern: /^([\w./-]+)$/, make: (key) => (labels) => labels[key] !== undefined },
];

function listOf(text: string): readonly string[] {
  return text.split(',').map((value) => value.trim());
}

/** undefined when the text is no selector. */
export function parseSelector(text: string): LabelSelector | undefined {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (const c of text) {
    if (c === '(') depth++;
    if (c === ')') depth--;
    if (c === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += c;
  }
  parts.push(part);
  const requirements: LabelSelector[] = [];
  for (const requirement of parts.map((p) => p.trim())) {
    const form = forms.find((f) => f.pattern.test(requirement));
    const match = form?.pattern.exec(requirement);
    if (form === undefined || match == null) return undefined;
    requirements.push(form.make(match[1] ?? '', match[2] ?? ''));
  }
  return (labels) => requirements.every((holds) => holds(labels));
}
