/** Messages between the tabs of one browser. Without BroadcastChannel each tab is alone. */

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

  /** Must be called before a page is frozen: a message would remove it from the back/forward cache. */
  close() {
    this.#channel?.close();
    this.#channel = null;
  }

  tell(kind, value) {
    this.#channel?.postMessage([kind, value]);
  }
}
