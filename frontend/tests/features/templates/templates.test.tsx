// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Accepted, Commands } from '../../../src/api/commands';
import { CommandRefused, type FieldError } from '../../../src/api/problem';
import { readFolder } from '../../../src/features/templates/files';
import { write, ACCEPTED, press, type Shown, showPage } from '../pages';
import { DRAFT, TEMPLATE } from '../rows';

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

const OLD = {
  ...TEMPLATE,
  id: 't2',
  slug: 'old-template',
  name: 'Old',
  status: 'DEPRECATED' as const,
  reason: 'Use another.',
};

function show(path: string, shown: Shown = {}) {
  return showPage(path, {
    role: 'Admin',
    ...shown,
    rows: {
      templates: () => Promise.resolve([TEMPLATE, OLD]),
      templateDrafts: () => Promise.resolve([DRAFT]),
      ...shown.rows,
    },
  });
}

describe('the templates', () => {
  test('are found by a key, which is left to what somebody types', async () => {
    const { person } = show('/templates');
    await screen.findByRole('link', { name: 'Full stack' });
    const field = screen.getByLabelText('Find a template');
    await person.keyboard('/');
    expect(document.activeElement).toBe(field);
    await person.keyboard('a/b');
    expect(field).toHaveProperty('value', 'a/b');
  });

  test('are found by words that stay as they are typed, wherever the caret is', async () => {
    const { person, router } = show('/templates?q=ck');
    const field = await screen.findByLabelText<HTMLInputElement>('Find a template');
    await person.click(field);
    field.setSelectionRange(0, 0);
    await person.keyboard('sta');
    expect(field.value).toBe('stack');
    await waitFor(() => expect(router.state.location.search).toBe('?q=stack'));
    await act(() => router.navigate('/templates?q=full'));
    expect(field.value).toBe('full');
  });

  test.each(['constructor', 'toString'])('are the published ones at ?status=%s', async (status) => {
    show(`/templates?status=${status}`);
    expect(await screen.findByRole('link', { name: 'Full stack' })).toBeTruthy();
  });

  test('have drafts that are being read, or that could not be', async () => {
    const templateDrafts = vi.fn(() => new Promise<never>(() => undefined));
    show('/templates?status=drafts', { rows: { templateDrafts } });
    await screen.findByRole('button', { name: /Drafts/ });
    await waitFor(() => expect(document.querySelector('.bone')).not.toBeNull());
    expect(screen.queryByText('No drafts')).toBeNull();
    cleanup();
    const rows = { templateDrafts: () => Promise.reject(new Error('down')) };
    show('/templates?status=drafts', { rows });
    expect(await screen.findByText('The drafts could not be read')).toBeTruthy();
  });

  test('are listed by what they are, with how many there are', async () => {
    const { person } = show('/templates');
    await screen.findByRole('link', { name: 'Full stack' });
    expect(press(/Published/).textContent).toBe('Published1');
    expect(screen.queryByRole('link', { name: 'Old' })).toBeNull();
    await person.click(press(/Deprecated/));
    expect(screen.getByRole('link', { name: 'Old' })).toBeTruthy();
    expect(screen.getByText('Deprecated: Use another.')).toBeTruthy();
  });

  test('say what a draft is where there is none', async () => {
    const { person } = show('/templates');
    await person.click(await screen.findByRole('button', { name: /Drafts/ }));
    expect(await screen.findByText('No drafts')).toBeTruthy();
  });

  test('show what is being revised', async () => {
    const drafts = [{ ...DRAFT, differs: true }];
    show('/templates', { rows: { templateDrafts: () => Promise.resolve(drafts) } });
    expect(await screen.findByText('Draft of revision 5')).toBeTruthy();
  });

  test('are only read by those who are no Admins, who are asked for no drafts', async () => {
    const templateDrafts = () => Promise.reject(new Error('Unauthorized'));
    show('/templates', { role: 'Owner', rows: { templateDrafts } });
    await screen.findByRole('link', { name: 'Full stack' });
    expect(screen.queryByRole('link', { name: 'New template' })).toBeNull();
    expect(screen.queryByRole('button', { name: /Drafts/ })).toBeNull();
  });
});

