// `svcspec trace`: one flow, or many from a file, explained.
import { type Flow, parseFlows, protoOf, runFlows } from '../../analysis/flows.ts';
import { outcomes, traceDocument } from '../../analysis/trace-document.ts';
import { traceText } from '../../analysis/trace-text.ts';
import { InputError } from '../../api/input-error.ts';
import { openCluster, readFlows } from '../open.ts';
import { type CommonOptions, type Io, later, oneOf } from '../options.ts';
import { pens } from '../pens.ts';

export interface TraceOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly protocol?: string;
  readonly count?: number;
  readonly flows?: string;
  readonly fresh: boolean;
  readonly exhaustive: boolean;
  readonly expect?: string;
  readonly output: string;
}

export async function trace(options: TraceOptions, io: Io): Promise<number> {
  const { output } = options;
  if (output === 'svg' || output === 'html') throw later(`-o ${output} of trace`);
  const format = oneOf('output format', output, ['text', 'json']);
  const expected = options.expect === undefined ? null : oneOf('outcome', options.expect, outcomes);
  const flows = await flowsOf(options);
  const cluster = await openCluster(options, io);
  const { fresh, exhaustive } = options;
  const documents = runFlows(cluster, flows, { fresh, exhaustive });
  const document = traceDocument(cluster, documents);
  io.out(
    format === 'json'
      ? `${JSON.stringify(document, null, 2)}\n`
      : `${traceText(document, { verbose: options.verbose, pens: pens(options.color && io.color) })}\n`,
  );
  if (expected === null) return 0;
  const met = documents.every(
    (flow) =>
      flow.attempts.every(({ outcome, blame }) => isMet(outcome, expected, blame !== null)) &&
      (flow.possible ?? []).every(({ outcome, status }) =>
        isMet(outcome, expected, status !== undefined),
      ),
  );
  return met ? 0 : 1;
}

/** An answer that only says that there is none (502) is not what anybody expects who expects an answer. */
function isMet(outcome: string, expected: string, failed: boolean): boolean {
  return outcome === expected && !(failed && outcome === 'answered');
}

async function flowsOf(options: TraceOptions): Promise<readonly Flow[]> {
  const { from, to, flows, count = 1, protocol = 'tcp' } = options;
  if (flows !== undefined) {
    for (const name of ['from', 'to', 'count', 'protocol'] as const) {
      if (options[name] === undefined) continue;
      throw new InputError('usage', `give either --flows or --${name}, not both`, {
        hint: 'each entry of a flows file has its own from, to, count and protocol',
      });
    }
    if (flows === '-' && options.filename.includes('-')) {
      throw new InputError('usage', 'standard input ("-") can be read only once');
    }
    return parseFlows(await readFlows(flows, options.maxInput), flows);
  }
  if (from === undefined || to === undefined) {
    throw new InputError('usage', '--from WHO and --to WHERE are needed', {
      hint: 'for example --from pod/demo/client --to web:80, or --flows FILE',
    });
  }
  return [{ id: '', from, to, proto: protoOf(protocol), count, sourcePort: null }];
}
