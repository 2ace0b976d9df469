// Steps about the virtual clock and the parts of the cluster that can stop, start or fall behind.
import type { Component } from '../cluster/cluster.ts';
import type { ClientRef, LinkState } from './refs.ts';
import type { SvcWorld } from './world.ts';

/** `30 seconds pass`: everything that becomes due runs. */
export function passes(world: SvcWorld, ms: number): void {
  world.change(['passes', ms], (cluster) => cluster.advance(ms));
}

/** `kube-proxy on Node "n" stops`. */
export function setRunning(
  world: SvcWorld,
  component: Component,
  lifecycle: 'stops' | 'starts',
): void {
  world.change(['lifecycle', component, lifecycle], (cluster) => {
    cluster.setComponent(component, lifecycle);
    cluster.settle();
  });
}

/** `the endpoint controllers lag by 30 seconds`. */
export function setLag(world: SvcWorld, component: Component, ms: number): void {
  world.change(['lag', component, ms], (cluster) => cluster.setLag(component, ms));
}

/** `the A and AAAA queries of Pod "x" race`. */
export function race(world: SvcWorld, who: ClientRef): void {
  world.change(['race', who.who], (cluster) => cluster.race(who.who));
}

/** `the link between Node "a" and Node "b" is cut`. */
export function setLink(world: SvcWorld, a: ClientRef, b: ClientRef, state: LinkState): void {
  world.change(['link', a.who, b.who, state], (cluster) => cluster.setLink(a.who, b.who, state));
}
