import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './App';
<% if "monitoring" in features %>
import { ErrorBoundary } from './ErrorBoundary';
<% endif %>
import { TITLE } from './settings';
import './style.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id `root`');

document.title = TITLE;
createRoot(root).render(
  <StrictMode>
<% if "monitoring" in features %>
    <ErrorBoundary>
      <App />
    </ErrorBoundary>
<% else %>
    <App />
<% endif %>
  </StrictMode>,
);