describe('a template', () => {
  test('shows its files as text, with the tags marked', async () => {
    const { person, container } = show('/templates/full-stack-template');
    const tree = within(await screen.findByRole('tree', { name: 'Files' }));
    await person.click(tree.getByText('README.md'));
    const file = await screen.findByLabelText('README.md');
    expect(file.textContent).toContain('<script>alert(1)</script>');
    expect(container.querySelector('main script')).toBeNull();
    expect(within(file).getByText('<%= name %>').className).toBe('p');
  });

  test('says what its parameters take', async () => {
    show('/templates/full-stack-template', { role: 'Owner' });
    const table = within(await screen.findByRole('table', { name: 'Parameters' }));
    expect(table.getByRole('row', { name: /memory/ }).textContent).toContain('128 to 10\u202f240');
    expect(screen.getByRole('link', { name: 'Use template' }).getAttribute('href')).toBe(
      '/projects/new/full-stack-template',
    );
    expect(screen.queryByRole('link', { name: 'Revise' })).toBeNull();
  });

  test('that is drafted alone is not missed while the drafts are read', async () => {
    let answer: (drafts: (typeof DRAFT)[]) => void = () => undefined;
    const templateDrafts = () => new Promise<(typeof DRAFT)[]>((resolve) => (answer = resolve));
    const rows = { templates: () => Promise.resolve([OLD]), templateDrafts };
    show('/templates/full-stack-template', { rows });
    await waitFor(() => expect(document.querySelector('.bone')).not.toBeNull());
    expect(screen.queryByText('Template not found')).toBeNull();
    act(() => answer([{ ...DRAFT, revision: 0 }]));
    expect(await screen.findByRole('heading', { level: 1, name: /Full stack/ })).toBeTruthy();
  });

  test('is deprecated for a reason', async () => {
    const { person, send } = show('/templates/full-stack-template');
    await person.click(await screen.findByRole('button', { name: /More: copy id, deprecate/ }));
    await person.click(await screen.findByRole('menuitem', { name: 'Deprecate…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Deprecate Full stack?' }));
    await person.click(dialog.getByRole('button', { name: 'Deprecate' }));
    expect(dialog.getByText('Say why, for those who look for it.')).toBeTruthy();
    await write(person, dialog.getByLabelText('Reason'), 'Use web-api.');
    await person.click(dialog.getByRole('button', { name: 'Deprecate' }));
    expect(send).toHaveBeenCalledWith('t1', 'Use web-api.', expect.anything());
  });

  test('that is deprecated says why, and takes nothing any more', async () => {
    show('/templates/old-template');
    expect(await screen.findByText('Nobody can choose this template any more')).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Use template' })).toBeNull();
  });
});

