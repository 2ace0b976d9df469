// What a rule writer and a reader see of one network namespace's IPVS, for one address family: the operations of
// libipvs, in the kernel's words and order. Times are virtual milliseconds. Implemented by `createIpvs` (table.ts).
// Models net/netfilter/ipvs/ip_vs_ctl.c.
import type {
  ConnectionView,
  Destination,
  DestinationKey,
  DestinationStatus,
  IpvsError,
  IpvsSysctls,
  IpvsTimeouts,
  ServiceKey,
  ServiceStatus,
  VirtualService,
} from './service.ts';

export interface Ipvs {
  readonly sysctls: IpvsSysctls;
  setSysctls(change: Partial<IpvsSysctls>): void;
  readonly timeouts: IpvsTimeouts;
  setTimeouts(change: Partial<IpvsTimeouts>): void;

  /** All services, in the order of the kernel's hash table. */
  services(): readonly ServiceStatus[];
  service(key: ServiceKey): ServiceStatus | undefined;
  addService(service: VirtualService): IpvsError | null;
  /** Changes scheduler, flags and persistence; destinations and connections stay. */
  updateService(service: VirtualService): IpvsError | null;
  /** Destinations go with it; connections stay until a packet or their time ends them. */
  deleteService(key: ServiceKey): IpvsError | null;
  /** `ipvsadm -C`. */
  flush(): void;

  /** In the kernel's order: newest first. Empty when there is no such service. */
  destinations(service: ServiceKey, nowMs: number): readonly DestinationStatus[];
  /** The new destination stands at the head. One that was deleted and still has connections gets them back. */
  addDestination(service: ServiceKey, destination: Destination, nowMs: number): IpvsError | null;
  /** Changes the weight; the place stays. */
  updateDestination(service: ServiceKey, destination: Destination): IpvsError | null;
  deleteDestination(service: ServiceKey, destination: DestinationKey): IpvsError | null;

  /** Live entries and templates, in the order of the kernel's hash table as far as it can be told: oldest first. */
  connections(nowMs: number): readonly ConnectionView[];
}
