import { expect, test } from 'vitest';
import { JONAS, LONG, MIA, meeting, OWN, person, SOFIA } from '../../testing/people.ts';
import { handOrder, inOrder, nameOf } from './people.ts';

test('oneself first, then hands by time, then moderators, then names', () => {
  const lead = person('lead', 'Zoe', { role: 'moderator' });
  const all = [LONG, SOFIA, MIA, JONAS, lead, OWN];
  const order = inOrder(meeting({ participants: Object.fromEntries(all.map((one) => [one.id, one])) }));
  expect(order.map((one) => one.id)).toEqual(['own', 'jonas', 'sofia', 'lead', 'long', 'mia']);
});

test('speaking moves nobody', () => {
  const quiet = inOrder(meeting()).map((one) => one.id);
  const participants = Object.fromEntries(
    Object.values(meeting().participants).map((one) => [one.id, { ...one, speaking: !one.speaking }]),
  );
  expect(inOrder(meeting({ participants })).map((one) => one.id)).toEqual(quiet);
});

test('raised hands are numbered in the order they were raised', () => {
  expect([...handOrder(meeting())]).toEqual([
    ['jonas', 1],
    ['sofia', 2],
  ]);
});

test('whoever gave no name is still called something', () => {
  expect(nameOf(person('x', '  '))).toBe('Ohne Namen');
});
