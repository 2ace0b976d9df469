// How a comparison with the kernel reads: one line when all agrees; else the disagreement, the small case that shows it,
// and the command that runs it again.
import type { Case } from './case.ts';
import type { Differential } from './differential.ts';
import { textOf } from './manifests.ts';

export function say(mode: string, result: Differential, tookMs: number): string {
  const { clusters, flows, connections, failure } = result;
  const end = failure === null ? 'no disagreement' : 'a disagreement';
  const seconds = (tookMs / 1000).toFixed(1);
  return `${mode}: ${clusters} clusters, ${flows} flows, ${connections} real connections, ${end} (${seconds} s)`;
}

export function failureText(
  mode: string,
  { seed, made, found }: NonNullable<Differential['failure']>,
  flows: number,
  inject?: string,
): string {
  const lines = found.slice(0, 3).map(({ flow, about, ours, kernel }) => {
    const port = flow.sourcePort === null ? '' : ` from port ${flow.sourcePort}`;
    return [
      `${flow.protocol} ${flow.from} to ${flow.to}${port}: ${about}`,
      `  simulated: ${ours.replaceAll('\n', '\n             ')}`,
      `  kernel:    ${kernel.replaceAll('\n', '\n             ')}`,
    ].join('\n');
  });
  const fault = inject === undefined ? '' : ` --inject ${inject}`;
  const replay = `npm run test:kernel -- --clusters 1 --seed ${seed} --flows ${flows} --mode ${mode}${fault}`;
  return [...lines, shown(made), `replay: ${replay}`].join('\n\n');
}

function shown(made: Case): string {
  const flows = made.flows.map((flow) => JSON.stringify(flow));
  return ['flows:', ...flows, 'manifests:', textOf(made)].join('\n');
}
