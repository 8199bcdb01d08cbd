import { expect, test } from 'vitest';
import { CHAT, JONAS, MIA, meeting, message, OWN, person } from '../../testing/people.ts';
import { news } from './useMeetingNews.ts';

const before = meeting();

test('a message of somebody else is read once, private ones as private', () => {
  const fresh = message('new', MIA, 'Fertig!');
  expect(news(before, meeting({ chat: [...CHAT, fresh] }))).toEqual(['Mia Lorenz: Fertig!']);
  const secret = message('s', MIA, 'psst', { to: { kind: 'private', with: 'mia', name: 'Mia Lorenz' } });
  expect(news(before, meeting({ chat: [...CHAT, secret] }))).toEqual(['Privat von Mia Lorenz: psst']);
});

test('own messages, history and known messages are not read', () => {
  const chat = [
    ...CHAT,
    message('own', OWN, 'ich', { own: true }),
    message('old', MIA, 'gestern', { fromHistory: true }),
  ];
  expect(news(before, meeting({ chat }))).toEqual([]);
  expect(news(before, before)).toEqual([]);
});

test('many at once are told as a number', () => {
  const flood = Array.from({ length: 9 }, (_, at) => message(`f${at}`, MIA, 'x'));
  expect(news(before, meeting({ chat: [...CHAT, ...flood] }))).toEqual(['9 neue Nachrichten']);
});

test('coming, going and hands are told, but not one’s own arrival as five others', () => {
  const { mia: _, ...rest } = before.participants;
  const participants = {
    ...rest,
    tom: person('tom', 'Tom'),
    long: { ...before.participants.long, handRaisedAt: 9 },
  };
  const told = news(before, { ...before, participants: participants as typeof before.participants });
  expect(told).toEqual([
    'Tom ist dabei.',
    'Mia Lorenz ist gegangen.',
    'Maximilian-Alexander von der Wiesenthal-Hohenstein meldet sich.',
  ]);
  expect(news(meeting({ own: null, participants: {} }), before)).toEqual(['Sie sind im Meeting.']);
});

test('in a large meeting coming and going is no news, hands are', () => {
  const crowd = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [`p${at}`, person(`p${at}`, `P${at}`)]),
  );
  const full = meeting({ participants: { ...crowd, own: OWN, jonas: { ...JONAS, handRaisedAt: null } } });
  const next = {
    ...full,
    participants: { ...full.participants, late: person('late', 'Spät'), jonas: JONAS },
  };
  expect(news(full, next)).toEqual(['Jonas meldet sich.']);
});
