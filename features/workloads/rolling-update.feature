Feature: A Deployment rolls from one template to the next

  Background:
    Given a cluster:
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web }
      spec:
        replicas: 4
        progressDeadlineSeconds: 60
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec:
            containers:
              - name: web
                image: web:1
                ports: [{ containerPort: 8080 }]
                readinessProbe: { httpGet: { path: /, port: 8080 } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: web }
      spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: client }
      spec: { containers: [{ name: c, image: busybox:1.36 }] }
      """
    And Service "web" has 4 endpoints

  Scenario: a new template replaces every Pod and is a new revision
    When I set "spec.template.spec.containers[0].image" of Deployment "web" to "web:2"
    Then Deployment "web" has:
      | path                                                       | value                  |
      | status.updatedReplicas                                     | 4                      |
      | status.replicas                                            | 4                      |
      | status.conditions[1].reason                                | NewReplicaSetAvailable |
      | metadata.annotations["deployment.kubernetes.io/revision"]  | 2                      |
    And Service "web" has 4 endpoints

  Scenario Outline: new Pods that never get ready stop at <rolling>
    Given I set "spec.strategy.rollingUpdate" of Deployment "web" to '<rolling>'
    When I set "spec.template.spec.containers[0].readinessProbe.httpGet.port" of Deployment "web" to "9999"
    Then Deployment "web" has:
      | path                   | value     |
      | status.replicas        | <all>     |
      | status.updatedReplicas | <updated> |
    And Service "web" has <old> endpoints
    And every connection from Pod "client" to "web:80" is answered

    Examples:
      | rolling                                      | all | updated | old |
      | {"maxSurge": 1, "maxUnavailable": 0}         | 5   | 1       | 4   |
      | {"maxSurge": 0, "maxUnavailable": 1}         | 4   | 1       | 3   |
      | {"maxSurge": "25%", "maxUnavailable": "25%"} | 5   | 2       | 3   |
      | {"maxSurge": "50%", "maxUnavailable": "50%"} | 6   | 4       | 2   |

  Scenario: the deadline passes, and going back ends it
    Given I set "spec.template.spec.containers[0].readinessProbe.httpGet.port" of Deployment "web" to "9999"
    When 62 seconds pass
    Then Deployment "web" has:
      | path                        | value                    |
      | status.conditions[1].status | False                    |
      | status.conditions[1].reason | ProgressDeadlineExceeded |

  Scenario: going back to the template before makes its revision the newest
    Given I set "spec.template.spec.containers[0].readinessProbe.httpGet.port" of Deployment "web" to "9999"
    And Service "web" has 3 endpoints
    When I set "spec.template.spec.containers[0].readinessProbe.httpGet.port" of Deployment "web" to "8080"
    Then Service "web" has 4 endpoints
    And Deployment "web" has:
      | path                                                      | value |
      | metadata.annotations["deployment.kubernetes.io/revision"] | 3     |
      | status.updatedReplicas                                    | 4     |

  Scenario: kubectl takes the last rollout back
    Given I set "spec.template.spec.containers[0].image" of Deployment "web" to "web:2"
    When I run "kubectl rollout undo deployment/web"
    Then it prints:
      """
      deployment.apps/web rolled back
      """
    And Deployment "web" has:
      | path                                                      | value |
      | spec.template.spec.containers[0].image                    | web:1 |
      | metadata.annotations["deployment.kubernetes.io/revision"] | 3     |
      | status.updatedReplicas                                    | 4     |

  Scenario: a paused Deployment keeps its Pods until it is resumed
    Given I set "spec.paused" of Deployment "web" to "true"
    When I set "spec.template.spec.containers[0].image" of Deployment "web" to "web:2"
    Then Deployment "web" has:
      | path                        | value            |
      | status.updatedReplicas      | <none>           |
      | status.readyReplicas        | 4                |
      | status.conditions[1].reason | DeploymentPaused |

  Scenario: resumed, it goes on
    Given I set "spec.paused" of Deployment "web" to "true"
    And I set "spec.template.spec.containers[0].image" of Deployment "web" to "web:2"
    When I set "spec.paused" of Deployment "web" to "false"
    Then Deployment "web" has:
      | path                        | value                  |
      | status.updatedReplicas      | 4                      |
      | status.conditions[1].reason | NewReplicaSetAvailable |

  Scenario: scaling in the middle of a rollout grows both sides
    Given I set "spec.template.spec.containers[0].readinessProbe.httpGet.port" of Deployment "web" to "9999"
    And Service "web" has 3 endpoints
    When I scale Deployment "web" to 8 replicas
    Then Service "web" has 6 endpoints
    And Deployment "web" has:
      | path                   | value |
      | status.replicas        | 10    |
      | status.updatedReplicas | 4     |

  Scenario: Recreate stops all old Pods before the first new one starts
    Given I set "spec.strategy" of Deployment "web" to '{"type": "Recreate", "rollingUpdate": null}'
    When I set "spec.template.spec.containers[0].readinessProbe.httpGet.port" of Deployment "web" to "9999"
    Then Deployment "web" has:
      | path                   | value |
      | status.replicas        | 4     |
      | status.updatedReplicas | 4     |
    And Service "web" has no endpoints
