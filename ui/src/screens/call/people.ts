// Names and order of the people in a meeting.
import type { MeetingState } from '../../backend/types/MeetingState.ts';
import type { Participant } from '../../backend/types/Participant.ts';
import { currentLanguage } from '../../texts/language.ts';
import { m } from '../../texts/texts.ts';

/** The name shown for somebody, also where none was given. */
export function nameOf(participant: Participant): string {
  return participant.name.trim() === '' ? m.call_unnamed() : participant.name;
}

/** Oneself first, then raised hands by time, then moderators, then by name. Speaking moves nobody. */
export function inOrder(meeting: MeetingState): Participant[] {
  const rank = (one: Participant) => {
    if (one.id === meeting.own) return 0;
    if (one.handRaisedAt !== null) return 1;
    return one.role === 'moderator' ? 2 : 3;
  };
  const { compare } = new Intl.Collator(currentLanguage(), { numeric: true });
  return Object.values(meeting.participants).sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.handRaisedAt ?? 0) - (b.handRaisedAt ?? 0) ||
      compare(nameOf(a), nameOf(b)) ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Who raised the hand as the how-manieth: 1 for the first. */
export function handOrder(meeting: MeetingState): ReadonlyMap<string, number> {
  const raised = Object.values(meeting.participants)
    .filter((one) => one.handRaisedAt !== null)
    .sort((a, b) => (a.handRaisedAt ?? 0) - (b.handRaisedAt ?? 0) || (a.id < b.id ? -1 : 1));
  return new Map(raised.map((one, at) => [one.id, at + 1]));
}
