// glibc's walk of the search list: __res_context_search and __res_context_query of resolv/res_query.c (2.36), as
// getaddrinfo(3) runs them with A and AAAA together.
import type { Message } from '../message/message.ts';
import type { Asker } from './asker.ts';
import type { CandidateOutcome } from './flavour.table.ts';
import type { Found, GaiError } from './found.ts';
import { GlibcSender, type GlibcSent } from './glibc-send.ts';
import { joined } from './names.ts';
import type { Settings } from './settings.ts';

type Herrno = 'HOST_NOT_FOUND' | 'TRY_AGAIN' | 'NO_RECOVERY' | 'NO_DATA';

type Verdict =
  | { readonly ok: true; readonly replies: readonly Message[] }
  | {
      readonly ok: false;
      readonly herrno: Herrno;
      readonly outcome: CandidateOutcome;
      /** errno is ECONNREFUSED: no server is there at all. */
      readonly nobody: boolean;
    };

const A = 1;
const AAAA = 28;

export function lookUpGlibc(
  settings: Settings,
  asker: Asker,
  name: string,
  wanted: readonly number[],
): Found {
  const sender = new GlibcSender(settings, asker);
  const types = settings.noAaaa ? wanted.filter((type) => type !== AAAA) : wanted;
  let hasFailed = false;
  const verdict = search(settings, name, (candidate) => {
    if (types.length === 0) return noData;
    const sent = sender.send(candidate, types);
    hasFailed = sent.kind === 'failed';
    return verdictOf(sender, sent);
  });
  const endMs = sender.nowMs;
  const isA = wanted.length === 1 && wanted[0] === A;
  if (!verdict.ok) {
    const { herrno, outcome } = verdict;
    const error = isA ? simpleError(herrno, hasFailed) : errors[herrno];
    return { outcome, replies: [], error, endMs };
  }
  const { replies } = verdict;
  const has = replies.some(({ answers, questions }) =>
    answers.some((record) => record.kind !== 'CNAME' || questions[0]?.type === 5),
  );
  // Answers that are aliases only end the walk, and are no address.
  if (!has) {
    const error = isA ? 'EAI_NODATA' : 'EAI_NONAME';
    return { outcome: 'nodata', replies, error, endMs };
  }
  return { outcome: 'answered', replies, error: null, endMs };
}

const noData: Verdict = { ok: false, herrno: 'NO_DATA', outcome: 'nodata', nobody: false };

const errors: Readonly<Record<Herrno, GaiError>> = {
  HOST_NOT_FOUND: 'EAI_NONAME',
  NO_DATA: 'EAI_NODATA',
  TRY_AGAIN: 'EAI_AGAIN',
  NO_RECOVERY: 'EAI_NONAME',
};

/** IPv4 alone goes by gethostbyname3_r, which makes its status of the errno that the last query has left: a name server
 * that failed is UNAVAIL, all else NOTFOUND, whatever h_errno says (nss_dns/dns-host.c, try_simple_gethostbyname). */
function simpleError(herrno: Herrno, hasFailed: boolean): GaiError {
  if (hasFailed) return herrno === 'TRY_AGAIN' ? 'EAI_AGAIN' : 'EAI_NODATA';
  return herrno === 'NO_DATA' ? 'EAI_NODATA' : 'EAI_NONAME';
}

function search(settings: Settings, name: string, ask: (name: string) => Verdict): Verdict {
  const dots = name.split('.').length - 1;
  const trailing = name.endsWith('.');
  let asIs: Verdict | null = null;
  if (dots >= settings.ndots || trailing) {
    asIs = ask(joined(name, ''));
    if (asIs.ok || trailing) return asIs;
  }
  let [gotNodata, gotServfail, rootOnList]: (Verdict | null)[] = [null, null, null];
  let last: Verdict | null = asIs;
  for (const domain of settings.search) {
    const suffix = domain.replace(/^\./, '');
    const verdict = ask(joined(name, suffix));
    if (suffix === '') rootOnList = verdict;
    if (verdict.ok || verdict.nobody) return verdict;
    last = verdict;
    if (verdict.herrno === 'NO_DATA') gotNodata = verdict;
    else if (verdict.herrno === 'TRY_AGAIN' && verdict.outcome === 'servfail')
      gotServfail = verdict;
    else if (verdict.herrno !== 'HOST_NOT_FOUND') break;
  }
  const isWanted = dots > 0 || settings.search.length === 0 || !settings.noTldQuery;
  if (isWanted && asIs === null && rootOnList === null) {
    last = ask(joined(name, ''));
    if (last.ok) return last;
  }
  return asIs ?? gotNodata ?? gotServfail ?? last ?? notFound;
}

const notFound: Verdict = {
  ok: false,
  herrno: 'HOST_NOT_FOUND',
  outcome: 'nxdomain',
  nobody: false,
};

/** __res_context_query: what the answers to one name mean together. */
function verdictOf(sender: GlibcSender, sent: GlibcSent): Verdict {
  if (sent.kind === 'failed') {
    const rcode = sender.bufferRcode;
    const outcome = rcode === 2 ? 'servfail' : rcode === 0 ? 'timeout' : 'refused';
    const nobody = sent.errno === 'ECONNREFUSED';
    return { ok: false, herrno: 'TRY_AGAIN', outcome, nobody };
  }
  const replies = [sent.first, sent.second].filter((reply) => reply !== null);
  if (replies.some(({ rcode, answers }) => rcode === 0 && answers.length > 0)) {
    return { ok: true, replies };
  }
  const rcode = replies.map((reply) => reply.rcode).find((code) => code !== 0) ?? 0;
  if (rcode === 0) return noData;
  if (rcode === 3) return notFound;
  const nobody = false;
  if (rcode === 2) return { ok: false, herrno: 'TRY_AGAIN', outcome: 'servfail', nobody };
  return { ok: false, herrno: 'NO_RECOVERY', outcome: 'refused', nobody };
}
