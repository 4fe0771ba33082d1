// @ts-check
// GraphiQL over this server: HTTP for queries and mutations, AppSync's WebSocket dialect for subscriptions.

const DEFAULT_QUERY = `# You call as the user chosen above.
# This query lists what you can ask and subscribe to.

query Fields {
  __schema {
    queryType { fields { name } }
    subscriptionType { fields { name } }
  }
}
`;

const { React, ReactDOM, GraphiQL } = /** @type {any} */ (window);

const form = /** @type {HTMLFormElement} */ (document.getElementById('authorization'));
const mode = /** @type {HTMLSelectElement} */ (document.getElementById('mode'));
const credential = /** @type {HTMLInputElement} */ (document.getElementById('credential'));
const use = /** @type {HTMLButtonElement} */ (document.getElementById('use'));
const users = /** @type {HTMLOptGroupElement} */ (document.getElementById('users'));
const caller = /** @type {HTMLOutputElement} */ (document.getElementById('caller'));
const root = ReactDOM.createRoot(document.getElementById('graphiql'));

/** The token of the chosen user, asked for again before it expires. @type {Map<string, string>} */
const tokens = new Map();
const SPARE_MS = 60_000;

/** @returns {string | undefined} */
function chosenUser() {
  return mode.value.startsWith('user:') ? mode.value.slice('user:'.length) : undefined;
}

/** @param {string} email @returns {Promise<string>} */
async function tokenOf(email) {
  const known = tokens.get(email);
  if (known !== undefined && claimsOf(known).exp * 1000 > Date.now() + SPARE_MS) {
    return known;
  }
  const response = await fetch('/_token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email }),
  });
  if (!response.ok) {
    throw new Error((await response.json()).errors[0].message);
  }
  const { token } = await response.json();
  tokens.set(email, token);
  return token;
}

/** @returns {Promise<Record<string, string>>} */
async function authorization() {
  const email = chosenUser();
  if (email !== undefined) {
    return { Authorization: await tokenOf(email) };
  }
  const value = credential.value.trim();
  if (value === '') {
    return {};
  }
  return mode.value === 'apiKey' ? { 'x-api-key': value } : { Authorization: value };
}

/** @returns {boolean} */
function hasCredential() {
  return chosenUser() !== undefined || credential.value.trim() !== '';
}

/** Says whose token it is; the server checks it. */
function describeCaller() {
  const value = credential.value.trim();
  const isUser = chosenUser() !== undefined;
  credential.hidden = isUser;
  use.hidden = isUser;
  caller.dataset.valid = 'true';
  caller.textContent = isUser
    ? ''
    : value === ''
      ? 'paste a token or the API key'
      : mode.value === 'apiKey'
        ? 'API key'
        : describeToken(value);
}

/** @param {string} token @returns {any} */
function claimsOf(token) {
  return JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
}

/** @param {string} token */
function describeToken(token) {
  try {
    const claims = claimsOf(token);
    const groups = (claims['cognito:groups'] ?? []).join(', ');
    const expired = claims.exp * 1000 < Date.now();
    caller.dataset.valid = String(!expired);
    return `${claims.email ?? claims.username ?? claims.sub}${groups && ` (${groups})`}${expired ? ': expired' : ''}`;
  } catch {
    caller.dataset.valid = 'false';
    return 'this is no token';
  }
}

/** @param {object} request @param {{documentAST?: any}} [options] */
function fetcher(request, options) {
  const operation = operationOf(request, options?.documentAST);
  return operation === 'subscription' ? subscribe(request) : send(request);
}

/** @param {any} request @param {any} document */
function operationOf(request, document) {
  const operations = (document?.definitions ?? []).filter(
    (/** @type {any} */ one) => one.kind === 'OperationDefinition',
  );
  const named = operations.find(
    (/** @type {any} */ one) => one.name?.value === request.operationName,
  );
  return (named ?? operations[0])?.operation;
}

/** @param {object} request */
async function send(request) {
  const headers = { 'content-type': 'application/json', ...(await authorization()) };
  const response = await fetch('/graphql', {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
  });
  return response.json();
}

/** @param {object} request */
function subscribe(request) {
  return {
    /** @param {{next(value: any): void, error(reason: any): void, complete(): void}} observer */
    subscribe(observer) {
      /** @type {WebSocket | undefined} */
      let socket;
      let ended = false;
      const open = async () => {
        const credentials = await authorization();
        if (!ended) {
          socket = connect(request, credentials, observer);
        }
      };
      open().catch((error) => observer.error(error));
      return {
        unsubscribe: () => {
          ended = true;
          socket?.close();
        },
      };
    },
  };
}

/** @param {object} request @param {Record<string, string>} credentials @param {any} observer */
function connect(request, credentials, observer) {
  const header = btoa(JSON.stringify({ host: location.host, ...credentials }));
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const url = `${scheme}://${location.host}/graphql/realtime?header=${encodeURIComponent(header)}&payload=e30=`;
  const socket = new WebSocket(url, 'graphql-ws');
  socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
  socket.onmessage = ({ data }) =>
    receive(JSON.parse(data), socket, request, credentials, observer);
  socket.onclose = () => observer.complete();
  return socket;
}

/**
 * @param {any} message @param {WebSocket} socket @param {object} request
 * @param {Record<string, string>} credentials @param {any} observer
 */
function receive(message, socket, request, credentials, observer) {
  switch (message.type) {
    case 'connection_ack': {
      const extensions = { authorization: { host: location.host, ...credentials } };
      const payload = { data: JSON.stringify(request), extensions };
      return socket.send(JSON.stringify({ id: '1', type: 'start', payload }));
    }
    case 'start_ack':
      return observer.next({ subscribed: true });
    case 'data':
      return observer.next(message.payload);
    case 'error':
    case 'connection_error':
      observer.next(message.payload);
      return socket.close();
  }
}

/** GraphiQL asks for the schema once it is drawn: draw it anew for each caller who may ask. */
let drawn = 0;

function draw() {
  describeCaller();
  drawn += 1;
  root.render(
    React.createElement(GraphiQL, {
      key: drawn,
      fetcher,
      defaultQuery: DEFAULT_QUERY,
      isHeadersEditorEnabled: false,
      // Null: it does not ask. Nobody and the API key would be refused; queries can be sent all the same.
      ...((!hasCredential() || mode.value === 'apiKey') && { schema: null }),
    }),
  );
}

function choose() {
  sessionStorage.setItem('skafu.credential', JSON.stringify([mode.value, credential.value]));
  draw();
}

/** Offers the users of the stack; the first one calls until another is chosen. */
async function offerUsers() {
  const response = await fetch('/_users');
  for (const { email, groups } of await response.json()) {
    const label = groups.length > 0 ? `${email} (${groups.join(', ')})` : email;
    users.append(new Option(label, `user:${email}`));
  }
  users.hidden = users.childElementCount === 0;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  choose();
});
mode.addEventListener('change', choose);

await offerUsers();
const [savedMode, savedCredential] = JSON.parse(
  sessionStorage.getItem('skafu.credential') ?? '["", ""]',
);
mode.value = savedMode;
if (mode.selectedIndex === -1) {
  mode.selectedIndex = 0;
}
credential.value = savedCredential;
draw();
