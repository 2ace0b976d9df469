// One health check of a real server as a state machine of plain values: what an attempt's end means, and when the next one is
// due. The first failure counts at once, later ones after their retries. Models tcp_epilog (check_tcp.c) and epilog and
// timeout_epilog (check_http.c).
import type { CheckConf } from '../../api/keepalived.ts';

export interface Checker {
  readonly isUp: boolean;
  readonly hasRun: boolean;
  /** Failures in a row that did not count yet. */
  readonly retries: number;
  /** HTTP_GET: the url failed; a first success clears that, a second one brings the server back. */
  readonly urlFailed: boolean;
}

export interface Checked {
  readonly checker: Checker;
  /** What keepalived logs; `NAME` stands for the real server. */
  readonly logs: readonly string[];
  /** The check passes now, or fails now, where it did not before. */
  readonly change: 'up' | 'down' | null;
  readonly delayMs: number;
}

/** Before its first attempt. */
export function newChecker({ retry, alpha }: CheckConf): Checker {
  return { isUp: !alpha, hasRun: false, retries: retry, urlFailed: false };
}

/** What an attempt that succeeded, or not, means. */
export function checked(checker: Checker, conf: CheckConf, ok: boolean): Checked {
  return conf.kind === 'tcp' ? tcpChecked(checker, conf, ok) : httpChecked(checker, conf, ok);
}

function tcpChecked(checker: Checker, conf: CheckConf, ok: boolean): Checked {
  const { isUp, hasRun, retries } = checker;
  const next = { ...checker, hasRun: true };
  const isNews = !hasRun || isUp !== ok;
  if (ok || ((isUp || !hasRun) && retries >= conf.retry)) {
    const failed = hasRun && conf.retry > 0 ? ` after ${conf.retry} retries` : '';
    const text = ok
      ? 'TCP connection to NAME success.'
      : `TCP_CHECK on service NAME failed${failed}.`;
    return {
      checker: { ...next, isUp: ok, retries: 0 },
      logs: isNews ? [text] : [],
      change: isUp === ok ? null : ok ? 'up' : 'down',
      delayMs: conf.delayLoopMs,
    };
  }
  if (!isUp) return { checker: next, logs: [], change: null, delayMs: conf.delayLoopMs };
  return {
    checker: { ...next, retries: retries + 1 },
    logs: [],
    change: null,
    delayMs: conf.delayBeforeRetryMs,
  };
}

function httpChecked(checker: Checker, conf: CheckConf, ok: boolean): Checked {
  const { isUp, hasRun, retries, urlFailed } = checker;
  const { delayLoopMs, delayBeforeRetryMs } = conf;
  if (ok) {
    const found = isUp ? [] : [`HTTP status code success to NAME url(${conf.path})`];
    if (urlFailed) {
      const next = { ...checker, retries: 0, urlFailed: false };
      return { checker: next, logs: found, change: null, delayMs: delayLoopMs };
    }
    const isNews = !isUp || !hasRun;
    return {
      checker: { isUp: true, hasRun: true, retries: 0, urlFailed: false },
      logs: isNews ? [...found, 'Remote Web server NAME succeed on service.'] : [],
      change: isUp ? null : 'up',
      delayMs: delayLoopMs,
    };
  }
  const slowMs = Math.max(delayBeforeRetryMs, delayLoopMs);
  if (!isUp && hasRun) {
    const delayMs = urlFailed ? slowMs : delayBeforeRetryMs;
    return { checker, logs: [], change: null, delayMs };
  }
  const tries = retries + 1;
  const next = { ...checker, hasRun: true, retries: tries };
  if (tries <= conf.retry) {
    return { checker: next, logs: [], change: null, delayMs: delayBeforeRetryMs };
  }
  const failed = conf.retry > 0 ? ` after ${tries - 1} retries` : '';
  return {
    checker: { ...next, isUp: false, urlFailed: true },
    // One that alpha keeps down fails without a word.
    logs: isUp ? [`HTTP_CHECK on service NAME failed${failed}.`] : [],
    change: isUp ? 'down' : null,
    delayMs: slowMs,
  };
}
