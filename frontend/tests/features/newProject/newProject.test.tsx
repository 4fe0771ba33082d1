// @vitest-environment jsdom
import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accepted } from '../../../src/api/commands';
import { CommandRefused } from '../../../src/api/problem';
import { write, ACCEPTED, press, type Shown, showPage } from '../pages';
import { PROJECT } from '../fakes';
import { TEMPLATE } from '../rows';

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

const SLUG = TEMPLATE.slug;
const templates = () => Promise.resolve([TEMPLATE]);
const show = (path: string, shown: Shown = {}) =>
  showPage(path, { ...shown, rows: { templates, ...shown.rows } });

type Page = ReturnType<typeof showPage>;

async function fill({ person }: Page, name = 'Shop'): Promise<void> {
  await write(person, await screen.findByLabelText('Name'), name);
  await person.selectOptions(screen.getByLabelText('Region'), 'eu-west-1');
  await write(person, screen.getByLabelText('Package name'), 'shop');
}

describe('the gallery', () => {
  test('offers what is published, and a project without a template', async () => {
    const gone = { ...TEMPLATE, id: 't2', slug: 'old', name: 'Old', status: 'DEPRECATED' as const };
    show('/projects/new', { rows: { templates: () => Promise.resolve([TEMPLATE, gone]) } });
    const cards = await screen.findByRole('list', { name: 'Templates' });
    await within(cards).findByRole('link', { name: 'Full stack' });
    const names = within(cards)
      .getAllByRole('heading')
      .map(({ textContent }) => textContent);
    expect(names).toEqual(['Full stack', 'Without a template']);
    expect(within(cards).getByText('3 files')).toBeTruthy();
    expect(within(cards).getByText('python3.13')).toBeTruthy();
  });

  test('finds a template by its kind and by words, which are in the address', async () => {
    const { person, router } = show('/projects/new');
    await screen.findByRole('link', { name: 'Full stack' });
    await person.click(press('Worker'));
    expect(screen.getByText('No template fits')).toBeTruthy();
    expect(router.state.location.search).toBe('?kind=WORKER');
    await person.click(press('Show all templates'));
    await person.type(screen.getByLabelText('Find a template'), 'queue stack');
    expect(screen.getByRole('link', { name: 'Full stack' })).toBeTruthy();
  });

  test('says so when the templates cannot be read, and reads them again', async () => {
    let fails = true;
    const read = () => (fails ? Promise.reject(new Error('down')) : templates());
    const { person } = show('/projects/new', { rows: { templates: read } });
    await screen.findByText('The templates could not be read');
    fails = false;
    await person.click(press('Try again'));
    await screen.findByRole('link', { name: 'Full stack' });
  });

  test('is not for those who may only read', async () => {
    show('/projects/new', { role: 'Developer' });
    await screen.findByText(/You may read every project/);
    expect(screen.queryByRole('link', { name: 'Without a template' })).toBeNull();
  });
});

describe('the parameters', () => {
  test('are told of at their fields, and the first of them has the focus', async () => {
    const page = show(`/projects/new/${SLUG}`);
    await page.person.clear(await screen.findByLabelText('Memory'));
    await page.person.type(screen.getByLabelText('Memory'), '64');
    await page.person.click(press('Review'));
    expect(screen.getByRole('alert').textContent).toContain('Four fields need another look');
    expect(document.activeElement).toBe(screen.getByLabelText('Name'));
    expect(screen.getByText('64 is too little: it takes 128 and more.')).toBeTruthy();
    expect(page.at()).toBe(`/projects/new/${SLUG}`);
  });

  test('keep a feature of the template on offer after it was taken off', async () => {
    const settings = JSON.stringify({ runtime: 'python3.13', features: ['search'] });
    const { person } = show(`/projects/new/${SLUG}`, {
      rows: { templates: () => Promise.resolve([{ ...TEMPLATE, parameters: '[]', settings }]) },
    });
    await person.click(await screen.findByLabelText('search'));
    expect(screen.getByLabelText('search')).toHaveProperty('checked', false);
  });

  test('survive a reload and the way back', async () => {
    const first = show(`/projects/new/${SLUG}`);
    await fill(first);
    cleanup();
    show(`/projects/new/${SLUG}`);
    const name = await screen.findByLabelText<HTMLInputElement>('Name');
    expect(name.value).toBe('Shop');
    expect(screen.getByLabelText<HTMLInputElement>('Package name').value).toBe('shop');
  });

  test('of a template that nobody may choose any more lead to another one', async () => {
    const gone = { ...TEMPLATE, status: 'DEPRECATED' as const, reason: 'Use web-api.' };
    show(`/projects/new/${SLUG}`, { rows: { templates: () => Promise.resolve([gone]) } });
    await screen.findByText('Full stack is deprecated');
    expect(screen.getByText(/Use web-api\./)).toBeTruthy();
  });

  test('say what takes the place of a runtime that AWS has retired', async () => {
    const { person } = show(`/projects/new/${SLUG}`);
    await person.selectOptions(await screen.findByLabelText('Runtime'), 'python3.9');
    expect(screen.getByText(/AWS has retired python3\.9: the code is made for/)).toBeTruthy();
  });
});

