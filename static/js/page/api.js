/** Requests to the server: JSON for the API, a parsed document for a page. */

import { prefix } from "./prefix.js";
import { goToLogin } from "./session.js";
import { renameTab, tabId } from "./tab.js";
import { t } from "./language.js";

const PATIENCE = 20_000;
const JSON_BODY = { "Content-Type": "application/json" };
const GATEWAY = [502, 503, 504];

/** The server refused. `details` names fields; `body` is the whole response. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body.error ?? t("The server could not do that."));
    this.status = status;
    this.body = body;
    this.details = body.details ?? [];
  }
}

/** It is unknown whether the request reached the server. */
export class Unreachable extends Error {
  constructor() {
    super(t("The server cannot be reached."));
  }
}

export const api = {
  get: sender("GET"),
  post: sender("POST"),
  put: sender("PUT"),
  patch: sender("PATCH"),
  delete: (path, headers) => call("DELETE", path, undefined, headers),
};

/** The address in the API of the thing that a form of the page is about. */
export const pathOf = (form) =>
  `${prefix}/api${form
    .getAttribute("action")
    .slice(prefix.length)
    .replace(/\/(move|sort|delete)$/, "")}`;

/** Fetches one of our own pages as a document. */
export async function fetchPage(url) {
  const response = await reach(url, { headers: { Accept: "text/html" } });
  if (new URL(response.url).pathname === `${prefix}/login`) return leavePage();
  if (!response.ok) throw new ApiError(response.status, {});
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function sender(method) {
  return (path, body, headers) => call(method, path, body, headers);
}

async function call(method, path, body, headers = {}) {
  const response = await reach(path, {
    method,
    headers: { Accept: "application/json", "X-Tab-Id": tabId(), ...(body && JSON_BODY), ...headers },
    body: body && JSON.stringify(body),
  });
  if (response.status === 401) return leavePage();
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

async function reach(url, options) {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  if (response && (!GATEWAY.includes(response.status) || isOurs(response))) return response;
  if (options.method && options.method !== "GET") renameTab();
  throw new Unreachable();
}

// PUNT itself answers 503 in JSON; a proxy in front of it does not.
const isOurs = ({ headers }) => headers.get("Content-Type")?.startsWith("application/json");

function leavePage() {
  goToLogin();
  return new Promise(() => {});
}
