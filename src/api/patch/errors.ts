// Why a patch cannot be applied, and how the API server answers: 400 for a malformed patch, 422 without details for one
// that does not fit, 500 for what its library complains about otherwise.

export class PatchError extends Error {
  readonly answer: 'bad-request' | 'unprocessable' | 'unknown';

  constructor(message: string, answer: 'bad-request' | 'unprocessable' | 'unknown' = 'unknown') {
    super(message);
    this.name = 'PatchError';
    this.answer = answer;
  }
}

/** A value as Go's %v prints it: map[a:1 b:[x y]]. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goValue(item)}`).join(' ')}]`;
}

/** The Go type that JSON decodes to, as %s of reflect.TypeOf prints it. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return 'string';
}
