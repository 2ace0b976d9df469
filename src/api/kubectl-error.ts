// A refusal as kubectl prints it on standard error. Models kubectl/pkg/cmd/util/helpers.go (checkErr and
// StandardErrorMessage), measured with kubectl 1.27 to 1.33.
import type { ApiError } from './error.ts';

export interface KubectlErrorContext {
  /** The file the object came from: "svc.yaml"; "STDIN" for standard input. */
  readonly file?: string;
  /** What kubectl was doing, as it says it: "creating" (default), "patching", "deleting". */
  readonly doing?: string;
  /** Another object of the same command failed too: each gets one line with file and raw message. */
  readonly several?: boolean;
}

/** The text without a final newline; lines are joined by "\n". */
export function kubectlError(error: ApiError, context: KubectlErrorContext = {}): string {
  if (error.reason === 'Invalid' && context.several !== true) return invalidText(error);
  if (error.reason === 'Unreachable') return error.message;
  const { file, doing = 'creating' } = context;
  const place = file === undefined ? '' : `error when ${doing} "${file}": `;
  const reason = error.reason === 'Unknown' ? '' : ` (${error.reason})`;
  return `Error from server${reason}: ${place}${error.message}`;
}

function invalidText(error: ApiError): string {
  const { kind, name } = error.about;
  const nameless = kind === '' && name === '';
  const head = nameless ? 'The request is invalid' : `The ${kind} "${name}" is invalid`;
  const [first, ...rest] = error.causes;
  if (first === undefined) return nameless ? `${head}: ${error.message}` : head;
  if (rest.length === 0) return `${head}: ${first.field}: ${first.text}`;
  const lines = error.causes.map(({ field, text }) => `* ${field}: ${text}`);
  return [`${head}: `, ...lines].join('\n');
}
