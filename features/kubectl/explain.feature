Feature: kubectl explains fields

  @doc-003 @case-25
  Scenario: document 003: how long a client stays with its Pod
    Given the cluster "three-nodes"
    When I run "kubectl explain svc.spec.sessionAffinityConfig.clientIP"
    Then it prints:
      """
      KIND:       Service
      VERSION:    v1

      FIELD: clientIP <ClientIPConfig>


      DESCRIPTION:
          clientIP contains the configurations of Client IP based session affinity.
          ClientIPConfig represents the configurations of Client IP based session
          affinity.

      FIELDS:
        timeoutSeconds	<integer>
          timeoutSeconds specifies the seconds of ClientIP type session sticky time.
          The value must be >0 && <=86400(for 1 day) if ServiceAffinity == "ClientIP".
          Default value is 10800(for 3 hours).

      """
    And Service "nginx-deployment-service" has 2 endpoints

  Scenario: the values that a field may have
    Given the cluster "three-nodes"
    When I run "kubectl explain svc.spec.sessionAffinity"
    Then it prints:
      """
      KIND:       Service
      VERSION:    v1

      FIELD: sessionAffinity <string>
      ENUM:
          ClientIP
          None

      DESCRIPTION:
          Supports "ClientIP" and "None". Used to maintain session affinity. Enable
          client IP based session affinity. Must be ClientIP or None. Defaults to
          None. More info:
          https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies

          Possible enum values:
           - `"ClientIP"` is the Client IP based.
           - `"None"` - no session affinity.
      """

  Scenario: a field that there is not
    Given the cluster "three-nodes"
    When I run "kubectl explain svc.spec.sessionAffinityConfig.clientIP.hours"
    Then it prints:
      """
      KIND:       Service
      VERSION:    v1

      error: field "hours" does not exist
      """

  Scenario: a policy of the whole cluster, whose definition is served
    Given the cluster "three-nodes"
    When I run "kubectl explain anp.spec.ingress.action"
    Then it prints:
      """
      GROUP:      policy.networking.k8s.io
      KIND:       AdminNetworkPolicy
      VERSION:    v1alpha1

      FIELD: action <string>
      ENUM:
          Allow
          Deny
          Pass

      DESCRIPTION:
          Action specifies the effect this rule will have on matching traffic.
          Currently the following actions are supported:
          Allow: allows the selected traffic (even if it would otherwise have been
          denied by NetworkPolicy)
          Deny: denies the selected traffic
          Pass: instructs the selected traffic to skip any remaining ANP rules, and
          then pass execution to any NetworkPolicies that select the pod.
          If the pod is not selected by any NetworkPolicies then execution
          is passed to any BaselineAdminNetworkPolicies that select the pod.
      """
