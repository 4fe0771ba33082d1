// @vitest-environment jsdom
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import type { Project, ProvisioningRun, ReadModels } from '../../../src/api/readModels';
import { SKELETON_AFTER } from '../../../src/ui/Skeleton';
import { pass } from '../../clock';
import { press, type Shown, showPage } from '../pages';
import { COMPLETED, FAILED, PROVISIONED, READY, RUNNING, TEMPLATE } from '../rows';

afterEach(cleanup);

const PATH = '/projects/p1/provisioning';

function show(project: Project, runs: ProvisioningRun[], shown: Shown = {}) {
  return showPage(PATH, {
    ...shown,
    rows: {
      project: () => Promise.resolve(project),
      provisioningRunsOf: () => Promise.resolve(runs),
      templates: () => Promise.resolve([TEMPLATE]),
      ...shown.rows,
    },
  });
}

const steps = () =>
  within(screen.getAllByRole('list', { name: 'Steps' })[0]!)
    .getAllByRole('heading')
    .map(({ textContent }) => textContent);

describe('an attempt that runs', () => {
  test('shows its steps, its template and its values', async () => {
    show(PROVISIONED, [RUNNING]);
    await screen.findByRole('heading', { name: /Setting up Tortoise/ });
    expect(steps()[1]).toContain('Analysing');
    expect(screen.getByRole('progressbar').getAttribute('aria-label')).toBe(
      '1 of 5 steps are done',
    );
    expect(await screen.findByRole('link', { name: 'Full stack' })).toBeTruthy();
    expect(screen.getByText('shop')).toBeTruthy();
  });

  test('is watched once, however many parts of the page show it', async () => {
    const watched: string[] = [];
    const watch: ReadModels['watch'] = (name) => (watched.push(name), () => undefined);
    show(PROVISIONED, [RUNNING], { rows: { watch } });
    await screen.findByRole('link', { name: 'Full stack' });
    expect(watched.toSorted()).toEqual(['Project', 'ProvisioningRun', 'Service', 'Template']);
  });

  test('moves on with what subscriptions deliver, and says each step once', async () => {
    const { bring } = show(PROVISIONED, [RUNNING]);
    await screen.findByText('Step 2 of 5: analysing.');
    const next = JSON.parse(RUNNING.steps as string) as object[];
    const done = [next[0], { ...next[1], status: 'DONE', endedAt: RUNNING.startedAt }];
    const repository = { step: 'REPOSITORY', status: 'RUNNING', startedAt: RUNNING.startedAt };
    act(() =>
      bring('ProvisioningRun', {
        ...RUNNING,
        version: 2,
        steps: JSON.stringify([...done, repository]),
      }),
    );
    expect(screen.getByText('Step 3 of 5: creating the repository.')).toBeTruthy();
    act(() => bring('ProvisioningRun', RUNNING));
    expect(screen.getByText('Step 3 of 5: creating the repository.')).toBeTruthy();
  });

  test('is told of where commands are, as long as one looks at it', async () => {
    const { router } = show(PROVISIONED, [RUNNING]);
    const said = await screen.findByText('Step 2 of 5: analysing.');
    expect(said.closest('main')).toBeNull();
    const region = said.closest('[role="status"]');
    await act(() => router.navigate('/projects'));
    await waitFor(() => expect(region?.textContent).not.toContain('Step 2'));
  });

  test('ends with the archive', async () => {
    const { bring } = show(PROVISIONED, [RUNNING]);
    await screen.findByText('Step 2 of 5: analysing.');
    act(() => (bring('ProvisioningRun', COMPLETED), bring('Project', READY)));
    expect(screen.getByRole('heading', { name: /Tortoise is ready/ })).toBeTruthy();
    const archive = within(screen.getByRole('region', { name: 'Archive' }));
    expect(archive.getByText(/24 files, 38 KB/)).toBeTruthy();
    const findings = screen.getByRole('link', { name: 'Read the analysis' });
    expect(findings.getAttribute('href')).toBe('/projects/p1/analysis');
    expect(archive.getByLabelText('Commands').textContent).toContain('unzip Tortoise.zip');
  });
});