describe('the editor', () => {
  const PATH = '/templates/full-stack-template/revise';

  async function change(text: string, shown: Shown = {}) {
    const page = show(PATH, shown);
    const file = await screen.findByLabelText('api/handler.py', { selector: 'textarea' });
    fireEvent.change(file, { target: { value: text } });
    return page;
  }

  test('saves only what differs', async () => {
    const page = await change('pass\n');
    expect(screen.getByText(/1 file changed/)).toBeTruthy();
    await page.person.click(press('Save draft'));
    const [readme] = (JSON.parse(DRAFT.files as string) as object[]).slice(1);
    expect(page.send).toHaveBeenCalledWith(
      't1',
      { files: [{ path: 'api/handler.py', content: 'pass\n' }, readme] },
      1,
      expect.anything(),
    );
    expect(
      await screen.findByText('The draft of Full stack was saved.', { selector: '.toast *' }),
    ).toBeTruthy();
    expect(sessionStorage.length).toBe(0);
  });

  test('keeps what was typed while it was being saved', async () => {
    let answer: (accepted: Accepted) => void = () => undefined;
    const reviseTemplate = () => new Promise<Accepted>((resolve) => void (answer = resolve));
    const page = await change('pass\n', { said: { reviseTemplate } });
    await page.person.click(press('Save draft'));
    const file = screen.getByLabelText('api/handler.py', { selector: 'textarea' });
    fireEvent.change(file, { target: { value: 'pass  # later\n' } });
    act(() => answer(ACCEPTED));
    expect(
      await screen.findByText('The draft of Full stack was saved.', { selector: '.toast *' }),
    ).toBeTruthy();
    expect(file).toHaveProperty('value', 'pass  # later\n');
    expect(screen.getByText(/Not saved yet: 1 file changed/)).toBeTruthy();
  });

  test('publishes what is saved, and says why it cannot yet', async () => {
    const page = await change('pass\n');
    expect(screen.getByText('Save the draft first.')).toBeTruthy();
    await page.person.click(press('Save draft'));
    await screen.findByText('Saved; it will be here in a moment.');
    act(() =>
      page.bring('TemplateDraft', {
        ...DRAFT,
        version: 2,
        differs: true,
        files: JSON.stringify([{ path: 'api/handler.py', content: 'pass\n' }]),
      }),
    );
    await page.person.click(press('Publish revision 5'));
    expect(page.send).toHaveBeenLastCalledWith('publish-template', 't1', expect.anything());
  });

  test('keeps what was typed over a reload', async () => {
    await change('pass\n');
    cleanup();
    show(PATH);
    const file = await screen.findByLabelText<HTMLTextAreaElement>('api/handler.py', {
      selector: 'textarea',
    });
    expect(file.value).toBe('pass\n');
  });

  test('names the file and the line that the API refuses', async () => {
    const refusal = new CommandRefused({
      type: 'https://skafu.dev/problems/unusable-file',
      title: 'Conflict',
      status: 409,
      detail: 'api/handler.py, line 10: quoted_html is no filter.',
    });
    const page = await change('x', { answer: refusal });
    await page.person.click(press('Save draft'));
    const alert = within(await screen.findByRole('alert'));
    expect(alert.getByRole('button', { name: /^api\/handler\.py ?, line 10$/ })).toBeTruthy();
    expect(alert.getByText(/quoted_html is no filter/)).toBeTruthy();
  });

  test('tells of a path that cannot be before anything is sent', async () => {
    const page = show(PATH);
    const path = await screen.findByLabelText('Path');
    await page.person.clear(path);
    await page.person.type(path, '.git/config{Enter}');
    expect(within(screen.getByRole('alert')).getByText(/no path may have a segment/i)).toBeTruthy();
    await page.person.click(press('Save draft'));
    expect(page.send).not.toHaveBeenCalled();
  });

  test('asks whose text shall be kept when somebody else has saved', async () => {
    const page = await change('mine');
    act(() =>
      page.bring('TemplateDraft', {
        ...DRAFT,
        version: 2,
        files: JSON.stringify([{ path: 'api/handler.py', content: 'theirs' }]),
      }),
    );
    expect(screen.getByText(/Somebody saved this template/)).toBeTruthy();
    await page.person.click(press('Keep mine'));
    await page.person.click(press('Save draft'));
    expect(page.send).toHaveBeenCalledWith('t1', expect.anything(), 2, expect.anything());
  });

  test('drafts a new template, and goes on with its revision', async () => {
    const page = show('/templates/new');
    await page.person.click(await screen.findByRole('button', { name: 'Add file' }));
    await page.person.click(press('Save draft'));
    expect(screen.getAllByText('Give the template a slug, such as web-api.')).toHaveLength(2);
    await write(page.person, screen.getByLabelText('Name'), 'Web API');
    await write(page.person, screen.getByLabelText('Slug'), 'web-api');
    await page.person.click(press('Save draft'));
    await waitFor(() => expect(page.at()).toBe('/templates/web-api/revise'));
    expect(page.send).toHaveBeenCalledWith(
      expect.objectContaining({ slug: 'web-api', name: 'Web API' }),
      expect.anything(),
    );
  });

  test('keeps the focus with a file that is renamed, and says why it cannot be', async () => {
    const page = show(PATH);
    const path = await screen.findByLabelText('Path');
    await page.person.clear(path);
    await page.person.type(path, 'README.md{Enter}');
    expect(path).toHaveProperty('value', 'README.md');
    expect(path.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('Another file has this path.')).toBeTruthy();
    await page.person.clear(path);
    await page.person.type(path, 'api/main.py{Enter}');
    expect(document.activeElement).toBe(path);
    expect(path.getAttribute('aria-invalid')).not.toBe('true');
    await page.person.click(press('Remove the file'));
    expect(document.activeElement?.textContent).toContain('Add file');
  });

  test('says at which field and at which file the API found a fault', async () => {
    const errors: FieldError[] = [
      { path: 'name', message: 'is taken' },
      { path: 'files.1.content', message: 'has NUL characters' },
      { path: 'x.y', message: 'is not known' },
    ];
    const answer = new CommandRefused({ type: 'about:blank', title: 'No', status: 400, errors });
    const page = await change('x', { answer });
    await page.person.click(press('Save draft'));
    await screen.findByText('Not quite right yet');
    const name = screen.getByLabelText('Name');
    expect(name.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText(/Has NUL characters\./).textContent).toContain('README.md: ');
    expect(screen.getByText('x.y').closest('li')?.textContent).toContain('Is not known.');
  });

  test('publishes once, and is off until the row says so', async () => {
    const differs = { ...DRAFT, differs: true };
    const page = show(PATH, {
      rows: { templateDrafts: () => Promise.resolve([differs]) },
      answer: { ...ACCEPTED, aggregateId: 't1', version: 2 },
    });
    await page.person.click(await screen.findByRole('button', { name: 'Publish revision 5' }));
    await screen.findByText('Published; it will be here in a moment.');
    expect(press('Publish revision 5')).toHaveProperty('disabled', true);
    act(() => page.bring('TemplateDraft', { ...DRAFT, version: 2, revision: 5 }));
    expect(screen.getByText('It is published as it stands.')).toBeTruthy();
  });

  describe('of a new template', () => {
    /** Filled in and sent; the test says when it is answered. */
    async function saving() {
      let answer: (accepted: Accepted) => void = () => undefined;
      const draftTemplate = vi.fn<Commands['draftTemplate']>(
        () => new Promise((resolve) => void (answer = resolve)),
      );
      const page = show('/templates/new', { said: { draftTemplate } });
      await write(page.person, await screen.findByLabelText('Name'), 'Web API');
      await write(page.person, screen.getByLabelText('Slug'), 'web-api');
      await page.person.click(press('Save draft'));
      const settle = () => act(() => answer({ ...ACCEPTED, aggregateId: 't9', version: 1 }));
      return { ...page, settle };
    }
    const row = { ...DRAFT, id: 't9', slug: 'web-api', name: 'Web API', revision: 0 };

    test('says that it was saved until its row is there', async () => {
      const page = await saving();
      page.settle();
      await waitFor(() => expect(page.at()).toBe('/templates/web-api/revise'));
      expect(await screen.findByText(/^Saving/, { selector: '.pending-note *' })).toBeTruthy();
      expect(screen.queryByText('Template not found')).toBeNull();
      act(() => page.bring('TemplateDraft', row));
      expect(await screen.findByRole('button', { name: 'Save draft' })).toBeTruthy();
    });

    test('keeps what was typed while it was being saved', async () => {
      const page = await saving();
      await page.person.type(screen.getByLabelText('Description (optional)'), 'Later');
      page.settle();
      await screen.findByText(/^Saving/, { selector: '.pending-note *' });
      act(() => page.bring('TemplateDraft', row));
      const field = await screen.findByLabelText('Description (optional)');
      expect(field).toHaveProperty('value', 'Later');
      expect(screen.getByText(/Not saved yet/, { selector: 'main *' })).toBeTruthy();
    });

    test('leaves those alone who have gone elsewhere before it was saved', async () => {
      const page = await saving();
      await act(() => page.router.navigate('/projects'));
      page.settle();
      await screen.findByText('The draft of Web API was saved.', { selector: '.toast *' });
      expect(page.at()).toBe('/projects');
    });
  });

  test('is for Admins', async () => {
    show(PATH, { role: 'Owner' });
    expect(await screen.findByText('Templates are written by Admins alone.')).toBeTruthy();
  });
});

test('of a folder, the texts are read and the rest is left out', async () => {
  const file = (path: string, ...bytes: number[]) => ({
    name: path.split('/').at(-1)!,
    webkitRelativePath: path,
    arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer),
  });
  const chosen = [
    file('shop/src/app.py', 120),
    file('shop/.git/config', 120),
    file('shop/logo.png', 0x89, 0xff),
    file('shop/zero', 0),
  ];
  expect(await readFolder(chosen)).toEqual({
    files: [{ path: 'src/app.py', content: 'x' }],
    skipped: 3,
  });
});
