Feature: Where a container's variables come from

  Background:
    Given a cluster:
      """
      apiVersion: svcspec.dev/v1alpha1
      kind: Cluster
      metadata: { name: lab }
      spec: { nodes: [{ name: node01, internalIP: 192.168.4.102 }] }
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: settings }
      data: { COLOUR: red, SIZE: "3" }
      ---
      apiVersion: v1
      kind: Secret
      metadata: { name: keys }
      stringData: { TOKEN: sesame }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: web, labels: { app: shop } }
      spec:
        containers:
          - name: web
            image: nginx:1.27
            envFrom:
              - { configMapRef: { name: settings } }
              - { prefix: THE_, configMapRef: { name: settings } }
              - { secretRef: { name: nowhere, optional: true } }
            env:
              - { name: COLOUR, value: blue }
              - { name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }
              - { name: HOST, valueFrom: { fieldRef: { fieldPath: status.hostIP } } }
              - { name: APP, valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }
              - { name: KEY, valueFrom: { secretKeyRef: { name: keys, key: TOKEN } } }
              - { name: GONE, valueFrom: { configMapKeyRef: { name: settings, key: shape, optional: true } } }
              - { name: ALL, value: "$(COLOUR) $(THE_COLOUR) $(LATER) $$(KEY)" }
              - { name: LATER, value: "too late" }
      """

  Scenario: whole ConfigMaps, with a prefix or without, and the container's own word wins
    Then the environment of Pod "web" contains:
      """
      COLOUR=blue
      SIZE=3
      THE_COLOUR=red
      THE_SIZE=3
      """

  Scenario: single keys and fields of the Pod
    Then the environment of Pod "web" contains:
      """
      NODE=node01
      HOST=192.168.4.102
      APP=shop
      KEY=sesame
      """
    And the environment of Pod "web" has no variable starting with "GONE"

  Scenario: a variable refers to those before it
    Then the environment of Pod "web" contains:
      """
      ALL=blue red $(LATER) $(KEY)
      """

  Scenario: a running container keeps its values, a restarted one has the new ones
    Given I set "data.SIZE" of ConfigMap "settings" to "large"
    And the environment of Pod "web" contains:
      """
      SIZE=3
      """
    When Pod "web" restarts
    Then the environment of Pod "web" contains:
      """
      SIZE=large
      """

  Scenario: a key that is not there stops the container
    When I apply:
      """
      apiVersion: v1
      kind: Pod
      metadata: { name: other }
      spec:
        containers:
          - name: other
            image: nginx:1.27
            env: [{ name: SHAPE, valueFrom: { configMapKeyRef: { name: settings, key: shape } } }]
      """
    Then Pod "other" has:
      | path                                             | value                                               |
      | status.containerStatuses[0].state.waiting.reason | CreateContainerConfigError                          |
      | status.containerStatuses[0].state.waiting.message | couldn't find key shape in ConfigMap default/settings |
