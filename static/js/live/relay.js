/** What the tabs of one browser tell each other. Without BroadcastChannel each is alone. */

export class Relay {
  #name;
  #handlers;
  #channel = null;

  /** `handlers` by the kind of message. */
  constructor(name, handlers) {
    this.#name = name;
    this.#handlers = handlers;
  }

  open() {
    if (!("BroadcastChannel" in window)) return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data: [kind, value] }) => this.#handlers[kind]?.(value);
  }

  /** Must be done before a page sleeps: a message would throw it out of the back-forward cache. */
  close() {
    this.#channel?.close();
    this.#channel = null;
  }

  tell(kind, value) {
    this.#channel?.postMessage([kind, value]);
  }
}
