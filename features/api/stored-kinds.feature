Feature: Kinds that nothing acts on are stored and shown

  Background:
    Given a cluster:
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
      ---
      apiVersion: coordination.k8s.io/v1
      kind: Lease
      metadata: { name: leader }
      spec: { holderIdentity: web-1, leaseDurationSeconds: 15 }
      ---
      apiVersion: v1
      kind: Event
      metadata: { name: hello }
      involvedObject: { kind: Pod, name: web, namespace: default }
      type: Normal
      reason: Greeting
      message: hello there
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: { name: front }
      spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } }
      ---
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: { name: web }
      spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 3 }
      ---
      apiVersion: storage.k8s.io/v1
      kind: StorageClass
      metadata: { name: fast }
      provisioner: example.com/disks
      """

  Scenario Outline: kubectl get <kind>
    When I run "kubectl get <kind>"
    Then it prints:
      """
      <head>
      <row>
      """

    Examples:
      | kind   | head                                                                         | row                                                               |
      | pvc    | NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE | data Pending <unset> 0s                                           |
      | lease  | NAME HOLDER AGE                                                              | leader web-1 0s                                                   |
      | ing    | NAME CLASS HOSTS ADDRESS PORTS AGE                                           | front <none> * 80 0s                                              |
      | hpa    | NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE                          | web Deployment/web cpu: <unknown>/80% 1 3 0 0s                    |
      | sc     | NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE    | fast example.com/disks Delete Immediate false 0s                  |
      | events | LAST SEEN TYPE REASON OBJECT MESSAGE                                         | <unknown> Normal Greeting pod/web hello there                     |

  Scenario: nobody scales what an autoscaler names
    Given I run "kubectl create deployment web --image=nginx:1.27"
    When 10 minutes pass
    Then Deployment "web" has:
      | path          | value |
      | spec.replicas | 1     |

  Scenario: they are deleted like others
    When I delete PersistentVolumeClaim "data"
    Then PersistentVolumeClaim "data" does not exist
