// What the cluster asks of everything that reacts to tasks (controllers, kubelets, proxies, DNS servers). A
// component is code without state of its own: what it remembers stands in the store or in a forkable state that
// the cluster hands it, so that a fork of the cluster is a fork of every component.

/** State that can be copied at any point between two tasks. */
export interface Forkable {
  fork(): this;
}
