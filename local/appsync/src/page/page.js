// @ts-check
// GraphiQL over this server: HTTP for queries and mutations, AppSync's WebSocket dialect for subscriptions.

const DEFAULT_QUERY = `# Paste a token above, then run a query.
# \`skafu token owner@skafu.dev\` prints one. This query lists what you can ask and subscribe to.

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
const caller = /** @type {HTMLOutputElement} */ (document.getElementById('caller'));
const root = ReactDOM.createRoot(document.getElementById('graphiql'));

/** @returns {Record<string, string>} */
function authorization() {
  const value = credential.value.trim();
  if (value === '') {
    return {};
  }
  return mode.value === 'apiKey' ? { 'x-api-key': value } : { Authorization: value };
}

/** Says whose token it is; the server checks it. */
function describeCaller() {
  const value = credential.value.trim();
  caller.dataset.valid = 'true';
  caller.textContent =
    value === '' ? 'no credential yet' : mode.value === 'apiKey' ? 'API key' : describeToken(value);
}

/** @param {string} token */
function describeToken(token) {
  try {
    const body = token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    const claims = JSON.parse(atob(body));
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
  const headers = { 'content-type': 'application/json', ...authorization() };
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
      const header = btoa(JSON.stringify({ host: location.host, ...authorization() }));
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
      const url = `${scheme}://${location.host}/graphql/realtime?header=${encodeURIComponent(header)}&payload=e30=`;
      const socket = new WebSocket(url, 'graphql-ws');
      socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
      socket.onmessage = ({ data }) => receive(JSON.parse(data), socket, request, observer);
      socket.onclose = () => observer.complete();
      return { unsubscribe: () => socket.close() };
    },
  };
}

/** @param {any} message @param {WebSocket} socket @param {object} request @param {any} observer */
function receive(message, socket, request, observer) {
  switch (message.type) {
    case 'connection_ack': {
      const extensions = { authorization: { host: location.host, ...authorization() } };
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

/** GraphiQL asks for the schema once it is drawn: draw it anew for each caller. */
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
    }),
  );
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('skafu.credential', JSON.stringify([mode.value, credential.value]));
  draw();
});

mode.addEventListener('change', describeCaller);

const [savedMode, savedCredential] = JSON.parse(
  sessionStorage.getItem('skafu.credential') ?? '["token", ""]',
);
mode.value = savedMode;
credential.value = savedCredential;
draw();
