// A DNS process that ends as soon as it starts: what it said, and where the user wrote the reason. The kubelet does the rest:
// it starts the container again after a back-off. Models coredns coremain/run.go mustLogFatal.
import { InputError, type Position } from '../api/input-error.ts';
import { keyOf, type Pod } from '../api/types.ts';
import type { State } from './state.ts';

export interface DnsFailure {
  /** "ns/name", and which Pod of that name. */
  readonly pod: string;
  readonly uid: string | undefined;
  /** CoreDNS's own words. */
  readonly message: string;
  readonly hint: string;
  /** Where the reason was written; null: nowhere. */
  readonly position: Position | null;
}

/** `error`: of the process's setup. */
export function failureOf(pod: Pod, { message, hint, position }: InputError): DnsFailure {
  return { pod: keyOf(pod), uid: pod.metadata.uid, message, hint, position };
}

/** `-conf` names a file that is not there (caddy LoadCaddyfile). */
export function noFile(path: string): InputError {
  const message = `${noFileStart}open ${path}: no such file or directory`;
  return new InputError('corefile', message, { hint: 'a volume of its container puts it there' });
}

export const noFileStart = 'loading Caddyfile via flag: ';

/** Said once, however often and in however many Pods it is tried. */
export function reportFailure(state: State, failure: DnsFailure): void {
  const notice = noticeOf(failure);
  if (!state.notices.includes(notice)) state.notices.push(notice);
}

/** How it is said. */
export function noticeOf({ pod, message, hint, position }: DnsFailure): string {
  const where = position === null ? '' : `${position.file}:${position.line}: `;
  const what = position === null ? `CoreDNS in Pod "${pod}"` : 'CoreDNS';
  const help = hint === '' ? '' : ` (${hint})`;
  return `${where}${what} does not start: ${message}${help}`;
}
