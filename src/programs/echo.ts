// The server on UDP and SCTP ports: it sends back what it got, or a fixed text where one was given. An answer never
// says more than the datagram asked for.
import type { ServerProgram } from '../node/program.ts';
import { encodeUtf8 } from './utf8.ts';

export interface EchoData {
  /** Null: the datagram itself comes back. */
  readonly reply: string | null;
}

export function echo(data: EchoData): ServerProgram {
  const fixed = data.reply === null ? null : encodeUtf8(data.reply);
  return { receive: (message) => ({ reply: fixed ?? message, elapsedMs: 0 }) };
}
