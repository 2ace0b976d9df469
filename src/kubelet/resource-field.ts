// The value of a resourceFieldRef variable: a container's limit or request in units of the divisor, rounded up; limits
// that are not set are the node's allocatable. Huge pages and resources of devices are not here.
// Models pkg/api/v1/resource/helpers.go and pkg/kubelet defaultPodLimitsForDownwardAPI.
import { parseQuantity, type Quantity } from '../api/field/quantity.ts';
import type { Container, Node, Pod, ResourceFieldSelector } from '../api/types.ts';

const known = /^(limits|requests)\.(cpu|memory|ephemeral-storage)$/;

/** The text of the variable, or why there is none. */
export function resourceValue(
  selector: ResourceFieldSelector,
  pod: Pod,
  own: Container,
  node: Node | undefined,
): { readonly value: string } | { readonly error: string } {
  const { containerName = '', resource } = selector;
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const container = containerName === '' ? own : all.find((one) => one.name === containerName);
  if (container === undefined) return { error: `container ${containerName} not found` };
  const [, list, name = ''] = known.exec(resource) ?? [];
  if (list === undefined) return { error: `unsupported container resource : ${resource}` };
  const { limits, requests } = container.resources ?? {};
  const written = list === 'limits' ? limits?.[name] : requests?.[name];
  const amount = quantity(written);
  const missing = list === 'limits' && (amount === undefined || amount.value === 0n);
  const value = missing ? quantity(node?.status?.allocatable?.[name]) : amount;
  // A CPU is counted in thousandths, everything else in whole units.
  const scale = name === 'cpu' ? 3 : 0;
  const units = unitsOf(value, scale);
  const divisor = unitsOf(quantity(selector.divisor), scale);
  const by = divisor === 0n ? 10n ** BigInt(scale) : divisor;
  return { value: String((units + by - 1n) / by) };
}

function quantity(text: string | number | undefined): Quantity | undefined {
  return text === undefined ? undefined : parseQuantity(String(text));
}

/** How many 10^-scale the quantity is, rounded up (Quantity.ScaledValue). */
function unitsOf(amount: Quantity | undefined, scale: number): bigint {
  if (amount === undefined) return 0n;
  const exponent = amount.scale + scale;
  if (exponent >= 0) return amount.value * 10n ** BigInt(exponent);
  const by = 10n ** BigInt(-exponent);
  return (amount.value + by - 1n) / by;
}
