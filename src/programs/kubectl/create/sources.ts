// Keys and values of ConfigMaps and Secrets from --from-literal, --from-file and --from-env-file. Models create_configmap.go,
// create_secret.go, util.ParseFileSource and cmdutil.AddFromEnvFile. Not here: directories, bytes that are no text.
import { configMapKey } from '../../../api/field/names.ts';
import { setField } from '../../../api/values.ts';
import { CommandError } from '../errors.ts';
import type { Flag } from '../flags.ts';
import type { Call } from '../verb.ts';

export const sourceFlags: readonly Flag[] = [
  { name: 'from-file', type: 'strings' },
  { name: 'from-literal', type: 'array' },
  { name: 'from-env-file', type: 'strings' },
];

type Add = (key: string, value: string) => void;

/** Literals first where a Secret is made, files first where a ConfigMap is. */
export function dataOf(call: Call, kind: 'ConfigMap' | 'Secret', name: string) {
  const data: Record<string, string> = {};
  const add: Add = (key, value) => {
    addKey(kind, name, data, key, value);
  };
  const { flags } = call;
  const [files, literals] = [flags.list('from-file'), flags.list('from-literal')];
  const environments = flags.list('from-env-file');
  if (environments.length > 0 && files.length + literals.length > 0) {
    throw new CommandError('from-env-file cannot be combined with from-file or from-literal');
  }
  const addFiles = () => {
    for (const text of files) fileInto(call, text, add);
  };
  if (kind === 'ConfigMap') addFiles();
  for (const text of literals) literalInto(text, add);
  if (kind === 'Secret') addFiles();
  for (const path of environments) environmentInto(path, sourceText(call, path), add);
  return data;
}

function addKey(
  kind: string,
  name: string,
  data: Record<string, string>,
  key: string,
  value: string,
): void {
  const problems = configMapKey(key);
  const quoted = JSON.stringify(key);
  if (problems.length > 0) {
    throw new CommandError(
      kind === 'ConfigMap'
        ? `${quoted} is not a valid key name for a ConfigMap: ${problems.join(',')}`
        : `${quoted} is not valid key name for a Secret ${problems.join(';')}`,
    );
  }
  if (Object.hasOwn(data, key)) {
    throw new CommandError(
      kind === 'ConfigMap'
        ? `cannot add key ${quoted}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`
        : `cannot add key ${key}, another key by that name already exists`,
    );
  }
  setField(data, key, value);
}

function literalInto(text: string, add: Add): void {
  const at = text.indexOf('=');
  if (at <= 0) throw new CommandError(`invalid literal source ${text}, expected key=value`);
  add(text.slice(0, at), text.slice(at + 1));
}

/** "path" or "key=path". */
export function fileSource(text: string): readonly [key: string, path: string] {
  const [first = '', second, ...more] = text.split('=');
  if (second === undefined) return [first.replace(/\/+$/, '').split('/').at(-1) ?? '', text];
  if (more.length > 0) throw new CommandError("key names or file paths cannot contain '='");
  if (first === '') throw new CommandError(`key name for file path ${second} missing`);
  if (second === '') throw new CommandError(`file path for key name ${first} missing`);
  return [first, second];
}

/** The text of a file; `failure` begins what is said of one that is not there. */
export function sourceText(
  { host }: Call,
  path: string,
  failure = `error reading ${path}`,
): string {
  try {
    return host.readText(path);
  } catch (error) {
    if (!(error instanceof CommandError) || !/does not exist|no such file/.test(error.message)) {
      throw error;
    }
    throw new CommandError(`${failure}: no such file or directory`);
  }
}

function fileInto(call: Call, text: string, add: Add): void {
  const [key, path] = fileSource(text);
  add(key, sourceText(call, path));
}

function environmentInto(path: string, text: string, add: Add): void {
  text.split('\n').forEach((line, i) => {
    const bare = (i === 0 ? line.replace(/^\uFEFF/, '') : line).trimStart().replace(/\r$/, '');
    if (bare === '' || bare.startsWith('#')) return;
    const at = bare.indexOf('=');
    // Without "=" kubectl takes the value of its own environment, which there is none of here.
    const [key, value] = at < 0 ? [bare, ''] : [bare.slice(0, at), bare.slice(at + 1)];
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) {
      throw new CommandError(`${JSON.stringify(key)} is not a valid key name: ${envName}`);
    }
    add(key, value);
  });
  if (text.includes('\0')) throw new CommandError(`env file ${path} contains invalid utf8 bytes`);
}

const envName =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard base64 of bytes. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const word = (a << 16) | (b << 8) | c;
    const four = [18, 12, 6, 0].map((shift) => digits[(word >> shift) & 63]).join('');
    const given = Math.min(3, bytes.length - i);
    text += four.slice(0, given + 1).padEnd(4, '=');
  }
  return text;
}
