// Tells screen readers what happens in the meeting: who came, went, raised a hand, wrote.
import { useEffect, useRef } from 'react';
import type { ChatMessage } from '../../backend/types/ChatMessage.ts';
import type { MeetingState } from '../../backend/types/MeetingState.ts';
import { useAnnounce } from '../../design/components/Announcer.tsx';
import { m } from '../../texts/texts.ts';
import { nameOf } from './people.ts';

/** In larger meetings coming and going is no news. */
const SMALL_MEETING = 12;
/** More messages at once than this are told as a number. */
const MESSAGES_READ = 3;
/** A longer message is read up to here; it stands in the chat as a whole. */
const READ_MAX = 300;

function spoken(message: ChatMessage): string {
  const text = message.body.length > READ_MAX ? `${message.body.slice(0, READ_MAX)} …` : message.body;
  const name = message.fromName;
  return message.to.kind === 'private'
    ? m.chat_announce_private({ name, text })
    : m.chat_announce({ name, text });
}

/** What is worth saying between two states. */
export function news(before: MeetingState, now: MeetingState): string[] {
  const said: string[] = [];
  if (before.own === null && now.own !== null) said.push(m.call_joined_announce());
  const settled = before.own !== null && before.own === now.own;
  const others = Object.values(now.participants).filter((one) => one.id !== now.own);
  if (settled && before.participants !== now.participants) {
    if (others.length <= SMALL_MEETING) {
      for (const one of others)
        if (!before.participants[one.id]) said.push(m.call_came({ name: nameOf(one) }));
      for (const one of Object.values(before.participants)) {
        if (!now.participants[one.id]) said.push(m.call_went({ name: nameOf(one) }));
      }
    }
    for (const one of others) {
      const known = before.participants[one.id];
      if (known && known.handRaisedAt === null && one.handRaisedAt !== null) {
        said.push(m.call_hand_announce({ name: nameOf(one) }));
      }
    }
  }
  if (before.chat !== now.chat) {
    const known = new Set(before.chat.map((message) => message.id));
    const fresh = now.chat.filter(
      (message) => !message.own && !message.fromHistory && !known.has(message.id),
    );
    if (fresh.length > MESSAGES_READ) said.push(m.chat_new_many({ count: fresh.length }));
    else said.push(...fresh.map(spoken));
  }
  return said;
}

export function useMeetingNews(meeting: MeetingState): void {
  const announce = useAnnounce();
  const before = useRef(meeting);
  useEffect(() => {
    for (const sentence of news(before.current, meeting)) announce(sentence);
    before.current = meeting;
  }, [meeting, announce]);
}
