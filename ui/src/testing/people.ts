// Ready-made people, messages and meetings for tests and the gallery. All of them are invented.
import type { ChatMessage } from '../backend/types/ChatMessage.ts';
import type { MeetingRecord } from '../backend/types/MeetingRecord.ts';
import type { MeetingState } from '../backend/types/MeetingState.ts';
import type { Participant } from '../backend/types/Participant.ts';

/** A Tuesday morning. */
export const MORNING = Date.UTC(2026, 10, 24, 8, 5);
const MINUTE = 60_000;

export function person(id: string, name: string, more: Partial<Participant> = {}): Participant {
  return { id, name, role: 'participant', audioMuted: false, speaking: false, handRaisedAt: null, ...more };
}

export function message(
  id: string,
  from: Participant,
  body: string,
  more: Partial<ChatMessage> = {},
): ChatMessage {
  return {
    id,
    from: from.id,
    fromName: from.name,
    to: { kind: 'everyone' },
    body,
    sentAt: MORNING,
    own: false,
    fromHistory: false,
    delivery: 'delivered',
    ...more,
  };
}

export const OWN = person('own', 'Frau Aydın', { role: 'moderator' });
export const MIA = person('mia', 'Mia Lorenz', { speaking: true });
export const JONAS = person('jonas', 'Jonas', { audioMuted: true, handRaisedAt: MORNING + MINUTE });
export const SOFIA = person('sofia', 'Sofia Petrović', {
  audioMuted: true,
  handRaisedAt: MORNING + 2 * MINUTE,
});
export const LONG = person('long', 'Maximilian-Alexander von der Wiesenthal-Hohenstein', {
  audioMuted: true,
});
export const BLANK = person('blank', '', { audioMuted: true });
export const EVERYBODY = [OWN, MIA, JONAS, SOFIA, LONG, BLANK];

export const CHAT: ChatMessage[] = [
  message('1', MIA, 'Guten Morgen!', { fromHistory: true, sentAt: MORNING }),
  message('2', OWN, 'Guten Morgen zusammen. Heute beginnen wir mit den Hausaufgaben auf Seite 42.', {
    own: true,
    sentAt: MORNING + MINUTE,
  }),
  message('3', JONAS, 'Ich habe bei Aufgabe 3 etwas anderes heraus:\n\n  7 · 8 = 56\n  56 : 4 = 14', {
    sentAt: MORNING + 2 * MINUTE,
  }),
  message('4', SOFIA, 'Darf ich danach kurz etwas fragen?', {
    to: { kind: 'private', with: 'sofia', name: 'Sofia Petrović' },
    sentAt: MORNING + 3 * MINUTE,
  }),
  message('5', OWN, 'Natürlich, Sofia.', {
    own: true,
    to: { kind: 'private', with: 'sofia', name: 'Sofia Petrović' },
    sentAt: MORNING + 3 * MINUTE,
  }),
  message('6', OWN, 'Hier ist der Link zum Arbeitsblatt: https://schule.example.org/blatt', {
    own: true,
    delivery: 'failed',
    sentAt: MORNING + 4 * MINUTE,
  }),
  message('7', OWN, 'Wer hat Aufgabe 4?', { own: true, delivery: 'pending', sentAt: MORNING + 5 * MINUTE }),
];

export function meeting(more: Partial<MeetingState> = {}): MeetingState {
  return {
    connection: 'joined',
    media: 'connected',
    own: OWN.id,
    subject: '',
    participants: Object.fromEntries(EVERYBODY.map((one) => [one.id, one])),
    dominant: MIA.id,
    chat: CHAT,
    capabilities: ['publicChat', 'privateChat', 'raiseHand', 'microphone'],
    trouble: null,
    ended: null,
    ...more,
  };
}

export function record(id: number, title: string, more: Partial<MeetingRecord> = {}): MeetingRecord {
  return {
    id,
    title,
    place: 'meet.schule.example.org/klasse-7b',
    startedAt: MORNING - id * 26 * 60 * MINUTE,
    endedAt: MORNING - id * 26 * 60 * MINUTE + 45 * MINUTE,
    messages: 7,
    ...more,
  };
}

export const RECORDS: MeetingRecord[] = [
  record(1, 'Klasse 7b – Mathematik', { messages: 7 }),
  record(2, 'Elternabend', { place: 'meet.schule.example.org/elternabend', messages: 1, endedAt: null }),
  record(3, 'Fachkonferenz Deutsch', { place: 'konferenz.example.org/fachkonferenz', messages: 0 }),
];
