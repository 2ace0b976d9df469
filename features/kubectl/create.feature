Feature: kubectl makes objects from options

  Background:
    Given the cluster "three-nodes"

  Scenario: a Deployment and a Service of its own
    Given I run "kubectl create deployment hello --image=nginx:1 --replicas=3 --port=80"
    When I run "kubectl expose deployment hello --port=8080 --target-port=80"
    Then Service "hello" has 3 endpoints
    And every connection from Node "node01" to port 8080 of Service "hello" is answered

  Scenario: a Pod and its Service in one command
    When I run "kubectl run hello --image=nginx:1 --port=80 --expose"
    Then it prints:
      """
      service/hello created
      pod/hello created
      """
    And Service "hello" has 1 endpoint

  Scenario: a node port of one's own
    Given I run "kubectl create deployment hello --image=nginx:1 --port=80"
    When I run "kubectl create service nodeport hello --tcp=80 --node-port=30123"
    Then Service "hello" has 1 endpoint
    And every connection from host "laptop" to port 30123 of Node "node02" is answered

  Scenario: a dry run leaves nothing behind
    When I run "kubectl create service clusterip hello --tcp=80:8080 --dry-run=client -o yaml"
    Then it prints:
      """
      apiVersion: v1
      kind: Service
      metadata:
        labels:
          app: hello
        name: hello
      spec:
        ports:
        - name: 80-8080
          port: 80
          protocol: TCP
          targetPort: 8080
        selector:
          app: hello
        type: ClusterIP
      status:
        loadBalancer: {}
      """
    And Service "hello" does not exist

  Scenario: a name that is taken
    When I run "kubectl create service clusterip nginx-deployment-service --tcp=80"
    Then it prints:
      """
      error: failed to create ClusterIP service: services "nginx-deployment-service" already exists
      """

  Scenario: a Service without a port
    When I run "kubectl create service clusterip hello"
    Then it prints:
      """
      error: at least one tcp port specifier must be provided
      """

  Scenario: another image rolls the Deployment, and the Service keeps its endpoints
    When I run "kubectl set image deployment/nginx-deployment nginx-container=nginx:2"
    Then it prints:
      """
      deployment.apps/nginx-deployment image updated
      """
    And Service "nginx-deployment-service" has 2 endpoints

  Scenario: another selector takes the endpoints away
    When I run "kubectl set selector service/nginx-deployment-service app=other"
    Then it prints:
      """
      service/nginx-deployment-service selector updated
      """
    And Service "nginx-deployment-service" has 0 endpoints
