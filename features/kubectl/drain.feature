Feature: A Node is emptied without breaking a disruption budget

  Background:
    Given the cluster "three-nodes"
    And I run "kubectl create pdb web --selector=app=nginx-deployment --min-available=2"

  Scenario: a cordoned Node keeps its Pods and gets no new ones
    Given Node "node01" is cordoned
    When I scale Deployment "nginx-deployment" to 4 replicas
    Then 1 endpoint of Service "nginx-deployment-service" is on Node "node01"
    And 3 endpoints of Service "nginx-deployment-service" are on Node "node02"

  Scenario: an uncordoned Node gets Pods again
    Given Node "node01" is cordoned
    And Node "node01" is uncordoned
    When I scale Deployment "nginx-deployment" to 4 replicas
    Then at least 2 endpoints of Service "nginx-deployment-service" are on Node "node01"

  Scenario: no disruption is allowed: drain tries again until its time is over
    When I run "kubectl drain node01 --ignore-daemonsets --timeout=8s"
    Then it prints:
      """
      node/node01 cordoned
      evicting pod default/nginx-deployment-9957b6647-j5c45
      evicting pod default/nginx-deployment-9957b6647-j5c45
      evicting pod default/nginx-deployment-9957b6647-j5c45
      error when evicting pods/"nginx-deployment-9957b6647-j5c45" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
      error when evicting pods/"nginx-deployment-9957b6647-j5c45" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.
      There are pending pods in node "node01" when an error occurred: error when evicting pods/"nginx-deployment-9957b6647-j5c45" -n "default": global timeout reached: 8s
      pod/nginx-deployment-9957b6647-j5c45
      error: unable to drain node "node01" due to error: error when evicting pods/"nginx-deployment-9957b6647-j5c45" -n "default": global timeout reached: 8s, continuing command...
      There are pending nodes to be drained:
       node01
      error when evicting pods/"nginx-deployment-9957b6647-j5c45" -n "default": global timeout reached: 8s
      """
    And Service "nginx-deployment-service" has 2 endpoints

  Scenario: with one Pod to spare the Node is drained, and the Service never has less than two
    Given I scale Deployment "nginx-deployment" to 3 replicas
    When Node "node01" is drained
    Then no endpoint of Service "nginx-deployment-service" is on Node "node01"
    And Service "nginx-deployment-service" has 3 endpoints
    And Node "node01" has:
      | path               | value |
      | spec.unschedulable | true  |

  Scenario: a Pod without a controller stops a drain, --force does not mind
    Given I run "kubectl taint nodes node02 full:NoSchedule"
    And I run "kubectl run alone --image=nginx"
    When I run "kubectl drain node01 --dry-run=client"
    Then it prints:
      """
      node/node01 cordoned (dry run)
      error: unable to drain node "node01" due to error: cannot delete cannot delete Pods that declare no controller (use --force to override): default/alone, continuing command...
      There are pending nodes to be drained:
       node01
      cannot delete cannot delete Pods that declare no controller (use --force to override): default/alone
      """
