// Command lines of kubectl that run one after the other on one cluster: on ours in process, and by the machine's own
// kubectl against the same cluster over HTTP. What depends on the clock of the machine (AGE, restartedAt) is left out.

/** Files that the command lines name. */
export const files: Readonly<Record<string, string>> = {
  'web.yaml': `apiVersion: v1
kind: Service
metadata:
  name: web
  labels: {app: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx:1, ports: [{containerPort: 8080}]}]}
`,
  'web2.yaml': `apiVersion: v1
kind: Service
metadata:
  name: web
  labels: {app: web, tier: front}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 9090}, {name: admin, port: 81}]
`,
  'list.json': `{"apiVersion":"v1","kind":"List","items":[
 {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"},"data":{"k":"<v> & 'w'"}},
 {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two"},"data":{"long":"${'word '.repeat(40)}","multi":"a\\nb\\n"}}]}
`,
  'bad.yaml': `apiVersion: v1
kind: Service
metadata: {name: bad}
spec: {type: Odd, ports: [{port: 0}]}
---
apiVersion: v1
kind: Service
metadata: {name: good}
spec: {ports: [{port: 80}]}
`,
  'oneBad.yaml': `apiVersion: v1
kind: Service
metadata: {name: bad}
spec: {type: Odd, ports: [{port: 0}]}
`,
  'unknown.yaml': `apiVersion: v1
kind: Servic
metadata: {name: x}
`,
  'noKind.yaml': `apiVersion: v1
metadata: {name: x}
`,
  'scalar.yaml': 'just text\n',
  'empty.yaml': '',
  'gen.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {generateName: gen-}
`,
  'elsewhere.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: x, namespace: elsewhere}
`,
  'patch.yaml': 'metadata:\n  labels:\n    from: file\n',
  'columns.txt': 'NAME   TYPE\nmetadata.name   .spec.type\n',
  'path.txt': '{.metadata.name}\n',
};

