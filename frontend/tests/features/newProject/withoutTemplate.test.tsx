// @vitest-environment jsdom
import { cleanup, screen, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandRefused, type FieldError } from '../../../src/api/problem';
import { write, press, showPage } from '../pages';

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

const ADD = 'Add a service to start with';
const named = (label: string): HTMLElement => screen.getByLabelText(label);

async function show(answer?: Error) {
  const page = showPage('/projects/new/without_template', answer ? { answer } : {});
  await write(page.person, await screen.findByLabelText('Name'), 'Hare');
  return page;
}

async function addServices(person: UserEvent, ...names: string[]): Promise<void> {
  for (const name of names) {
    await person.click(press(ADD));
    await write(person, screen.getAllByLabelText('Service name').at(-1)!, name);
  }
}

async function create(person: UserEvent): Promise<void> {
  await person.click(press('Review'));
  await person.click(await screen.findByRole('button', { name: 'Create project' }));
}

function refusal(...errors: FieldError[]): CommandRefused {
  return new CommandRefused({ type: 'about:blank', title: 'Bad Request', status: 400, errors });
}

/** What a screen reader tells of an invalid field. */
function toldOf(field: HTMLElement): string {
  expect(field.getAttribute('aria-invalid')).toBe('true');
  const ids = field.getAttribute('aria-describedby')?.split(' ') ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
}

describe('a refusal of the API', () => {
  test('[C20] is shown at the fields of the project and of its services', async () => {
    const { person } = await show(
      refusal(
        { path: 'description', message: 'at most 9 characters' },
        { path: 'services.1.serviceName', message: 'Another service has this name.' },
        { path: 'services.1.configuration.memory', message: 'must be a whole number' },
      ),
    );
    await addServices(person, 'web', 'shop');
    await create(person);
    await screen.findByText('At most 9 characters.');
    const groups = screen.getAllByRole('group', { name: /^Service/ });
    const [first, second] = groups.map((group) => within(group));
    expect(toldOf(named('Description (optional)'))).toContain('At most 9 characters.');
    expect(toldOf(second!.getByLabelText('Service name'))).toContain('has this name.');
    expect(toldOf(second!.getByLabelText('Configuration (optional)'))).toContain('whole number.');
    expect(first!.getByLabelText('Service name').getAttribute('aria-invalid')).not.toBe('true');
  });

  test('[C20] of no field is told in the alert', async () => {
    const { person } = await show(
      refusal({ path: 'body', message: 'Give one field at least' }, { path: 'x.y', message: 'no' }),
    );
    await create(person);
    const items = [...(await screen.findByRole('alert')).querySelectorAll('li')];
    expect(items.map((item) => item.textContent?.trim())).toEqual([
      'Give one field at least.',
      'x.y No.',
    ]);
  });

  test('does not move to another service when its own is removed', async () => {
    const { person } = await show(refusal({ path: 'services.0.serviceName', message: 'is bad' }));
    await addServices(person, 'web', 'shop');
    await create(person);
    await screen.findByText('Is bad.');
    await person.click(press('Remove service 1'));
    expect(named('Service name').getAttribute('aria-invalid')).not.toBe('true');
  });
});

describe('a mistake is told at its field before anything is sent', () => {
  test.each([
    ['Name', 'x'.repeat(101), 'At most 100 characters; there are 101.'],
    ['Description (optional)', 'x'.repeat(2001), 'At most 2000 characters; there are 2001.'],
    ['Service name', 'x'.repeat(101), 'At most 100 characters; there are 101.'],
    ['Configuration (optional)', '[1]', 'The configuration must be a JSON object'],
    ['Configuration (optional)', '{memory: 1}', 'This is not valid JSON.'],
  ])('%s', async (label, text, mistake) => {
    const { person, at } = await show();
    await addServices(person, 'web');
    await person.clear(named(label));
    await person.click(named(label));
    await person.paste(text);
    await person.click(press('Review'));
    expect(toldOf(named(label))).toContain(mistake);
    expect(document.activeElement).toBe(named(label));
    expect(at()).toBe('/projects/new/without_template');
  });

  test('of a service only once it was there at a try', async () => {
    const { person } = await show();
    await person.clear(named('Name'));
    await person.click(press('Review'));
    await person.click(press(ADD));
    expect(named('Service name').getAttribute('aria-invalid')).not.toBe('true');
    await person.click(press('Review'));
    expect(toldOf(named('Service name'))).toContain('Give the service a name.');
  });

  test('of two services of one name', async () => {
    const { person } = await show();
    await addServices(person, 'web', 'web');
    await person.click(press('Review'));
    expect(toldOf(screen.getAllByLabelText('Service name')[1]!)).toContain('is called “web”');
  });
});

test('no more services are offered than a creation takes', async () => {
  const { person } = await show();
  const add = press(ADD);
  for (let count = 0; count < 20; count += 1) await person.click(add);
  expect(screen.queryByRole('button', { name: ADD })).toBeNull();
});
