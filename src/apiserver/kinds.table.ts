// Objects of every validated kind and the errors they get (A11), in upstream's order. `old`: the object is updated from
// it. `minor` is the Kubernetes version; 34 when absent. The rows of 34 are what the strategies of pkg/registry answer;
// of a Pod's update the Go diff after the first line is cut.
import type { AnyObject } from '../api/types.ts';

export interface KindRow {
  readonly name: string;
  readonly object: AnyObject;
  readonly old?: AnyObject;
  readonly minor?: number;
  readonly want: readonly string[];
}

export const kindRows: readonly KindRow[] = [
  {
    name: 'A11 Pod: a plain one',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    want: [],
  },
  {
    name: 'A11 Pod: the name is a subdomain',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'Web_1', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    want: [
      "metadata.name: Invalid value: \"Web_1\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Pod: containers are required',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [] },
    },
    want: ['spec.containers: Required value'],
  },
  {
    name: 'A11 Pod: a container without name and image',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{}] },
    },
    want: ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value'],
  },
  {
    name: 'A11 Pod: two containers of one name',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          { name: 'c', image: 'nginx' },
          { name: 'c', image: 'nginx' },
        ],
      },
    },
    want: ['spec.containers[1].name: Duplicate value: "c"'],
  },
  {
    name: 'A11 Pod: a container name is a label',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'A.b', image: 'nginx' }] },
    },
    want: [
      "spec.containers[0].name: Invalid value: \"A.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  },
  {
    name: 'A11 Pod: port names, twice, and numbers',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            ports: [
              { name: 'http', containerPort: 80 },
              { name: 'http', containerPort: 81 },
              { name: 'HTTP--', containerPort: 0 },
              { containerPort: 70000, hostPort: -1, protocol: 'tcp' },
            ],
          },
        ],
      },
    },
    want: [
      'spec.containers[0].ports[1].name: Duplicate value: "http"',
      'spec.containers[0].ports[2].name: Invalid value: "HTTP--": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'spec.containers[0].ports[2].name: Invalid value: "HTTP--": must contain at least one letter (a-z)',
      'spec.containers[0].ports[2].name: Invalid value: "HTTP--": must not contain consecutive hyphens',
      'spec.containers[0].ports[2].name: Invalid value: "HTTP--": must not begin or end with a hyphen',
      'spec.containers[0].ports[2].containerPort: Required value',
      'spec.containers[0].ports[3].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[3].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[3].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
    ],
  },
  {
    name: 'A11 Pod: one host port twice',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            ports: [
              { containerPort: 80, hostPort: 8080 },
              { containerPort: 81, hostPort: 8080 },
              { containerPort: 82, hostPort: 8080, protocol: 'UDP' },
              { containerPort: 83, hostPort: 8080, hostIP: '10.0.0.1' },
            ],
          },
        ],
      },
    },
    want: ['spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//8080"'],
  },
  {
    name: "A11 Pod: on the host's network a host port is the port",
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            ports: [{ containerPort: 80, hostPort: 81 }, { containerPort: 90 }],
          },
        ],
        hostNetwork: true,
      },
    },
    want: [
      'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
    ],
  },
  {
    name: 'A11 Pod: message, pull and restart policies',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          { name: 'c', image: 'nginx', terminationMessagePolicy: 'Log', imagePullPolicy: 'Maybe' },
        ],
        restartPolicy: 'Sometimes',
      },
    },
    want: [
      'spec.containers[0].terminationMessagePolicy: Unsupported value: "Log": supported values: "File", "FallbackToLogsOnError"',
      'spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"',
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
  },
  {
    name: 'A11 Pod: a restart policy of its own',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx', restartPolicy: 'Always' }] },
    },
    want: [],
  },
  {
    name: 'A11 Pod: a variable needs a name of printable characters',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          { name: 'c', image: 'nginx', env: [{ value: 'x' }, { name: 'A=B' }, { name: '1ok.-' }] },
        ],
      },
    },
    want: [
      'spec.containers[0].env[0].name: Required value',
      'spec.containers[0].env[1].name: Invalid value: "A=B": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
    ],
  },
  {
    name: 'A11 Pod: valueFrom names one source, and no value beside',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            env: [
              { name: 'A', valueFrom: {} },
              { name: 'B', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              {
                name: 'C',
                valueFrom: {
                  fieldRef: { fieldPath: 'metadata.name' },
                  secretKeyRef: { name: 's', key: 'k' },
                },
              },
            ],
          },
        ],
      },
    },
    want: [
      'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      'spec.containers[0].env[1].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
      'spec.containers[0].env[2].valueFrom: Invalid value: "": may not have more than one field specified at a time',
    ],
  },
  {
    name: 'A11 Pod: fieldRef paths',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            env: [
              { name: 'A', valueFrom: { fieldRef: { fieldPath: '' } } },
              { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.foo' } } },
              { name: 'C', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } },
              { name: 'D', valueFrom: { fieldRef: { fieldPath: "metadata.labels['a b']" } } },
              { name: 'E', valueFrom: { fieldRef: { fieldPath: "spec.foo['a']" } } },
              { name: 'F', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
              {
                name: 'G',
                valueFrom: { fieldRef: { apiVersion: 'v2', fieldPath: 'metadata.name' } },
              },
            ],
          },
        ],
      },
    },
    want: [
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Required value',
      'spec.containers[0].env[1].valueFrom.fieldRef.fieldPath: Invalid value: "status.foo": error converting fieldPath: field label not supported: status.foo',
      'spec.containers[0].env[2].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
      "spec.containers[0].env[3].valueFrom.fieldRef: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      "spec.containers[0].env[4].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.foo['a']\": error converting fieldPath: field label does not support subscript: spec.foo['a']",
      'spec.containers[0].env[5].valueFrom.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
      'spec.containers[0].env[6].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath: unsupported pod version: v2',
    ],
  },
  {
    name: 'A11 Pod: key references need name and key',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            env: [
              { name: 'A', valueFrom: { configMapKeyRef: { name: 'C', key: '' } } },
              { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'a b' } } },
            ],
          },
        ],
      },
    },
    want: [
      "spec.containers[0].env[0].valueFrom.configMapKeyRef.name: Invalid value: \"C\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      'spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Required value',
      "spec.containers[0].env[1].valueFrom.secretKeyRef.key: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  },
  {
    name: 'A11 Pod: envFrom names one source',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            envFrom: [{}, { prefix: 'a=', configMapRef: { name: 'C' }, secretRef: {} }],
          },
        ],
      },
    },
    want: [
      'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
      'spec.containers[0].envFrom[1].prefix: Invalid value: "a=": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
      "spec.containers[0].envFrom[1].configMapRef.name: Invalid value: \"C\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      'spec.containers[0].envFrom[1].secretRef.name: Required value',
      'spec.containers[0].envFrom: Invalid value: "": may not have more than one field specified at a time',
    ],
  },
  {
    name: 'A11 Pod: a probe has one handler',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            livenessProbe: {},
            readinessProbe: { exec: { command: [] }, httpGet: { port: 80 } },
          },
        ],
      },
    },
    want: [
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
      'spec.containers[0].readinessProbe.exec.command: Required value',
      'spec.containers[0].readinessProbe.httpGet: Forbidden: may not specify more than 1 handler type',
    ],
  },
  {
    name: "A11 Pod: a probe's port, scheme, headers and numbers",
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            readinessProbe: {
              httpGet: { port: 'no--', scheme: 'ftp', httpHeaders: [{ name: 'a b', value: 'x' }] },
              initialDelaySeconds: -1,
              periodSeconds: -1,
              failureThreshold: -2,
              terminationGracePeriodSeconds: 1,
            },
          },
        ],
      },
    },
    want: [
      'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "no--": must not contain consecutive hyphens',
      'spec.containers[0].readinessProbe.httpGet.port: Invalid value: "no--": must not begin or end with a hyphen',
      'spec.containers[0].readinessProbe.httpGet.scheme: Unsupported value: "ftp": supported values: "HTTP", "HTTPS"',
      "spec.containers[0].readinessProbe.httpGet.httpHeaders: Invalid value: \"a b\": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')",
      'spec.containers[0].readinessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.containers[0].readinessProbe.failureThreshold: Invalid value: -2: must be greater than or equal to 0',
      'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes',
    ],
  },
  {
    name: 'A11 Pod: liveness and start-up succeed once',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            livenessProbe: {
              tcpSocket: { port: 0 },
              successThreshold: 2,
              terminationGracePeriodSeconds: 0,
            },
            startupProbe: { grpc: { port: 0 }, successThreshold: 3 },
          },
        ],
      },
    },
    want: [
      'spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.containers[0].livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0',
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
      'spec.containers[0].startupProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.containers[0].startupProbe.successThreshold: Invalid value: 3: must be 1',
    ],
  },
  {
    name: 'A11 Pod: hooks',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            lifecycle: { preStop: { sleep: { seconds: 31 } }, postStart: {} },
          },
        ],
      },
    },
    want: [
      'spec.containers[0].lifecycle.postStart: Required value: must specify a handler type',
      'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
  },
  {
    name: 'A11 Pod: an init container has no probes',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        initContainers: [
          {
            name: 'i',
            image: 'nginx',
            livenessProbe: { tcpSocket: { port: 80 } },
            lifecycle: { preStop: { exec: { command: ['x'] } } },
            readinessProbe: { tcpSocket: { port: 80 } },
          },
        ],
      },
    },
    want: [
      'spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  },
  {
    name: 'A11 Pod: a sidecar may have them',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        initContainers: [
          {
            name: 'i',
            image: 'nginx',
            restartPolicy: 'Always',
            readinessProbe: { tcpSocket: { port: 0 } },
          },
        ],
      },
    },
    want: [
      'spec.initContainers[0].readinessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
  },
  {
    name: 'A11 Pod: init containers are named apart, and restart always or as the Pod',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        initContainers: [{ name: 'c', image: 'nginx', restartPolicy: 'Never' }],
      },
    },
    want: ['spec.initContainers[0].name: Duplicate value: "c"'],
  },
  {
    name: 'A11 Pod: volumes have a name and one source',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx', volumeMounts: [] }],
        volumes: [
          { emptyDir: {}, configMap: { name: 'a' } },
          { name: 'V' },
          { name: 'a' },
          { name: 'a', emptyDir: {} },
        ],
      },
    },
    want: [
      'spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type',
      'spec.volumes[0].name: Required value',
      "spec.volumes[1].name: Invalid value: \"V\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      'spec.volumes[3].name: Duplicate value: "a"',
    ],
  },
  {
    name: 'A11 Pod: what is mounted is a volume, each path once',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            volumeMounts: [
              { name: 'v', mountPath: '/a' },
              { name: 'w', mountPath: '/a' },
              { name: 'v' },
              { name: 'v', mountPath: '/b', subPath: '/x/..' },
              { name: 'v', mountPath: '/c', subPath: 'x', subPathExpr: 'y' },
            ],
          },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      },
    },
    want: [
      'spec.containers[0].volumeMounts[1].name: Not found: "w"',
      'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique',
      'spec.containers[0].volumeMounts[2].mountPath: Required value',
      'spec.containers[0].volumeMounts.subPath: Invalid value: "/x/..": must be a relative path',
      'spec.containers[0].volumeMounts.subPath: Invalid value: "/x/..": must not contain \'..\'',
      'spec.containers[0].volumeMounts[4].subPathExpr: Invalid value: "y": subPathExpr and subPath are mutually exclusive',
    ],
  },
  {
    name: 'A11 Pod: volumes of configuration and of the host',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx', volumeMounts: [] }],
        volumes: [
          {
            name: 'a',
            secret: {
              items: [
                { key: '', path: '../x' },
                { key: 'k', path: '..x', mode: 512 },
              ],
              defaultMode: 1000,
            },
          },
          { name: 'b', configMap: {} },
          { name: 'd', hostPath: { path: '' } },
          { name: 'e', hostPath: { path: '/a/../b' } },
          { name: 'f', persistentVolumeClaim: { claimName: '' } },
        ],
      },
    },
    want: [
      'spec.volumes[0].secret.secretName: Required value',
      'spec.volumes[0].secret.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive',
      'spec.volumes[0].secret.items[0].key: Required value',
      'spec.volumes[0].secret.items[0].path: Invalid value: "../x": must not contain \'..\'',
      'spec.volumes[0].secret.items[1].path: Invalid value: "..x": must not start with \'..\'',
      'spec.volumes[0].secret.items[1].mode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
      'spec.volumes[1].configMap.name: Required value',
      'spec.volumes[2].hostPath.path: Required value',
      'spec.volumes[3].hostPath.path: Invalid value: "/a/../b": must not contain \'..\'',
      'spec.volumes[4].persistentVolumeClaim.claimName: Required value',
    ],
  },
  {
    name: 'A11 Pod: requests within limits',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            resources: {
              limits: { cpu: '1', memory: '1Gi' },
              requests: { cpu: '2', memory: '1Gi' },
            },
          },
        ],
      },
    },
    want: [
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
  },
  {
    name: 'A11 Pod: amounts are not negative and of known names',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            resources: { limits: { cpu: '-1' }, requests: { gpu: '1' } },
          },
        ],
      },
    },
    want: [
      'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
      'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
      'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource for containers',
    ],
  },
  {
    name: 'A11 Pod: extended resources are asked for as they are limited',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            resources: { limits: { 'example.com/gpu': '2' }, requests: { 'example.com/gpu': '1' } },
          },
        ],
      },
    },
    want: [
      'spec.containers[0].resources.requests: Invalid value: "1": must be equal to example.com/gpu limit of 2',
    ],
  },
  {
    name: 'A11 Pod: and limited',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          { name: 'c', image: 'nginx', resources: { requests: { 'example.com/gpu': '1500m' } } },
        ],
      },
    },
    want: [
      'spec.containers[0].resources.requests[example.com/gpu]: Invalid value: "1500m": must be an integer',
      'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
    ],
  },
  {
    name: 'A11 Pod: tolerations',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        tolerations: [
          { key: 'a b', operator: 'Exists', value: 'x' },
          { operator: 'Equal', value: 'v' },
          { key: 'a', operator: 'In' },
          { key: 'a', effect: 'NoRun' },
          { key: 'a', tolerationSeconds: 5, effect: 'NoSchedule' },
          { key: 'a', value: 'a b' },
        ],
      },
    },
    want: [
      "spec.tolerations[0].key: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
      'spec.tolerations[1].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
      'spec.tolerations[2].operator: Unsupported value: "In": supported values: "Equal", "Exists"',
      'spec.tolerations[3].effect: Unsupported value: "NoRun": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      'spec.tolerations[4].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
      "spec.tolerations[5].operator: Invalid value: \"a b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  },
  {
    name: 'A11 Pod: node affinity',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                {
                  matchExpressions: [
                    { key: 'a', operator: 'In' },
                    { key: 'a', operator: 'Exists', values: ['x'] },
                    { key: 'a', operator: 'Gt' },
                    { key: 'a', operator: 'Is' },
                    { key: 'a b', operator: 'In', values: ['a b'] },
                  ],
                },
              ],
            },
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }],
          },
        },
      },
    },
    want: [
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'",
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[3].operator: Invalid value: "Is": not a valid selector operator',
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[4].key: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[4].values[0]: Invalid value: \"a b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
    ],
  },
  {
    name: 'A11 Pod: node affinity without terms',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] },
          },
        },
      },
    },
    want: [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
  },
  {
    name: 'A11 Pod: Pod affinity',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              {
                topologyKey: '',
                labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] },
                namespaces: ['A'],
              },
            ],
          },
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 101, podAffinityTerm: { topologyKey: 'a b' } },
            ],
          },
        },
      },
    },
    want: [
      "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespace: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
      'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
      "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
      "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  },
  {
    name: 'A11 Pod: spread constraints',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        topologySpreadConstraints: [
          { maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Never' },
          { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' },
          { maxSkew: 2, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' },
        ],
      },
    },
    want: [
      'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
      'spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty',
      'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "Never": supported values: "DoNotSchedule", "ScheduleAnyway"',
      'spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}: Duplicate value: "{z, DoNotSchedule}"',
    ],
  },
  {
    name: 'A11 Pod: node selector, gates',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        nodeSelector: { 'a b': 'c d' },
        readinessGates: [{ conditionType: 'a b' }],
        schedulingGates: [{ name: 'a' }, { name: 'a' }],
        nodeName: 'n1',
      },
    },
    want: [
      "spec.nodeSelector: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      "spec.nodeSelector: Invalid value: \"c d\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      "spec.readinessGates[0].conditionType: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'spec.schedulingGates[1]: Duplicate value: "a"',
      'spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared',
    ],
  },
  {
    name: 'A11 Pod: names in the spec',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        hostname: 'a.b',
        subdomain: 'A',
        nodeName: 'N_1',
        serviceAccountName: 'S',
        priorityClassName: 'P',
        activeDeadlineSeconds: 0,
      },
    },
    want: [
      "spec.serviceAccountName: Invalid value: \"S\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      "spec.nodeName: Invalid value: \"N_1\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
      'spec.hostname: Invalid value: "a.b": must not contain dots',
      "spec.subdomain: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      "spec.priorityClassName: Invalid value: \"P\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Pod: dnsPolicy',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], dnsPolicy: 'Cluster' },
    },
    want: [
      'spec.dnsPolicy: Unsupported value: "Cluster": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
  },
  {
    name: 'A11 Pod: dnsPolicy None needs dnsConfig',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], dnsPolicy: 'None' },
    },
    want: ['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  },
  {
    name: 'A11 Pod: and a name server',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        dnsPolicy: 'None',
        dnsConfig: { searches: ['a'] },
      },
    },
    want: [
      'spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
    ],
  },
  {
    name: 'A11 Pod: dnsConfig',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        dnsConfig: {
          nameservers: ['1.1.1.1', 'x', '8.8.8.8', '9.9.9.9'],
          searches: ['A', '_ok.b', '.'],
          options: [{ value: '1' }],
        },
      },
    },
    want: [
      'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","x","8.8.8.8","9.9.9.9"]: must not have more than 3 nameservers',
      'spec.dnsConfig.nameservers[1]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      "spec.dnsConfig.searches[0]: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')",
      'spec.dnsConfig.options[0]: Required value: must not be empty',
    ],
  },
  {
    name: 'A11 Pod: host aliases',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        hostAliases: [{ ip: 'x', hostnames: ['A'] }],
      },
    },
    want: [
      'spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      "spec.hostAliases[0].hostnames[0]: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Pod: ephemeral containers come later',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        ephemeralContainers: [{ name: 'd', image: 'x' }],
      },
    },
    want: ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
  },
  {
    name: 'A11 Pod update: an image',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx:2' }] },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx:1' }] },
    },
    want: [],
  },
  {
    name: 'A11 Pod update: an image of blanks',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: ' nginx:1' }] },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx:1' }] },
    },
    want: [
      'spec.containers[0].image: Invalid value: " nginx:1": must not have leading or trailing whitespace',
    ],
  },
  {
    name: 'A11 Pod update: no image',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: '' }] },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx:1' }] },
    },
    want: ['spec.containers[0].image: Required value'],
  },
  {
    name: 'A11 Pod update: nothing else',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx', command: ['x'] }] },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    want: [
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ],
  },
  {
    name: 'A11 Pod update: containers stay',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [
          { name: 'c', image: 'nginx' },
          { name: 'd', image: 'nginx' },
        ],
      },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    want: ['spec.containers: Forbidden: pod updates may not add or remove containers'],
  },
  {
    name: 'A11 Pod update: tolerations may come',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        tolerations: [{ key: 'a', operator: 'Exists' }],
      },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    want: [],
  },
  {
    name: 'A11 Pod update: but not go',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        tolerations: [{ key: 'a', operator: 'Exists' }],
      },
    },
    want: [
      'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
    ],
  },
  {
    name: 'A11 Pod update: the deadline may shrink',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], activeDeadlineSeconds: 5 },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], activeDeadlineSeconds: 9 },
    },
    want: [],
  },
  {
    name: 'A11 Pod update: but not grow',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], activeDeadlineSeconds: 9 },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], activeDeadlineSeconds: 5 },
    },
    want: [
      'spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value',
    ],
  },
  {
    name: 'A11 Pod update: nor go',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], activeDeadlineSeconds: 5 },
    },
    want: [
      'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
    ],
  },
  {
    name: 'A11 Endpoints: a plain one',
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'x', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }],
    },
    want: [],
  },
  {
    name: 'A11 Endpoints: a subset needs addresses',
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'x', namespace: 'default' },
      subsets: [{ ports: [{ port: 80 }] }],
    },
    want: ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
  },
  {
    name: 'A11 Endpoints: addresses',
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'x', namespace: 'default' },
      subsets: [
        {
          addresses: [
            { ip: 'x' },
            { ip: '127.0.0.1' },
            { ip: '169.254.0.1' },
            { ip: '224.0.0.1' },
            { ip: '0.0.0.0' },
          ],
          notReadyAddresses: [{ ip: '10.0.0.1', hostname: 'a.b', nodeName: 'N_1' }],
        },
      ],
    },
    want: [
      'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'subsets[0].addresses[0].ip: Invalid value: "x": must be a valid IP address',
      'subsets[0].addresses[1].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'subsets[0].addresses[2].ip: Invalid value: "169.254.0.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)',
      'subsets[0].addresses[3].ip: Invalid value: "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
      'subsets[0].addresses[4].ip: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)',
      'subsets[0].notReadyAddresses[0].hostname: Invalid value: "a.b": must not contain dots',
      "subsets[0].notReadyAddresses[0].nodeName: Invalid value: \"N_1\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Endpoints: ports',
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'x', namespace: 'default' },
      subsets: [
        {
          addresses: [{ ip: '10.0.0.1' }],
          ports: [{ port: 0 }, { name: 'A.b', port: 80, protocol: 'http', appProtocol: 'a b' }],
        },
      ],
    },
    want: [
      'subsets[0].ports[0].name: Required value',
      'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      "subsets[0].ports[1].name: Invalid value: \"A.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      'subsets[0].ports[1].protocol: Unsupported value: "http": supported values: "SCTP", "TCP", "UDP"',
      "subsets[0].ports[1].appProtocol: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  },
  {
    name: 'A11 Endpoints: the name is a subdomain',
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'A_b', namespace: 'default' },
      subsets: [],
    },
    want: [
      "metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Endpoints update: what was there passes',
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'x', namespace: 'default', labels: { a: 'b' } },
      subsets: [{ addresses: [{ ip: '127.0.0.1' }] }],
    },
    old: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'x', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '127.0.0.1' }] }],
    },
    want: [],
  },
  {
    name: 'A11 EndpointSlice: a plain one',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [{ port: 80 }],
    },
    want: [],
  },
  {
    name: 'A11 EndpointSlice: the address type is required',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: '',
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [{ port: 80 }],
    },
    want: ['addressType: Required value'],
  },
  {
    name: 'A11 EndpointSlice: and known',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'MAC',
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [{ port: 80 }],
    },
    want: ['addressType: Unsupported value: "MAC": supported values: "FQDN", "IPv4", "IPv6"'],
  },
  {
    name: 'A11 EndpointSlice: IPv4 addresses',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv4',
      endpoints: [{ addresses: [] }, { addresses: ['fd00::1', '127.0.0.1', 'x', '010.0.0.1'] }],
      ports: [{ port: 80 }],
    },
    want: [
      'endpoints[0].addresses: Required value: must contain at least 1 address',
      'endpoints[1].addresses: Invalid value: "fd00::1": must be an IPv4 address',
      'endpoints[1].addresses[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'endpoints[1].addresses[2]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  },
  {
    name: 'A11 EndpointSlice: IPv6 addresses',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv6',
      endpoints: [{ addresses: ['10.0.0.1', 'FD00::1', '::1', '::ffff:1.2.3.4'] }],
      ports: [{ port: 80 }],
    },
    want: [
      'endpoints[0].addresses: Invalid value: "10.0.0.1": must be an IPv6 address',
      'endpoints[0].addresses[1]: Invalid value: "FD00::1": must be in canonical form ("fd00::1")',
      'endpoints[0].addresses[2]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'endpoints[0].addresses[3]: Invalid value: "::ffff:1.2.3.4": must not be an IPv4-mapped IPv6 address',
    ],
  },
  {
    name: 'A11 EndpointSlice: FQDN',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'FQDN',
      endpoints: [{ addresses: ['Ex_ample.com'] }],
      ports: [{ port: 80 }],
    },
    want: [
      "endpoints[0].addresses[0]: Invalid value: \"Ex_ample.com\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 EndpointSlice: ports',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [
        { name: 'A.b', port: 0, protocol: 'x', appProtocol: 'a b' },
        { port: 1 },
        { port: 2 },
      ],
    },
    want: [
      "ports[0].name: Invalid value: \"A.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      'ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"',
      "ports[0].appProtocol: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'ports[2].name: Duplicate value: ""',
    ],
  },
  {
    name: 'A11 EndpointSlice: host name, node, hints',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.0.0.1'],
          hostname: 'A.b',
          nodeName: 'N_1',
          zone: 'a b',
          hints: { forZones: [{ name: 'a' }, { name: 'a' }, { name: '' }] },
          deprecatedTopology: { 'a b': 'c' },
        },
      ],
      ports: [{ port: 80 }],
    },
    want: [
      "endpoints[0].nodeName: Invalid value: \"N_1\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      "endpoints[0].hostname: Invalid value: \"A.b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      'endpoints[0].hints.forZones[1].name: Duplicate value: "a"',
    ],
  },
  {
    name: 'A11 EndpointSlice: too many hints',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.0.0.1'],
          hints: {
            forZones: [
              { name: 'z0' },
              { name: 'z1' },
              { name: 'z2' },
              { name: 'z3' },
              { name: 'z4' },
              { name: 'z5' },
              { name: 'z6' },
              { name: 'z7' },
              { name: 'z8' },
            ],
          },
        },
      ],
      ports: [{ port: 80 }],
    },
    want: ['endpoints[0].hints.forZones: Too many: 9: must have at most 8 items'],
  },
  {
    name: 'A11 EndpointSlice update: the address type stays',
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv6',
      endpoints: [],
      ports: [{ port: 80 }],
    },
    old: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [{ port: 80 }],
    },
    want: ['addressType: Invalid value: "IPv6": field is immutable'],
  },
  {
    name: 'A11 NetworkPolicy: a plain one',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'default' },
      spec: { podSelector: {} },
    },
    want: [],
  },
  {
    name: 'A11 NetworkPolicy: ports',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        podSelector: {},
        ingress: [
          {
            ports: [
              { protocol: 'http', port: 0 },
              { port: 'no--' },
              { endPort: 5 },
              { port: 80, endPort: 79 },
              { port: 'http', endPort: 90 },
              { port: 80, endPort: 70000 },
            ],
          },
        ],
      },
    },
    want: [
      'spec.ingress[0].ports[0].protocol: Unsupported value: "http": supported values: "TCP", "UDP", "SCTP"',
      'spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ingress[0].ports[1].port: Invalid value: "no--": must not contain consecutive hyphens',
      'spec.ingress[0].ports[1].port: Invalid value: "no--": must not begin or end with a hyphen',
      'spec.ingress[0].ports[2].endPort: Invalid value: 5: may not be specified when `port` is not specified',
      'spec.ingress[0].ports[3].endPort: Invalid value: 80: must be greater than or equal to `port`',
      'spec.ingress[0].ports[4].endPort: Invalid value: 90: may not be specified when `port` is non-numeric',
      'spec.ingress[0].ports[5].endPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
  },
  {
    name: 'A11 NetworkPolicy: peers',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        podSelector: {},
        ingress: [
          {
            from: [
              {},
              { podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } },
              { ipBlock: { cidr: '' } },
              { ipBlock: { cidr: 'x' } },
              {
                ipBlock: {
                  cidr: '10.0.0.0/8',
                  except: ['11.0.0.0/8', '10.0.0.0/8', 'y', '10.1.0.0/16'],
                },
              },
              { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
            ],
          },
        ],
      },
    },
    want: [
      'spec.ingress[0].from[0]: Required value: must specify a peer',
      'spec.ingress[0].from[1]: Forbidden: may not specify both ipBlock and another peer',
      'spec.ingress[0].from[2].ipBlock.cidr: Required value',
      'spec.ingress[0].from[3].ipBlock.cidr: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.ingress[0].from[4].ipBlock.except[0]: Invalid value: "11.0.0.0/8": must be a strict subset of `cidr`',
      'spec.ingress[0].from[4].ipBlock.except[1]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
      'spec.ingress[0].from[4].ipBlock.except[2]: Invalid value: "y": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      'spec.ingress[0].from[5].namespaceSelector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
    ],
  },
  {
    name: 'A11 NetworkPolicy: egress',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'default' },
      spec: { podSelector: {}, egress: [{ to: [{}], ports: [{ port: 70000 }] }] },
    },
    want: [
      'spec.egress[0].ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.egress[0].to[0]: Required value: must specify a peer',
    ],
  },
  {
    name: 'A11 NetworkPolicy: policy types',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'default' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Both'] },
    },
    want: ['spec.policyTypes[1]: Unsupported value: "Both": supported values: "Ingress", "Egress"'],
  },
  {
    name: 'A11 NetworkPolicy: at most two',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'default' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] },
    },
    want: [
      'spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes',
    ],
  },
  {
    name: 'A11 NetworkPolicy: the Pod selector',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'x', namespace: 'default' },
      spec: { podSelector: { matchLabels: { 'a b': 'c d' } } },
    },
    want: [
      "spec.podSelector.matchLabels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      "spec.podSelector.matchLabels: Invalid value: \"c d\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  },
  {
    name: 'A11 Namespace: a label',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a.b' } },
    want: ['metadata.name: Invalid value: "a.b": must not contain dots'],
  },
  {
    name: 'A11 Namespace: no digits forbidden',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '1a' } },
    want: [],
  },
  {
    name: 'A11 Namespace update: the name label stays',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels: { x: 'a b' } } },
    old: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } },
    want: [
      "metadata.labels: Invalid value: \"a b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  },
  {
    name: 'A11 Node: pod ranges',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24', '10.1.0.0/24'] },
    },
    want: [
      'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.1.0.0/24"]: may specify no more than one CIDR for each IP family',
    ],
  },
  {
    name: 'A11 Node: a pod range that is none',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: 'x', podCIDRs: ['x'] },
    },
    want: [
      'spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
  },
  {
    name: 'A11 Node: the name is a subdomain',
    object: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'N_1' }, spec: {} },
    want: [
      "metadata.name: Invalid value: \"N_1\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Node: taints',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: {
        taints: [
          { key: 'a b', effect: 'NoRun' },
          { key: 'a', value: 'x y', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
          { key: 'b' },
        ],
      },
    },
    want: [
      "metadata.taints[0].key: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'metadata.taints[0].effect: Unsupported value: "NoRun": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      "metadata.taints[1].value: Invalid value: \"x y\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      'metadata.taints[2]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
      'metadata.taints[3].effect: Required value',
    ],
  },
  {
    name: 'A11 Node update: pod ranges are given once',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24'] },
    },
    want: ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
  },
  {
    name: 'A11 Node update: the one range counts where the list says another',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.0.0.0/24'] },
    },
    old: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24'] },
    },
    want: ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
  },
  {
    name: 'A11 Node update: from none',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] },
    },
    old: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} },
    want: [],
  },
  {
    name: 'A11 ConfigMap: keys',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'default' },
      data: { 'a b': 'x', '..': 'y', ok: 'z' },
    },
    want: [
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      'data[..]: Invalid value: "..": must not be \'..\'',
    ],
  },
  {
    name: 'A11 ConfigMap: a key is in one of both',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'default' },
      data: { a: 'x' },
      binaryData: { a: 'eA==' },
    },
    want: ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
  },
  {
    name: 'A11 ConfigMap update: immutable stays',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'default' },
      data: { a: 'y' },
    },
    old: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'default' },
      data: { a: 'x' },
      immutable: true,
    },
    want: [
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ],
  },
  {
    name: 'A11 ConfigMap update: binary data too',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'default' },
      binaryData: { a: 'eQ==' },
      immutable: true,
    },
    old: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'default' },
      binaryData: { a: 'eA==' },
      immutable: true,
    },
    want: ['binaryData: Forbidden: field is immutable when `immutable` is set'],
  },
  {
    name: 'A11 Secret: keys',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      data: { 'a b': 'eA==' },
    },
    want: [
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  },
  {
    name: 'A11 Secret: of a type',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      type: 'kubernetes.io/tls',
      data: {},
    },
    want: ['data[tls.crt]: Required value', 'data[tls.key]: Required value'],
  },
  {
    name: 'A11 Secret: basic auth',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      type: 'kubernetes.io/basic-auth',
      data: {},
    },
    want: ['data[username]: Required value', 'data[password]: Required value'],
  },
  {
    name: 'A11 Secret: ssh',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      type: 'kubernetes.io/ssh-auth',
      data: {},
    },
    want: ['data[ssh-privatekey]: Required value'],
  },
  {
    name: 'A11 Secret: docker',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      type: 'kubernetes.io/dockerconfigjson',
      data: {},
    },
    want: ['data[.dockerconfigjson]: Required value'],
  },
  {
    name: 'A11 Secret: a token',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      type: 'kubernetes.io/service-account-token',
      data: {},
    },
    want: ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
  },
  {
    name: 'A11 Secret update: the type stays',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      type: 'b',
    },
    old: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      type: 'a',
    },
    want: ['type: Invalid value: "b": field is immutable'],
  },
  {
    name: 'A11 Secret update: immutable stays',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      data: { a: 'eQ==' },
      immutable: true,
    },
    old: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', namespace: 'default' },
      data: { a: 'eA==' },
      immutable: true,
    },
    want: ['data: Forbidden: field is immutable when `immutable` is set'],
  },
  {
    name: 'A11 ServiceAccount: a subdomain',
    object: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'A_b', namespace: 'default' },
    },
    want: [
      "metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Deployment: a plain one',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: [],
  },
  {
    name: 'A11 Deployment: a selector is required',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  },
  {
    name: 'A11 Deployment: that selects something',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: {},
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
  },
  {
    name: 'A11 Deployment: what its template has',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'other' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: [
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  },
  {
    name: 'A11 Deployment: and can be read',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: [
      'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
      'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Is"}]}: invalid label selector',
    ],
  },
  {
    name: 'A11 Deployment: numbers',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        replicas: -1,
        minReadySeconds: -1,
        revisionHistoryLimit: -1,
        progressDeadlineSeconds: -1,
      },
    },
    want: [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
      'spec.progressDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.progressDeadlineSeconds: Invalid value: -1: must be greater than minReadySeconds',
    ],
  },
  {
    name: 'A11 Deployment: the deadline is longer than minReadySeconds',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        minReadySeconds: 600,
      },
    },
    want: [
      'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
    ],
  },
  {
    name: 'A11 Deployment: the strategy',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        strategy: { type: 'Blue' },
      },
    },
    want: [
      'spec.strategy: Unsupported value: {"Type":"Blue","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ],
  },
  {
    name: 'A11 Deployment: Recreate has no numbers',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } },
      },
    },
    want: [
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
  },
  {
    name: 'A11 Deployment: something must move',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } },
      },
    },
    want: [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
    ],
  },
  {
    name: 'A11 Deployment: percentages',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        strategy: { rollingUpdate: { maxSurge: 'a', maxUnavailable: '101%' } },
      },
    },
    want: [
      "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"a\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ],
  },
  {
    name: 'A11 Deployment: Pods restart always and have no deadline',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [{ name: 'c', image: 'nginx' }],
            restartPolicy: 'Never',
            activeDeadlineSeconds: 5,
          },
        },
      },
    },
    want: [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
    ],
  },
  {
    name: 'A11 Deployment: the template is checked',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 0 }] }] },
        },
      },
    },
    want: ['spec.template.spec.containers[0].ports[0].containerPort: Required value'],
  },
  {
    name: 'A11 Deployment: a host port in a template may be left out',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }] }],
            hostNetwork: true,
          },
        },
      },
    },
    want: [],
  },
  {
    name: 'A11 Deployment update: the selector stays',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'b' } },
        template: {
          metadata: { labels: { app: 'b' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    old: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
  },
  {
    name: 'A11 ReplicaSet: a selector, labels and numbers',
    object: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        replicas: -1,
      },
    },
    want: [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  },
  {
    name: 'A11 ReplicaSet update: the selector stays',
    object: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'b' } },
        template: {
          metadata: { labels: { app: 'b' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    old: {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
  },
  {
    name: 'A11 StatefulSet: the name is a label',
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'a.b', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'web',
      },
    },
    want: ['metadata.name: Invalid value: "a.b": must not contain dots'],
  },
  {
    name: 'A11 StatefulSet: policies',
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'web',
        podManagementPolicy: 'Some',
        updateStrategy: { type: 'Some' },
      },
    },
    want: [
      "spec.podManagementPolicy: Invalid value: \"Some\": must be 'OrderedReady' or 'Parallel'",
      'spec.updateStrategy: Invalid value: {"Type":"Some","RollingUpdate":null}: must be \'RollingUpdate\' or \'OnDelete\'',
    ],
  },
  {
    name: 'A11 StatefulSet: numbers and service name',
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'a.b',
        replicas: -1,
        minReadySeconds: -1,
        ordinals: { start: -1 },
      },
    },
    want: [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
      'spec.serviceName: Invalid value: "a.b": must not contain dots',
    ],
  },
  {
    name: 'A11 StatefulSet: a selector that selects',
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: {},
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'web',
      },
    },
    want: ['spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
  },
  {
    name: 'A11 StatefulSet: partition',
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'web',
        updateStrategy: { rollingUpdate: { partition: -1 } },
      },
    },
    want: [
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
    ],
  },
  {
    name: 'A11 StatefulSet update: what may change',
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'web',
        replicas: 3,
      },
    },
    old: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'web',
      },
    },
    want: [],
  },
  {
    name: 'A11 StatefulSet update: what may not',
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'b',
      },
    },
    old: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        serviceName: 'web',
      },
    },
    want: [
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
  },
  {
    name: 'A11 DaemonSet: a selector that selects',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: {},
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset'],
  },
  {
    name: 'A11 DaemonSet: what its template has',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: [
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
  },
  {
    name: 'A11 DaemonSet: strategy',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        updateStrategy: { type: 'Some' },
      },
    },
    want: [
      'spec.updateStrategy: Unsupported value: {"Type":"Some","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
    ],
  },
  {
    name: 'A11 DaemonSet: one of both numbers',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      },
    },
    want: [
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
    ],
  },
  {
    name: 'A11 DaemonSet: not both',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
        updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
      },
    },
    want: [
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ],
  },
  {
    name: 'A11 DaemonSet: Pods restart always',
    object: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }], restartPolicy: 'OnFailure' },
        },
      },
    },
    want: [
      'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
    ],
  },
  {
    name: 'A11 Job: a plain one',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } },
      },
    },
    want: [],
  },
  {
    name: 'A11 Job: numbers',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } },
        parallelism: -1,
        completions: -1,
        backoffLimit: -1,
        activeDeadlineSeconds: -1,
        ttlSecondsAfterFinished: -1,
      },
    },
    want: [
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
      'spec.completions: Invalid value: -1: must be greater than or equal to 0',
      'spec.activeDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0',
      'spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0',
    ],
  },
  {
    name: 'A11 Job: Pods do not restart always',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
    },
    want: ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  },
  {
    name: 'A11 Job: the host name of its last Pod',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: 'a2345678901234567890123456789012345678901234567890123456789012',
        namespace: 'default',
      },
      spec: {
        completionMode: 'Indexed',
        completions: 2,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } },
      },
    },
    want: [
      'metadata.name: Invalid value: "a2345678901234567890123456789012345678901234567890123456789012": will not able to create pod with invalid DNS label: a2345678901234567890123456789012345678901234567890123456789012-1',
    ],
  },
  {
    name: 'A11 Job: completion mode',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } },
        completionMode: 'Some',
      },
    },
    want: [
      'spec.completionMode: Unsupported value: "Some": supported values: "NonIndexed", "Indexed"',
    ],
  },
  {
    name: 'A11 Job: Indexed needs completions',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } },
        completionMode: 'Indexed',
        parallelism: 2,
      },
    },
    want: ['spec.completions: Required value: when completion mode is Indexed'],
  },
  {
    name: 'A11 Job: backoffLimitPerIndex is for Indexed',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } },
        backoffLimitPerIndex: 1,
      },
    },
    want: ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  },
  {
    name: 'A11 Job: pod replacement policy',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] } },
        podReplacementPolicy: 'Some',
      },
    },
    want: [
      'spec.podReplacementPolicy: Unsupported value: "Some": supported values: "Failed", "TerminatingOrFailed"',
    ],
  },
  {
    name: 'A11 Job update: completions stay',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
        },
        manualSelector: true,
        selector: { matchLabels: { app: 'web' } },
        completions: 2,
      },
    },
    old: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
        },
        manualSelector: true,
        selector: { matchLabels: { app: 'web' } },
        completions: 1,
      },
    },
    want: ['spec.completions: Invalid value: 2: field is immutable'],
  },
  {
    name: 'A11 Job update: so does the mode',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
        },
        manualSelector: true,
        selector: { matchLabels: { app: 'web' } },
        completions: 2,
        completionMode: 'Indexed',
      },
    },
    old: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
        },
        manualSelector: true,
        selector: { matchLabels: { app: 'web' } },
        completions: 2,
      },
    },
    want: ['spec.completionMode: Invalid value: "Indexed": field is immutable'],
  },
  {
    name: 'A11 Job update: Indexed ones change with their parallelism',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
        },
        manualSelector: true,
        selector: { matchLabels: { app: 'web' } },
        completions: 3,
        parallelism: 2,
        completionMode: 'Indexed',
      },
    },
    old: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
        },
        manualSelector: true,
        selector: { matchLabels: { app: 'web' } },
        completions: 2,
        parallelism: 2,
        completionMode: 'Indexed',
      },
    },
    want: [
      'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
    ],
  },
  {
    name: 'A11 Job: a failure policy wants Pods that do not restart',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        template: {
          spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'nginx' }] },
        },
        podFailurePolicy: { rules: [] },
      },
    },
    want: [
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ],
  },
  {
    name: 'A11 CronJob: a field out of range',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '60 24 * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: ['spec.schedule: Invalid value: "60 24 * * *": end of range (60) above maximum (59): 60'],
  },
  {
    name: 'A11 CronJob: a word',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '* * * * fro',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: [
      'spec.schedule: Invalid value: "* * * * fro": failed to parse int from fro: strconv.Atoi: parsing "fro": invalid syntax',
    ],
  },
  {
    name: 'A11 CronJob: an unknown name',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '@often',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: ['spec.schedule: Invalid value: "@often": unrecognized descriptor: @often'],
  },
  {
    name: 'A11 CronJob: names that are known',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '@daily',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: [],
  },
  {
    name: 'A11 CronJob: a plain one',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: [],
  },
  {
    name: 'A11 CronJob: the schedule',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: 'often',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: ['spec.schedule: Invalid value: "often": expected exactly 5 fields, found 1: [often]'],
  },
  {
    name: 'A11 CronJob: is required',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: ['spec.schedule: Required value'],
  },
  {
    name: 'A11 CronJob: concurrency, numbers, suspension',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
        concurrencyPolicy: 'Some',
        startingDeadlineSeconds: -1,
        successfulJobsHistoryLimit: -1,
        failedJobsHistoryLimit: -1,
      },
    },
    want: [
      'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.concurrencyPolicy: Unsupported value: "Some": supported values: "Allow", "Forbid", "Replace"',
      'spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
      'spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
    ],
  },
  {
    name: 'A11 CronJob: time zone',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
        timeZone: '',
      },
    },
    want: ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'],
  },
  {
    name: 'A11 CronJob: time zone in the schedule',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: 'TZ=UTC * * * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: [
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
  },
  {
    name: 'A11 CronJob: Pods do not restart always',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: {
          spec: { template: { spec: { containers: [{ name: 'c', image: 'nginx' }] } } },
        },
      },
    },
    want: [
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  },
  {
    name: 'A11 CronJob: a name of at most 52 characters',
    object: {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: {
        name: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
        namespace: 'default',
      },
      spec: {
        schedule: '* * * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
            },
          },
        },
      },
    },
    want: [
      'metadata.name: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": must be no more than 52 characters',
    ],
  },
  {
    name: 'A11 PodDisruptionBudget: a plain one',
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'x', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1 },
    },
    want: [],
  },
  {
    name: 'A11 PodDisruptionBudget: one of both',
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'x', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: 1, maxUnavailable: 1 },
    },
    want: [
      'spec: Invalid value: {"MinAvailable":1,"Selector":{"matchLabels":{"app":"web"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    ],
  },
  {
    name: 'A11 PodDisruptionBudget: percentages',
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'x', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'web' } }, minAvailable: '101%' },
    },
    want: ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%'],
  },
  {
    name: 'A11 PodDisruptionBudget: not negative',
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'x', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'web' } }, maxUnavailable: -1 },
    },
    want: ['spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0'],
  },
  {
    name: 'A11 PodDisruptionBudget: text',
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'x', namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'web' } }, maxUnavailable: 'a' },
    },
    want: [
      "spec.maxUnavailable: Invalid value: \"a\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  },
  {
    name: 'A11 PodDisruptionBudget: the selector',
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'x', namespace: 'default' },
      spec: { selector: { matchLabels: { 'a b': 'c' } }, minAvailable: 1 },
    },
    want: [
      "spec.selector.matchLabels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  },
  {
    name: 'A11 PodDisruptionBudget: unhealthy Pods',
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        minAvailable: 1,
        unhealthyPodEvictionPolicy: 'Some',
      },
    },
    want: [
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Some": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  },
  {
    name: 'A11 Ingress: a plain one',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
    },
    want: [],
  },
  {
    name: 'A11 Ingress: a backend or rules',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: {},
    },
    want: ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
  },
  {
    name: 'A11 Ingress: hosts',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        rules: [
          {
            host: '1.2.3.4',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
              ],
            },
          },
          {
            host: 'A_b',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
              ],
            },
          },
          {
            host: '*.Foo',
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    },
    want: [
      'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
      "spec.rules[1].host: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      "spec.rules[2].host: Invalid value: \"*.Foo\": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Ingress: paths',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        rules: [
          {
            http: {
              paths: [
                {
                  path: 'x',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
                { path: '/a', backend: { service: { name: 'web', port: { number: 80 } } } },
                {
                  path: '/a//b',
                  pathType: 'Exact',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
                {
                  path: '/a/../b',
                  pathType: 'Exact',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
                {
                  path: '/',
                  pathType: 'Some',
                  backend: { service: { name: 'web', port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    },
    want: [
      'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
      'spec.rules[0].http.paths[1].pathType: Required value: pathType must be specified',
      'spec.rules[0].http.paths[2].path: Invalid value: "/a//b": must not contain \'//\'',
      'spec.rules[0].http.paths[3].path: Invalid value: "/a/../b": must not contain \'/../\'',
      'spec.rules[0].http.paths[4].pathType: Unsupported value: "Some": supported values: "Exact", "ImplementationSpecific", "Prefix"',
    ],
  },
  {
    name: 'A11 Ingress: a rule needs paths',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: { rules: [{ http: { paths: [] } }] },
    },
    want: ['spec.rules[0].http.paths: Required value'],
  },
  {
    name: 'A11 Ingress: backends',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        defaultBackend: { service: { name: '', port: {} } },
        rules: [
          {
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: {} },
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'A_b', port: { name: 'http', number: 80 } } },
                },
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { number: 70000 } } },
                },
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name: 'web', port: { name: 'no--' } } },
                },
              ],
            },
          },
        ],
      },
    },
    want: [
      'spec.defaultBackend.service.name: Required value',
      'spec.defaultBackend: Required value: port name or number is required',
      'spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required',
      "spec.rules[0].http.paths[1].backend.service.name: Invalid value: \"A_b\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
      'spec.rules[0].http.paths[1].backend: Invalid value: "": cannot set both port name & port number',
      'spec.rules[0].http.paths[2].backend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive',
      'spec.rules[0].http.paths[3].backend.service.port.name: Invalid value: "no--": must not contain consecutive hyphens',
      'spec.rules[0].http.paths[3].backend.service.port.name: Invalid value: "no--": must not begin or end with a hyphen',
    ],
  },
  {
    name: 'A11 Ingress: class',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        defaultBackend: { service: { name: 'web', port: { number: 80 } } },
        ingressClassName: 'A_b',
      },
    },
    want: [
      "spec.ingressClassName: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 Ingress: tls hosts',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        defaultBackend: { service: { name: 'web', port: { number: 80 } } },
        tls: [{ hosts: ['A_b'] }],
      },
    },
    want: [
      "spec.tls[0].hosts[0]: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  },
  {
    name: 'A11 IngressClass: a controller is required',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'x' },
      spec: {},
    },
    want: ['spec.controller: Required value'],
  },
  {
    name: 'A11 IngressClass: of this form',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'x' },
      spec: { controller: 'nginx' },
    },
    want: [
      'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
  },
  {
    name: 'A11 IngressClass update: the controller stays',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'x' },
      spec: { controller: 'example.com/b' },
    },
    old: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'x' },
      spec: { controller: 'example.com/a' },
    },
    want: ['spec.controller: Invalid value: "example.com/b": field is immutable'],
  },
  {
    name: 'A11 IPAddress: the name is an address',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: 'x' },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
    },
    want: [
      'metadata.name: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  },
  {
    name: 'A11 IPAddress: in its one form',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: 'FD00::1' },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
    },
    want: ['metadata.name: Invalid value: "FD00::1": must be in canonical form ("fd00::1")'],
  },
  {
    name: 'A11 IPAddress: with a parent',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: '10.0.0.1' },
      spec: {},
    },
    want: ['spec.parentRef: Required value'],
  },
  {
    name: 'A11 IPAddress: that has a name',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IPAddress',
      metadata: { name: '10.0.0.1' },
      spec: { parentRef: {} },
    },
    want: ['spec.parentRef.resource: Required value', 'spec.parentRef.name: Required value'],
  },
  {
    name: 'A11 ServiceCIDR: a plain one',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: ['10.1.0.0/16'] },
    },
    want: [],
  },
  {
    name: 'A11 ServiceCIDR: at least one range',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: [] },
    },
    want: ['spec.cidrs: Required value: at least one CIDR required'],
  },
  {
    name: 'A11 ServiceCIDR: one of each family',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: ['10.1.0.0/16', '10.2.0.0/16'] },
    },
    want: [
      'spec.cidrs: Invalid value: ["10.1.0.0/16","10.2.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  },
  {
    name: 'A11 ServiceCIDR: at most two',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: ['10.1.0.0/16', 'fd00::/64', '10.2.0.0/16'] },
    },
    want: [
      'spec.cidrs: Invalid value: {"CIDRs":["10.1.0.0/16","fd00::/64","10.2.0.0/16"]}: may only hold up to 2 values',
    ],
  },
  {
    name: 'A11 ServiceCIDR: in their one form',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: ['10.1.0.1/16'] },
    },
    want: [
      'spec.cidrs[0]: Invalid value: "10.1.0.1/16": must not have bits set beyond the prefix length',
    ],
  },
  {
    name: 'A11 ServiceCIDR update: ranges stay',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: ['10.2.0.0/16'] },
    },
    old: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: ['10.1.0.0/16'] },
    },
    want: ['spec.cidrs[0]: Invalid value: "10.2.0.0/16": field is immutable'],
  },
  {
    name: 'A11 ServiceCIDR update: the second may come',
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: ['10.1.0.0/16', 'fd00::/112'] },
    },
    old: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'extra' },
      spec: { cidrs: ['10.1.0.0/16'] },
    },
    want: [],
  },
  {
    name: 'A11 HorizontalPodAutoscaler: a plain one',
    object: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 3,
      },
    },
    want: [],
  },
  {
    name: 'A11 HorizontalPodAutoscaler: numbers',
    object: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 0,
        minReplicas: 0,
      },
    },
    want: [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.maxReplicas: Invalid value: 0: must be greater than 0',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  },
  {
    name: 'A11 HorizontalPodAutoscaler: order',
    object: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 3,
        minReplicas: 5,
      },
    },
    want: ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`'],
  },
  {
    name: 'A11 HorizontalPodAutoscaler: the target',
    object: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'x', namespace: 'default' },
      spec: { scaleTargetRef: { kind: '', name: '' }, maxReplicas: 3 },
    },
    want: [
      'spec.scaleTargetRef.kind: Required value',
      'spec.scaleTargetRef.name: Required value',
      'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
    ],
  },
  {
    name: 'A11 Lease: numbers',
    object: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'x', namespace: 'default' },
      spec: { leaseDurationSeconds: 0, leaseTransitions: -1 },
    },
    want: [
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    ],
  },
  {
    name: 'A11 Pod: up to 1.33 an ordinary container has no restart policy',
    minor: 33,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx', restartPolicy: 'Always' }],
        initContainers: [{ name: 'i', image: 'nginx', restartPolicy: 'Never' }],
      },
    },
    want: [
      'spec.containers[0].restartPolicy: Forbidden: may not be set for non-init containers',
      'spec.initContainers[0].restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  },
  {
    name: 'A11 Pod: up to 1.31 variables have the names of shells, and dots',
    minor: 31,
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx', env: [{ name: '1a' }] }] },
    },
    want: [
      "spec.containers[0].env[0].name: Invalid value: \"1a\": a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
    ],
  },
  {
    name: 'A11 Deployment update: up to 1.33 the selector is shown in Go syntax',
    minor: 33,
    old: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'b' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: [
      'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable',
    ],
  },
  {
    name: 'A11 Deployment: up to 1.33 numbers and percentages too',
    minor: 33,
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'x', namespace: 'default' },
      spec: {
        strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    },
    want: [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0',
    ],
  },
  {
    name: 'A11 EndpointSlice: up to 1.32 only the family is asked',
    minor: 32,
    object: {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'x', namespace: 'default' },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['fd00::1'] }],
    },
    want: ['endpoints[0].addresses[0]: Invalid value: "fd00::1": must be a valid IPv4 address'],
  },
  {
    name: 'A11 Ingress: since 1.36 the name of a Service may begin with a digit',
    minor: 36,
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'x', namespace: 'default' },
      spec: { defaultBackend: { service: { name: '1web', port: { number: 80 } } } },
    },
    want: [],
  },
];
