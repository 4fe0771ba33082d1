// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Accepted } from '../../../src/api/commands';
import { CommandRefused } from '../../../src/api/problem';
import { readFolder } from '../../../src/features/templates/files';
import { ACCEPTED, press, type Shown, showPage } from '../pages';
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

  test('is deprecated for a reason', async () => {
    const { person, send } = show('/templates/full-stack-template');
    await person.click(await screen.findByRole('button', { name: /More: copy id, deprecate/ }));
    await person.click(await screen.findByRole('menuitem', { name: 'Deprecate…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Deprecate Full stack?' }));
    await person.click(dialog.getByRole('button', { name: 'Deprecate' }));
    expect(dialog.getByText('Say why, for those who look for it.')).toBeTruthy();
    await person.type(dialog.getByLabelText('Reason'), 'Use web-api.');
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
    await page.person.type(screen.getByLabelText('Name'), 'Web API');
    await page.person.type(screen.getByLabelText('Slug'), 'web-api');
    await page.person.click(press('Save draft'));
    await waitFor(() => expect(page.at()).toBe('/templates/web-api/revise'));
    expect(page.send).toHaveBeenCalledWith(
      expect.objectContaining({ slug: 'web-api', name: 'Web API' }),
      expect.anything(),
    );
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
