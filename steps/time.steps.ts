// The virtual clock, and the parts of the cluster that stop and start.
import { When } from '@cucumber/cucumber';
import type { Component } from '../src/cluster/cluster.ts';
import * as modes from '../src/harness/modes.ts';
import type { ClientRef, LinkState } from '../src/harness/refs.ts';
import * as time from '../src/harness/time.ts';
import type { SvcWorld } from '../src/harness/world.ts';

When<SvcWorld>('{duration} pass(es)', function (ms: number) {
  time.passes(this, ms);
});

When<SvcWorld>(
  '{component} {lifecycle}',
  function (component: Component, lifecycle: 'stops' | 'starts') {
    time.setRunning(this, component, lifecycle);
  },
);

When<SvcWorld>('{component} restart(s)', function (component: Component) {
  modes.restarts(this, component);
});

When<SvcWorld>(
  '{component} restart(s) in {word} mode',
  function (component: Component, mode: string) {
    modes.restartsIn(this, component, mode);
  },
);

When<SvcWorld>('{component} lag(s) by {duration}', function (component: Component, ms: number) {
  time.setLag(this, component, ms);
});

When<SvcWorld>(
  'the link between {client} and {client} {linkState}',
  function (one: ClientRef, other: ClientRef, state: LinkState) {
    time.setLink(this, one, other, state);
  },
);

When<SvcWorld>('the A and AAAA queries of {client} race', function (client: ClientRef) {
  time.race(this, client);
});
