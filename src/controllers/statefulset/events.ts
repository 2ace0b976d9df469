// Events of a StatefulSet: "create Pod web-0 in StatefulSet web successful", with a capital since 1.35.
// Modelled after pkg/controller/statefulset/stateful_pod_control.go.
import type { Pod, StatefulSet } from '../../api/types.ts';
import type { ControllerContext } from '../controller.ts';

type Verb = 'Create' | 'Update' | 'Delete';

/** Minor since which messages begin with a capital. */
const capitalSince = 35;

function said(verb: Verb, minor: number): string {
  return minor >= capitalSince ? verb : verb.toLowerCase();
}

/** What was done to a Pod; `error`: why it could not be. */
export function recordPod(
  verb: Verb,
  set: StatefulSet,
  pod: Pod,
  { client, minor }: ControllerContext,
  error?: string,
): void {
  const what = `${said(verb, minor)} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  if (error === undefined) client.event(set, 'Normal', `Successful${verb}`, `${what} successful`);
  else client.event(set, 'Warning', `Failed${verb}`, `${what} failed error: ${error}`);
}

/** A claim was made for a Pod. */
export function recordClaim(
  set: StatefulSet,
  pod: Pod,
  claim: string,
  { client, minor }: ControllerContext,
): void {
  const who = `Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
  const text = `${said('Create', minor)} Claim ${claim} ${who} success`;
  client.event(set, 'Normal', 'SuccessfulCreate', text);
}
