import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { httpApi } from './api';
import { App } from './App';
import { amplifySession } from './session';
import './style.css';

const element = document.getElementById('root');
if (!element) throw new Error('index.html has no element with the id `root`');
const root = createRoot(element);

document.title = <%= name | quoted %>;
try {
  const session = await amplifySession();
  const api = httpApi(String(import.meta.env.VITE_API_URL ?? ''), session.token);
  root.render(
    <StrictMode>
      <App session={session} api={api} />
    </StrictMode>,
  );
} catch (error) {
  root.render(<p role="alert">{String(error)}</p>);
}
