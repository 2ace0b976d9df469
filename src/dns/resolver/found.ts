// What a library's walk came to, and the error its getaddrinfo(3) gives for it.
import type { Message } from '../message/message.ts';
import type { CandidateOutcome } from './flavour.table.ts';

/** The codes of getaddrinfo(3) that look-ups end in. */
export type GaiError = 'EAI_NONAME' | 'EAI_AGAIN' | 'EAI_NODATA' | 'EAI_FAIL';

export interface Found {
  readonly outcome: CandidateOutcome;
  /** Whose answers count. */
  readonly replies: readonly Message[];
  readonly error: GaiError | null;
  /** Milliseconds since the look-up began. */
  readonly endMs: number;
}