export const lines: readonly string[] = [
  'create -f web.yaml',
  'create -f web.yaml',
  'create -f bad.yaml',
  'create -f oneBad.yaml',
  'create -f unknown.yaml',
  'create -f noKind.yaml',
  'create -f scalar.yaml',
  'create -f empty.yaml',
  'create -f nosuch.yaml',
  'create',
  'create -f elsewhere.yaml -n default',
  'create -f elsewhere.yaml',
  'create -f list.json --dry-run=server -o name',
  'create -f list.json --dry-run=client',
  'create -f list.json --dry-run=client -o yaml',
  'create -f list.json --dry-run=client -o json',
  'create -f list.json --save-config',
  'create -f list.json -o foo',
  'get cm one two -o json',
  'get cm one -o yaml',
  'get cm two -o yaml',
  'get cm,svc -o name',
  'get svc/web deploy/web -o name',
  'get svc web deploy/web',
  'get deploy,svc web -o name',
  'get foo',
  'get foo.bar/x',
  'get svc nope',
  'get svc nope web -o name',
  'get svc nope --ignore-not-found',
  'get pods -n nowhere',
  'get pods -n nowhere -o name',
  'get pods -n nowhere -o yaml',
  'get svc a/b/c',
  'get svc/',
  'get svc x -l a=b',
  'get svc -l a=b=c',
  'get svc --field-selector metadata.name=web -o name',
  'get svc --field-selector spec.foo=web -o name',
  'get deploy.apps,services.v1. -o name',
  'get deployments.v1.apps web -o name',
  'get ns default -A -o name',
  'get svc web -A',
  'get svc web -o jsonpath={.spec.ports[0].port}',
  'get svc -o jsonpath=\'{range .items[*]}{.metadata.name}{"\\t"}{.spec.clusterIP}{"\\n"}{end}\'',
  'get svc -o jsonpath=\'{.items[?(@.metadata.name=="web")].spec.ports[*].targetPort}\'',
  "get svc web -o jsonpath='{.spec.ports}'",
  'get svc web -o jsonpath=\'{.metadata.labels}{"\\n"}{.spec.ports[0]}\'',
  "get svc web -o jsonpath='{.spec[\\'type\\',\\'sessionAffinity\\']}'",
  "get svc web -o jsonpath='{.nope}x'",
  "get svc web -o jsonpath='{.spec.ports[5]}'",
  "get svc web -o jsonpath='{.spec.ports[-1:].port} {.spec.ports[0:1].name}'",
  "get svc web -o jsonpath='{.spec'",
  "get svc web -o jsonpath='{end}'",
  "get svc web -o jsonpath='{foo}'",
  "get svc web -o jsonpath='{.spec.ports[x]}'",
  "get svc web -o jsonpath='{.spec.ports[?(@.port>50)].name}'",
  'get svc web -o jsonpath=\'{.spec.ports[?(@.port>"50")].name}\'',
  'get svc web -o jsonpath',
  'get svc web -o jsonpath-as-json={.spec.ports}',
  'get svc web -o jsonpath-file=path.txt',
  'get svc web -o custom-columns=NAME:.metadata.name,P:.spec.ports[*].port,X:.x',
  'get svc web -o custom-columns=NAME',
  'get svc -o custom-columns-file=columns.txt',
  'get svc -o custom-columns=N:metadata.name --no-headers --sort-by=.metadata.name',
  'get svc -o name --sort-by={.spec.ports[0].port}',
  'get svc -o name --sort-by=.nope',
  'get svc --sort-by=metadata.name --no-headers -o custom-columns=A:.metadata.name,B:.spec.type',
  'get svc web --show-labels -o yaml',
  'get -f web.yaml -o name',
  'get -f web.yaml svc',
  'get svc,cm',
  'get svc,cm -o wide',
  'get svc web -o wide --no-headers',
  'get svc -L app,x/env',
  'get svc --show-labels --sort-by=.metadata.name',
  'get svc --show-kind',
  'get svc -A',
  'get ns,nodes -o wide',
  'get deploy,rs -o wide',
  'get events -o wide --field-selector reason=None',
  'get role,crd',
  'get endpoints,endpointslices -o custom-columns=K:.kind',
  'logs nope',
  'logs deploy/web',
  'logs',
  'logs -l app=none',
  'logs web -c x extra more',
  "get deploy web -o jsonpath='{.spec.template.spec.containers[*].name} {.spec.replicas}'",
  "get deploy web -o jsonpath='{.metadata.labels.app}{.spec.strategy}'",
  'label svc web tier=front',
  'label svc web tier=back',
  'label svc web tier=back --overwrite',
  'label svc web tier=back',
  'label svc web tier-',
  'label svc web tier-',
  'label svc web a=b b=c a-',
  'label svc web a=b=c',
  'label svc web a',
  "label svc web 'a=-b'",
  'label svc web',
  'label',
  'label svc a=b',
  'label svc --all env=test',
  'label svc -l app=web env=prod --overwrite',
  'label svc,deploy web x=y',
  'label cm --list --all',
  'label -f web.yaml z=1 --dry-run=client -o name',
  'label svc nope a=b',
  'annotate svc web note=hello',
  'annotate svc web note=bye',
  'annotate svc web note=bye --overwrite',
  'annotate svc web note-',
  'annotate svc web note',
  'annotate svc --all who=me',
  'annotate cm one two a=b',
  `patch svc web -p '{"spec":{"ports":[{"port":80,"targetPort":9090}]}}'`,
  `patch svc web -p '{"spec":{"ports":[{"port":80,"targetPort":9090}]}}'`,
  `patch svc web --type=json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'`,
  `patch svc web --type=json -p '[{"op":"replace","path":"/spec/nope/x","value":8080}]'`,
  `patch svc web --type=merge -p '{"metadata":{"labels":{"merged":"yes"}}}' -o name`,
  'patch svc web --patch-file patch.yaml',
  `patch svc web --type=odd -p '{}'`,
  'patch svc web',
  `patch svc nope -p '{}'`,
  `patch svc web -p '{"spec":{"type":"Odd"}}'`,
  `patch svc web -p '{"metadata":{"labels":{"a":"local"}}}' --dry-run=client`,
  'apply -f web.yaml',
  'apply -f web.yaml',
  'apply -f web2.yaml',
  'get svc web -o jsonpath={.spec.ports[*].name}',
  'apply -f web.yaml --dry-run=client',
  'apply -f web.yaml --dry-run=server',
  'apply -f web.yaml -o name',
  'apply -f bad.yaml',
  'apply -f oneBad.yaml',
  'apply -f gen.yaml',
  'apply -f nosuch.yaml',
  'apply',
  'apply svc web -f web.yaml',
  'apply view-last-applied svc web',
  'apply view-last-applied svc/web -o json',
  'create -f gen.yaml --dry-run=client',
  'replace -f web2.yaml',
  'replace -f elsewhere.yaml',
  'replace -f oneBad.yaml',
  'scale deploy web --replicas=3',
  'scale deploy/web --replicas=4 --current-replicas=2',
  'scale deploy/web --replicas=4 --current-replicas=3',
  'scale deploy/web',
  'scale deploy/nope --replicas=1',
  'scale deploy/web --replicas=-1',
  'scale svc/web --replicas=1',
  'scale deploy --all --replicas=1 --dry-run=client',
  'rollout status deploy/web',
  'rollout history deploy/web',
  'rollout status svc/web',
  'rollout history svc/web',
  'rollout undo svc/web',
  'rollout undo deploy/web',
  'rollout pause deploy/web',
  'rollout pause deploy/web',
  'rollout restart deploy/web',
  'rollout undo deploy/web --to-revision=1',
  'rollout resume deploy/web',
  'rollout resume deploy/web',
  'rollout pause svc/web',
  'rollout restart svc/web',
  `patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"nginx:2"}]}}}}'`,
  'rollout status deploy/web',
  'rollout history deploy web',
  'rollout history deploy web --revision=2',
  'rollout history deploy web --revision=9',
  'rollout undo deploy web --to-revision=9',
  'rollout undo deploy web',
  'get deploy web -o jsonpath={.spec.template.spec.containers[0].image}',
  'rollout undo deploy web --to-revision=3',
  'rollout status',
  'rollout foo',
  'wait --for=condition=Available deploy/web --timeout=5s',
  'wait --for=condition=Nope deploy/web --timeout=0',
  "wait --for=jsonpath='{.status.readyReplicas}'=4 deploy/web --timeout=5s",
  "wait --for=jsonpath='{.metadata.labels}'=4 deploy/web --timeout=0",
  'wait --for=foo deploy/web',
  'wait --for=delete deploy/nope --timeout=1s',
  'wait --for=delete deploy/web --timeout=0',
  'wait --for=condition=Ready pod -l app=none --timeout=1s',
  'wait --for=condition=Ready pod/nope --timeout=1s',
  'delete cm one',
  'delete cm one',
  'delete cm one --ignore-not-found',
  'delete cm -l nothing=here',
  'delete cm two --dry-run=client',
  'delete cm two --dry-run=server',
  'delete cm two -o name',
  'delete cm two -o yaml',
  'delete cm',
  'delete',
  'delete cm x --all',
  'delete cm --all -l a=b',
  'delete ns nowhere -n default',
  'delete -f web2.yaml --cascade=odd',
  'delete -f web2.yaml --grace-period=5 --force',
  'delete -f web2.yaml --force',
  'delete -f web.yaml',
  'delete -f web.yaml --ignore-not-found',
  'get all -o name',
  'gte pods',
  'gett',
  'ap',
  'ls',
  'list',
  'rm x',
  'rollback',
  'label -f web.yaml --local a=b -o yaml',
  'label -f web.yaml --local a=b -o json',
  'label -f list.json --local a=b -o name',
  "label -f web2.yaml --local a=b tier- -o jsonpath='{.metadata.labels}'",
  'label --local a=b svc/web',
  'label --local a=b',
  'annotate -f web.yaml --local a=b -o yaml',
  'annotate --local -f web2.yaml a=b --dry-run=server',
  `patch --local -f web2.yaml -p '{"spec":{"ports":[{"port":81,"name":"x"}]}}' -o yaml`,
  `patch --local -f web2.yaml --type=merge -p '{"spec":{"ports":null}}' -o json`,
  `patch --local -f web2.yaml --type=json -p '[{"op":"remove","path":"/spec/ports/1"}]' -o yaml`,
  `patch --local -f web2.yaml -p '{}'`,
  `patch svc web --local -p '{}'`,
  'get --foo',
  'get -x',
  'get pods -A=maybe',
];

/** Lines whose output is too much the cluster's to be kept: compared with the real kubectl alone. */
export const changing: readonly string[] = ['get events -o wide --sort-by=.metadata.name'];
