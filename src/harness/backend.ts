// Which backend a run uses: the simulation alone, or the running kernel for every connection that a client makes. The
// kernel's rooms are loaded when a run asks for them. Steps that speak of every connection go on walking all branches;
// with the kernel a sample of real connections must each be one of them.
import { branches } from '../analysis/flows.ts';
import { InputError } from '../api/input-error.ts';
import type { Carrier } from '../cluster/carrier.ts';
import type { Cluster } from '../cluster/cluster.ts';

export type Backend = 'sim' | 'kernel';

/** Null: everything is simulated. One for all scenarios: the lab is built once. */
export const backend: { carrier: Carrier | null } = { carrier: null };

/** Makes the backend ready. Throws InputError when this machine has not what it needs. */
export async function useBackend(name: Backend): Promise<void> {
  if (name === 'sim' || backend.carrier !== null) return;
  await checkBackend(name);
  const { KernelCarrier } = await import('./kernel/carrier.ts');
  backend.carrier = new KernelCarrier();
}

/** The same check without building anything. */
export async function checkBackend(name: Backend): Promise<void> {
  if (name === 'sim') return;
  const { missingForLab } = await import('./kernel/available.ts');
  const reason = missingForLab();
  if (reason === null) return;
  throw new InputError('usage', `--backend kernel: ${reason.message}`, { hint: reason.hint });
}

/** Real connections for each simulated branch, and at most. */
const samplesPerBranch = 6;
const samplesMax = 24;

type Flow = Parameters<typeof branches>[1];

/** Every random branch of one connection. With the kernel: a real connection that is none of them throws. */
export function branchesOf(cluster: Cluster, flow: Flow): ReturnType<typeof branches> {
  const all = branches(cluster, flow);
  if (backend.carrier === null) return all;
  const samples = all.length === 1 ? 1 : Math.min(samplesMax, all.length * samplesPerBranch);
  for (let n = 0; n < samples; n++) {
    cluster.fork().connect(flow.from, flow.to, { proto: flow.proto });
  }
  return all;
}
