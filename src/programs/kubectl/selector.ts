// Label selectors as `-l` takes them: equality and set-based requirements, comma-separated (apimachinery/pkg/labels).

export type Requirement =
  | { readonly kind: 'in' | 'not-in'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'exists' | 'not-exists'; readonly key: string };

/** "app=web,tier!=db,env in (a,b),!old" -> requirements; undefined when it cannot be read. */
export function parseSelector(text: string): readonly Requirement[] | undefined {
  const requirements: Requirement[] = [];
  for (const part of text.split(/,(?![^(]*\))/).map((piece) => piece.trim())) {
    if (part === '') continue;
    const requirement = parseRequirement(part);
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return requirements;
}

const name = '[A-Za-z0-9](?:[\\w./-]*\\w)?';
const setBased = new RegExp(`^(${name})\\s+(in|notin)\\s+\\(([^()]*)\\)$`);
const equality = new RegExp(`^(${name})\\s*(==|=|!=)\\s*([\\w.-]*)$`);
const existence = new RegExp(`^(!?)\\s*(${name})$`);

function parseRequirement(part: string): Requirement | undefined {
  const set = setBased.exec(part);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return { kind: operator === 'in' ? 'in' : 'not-in', key, values };
  }
  const equal = equality.exec(part);
  if (equal !== null) {
    const [, key = '', operator, value = ''] = equal;
    return { kind: operator === '!=' ? 'not-in' : 'in', key, values: [value] };
  }
  const exists = existence.exec(part);
  if (exists === null) return undefined;
  return { kind: exists[1] === '!' ? 'not-exists' : 'exists', key: exists[2] ?? '' };
}

export function selects(
  requirements: readonly Requirement[],
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return requirements.every((requirement) => {
    const value = labels?.[requirement.key];
    switch (requirement.kind) {
      case 'in':
        return value !== undefined && requirement.values.includes(value);
      case 'not-in':
        return value === undefined || !requirement.values.includes(value);
      case 'exists':
        return value !== undefined;
      default:
        return value === undefined;
    }
  });
}
