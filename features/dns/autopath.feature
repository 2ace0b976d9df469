Feature: autopath walks the search list on the server

  Background:
    Given the cluster "names"

  @doc-003 @case-41
  Scenario: without it, a name outside costs four queries
    When Pod "default/asker" looks up "www.example.com" A
    Then the queries are:
      | name                                       | rcode    |
      | www.example.com.default.svc.cluster.local. | NXDOMAIN |
      | www.example.com.svc.cluster.local.         | NXDOMAIN |
      | www.example.com.cluster.local.             | NXDOMAIN |
      | www.example.com.                           | NOERROR  |

  @doc-003 @case-41
  Scenario: with it, the first query brings the answer
    Given CoreDNS is configured with:
      """
      .:53 {
          autopath @kubernetes
          kubernetes cluster.local {
              pods verified
          }
          forward . /etc/resolv.conf
      }
      """
    When Pod "default/asker" looks up "www.example.com" A
    Then the queries are:
      | name                                       | rcode   |
      | www.example.com.default.svc.cluster.local. | NOERROR |
