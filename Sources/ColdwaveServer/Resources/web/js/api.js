// The server, under `api/v1/` relative to the page, so that a path prefix needs no setting.

const base = new URL('api/v1/', document.baseURI);

export class ServerError extends Error {
  constructor(status, code, message, next) {
    super(message);
    this.status = status;
    this.code = code;
    this.next = next;
  }
}

/** The address of a route; parameters without a value are left out. */
export function address(route, parameters = {}) {
  const url = new URL(route, base);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) url.searchParams.set(name, value);
  }
  return url.href;
}

export const name = (text) => encodeURIComponent(text);

async function failure(response) {
  let body = {};
  try { body = (await response.json()).error ?? {}; } catch { /* a proxy's page: the status says enough */ }
  if (response.status === 401) dispatchEvent(new CustomEvent('coldwave-signed-out'));
  return new ServerError(response.status, body.code ?? 'failed', body.message ?? `The server answered ${response.status}.`, body.next ?? '');
}

async function send(method, route, { parameters, body, signal } = {}) {
  const headers = {};
  // The server refuses a change that carries a cookie without this header: another site can't set it.
  if (method !== 'GET') headers['X-Coldwave'] = '1';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(address(route, parameters), { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ServerError(0, 'unreachable', 'The server can’t be reached.', 'Is “coldwave serve” still running?');
  }
  if (!response.ok) throw await failure(response);
  return response;
}

async function json(response) {
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

export const get = async (route, parameters, signal) => json(await send('GET', route, { parameters, signal }));
export const post = async (route, body = {}) => json(await send('POST', route, { body }));
export const put = async (route, body = {}) => json(await send('PUT', route, { body }));
export const remove = async (route) => json(await send('DELETE', route));
export const raw = (route, parameters, signal) => send('GET', route, { parameters, signal });

/** Server-sent events, one stream for the whole page; returns what stops listening. */
const listeners = new Map();
let stream;

function open() {
  stream = new EventSource(address('events'));
  for (const kind of listeners.keys()) attach(kind);
}

function attach(kind) {
  stream.addEventListener(kind, (event) => {
    let value = null;
    try { value = JSON.parse(event.data); } catch { return; }
    for (const action of listeners.get(kind) ?? []) action(value);
  });
}

export function on(kind, action) {
  if (!listeners.has(kind)) {
    listeners.set(kind, new Set());
    if (stream) attach(kind);
  }
  listeners.get(kind).add(action);
  if (!stream) open();
  return () => {
    listeners.get(kind).delete(action);
    // Held only while somebody listens: a browser gives a server six connections, and audio needs some of them.
    if (stream && [...listeners.values()].every((set) => set.size === 0)) {
      stream.close();
      stream = undefined;
    }
  };
}
