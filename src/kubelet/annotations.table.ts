// Every svcspec.dev annotation that a Pod (or a pod template) may carry: what plain manifests cannot say about the
// program in a container. An annotation under this prefix that is not in the table is reported, never ignored.

export interface AnnotationRow {
  readonly name: string;
  /** May end in ".CONTAINER" to mean one container; without it, the first container. */
  readonly perContainer: boolean;
  readonly form: 'listen' | 'text' | 'url' | 'duration' | 'integer' | 'resolver' | 'ids';
  readonly meaning: string;
}

export const annotationPrefix = 'svcspec.dev/';

export const annotations: readonly AnnotationRow[] = [
  {
    name: 'listen',
    perContainer: true,
    form: 'listen',
    meaning:
      'what the program listens on, instead of the declared ports: "8080/TCP,127.0.0.1:9090"',
  },
  {
    name: 'reply',
    perContainer: true,
    form: 'text',
    meaning: 'what it answers; default: the name of the Pod',
  },
  {
    name: 'proxy-to',
    perContainer: true,
    form: 'url',
    meaning: 'its TCP ports pass HTTP requests on to this URL',
  },
  {
    name: 'resolver',
    perContainer: true,
    form: 'resolver',
    meaning: 'glibc, musl, busybox-1.28 or go; default: told from the image name',
  },
  {
    name: 'start-after',
    perContainer: true,
    form: 'duration',
    meaning: 'how long the container takes to start',
  },
  {
    name: 'ready-after',
    perContainer: true,
    form: 'duration',
    meaning: 'readiness fails until this long after the start',
  },
  {
    name: 'exit-after',
    perContainer: true,
    form: 'duration',
    meaning: 'the program ends by itself this long after the start; init containers and Jobs: 0s',
  },
  {
    name: 'exit-code',
    perContainer: true,
    form: 'integer',
    meaning: 'the status it then ends with; default 0',
  },
  {
    name: 'stop-after',
    perContainer: true,
    form: 'duration',
    meaning: 'how long it works on after SIGTERM; default 0s',
  },
  { name: 'ignore', perContainer: false, form: 'ids', meaning: 'findings of check to mute' },
];
