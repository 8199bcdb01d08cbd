import { expect, test } from 'vitest';
import { reconcile } from './reconcile.ts';

test('what did not change stays the same object', () => {
  const before = { a: { b: [1, { c: 2 }] }, d: 'x' };
  const after = reconcile(before, structuredClone({ ...before, d: 'y' }));
  expect(after).not.toBe(before);
  expect(after.a).toBe(before.a);
  expect(after.d).toBe('y');
});

test('an equal whole is the old whole', () => {
  const before = { chat: [{ id: '1' }], own: null };
  expect(reconcile(before, structuredClone(before))).toBe(before);
});

test('a longer list keeps its known entries', () => {
  const before = [{ id: '1' }, { id: '2' }];
  const after = reconcile(before, [...structuredClone(before), { id: '3' }]);
  expect(after).toHaveLength(3);
  expect(after[0]).toBe(before[0]);
});

test('what is gone is gone', () => {
  expect(reconcile({ a: 1, b: 2 } as Record<string, number>, { a: 1 })).toEqual({ a: 1 });
  expect(reconcile<unknown>({ 0: 'x' }, ['x'])).toEqual(['x']);
  expect(reconcile<unknown>(null, { a: 1 })).toEqual({ a: 1 });
});
