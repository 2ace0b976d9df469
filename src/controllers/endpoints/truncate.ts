// At most 1000 addresses in one Endpoints object. Modelled after pkg/controller/endpoint truncateEndpoints.
import type { EndpointAddress, EndpointSubset } from '../../api/types.ts';

export const addressesMax = 1000;

const count = (list: readonly unknown[] | undefined): number => list?.length ?? 0;

export function sizeOf(subsets: readonly EndpointSubset[]): number {
  return subsets.reduce((sum, one) => sum + count(one.addresses) + count(one.notReadyAddresses), 0);
}

/** Ready addresses first; within a kind each subset has its share, rounded up, while there is room. The argument
 * itself when all fit. */
export function truncated(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  if (sizeOf(subsets) <= addressesMax) return subsets;
  const ready = subsets.reduce((sum, one) => sum + count(one.addresses), 0);
  const cutsReady = ready > addressesMax;
  const limit = cutsReady ? addressesMax : addressesMax - ready;
  const total = cutsReady ? ready : sizeOf(subsets) - ready;
  let room = limit;
  const share = (list: readonly EndpointAddress[] | undefined): readonly EndpointAddress[] => {
    const kept = (list ?? []).slice(0, Math.min(room, Math.ceil((count(list) / total) * limit)));
    room -= kept.length;
    return kept;
  };
  return subsets.map(({ addresses, notReadyAddresses, ...rest }) => {
    const kept = cutsReady ? share(addresses) : (addresses ?? []);
    const keptNot = cutsReady ? [] : share(notReadyAddresses);
    return {
      ...(kept.length === 0 ? {} : { addresses: kept }),
      ...(keptNot.length === 0 ? {} : { notReadyAddresses: keptNot }),
      ...rest,
    };
  });
}
