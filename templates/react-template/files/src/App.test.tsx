import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test<% if "monitoring" in features %>, vi<% endif %> } from 'vitest';

import { App } from './App';
<% if "monitoring" in features %>
import { ErrorBoundary } from './ErrorBoundary';
<% endif %>
import { TITLE } from './settings';

beforeEach(() => localStorage.clear());
afterEach(cleanup);

function add(text: string) {
  fireEvent.change(screen.getByLabelText('New task'), { target: { value: text } });
  fireEvent.click(screen.getByRole('button', { name: 'Add' }));
}

test('it has its title', () => {
  render(<App />);

  expect(screen.getByRole('heading').textContent).toBe(TITLE);
});

test('a task is added, and the field is empty again', () => {
  render(<App />);
  add('  Buy milk ');

  expect(screen.getByText('Buy milk')).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>('New task').value).toBe('');
});

test('a task without a text is not added', () => {
  render(<App />);
  add('   ');

  expect(screen.queryByRole('listitem')).toBeNull();
});

test('what is done is no longer counted', () => {
  render(<App />);
  add('Buy milk');
  add('Read');
  expect(screen.getByRole('status').textContent).toBe('2 tasks are left.');

  fireEvent.click(screen.getByLabelText('Read'));

  expect(screen.getByRole('status').textContent).toBe('1 task is left.');
});

test('a task is removed', () => {
  render(<App />);
  add('Buy milk');
  fireEvent.click(screen.getByRole('button', { name: 'Remove Buy milk' }));

  expect(screen.queryByText('Buy milk')).toBeNull();
});

test('tasks are there again at the next visit', () => {
  const { unmount } = render(<App />);
  add('Buy milk');
  unmount();
  render(<App />);

  expect(screen.getByText('Buy milk')).toBeTruthy();
});

test('what was kept but cannot be read is left behind', () => {
  localStorage.setItem('tasks', '{');
  render(<App />);

  expect(screen.getByRole('status').textContent).toBe('0 tasks are left.');
});
<% if "monitoring" in features %>

test('a fault is shown and reported', () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const report = vi.fn();
  localStorage.setItem('tasks', '[null]');

  render(
    <ErrorBoundary report={report}>
      <App />
    </ErrorBoundary>,
  );

  expect(screen.getByRole('alert').textContent).toContain('Something went wrong');
  expect(report).toHaveBeenCalledOnce();
});
<% endif %>
