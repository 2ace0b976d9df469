// The HTTP servers of a CoreDNS process: /health, /ready and /metrics (plugin/health, plugin/ready, plugin/metrics). One
// request, one answer as values; the bytes are src/programs/coredns-http.ts's work.
import { byCodeUnit } from '../../sim/table.ts';
import { atLeast, type CoreDnsVersion } from '../kubeadm/version.ts';
import { METRICS } from '../metrics/metrics.table.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { DnsEnvironment, Handler } from '../plugin.ts';
import type { Declared, HttpListener } from './service.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What the servers know of their process. */
export interface HttpView {
  readonly services: readonly Declared[];
  readonly chains: readonly (readonly Handler[])[];
  readonly environment: DnsEnvironment;
  readonly metrics: Metrics | null;
  readonly version: CoreDnsVersion;
  /** Names of plugins that were ready once; they are not asked again. */
  readonly ready: Set<string>;
  readonly nowMs: number;
  readonly startedMs: number;
}

const plain = 'text/plain; charset=utf-8';
const exposition = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/** One listener per address, whichever server blocks name it. */
export function httpListeners(services: readonly Declared[]): readonly HttpListener[] {
  const found = new Map<string, HttpListener>();
  for (const service of services) {
    if (service.kind === 'reload') continue;
    found.set(`${service.at.addr}:${service.at.port}`, service.at);
  }
  return [...found.values()];
}

/** The answer to a request for `path` that came to this listener. */
export function answerHttp(view: HttpView, at: HttpListener, path: string): HttpAnswer {
  const isHere = (service: Declared) =>
    service.kind !== 'reload' && service.at.addr === at.addr && service.at.port === at.port;
  const here = view.services.filter(isHere);
  const [name = ''] = path.split('?');
  for (const { kind } of here) {
    if (kind === 'health' && name === '/health') return ok();
    if (kind === 'ready' && name === '/ready') return readiness(view);
    if (kind === 'metrics' && name === '/metrics') return metrics(view);
  }
  return { status: 404, contentType: plain, body: '404 page not found\n' };
}

function ok(): HttpAnswer {
  return { status: 200, contentType: plain, body: 'OK' };
}

/** Each block with `ready` replaces the list of the one before it, so the last one counts; from 1.14.7 on they add up. */
function readiness(view: HttpView): HttpAnswer {
  const { services, chains, environment, ready, version } = view;
  const asking = services.filter((service) => service.kind === 'ready');
  const blocks = atLeast(version, '1.14.7') ? asking : asking.slice(-1);
  const continuously = asking.at(-1)?.continuously ?? false;
  const waiting = new Set<string>();
  for (const { chain } of blocks) {
    for (const handler of chains[chain] ?? []) {
      if (handler.ready === undefined || (!continuously && ready.has(handler.name))) continue;
      if (handler.ready(environment)) ready.add(handler.name);
      else waiting.add(handler.name);
    }
  }
  if (waiting.size === 0) return ok();
  const names = [...waiting].sort(byCodeUnit).join(',');
  const said = atLeast(version, '1.13.0') ? 'Plugins not ready' : 'Still waiting on';
  environment.log(`[INFO] plugin/ready: ${said}: "${names}"`);
  return { status: 503, contentType: plain, body: names };
}

function metrics(view: HttpView): HttpAnswer {
  if (view.metrics === null) return { status: 200, contentType: exposition, body: '' };
  countHealthChecks(view, view.metrics);
  return { status: 200, contentType: exposition, body: view.metrics.text() };
}

/** `health` asks itself every second; here it takes no time, and is counted when somebody looks. */
function countHealthChecks({ services, nowMs, startedMs }: HttpView, counters: Metrics): void {
  const servers = services.filter((service) => service.kind === 'health').length;
  const checks = servers * Math.max(0, Math.floor((nowMs - startedMs) / 1000));
  counters.set(counters.cell(METRICS.healthDuration), checks);
}
