// Which commands of exec probes are run: those that src/programs has, true, false, `exit N`, `nc -z HOST PORT` and cat of a
// file that the kubelet writes, by themselves or as the one command of `sh -c`. What an image brings is unknown here.
// Not a shell: no pipes, variables or quotes.

export type Runnable =
  | { readonly kind: 'status'; readonly exitCode: number }
  | { readonly kind: 'connect'; readonly host: string; readonly port: number }
  | { readonly kind: 'program'; readonly argv: readonly string[] };

const shells = /^(?:\/bin\/|\/usr\/bin\/)?(?:sh|bash|ash)$/;
const programs = new Set([
  'curl',
  'dig',
  'env',
  'getent',
  'hostname',
  'nslookup',
  'ping',
  'ps',
  'wget',
]);
const files = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']);

/** What a command comes to; undefined: nobody here can tell. */
export function runnable(command: readonly string[]): Runnable | undefined {
  const [shell = '', option, script] = command;
  if (shells.test(shell) && option === '-c') {
    const words = (script ?? '').trim().split(/\s+/);
    if (command.length !== 3 || /[|&;<>$`"'\\(){}*?[\]~#!]/.test(script ?? '')) return undefined;
    if (words[0] === 'exit') return status(words[1] ?? '0');
    return runnable(words);
  }
  const name = shell.slice(shell.lastIndexOf('/') + 1);
  const rest = command.slice(1);
  if (name === 'true') return status('0');
  if (name === 'false') return status('1');
  if (name === 'nc') return connection(rest);
  const isKnown =
    programs.has(name) || (name === 'cat' && rest.length > 0 && rest.every((f) => files.has(f)));
  return isKnown ? { kind: 'program', argv: command } : undefined;
}

function status(text: string): Runnable | undefined {
  return /^\d{1,3}$/.test(text) ? { kind: 'status', exitCode: Number(text) & 255 } : undefined;
}

function connection(words: readonly string[]): Runnable | undefined {
  const [host, port] = words.filter((word) => !word.startsWith('-'));
  const options = words.filter((word) => word.startsWith('-')).join('');
  if (!/^-[-vz]*z[-vz]*$/.test(options) || host === undefined) return undefined;
  return /^\d{1,5}$/.test(port ?? '') ? { kind: 'connect', host, port: Number(port) } : undefined;
}