describe('the review', () => {
  test('shows everything once more, and sends it', async () => {
    const page = show(`/projects/new/${SLUG}`);
    await fill(page);
    await page.person.click(screen.getByRole('checkbox', { name: 'search' }));
    await page.person.click(press('Review'));
    expect(await screen.findByText('eu-west-1 (Ireland)')).toBeTruthy();
    expect(page.send).not.toHaveBeenCalled();
    await page.person.click(await screen.findByRole('button', { name: 'Create project' }));
    expect(page.send).toHaveBeenCalledWith(
      {
        name: 'Shop',
        templateId: SLUG,
        templateParameters: { packageName: 'shop', memory: 512, extras: ['search'] },
        configuration: { runtime: 'python3.13', region: 'eu-west-1', features: ['auth'] },
      },
      expect.anything(),
    );
    await waitFor(() => expect(page.at()).toBe('/projects/p1/provisioning'));
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Setting up Shop'));
  });

  test('leaves those alone who have gone elsewhere before the answer came', async () => {
    let answer: (accepted: Accepted) => void = () => undefined;
    const createProject = () => new Promise<Accepted>((resolve) => (answer = resolve));
    const page = show(`/projects/new/${SLUG}`, { said: { createProject } });
    await fill(page);
    await page.person.click(press('Review'));
    await page.person.click(await screen.findByRole('button', { name: 'Create project' }));
    await act(() => page.router.navigate('/templates'));
    act(() => answer(ACCEPTED));
    await waitFor(() => expect(sessionStorage.length).toBe(0));
    expect(page.at()).toBe('/templates');
  });

  test('leads to the field that the API found wrong', async () => {
    const refusal = new CommandRefused({
      type: 'https://skafu.dev/problems/parameters-do-not-fit',
      title: 'Bad Request',
      status: 400,
      errors: [{ path: 'templateParameters.memory', message: 'Must be a number of 256 or more.' }],
    });
    const page = show(`/projects/new/${SLUG}`, { answer: refusal });
    await fill(page);
    await page.person.click(press('Review'));
    await page.person.click(await screen.findByRole('button', { name: 'Create project' }));
    await screen.findByText('Must be a number of 256 or more.');
    expect(page.at()).toBe(`/projects/new/${SLUG}`);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Memory')));
    await page.person.type(screen.getByLabelText('Memory'), '0');
    expect(screen.queryByText('Must be a number of 256 or more.')).toBeNull();
  });

  test('forgets a refusal once something was changed', async () => {
    const refusal = new CommandRefused({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      errors: [{ path: 'templateParameters.memory', message: 'Must be a number of 256 or more.' }],
    });
    const page = show(`/projects/new/${SLUG}`, { answer: refusal });
    await fill(page);
    await page.person.click(press('Review'));
    await page.person.click(await screen.findByRole('button', { name: 'Create project' }));
    await page.person.type(await screen.findByLabelText('Memory'), '0');
    await page.person.click(press('Review'));
    await screen.findByRole('button', { name: 'Create project' });
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('leaves those alone, too, who have gone elsewhere before a refusal came', async () => {
    let refuse: (failure: Error) => void = () => undefined;
    const createProject = () => new Promise<Accepted>((_, reject) => (refuse = reject));
    const page = show(`/projects/new/${SLUG}`, { said: { createProject } });
    await fill(page);
    await page.person.click(press('Review'));
    await page.person.click(await screen.findByRole('button', { name: 'Create project' }));
    await act(() => page.router.navigate('/templates'));
    const errors = [{ path: 'name', message: 'Is taken.' }];
    await act(async () => {
      refuse(new CommandRefused({ type: 'about:blank', title: 'No', status: 400, errors }));
      await Promise.resolve();
    });
    await screen.findByRole('heading', { level: 1, name: 'Templates' });
    expect(page.at()).toBe('/templates');
  });

  test('keeps what was typed when the template is gone meanwhile', async () => {
    const refusal = new CommandRefused({
      type: 'https://skafu.dev/problems/template-not-published',
      title: 'Conflict',
      status: 409,
      detail: 'There is no published template full-stack-template.',
    });
    const page = show(`/projects/new/${SLUG}`, { answer: refusal });
    await fill(page);
    await page.person.click(press('Review'));
    await page.person.click(await screen.findByRole('button', { name: 'Create project' }));
    await screen.findByText(/There is no published template/);
    expect(sessionStorage.length).toBe(1);
  });

  test('of a draft with mistakes leads back to them', async () => {
    const { at } = show(`/projects/new/${SLUG}/review`);
    await screen.findByLabelText('Name');
    expect(at()).toBe(`/projects/new/${SLUG}`);
  });
});

describe('a project without a template', () => {
  test('is sent with its services, and leads to its page', async () => {
    const project = () => Promise.resolve({ ...PROJECT, name: 'Shop' });
    const page = show('/projects/new/without_template', { rows: { project } });
    await write(page.person, await screen.findByLabelText('Name'), 'Shop');
    await page.person.click(press('Add a service to start with'));
    await write(page.person, screen.getByLabelText('Service name'), 'checkout');
    await page.person.click(press('Review'));
    await page.person.click(await screen.findByRole('button', { name: 'Create project' }));
    expect(page.send).toHaveBeenCalledWith(
      { name: 'Shop', services: [{ serviceName: 'checkout', serviceType: 'API' }] },
      expect.anything(),
    );
    await waitFor(() => expect(page.at()).toBe('/projects/p1'));
    expect(sessionStorage.length).toBe(0);
  });
});

test('what a template wrote is text', async () => {
  const wild = { ...TEMPLATE, name: '<img src=x onerror=alert(1)>', description: '[a](http://b)' };
  const { container } = show('/projects/new', {
    rows: { templates: () => Promise.resolve([wild]) },
  });
  await screen.findByText('<img src=x onerror=alert(1)>');
  expect(container.querySelector('main img')).toBeNull();
  expect(screen.getByText('[a](http://b)').querySelector('a')).toBeNull();
});
