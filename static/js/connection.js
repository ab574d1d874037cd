/** The connection's state, said in a word in the header. */

const WORDS = {
  live: "Live",
  reconnecting: "Reconnecting…",
  offline: "Offline",
  "signed-out": "Signed out",
};

export function showConnection(state) {
  const sign = document.querySelector("[data-connection]");
  if (!sign || sign.dataset.connection === state) return;
  sign.dataset.connection = state;
  sign.querySelector("[data-connection-text]").textContent = WORDS[state];
}
