// The documentation of fields as schema/explain.json keeps it (tools/generate-explain.mjs): types with their fields, each a
// code, a description and its allowed values.

/** "[]core/v1.Container", "{}string", "string": lists of, maps of, then a type or a scalar of JSON. */
export type Code = string;

export type FieldDoc = readonly [code: Code, description: string, values?: readonly string[]];

export interface TypeDoc {
  /** Description. */
  readonly d: string;
  /** The JSON type where it is no object. */
  readonly t?: string;
  /** Required fields. */
  readonly r?: readonly string[];
  /** Fields, in order. */
  readonly p?: Readonly<Record<string, FieldDoc>>;
}

export interface Docs {
  /** "apps/v1.Deployment": types that are kinds. */
  readonly roots: readonly string[];
  readonly types: Readonly<Record<string, TypeDoc>>;
}

/** The type behind lists and maps; undefined for scalars. */
export function typeOf(docs: Docs, code: Code): TypeDoc | undefined {
  return docs.types[leafOf(code)];
}

export function leafOf(code: Code): string {
  return code.replace(/^(?:\[\]|\{\})+/, '');
}

/** "[]Container", "map[string]string", "Object": how kubectl names a type. */
export function typeName(docs: Docs, code: Code): string {
  if (code.startsWith('[]')) return `[]${typeName(docs, code.slice(2))}`;
  if (code.startsWith('{}')) return `map[string]${typeName(docs, code.slice(2))}`;
  const type = docs.types[code];
  if (type !== undefined) return type.t ?? code.slice(code.lastIndexOf('.') + 1);
  return code === 'object' ? 'Object' : code;
}
