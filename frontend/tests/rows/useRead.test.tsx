// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Project } from '../../src/api/readModels';
import { ReadModelsProvider } from '../../src/rows/ReadModelsProvider';
import { projectKey, readProject, useRead } from '../../src/rows/useRead';
import { useRows } from '../../src/rows/useReadModels';
import { pass } from '../clock';
import { fakeReadModels, PROJECT } from '../features/fakes';

afterEach(cleanup);

/** One project's page, over an API whose answers come when the test says so. */
function reading() {
  const answers: { resolve: (row: Project) => void; reject: (reason: Error) => void }[] = [];
  const readModels = fakeReadModels({
    project: () => new Promise((resolve, reject) => void answers.push({ resolve, reject })),
  });
  function Page({ id }: { id: string }) {
    const { status, refetch } = useRead(projectKey(id), readProject(id));
    const name = useRows('Project').get(id)?.row.name;
    return (
      <button onClick={() => void refetch({ cancelRefetch: true })}>
        {status} {name}
      </button>
    );
  }
  const page = (id: string) => (
    <ReadModelsProvider readModels={readModels}>
      <Page id={id} />
    </ReadModelsProvider>
  );
  const { rerender } = render(page('p1'));
  const text = (): string | null => screen.getByRole('button').textContent;
  return { answers, text, show: (id: string) => rerender(page(id)) };
}

/** Waits for what follows from the answer, too. */
const settling = (answer: () => void): Promise<void> =>
  act(async () => {
    answer();
    await pass(20);
  });

test('rows of a reading are on the page, and stay when a later reading fails', async () => {
  const { answers, text } = reading();
  await settling(() => answers[0]?.resolve(PROJECT));
  expect(text()).toBe('success Tortoise');
  await settling(() => screen.getByRole('button').click());
  await settling(() => answers.at(-1)?.reject(new Error('timeout')));
  expect(text()).toBe('error Tortoise');
});

test('a reading that fails late does not overrule a newer one that went well', async () => {
  const { answers, text } = reading();
  await settling(() => answers[0]?.resolve(PROJECT));
  await settling(() => screen.getByRole('button').click());
  await settling(() => screen.getByRole('button').click());
  const [older, newer] = answers.slice(-2);
  await settling(() => newer?.resolve({ ...PROJECT, name: 'Hare', version: 2 }));
  await settling(() => older?.reject(new Error('timeout')));
  expect(text()).toBe('success Hare');
});

test('a reading of something else starts anew', async () => {
  const { answers, text, show } = reading();
  await settling(() => answers[0]?.resolve(PROJECT));
  await settling(() => show('p2'));
  expect(text()).toBe('pending ');
});
