// Documents of -f as objects: Lists taken apart, what has no kind refused. Models cli-runtime pkg/resource FlattenListVisitor
// and apimachinery's unstructured decoder.
import { goJson } from '../../api/go-json.ts';
import type { Source } from '../../api/manifest.ts';
import type { AnyObject } from '../../api/types.ts';
import { isRecord } from '../../api/values.ts';
import { CommandError } from './errors.ts';
import type { Document } from './host.ts';

/** The items of a List (and ServiceList ...), or the object itself. */
export function expanded(value: unknown, source: Source): readonly Document[] {
  if (!isRecord(value)) return [{ value, source }];
  const { kind, items, apiVersion } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) {
    return [{ value, source }];
  }
  return items.flatMap((item: unknown, i) => {
    const below = `items[${i}]`;
    const own: Source = {
      file: source.file,
      at: (path) => source.at(path === '' ? below : `${below}.${path}`),
      line: (n) => source.line(n),
    };
    const typed =
      kind === 'List' || !isRecord(item)
        ? item
        : { apiVersion, kind: kind.slice(0, -'List'.length), ...item };
    return expanded(typed, own);
  });
}

/** The object of a document. Throws CommandError in the words of the unstructured decoder. */
export function checked(value: unknown, file: string): AnyObject {
  const fails = (why: string): CommandError =>
    new CommandError(`unable to decode "${file}": ${why}`);
  if (!isRecord(value)) {
    const got = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw fails(`json: cannot unmarshal ${got} into Go value of type unstructured.detector`);
  }
  const kind = value['kind'];
  if (kind === undefined || kind === null || kind === '') {
    throw fails(`Object 'Kind' is missing in '${goJson(value)}'`);
  }
  for (const field of ['kind', 'apiVersion']) {
    const text = value[field];
    if (text !== undefined && typeof text !== 'string') {
      throw fails(
        `json: cannot unmarshal ${goKind(text)} into Go struct field detector.${field} of type string`,
      );
    }
  }
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  return { ...value, metadata } as unknown as AnyObject;
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
