// Which cluster a scenario begins with, and the commands that change it.
import { Given, Then, When } from '@cucumber/cucumber';
import type { Component } from '../src/cluster/cluster.ts';
import * as commands from '../src/harness/commands.ts';
import * as manifests from '../src/harness/manifests.ts';
import * as modes from '../src/harness/modes.ts';
import * as objects from '../src/harness/objects.ts';
import type { ObjectRef } from '../src/harness/refs.ts';
import type { SvcWorld } from '../src/harness/world.ts';

Given<SvcWorld>('the cluster {string}', function (name: string) {
  return manifests.beginsWith(this, name);
});

Given<SvcWorld>('a cluster:', function (text: string) {
  return manifests.beginsWithText(this, text);
});

Given<SvcWorld>('kube-proxy runs in {word} mode', function (mode: string) {
  return modes.runsIn(this, mode);
});

When<SvcWorld>('{component} is configured with:', function (component: Component, text: string) {
  modes.isConfigured(this, component, text);
});

When<SvcWorld>('I apply {string}', function (file: string) {
  manifests.applies(this, file);
});

When<SvcWorld>('I apply:', function (text: string) {
  manifests.appliesText(this, text);
});

When<SvcWorld>('I delete {object}', function (object: ObjectRef) {
  objects.deletes(this, object);
});

When<SvcWorld>(
  'I set {string} of {object} to {string}',
  function (path: string, object: ObjectRef, value: string) {
    objects.sets(this, path, object, value);
  },
);

When<SvcWorld>('I scale {object} to {int} replica(s)', function (object: ObjectRef, n: number) {
  objects.scales(this, object, n);
});

When<SvcWorld>('I run {string}', function (command: string) {
  commands.runs(this, command);
});

Then<SvcWorld>('it prints:', function (text: string) {
  commands.prints(this, text);
});

Then<SvcWorld>('the API server refuses it:', function (text: string) {
  manifests.isRefused(this, text);
});