describe('an attempt that failed', () => {
  test('says the cause, what was done about it, and then offers another try', async () => {
    const { person, send } = show(PROVISIONED, [FAILED]);
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByText('The repository could not be created')).toBeTruthy();
    expect(alert.getByText(/Everything done before was undone/)).toBeTruthy();
    const [first] = alert.getAllByRole('button');
    expect(first?.textContent).toContain('Try again');
    await person.click(first!);
    expect(send).toHaveBeenCalledWith('p1', {}, expect.anything());
  });

  test('is tried again with other values, which begin as they were', async () => {
    const { person, send } = show(PROVISIONED, [FAILED]);
    await person.click(await screen.findByRole('button', { name: 'Change parameters' }));
    const dialog = within(screen.getByRole('dialog'));
    const memory = dialog.getByLabelText<HTMLInputElement>('Memory');
    expect(memory.value).toBe('512');
    await person.clear(memory);
    await person.type(memory, '64');
    await person.click(dialog.getByRole('button', { name: 'Try again' }));
    expect(dialog.getByText(/64 is too little/)).toBeTruthy();
    expect(send).not.toHaveBeenCalled();
    await person.clear(memory);
    await person.type(memory, '1024');
    await person.click(dialog.getByRole('button', { name: 'Try again' }));
    expect(send).toHaveBeenCalledWith(
      'p1',
      {
        templateId: 'full-stack-template',
        templateParameters: { packageName: 'shop', memory: 1024 },
      },
      expect.anything(),
    );
  });

  test('can only be read by those who may not change the project', async () => {
    show(PROVISIONED, [FAILED], { role: 'Developer' });
    expect(await screen.findByText('The owner, or an Admin, may try again.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /Try again/ })).toBeNull();
  });

  test('leads to the projects when its project was deleted', async () => {
    const { person, at } = show({ ...PROVISIONED, provisioning: 'FAILED' }, [FAILED]);
    await person.click(await screen.findByRole('button', { name: /Delete project/ }));
    const dialog = within(screen.getByRole('dialog'));
    await person.type(dialog.getByRole('textbox'), PROVISIONED.name);
    await person.click(dialog.getByRole('button', { name: 'Delete project' }));
    await waitFor(() => expect(at()).toBe('/projects'));
  });

  test('is folded below the next one', async () => {
    const second = { ...RUNNING, id: 'p1#2', attempt: 2 };
    const { person } = show(PROVISIONED, [FAILED, second]);
    await screen.findByRole('heading', { name: 'Attempt 2' });
    const earlier = screen.getByText('Attempt 1');
    expect(screen.getByText(/at Repository, undone/)).toBeTruthy();
    expect(screen.queryByText('Steps of attempt 1')).toBeNull();
    await person.click(earlier);
    expect(await screen.findByText('Steps of attempt 1')).toBeTruthy();
  });
});

describe('what cannot be read', () => {
  const broken = (id: string) =>
    ({ id, createdAt: PROVISIONED.createdAt, version: 4, isUnreadable: true }) as const;

  test('is the project itself, which is named by its id', async () => {
    show(PROVISIONED, [], { rows: { project: () => Promise.resolve(broken('p-77f1')) } });
    expect(await screen.findByText('This project cannot be shown')).toBeTruthy();
    expect(screen.getByRole('heading', { level: 1 })).toBeTruthy();
    expect(screen.queryByText('Project not found')).toBeNull();
  });

  test('are all attempts, and then nothing more is waited for', async () => {
    const { container } = show(PROVISIONED, [], {
      rows: { provisioningRunsOf: () => Promise.resolve([broken('r-77f1')]) },
    });
    expect(await screen.findByText('This attempt cannot be shown')).toBeTruthy();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('Tortoise');
    await act(() => pass(SKELETON_AFTER * 2));
    expect(container.querySelector('.bone')).toBeNull();
  });
});

test('a Developer is not led to the history, which only others may read', async () => {
  const foreign = { ...PROVISIONED, userId: 'u2' };
  show(foreign, [RUNNING], { role: 'Developer' });
  await screen.findByText('This attempt');
  expect(screen.queryByRole('link', { name: 'All events of this project' })).toBeNull();
  cleanup();
  show(PROVISIONED, [RUNNING]);
  expect(await screen.findByRole('link', { name: 'All events of this project' })).toBeTruthy();
});

test('the time of an attempt that runs goes on while an earlier one is looked at', async () => {
  const second = { ...RUNNING, id: 'p1#2', attempt: 2, startedAt: new Date().toISOString() };
  const rows = {
    project: () => Promise.resolve(PROVISIONED),
    provisioningRunsOf: () => Promise.resolve([FAILED, second]),
  };
  const { person } = showPage(`${PATH}?attempt=1`, { rows });
  await person.click(await screen.findByText('Attempt 2'));
  const panel = (await screen.findByText('Steps of attempt 2')).closest('header')!;
  const before = panel.textContent;
  await waitFor(() => expect(panel.textContent).not.toBe(before));
});

describe('nothing to show yet', () => {
  test('is a failure to read when it cannot be read', async () => {
    const { person } = show(PROVISIONED, [], {
      rows: { project: () => Promise.reject(new Error('down')) },
    });
    await screen.findByText('The provisioning could not be read');
    await person.click(press('Try again'));
  });

  test('is a failure also when the attempts alone cannot be read', async () => {
    show(PROVISIONED, [], {
      rows: { provisioningRunsOf: () => Promise.reject(new Error('down')) },
    });
    await screen.findByText('The provisioning could not be read');
  });

  test('is no error for a project that was never set up from a template', async () => {
    show({ ...PROVISIONED, provisioning: 'NONE' }, []);
    await screen.findByText('Tortoise was not set up from a template');
  });

  test('of somebody else is not found', async () => {
    showPage(PATH);
    await screen.findByText('Project not found');
  });
});
