@mode-iptables @mode-ipvs @mode-nftables
Feature: A kube-proxy that stands still leaves its last rules working

  Background:
    Given the cluster "nginx-demo"
    And kube-proxy on Node "docker-desktop" stops

  @doc-003 @case-27
  Scenario: the old rules go on
    Then every connection from Pod "demo/client" to "10.111.193.186:80" is answered by Deployment "demo/nginx-prod-deploy"

  @doc-003 @case-27
  Scenario: changes do not arrive until it starts again
    Given I apply "no-selector-svc.yaml"
    And I apply "test-endpoints.yaml"
    And no connection from Pod "demo/client" to "10.100.179.62:80" is answered
    When kube-proxy on Node "docker-desktop" starts
    Then every connection from Pod "demo/client" to "10.100.179.62:80" is answered by host "legacy-db"
    And the rules on Node "docker-desktop" lead to exactly the endpoints of Service "default/no-selector-svc"

  Scenario: a cut link loses packets until it is restored
    Given the link between Pod "demo/client" and Node "docker-desktop" is cut
    And no connection from Pod "demo/client" to "10.111.193.186:80" is answered
    When the link between Pod "demo/client" and Node "docker-desktop" is restored
    Then every connection from Pod "demo/client" to "10.111.193.186:80" is answered
