import '@aws-amplify/ui-react/styles.css';
import '@fontsource-variable/inter';
import './styles/tokens.css';
import './styles/index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { configureAmplify } from './api/configure';
import { fetchOutputs } from './api/outputs';
import { ErrorState } from './ui/ErrorState';

const root = createRoot(document.getElementById('root')!);

async function start(): Promise<void> {
  const outputs = await fetchOutputs();
  configureAmplify(outputs);
  root.render(
    <StrictMode>
      <App outputs={outputs.skafu} />
    </StrictMode>,
  );
}

start().catch((error: unknown) =>
  root.render(
    <ErrorState
      isPage
      title="Skafu is not set up here"
      error={error}
      isRepeated={false}
      onRetry={() => window.location.reload()}
    />,
  ),
);
