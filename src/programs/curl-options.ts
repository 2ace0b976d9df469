// curl's command line, as far as it is modelled: options to a plan, or the text curl refuses with. Options that are
// not in the table are refused in curl's words, also those that the real curl has.
import { parseAddr } from '../net/addr.ts';

export interface CurlPlan {
  readonly urls: readonly CurlUrl[];
  readonly silent: boolean;
  readonly showError: boolean;
  readonly verbose: boolean;
  readonly include: boolean;
  readonly head: boolean;
  readonly fail: boolean;
  /** Path of -o; null: standard output. */
  readonly output: string | null;
  readonly writeOut: string;
  readonly method: string | null;
  readonly headers: readonly string[];
  readonly maxTimeMs: number | null;
  readonly connectTimeoutMs: number | null;
}

export interface CurlUrl {
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly target: string;
  /** As the Host header has it. */
  readonly authority: string;
}

export interface CurlRefusal {
  readonly exitCode: number;
  readonly stderr: string;
}

type Draft = { -readonly [K in keyof CurlPlan]: CurlPlan[K] };

const flags: Readonly<Record<string, (plan: Draft) => void>> = {
  '-s': (plan) => set(plan, 'silent'),
  '--silent': (plan) => set(plan, 'silent'),
  '-S': (plan) => set(plan, 'showError'),
  '--show-error': (plan) => set(plan, 'showError'),
  '-v': (plan) => set(plan, 'verbose'),
  '--verbose': (plan) => set(plan, 'verbose'),
  '-i': (plan) => set(plan, 'include'),
  '--include': (plan) => set(plan, 'include'),
  '-I': (plan) => set(plan, 'head'),
  '--head': (plan) => set(plan, 'head'),
  '-f': (plan) => set(plan, 'fail'),
  '--fail': (plan) => set(plan, 'fail'),
};

/** Options with a value; false: the value is no good. */
const values: Readonly<Record<string, (plan: Draft, value: string) => boolean>> = {
  '-m': (plan, value) => seconds(value, (ms) => Object.assign(plan, { maxTimeMs: ms })),
  '--max-time': (plan, value) => seconds(value, (ms) => Object.assign(plan, { maxTimeMs: ms })),
  '--connect-timeout': (plan, value) =>
    seconds(value, (ms) => Object.assign(plan, { connectTimeoutMs: ms })),
  '-o': (plan, value) => assign(plan, { output: value }),
  '--output': (plan, value) => assign(plan, { output: value }),
  '-w': (plan, value) => assign(plan, { writeOut: value }),
  '--write-out': (plan, value) => assign(plan, { writeOut: value }),
  '-X': (plan, value) => assign(plan, { method: value }),
  '--request': (plan, value) => assign(plan, { method: value }),
  '-H': (plan, value) => assign(plan, { headers: [...plan.headers, value] }),
  '--header': (plan, value) => assign(plan, { headers: [...plan.headers, value] }),
};

function set(plan: Draft, field: 'silent' | 'showError' | 'verbose' | 'include' | 'head' | 'fail') {
  plan[field] = true;
}

function assign(plan: Draft, fields: Partial<CurlPlan>): boolean {
  Object.assign(plan, fields);
  return true;
}

function seconds(text: string, use: (ms: number) => void): boolean {
  if (!/^\d+(\.\d+)?$/.test(text)) return false;
  use(Math.round(Number(text) * 1000));
  return true;
}

const seeHelp = "curl: try 'curl --help' or 'curl --manual' for more information\n";

/** Reads the words after "curl". */
export function parseCurl(words: readonly string[]): CurlPlan | CurlRefusal {
  const plan: Draft = {
    urls: [],
    silent: false,
    showError: false,
    verbose: false,
    include: false,
    head: false,
    fail: false,
    output: null,
    writeOut: '',
    method: null,
    headers: [],
    maxTimeMs: null,
    connectTimeoutMs: null,
  };
  const texts: string[] = [];
  const rest = words.flatMap(splitShort);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!word.startsWith('-') || word === '-') {
      texts.push(word);
      continue;
    }
    const flag = Object.hasOwn(flags, word) ? flags[word] : undefined;
    const take = Object.hasOwn(values, word) ? values[word] : undefined;
    if (flag !== undefined) flag(plan);
    else if (take !== undefined) {
      const value = rest.shift();
      if (value === undefined) return usage(`option ${word}: requires parameter`);
      if (!take(plan, value)) return usage(`option ${word}: expected a proper numerical parameter`);
    } else return usage(`option ${word}: is unknown`);
  }
  if (texts.length === 0) {
    const stderr = words.length === 0 ? seeHelp : `curl: no URL specified!\n${seeHelp}`;
    return { exitCode: 2, stderr };
  }
  const urls: CurlUrl[] = [];
  for (const text of texts) {
    const url = parseUrl(text);
    if ('exitCode' in url) return url;
    urls.push(url);
  }
  return { ...plan, urls };
}

/** "-sSm5" stands for "-s -S -m 5". */
function splitShort(word: string): readonly string[] {
  if (!/^-[A-Za-z]./.test(word)) return [word];
  const parts: string[] = [];
  for (let i = 1; i < word.length; i++) {
    const option = `-${word[i]}`;
    parts.push(option);
    if (Object.hasOwn(values, option) && i + 1 < word.length) return [...parts, word.slice(i + 1)];
  }
  return parts;
}

function usage(message: string): CurlRefusal {
  return { exitCode: 2, stderr: `curl: ${message}\n${seeHelp}` };
}

const urlForm =
  /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(\[[0-9A-Fa-f:.]+\]|[^/?#:[\]@\s]+)(?::(\d*))?([/?][^#\s]*)?(?:#\S*)?$/;

function parseUrl(text: string): CurlUrl | CurlRefusal {
  const found = urlForm.exec(text);
  const bad = 'curl: (3) URL using bad/illegal format or missing URL\n';
  if (found === null) return { exitCode: 3, stderr: bad };
  const [, scheme = 'http', name = '', portText = '', rest = ''] = found;
  if (scheme.toLowerCase() !== 'http') {
    const stderr = `curl: (1) Protocol "${scheme}" not supported or disabled in libcurl\n`;
    return { exitCode: 1, stderr };
  }
  const port = portText === '' ? 80 : Number(portText);
  if (port > 65535) return { exitCode: 3, stderr: bad };
  const host = name.startsWith('[') ? name.slice(1, -1) : name;
  if (name.startsWith('[') && parseAddr(host) === undefined) return { exitCode: 3, stderr: bad };
  const authority = port === 80 ? name : `${name}:${port}`;
  return { host, port, target: rest.startsWith('/') ? rest : `/${rest}`, authority };
}
