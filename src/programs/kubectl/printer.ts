// -o of all verbs: from the flag to a function that prints one object. Models cli-runtime pkg/genericclioptions
// print flags and pkg/printers. Tables are `get`'s alone (verbs/get.ts); go-template is refused.
import { kubectlType, rowOf } from '../../api/scheme.ts';
import type { AnyObject } from '../../api/types.ts';
import { isRecord, without } from '../../api/values.ts';
import { CommandError } from './errors.ts';
import { parseJsonPath, printJsonPath } from './jsonpath/print.ts';
import { toJson, toYaml } from './print-yaml.ts';
import { type Call, notModelled } from './verb.ts';

/** Prints an object; keeps what YAML needs between objects ("---"). */
export type Printer = (object: unknown) => void;

const plain = ['json', 'yaml', 'name'];
const templates = ['go-template', 'go-template-file', 'template', 'templatefile'];
const paths = ['jsonpath', 'jsonpath-as-json', 'jsonpath-file'];
const tables = ['wide', 'custom-columns', 'custom-columns-file'];
const forGet = [...plain, ...templates, ...paths, ...tables].sort();
const forAll = [...plain, ...templates, ...paths].sort();

/** Throws for a format that there is not; `get` has more of them. */
export function unknownFormat(format: string, isGet: boolean): CommandError {
  const allowed = (isGet ? forGet : forAll).join(',');
  return new CommandError(
    `unable to match a printer suitable for the output format "${format}", allowed formats are: ${allowed}`,
  );
}

/** The printer of -o; where no format is given, "service/web DONE" of `operation`. */
export function printerOf(call: Call, operation: string): Printer {
  const format = outputOf(call);
  if (format === '' || format === 'name') return namePrinter(call, format === '' ? operation : '');
  return structuredPrinter(call, format) ?? fails(format);
}

function fails(format: string): never {
  throw unknownFormat(format, false);
}

/** -o; with --template alone go-template is meant. */
export function outputOf({ flags }: Call): string {
  const format = flags.text('output');
  return format === '' && flags.text('template') !== '' ? 'go-template' : format;
}

/** json, yaml and the jsonpath formats; null for others. Throws when the format's template cannot be read. */
export function structuredPrinter(call: Call, format: string): Printer | null {
  if (templates.some((name) => format === name || format.startsWith(`${name}=`))) {
    throw notModelled(`kubectl -o ${format.split('=')[0]}`, 'use -o jsonpath=TEMPLATE');
  }
  const shown = (object: unknown) =>
    call.flags.bool('show-managed-fields') ? object : withoutManagedFields(object);
  if (format === 'json') return (object) => call.out(`${toJson(shown(object))}\n`);
  if (format === 'yaml') {
    let count = 0;
    return (object) => call.out(`${count++ > 0 ? '---\n' : ''}${toYaml(shown(object))}`);
  }
  return jsonPathPrinter(call, format);
}

function jsonPathPrinter(call: Call, format: string): Printer | null {
  const [name = '', given = ''] = format.split(/=(.*)/s);
  if (!paths.includes(name)) return null;
  const template = call.flags.text('template') || given;
  if (template === '') {
    throw new CommandError('template format specified but no template given');
  }
  const text = name === 'jsonpath-file' ? call.host.readText(template) : template;
  const parsed = parseJsonPath(text);
  const asJson = name === 'jsonpath-as-json';
  const allowMissingKeys = call.flags.bool('allow-missing-template-keys');
  return (object) => call.out(printJsonPath(parsed, object, { asJson, allowMissingKeys }));
}

function namePrinter(call: Call, operation: string): Printer {
  const done = operation === '' ? '' : ` ${operation}`;
  return (object) => {
    if (isRecord(object) && Array.isArray(object['items'])) {
      for (const item of object['items']) call.out(`${typeAndName(item as AnyObject)}${done}\n`);
    } else call.out(`${typeAndName(object as AnyObject)}${done}\n`);
  };
}

/** "service/web", "deployment.apps/web". */
export function typeAndName(object: AnyObject): string {
  const { name } = object.metadata;
  return `${kubectlType(typeOf(object))}/${name === undefined || name === '' ? '<unknown>' : name}`;
}

function typeOf(object: AnyObject) {
  const row = rowOf(object);
  const [group = ''] = object.apiVersion?.includes('/') ? object.apiVersion.split('/') : [''];
  return { ...row, group };
}

function withoutManagedFields(object: unknown): unknown {
  if (!isRecord(object)) return object;
  if (Array.isArray(object['items'])) {
    return { ...object, items: object['items'].map(withoutManagedFields) };
  }
  const { metadata } = object;
  if (!isRecord(metadata) || metadata['managedFields'] === undefined) return object;
  return { ...object, metadata: without(metadata, 'managedFields') };
}

/** kind List of v1, as kubectl wraps several objects. */
export function listOf(objects: readonly unknown[]): unknown {
  return { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } };
}
