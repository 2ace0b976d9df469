Feature: A StatefulSet's Pods have names that stay

  Background:
    Given a cluster:
      """
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: { name: db }
      spec:
        replicas: 3
        serviceName: db
        selector: { matchLabels: { app: db } }
        template:
          metadata: { labels: { app: db } }
          spec:
            containers:
              - name: db
                image: db:1
                ports: [{ containerPort: 5432 }]
                readinessProbe: { tcpSocket: { port: 5432 } }
        volumeClaimTemplates:
          - metadata: { name: data }
            spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: db }
      spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 5432 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: c, image: busybox:1.36 }] }
      """
    And Service "db" has 3 endpoints

  Scenario: each Pod has its name, its claim and a name in DNS
    Then Pod "db-2" has:
      | path                                                      | value     |
      | spec.hostname                                             | db-2      |
      | spec.subdomain                                            | db        |
      | metadata.labels["apps.kubernetes.io/pod-index"]           | 2         |
      | metadata.labels["statefulset.kubernetes.io/pod-name"]     | db-2      |
      | spec.volumes[0].persistentVolumeClaim.claimName           | data-db-2 |
    And PersistentVolumeClaim "data-db-2" exists
    And every connection from Pod "client" to "db-2.db:5432" is answered by Pod "db-2"

  Scenario: a deleted Pod comes back under its name, with its claim
    When I delete Pod "db-1"
    Then Pod "db-1" is ready
    And PersistentVolumeClaim "data-db-1" exists
    And every connection from Pod "client" to "db-1.db:5432" is answered by Pod "db-1"

  Scenario: it shrinks from the top and keeps the claims
    When I scale StatefulSet "db" to 1 replica
    Then Pod "db-0" is ready
    And Pod "db-1" does not exist
    And Pod "db-2" does not exist
    And PersistentVolumeClaim "data-db-2" exists

  Scenario: claims go with the Pods where the policy says so
    Given I set "spec.persistentVolumeClaimRetentionPolicy.whenScaled" of StatefulSet "db" to "Delete"
    When I scale StatefulSet "db" to 2 replicas
    Then PersistentVolumeClaim "data-db-2" does not exist
    And PersistentVolumeClaim "data-db-1" exists

  Scenario: it does not grow past a Pod that is not ready
    Given Pod "db-1" stops being ready
    When I scale StatefulSet "db" to 4 replicas
    Then Pod "db-3" does not exist

  Scenario: it grows on when the Pod is ready again
    Given Pod "db-1" stops being ready
    And I scale StatefulSet "db" to 4 replicas
    And Pod "db-3" does not exist
    When Pod "db-1" becomes ready
    Then Pod "db-3" is ready

  Scenario: Parallel waits for nobody
    Given I delete StatefulSet "db"
    When I apply:
      """
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: { name: db }
      spec:
        replicas: 2
        podManagementPolicy: Parallel
        serviceName: db
        selector: { matchLabels: { app: db } }
        template:
          metadata: { labels: { app: db } }
          spec: { containers: [{ name: db, image: db:1, readinessProbe: { tcpSocket: { port: 9 } }, ports: [{ containerPort: 5432 }] }] }
      """
    Then Pod "db-0" is not ready
    And Pod "db-1" is not ready

  Scenario: a partition keeps the Pods below it on the old template
    Given I set "spec.updateStrategy.rollingUpdate.partition" of StatefulSet "db" to "2"
    When I set "spec.template.spec.containers[0].image" of StatefulSet "db" to "db:2"
    Then Pod "db-2" has:
      | path                     | value |
      | spec.containers[0].image | db:2  |
    And Pod "db-1" has:
      | path                     | value |
      | spec.containers[0].image | db:1  |
    And StatefulSet "db" has:
      | path                   | value |
      | status.currentReplicas | 2     |
      | status.updatedReplicas | 1     |

  Scenario: an update goes from the top and stops at a Pod that does not get ready
    When I set "spec.template.spec.containers[0].readinessProbe.tcpSocket.port" of StatefulSet "db" to "9999"
    Then Pod "db-2" is not ready
    And Pod "db-1" is ready
    And Service "db" has 2 endpoints
    And StatefulSet "db" has:
      | path                   | value |
      | status.updatedReplicas | 1     |
      | status.readyReplicas   | 2     |

  Scenario: kubectl takes the last update back, by its ControllerRevision
    Given I set "spec.template.spec.containers[0].image" of StatefulSet "db" to "db:2"
    When I run "kubectl rollout undo statefulset/db"
    Then it prints:
      """
      statefulset.apps/db rolled back
      """
    And Pod "db-0" has:
      | path                     | value |
      | spec.containers[0].image | db:1  |
