// One chat message. The text is only ever text.
import { memo } from 'react';
import type { ChatMessage } from '../../backend/types/ChatMessage.ts';
import { Icon } from '../../design/icons/Icon.tsx';
import type { Language } from '../../texts/language.ts';
import { m } from '../../texts/texts.ts';
import { clock } from '../../texts/times.ts';
import style from './ChatLine.module.css';

export interface ChatLineProps {
  message: ChatMessage;
  /** Drawn anew when it changes. */
  language: Language;
}

function privateNote({ to, own, fromName }: ChatMessage): string | null {
  if (to.kind !== 'private') return null;
  return own ? m.chat_private_to({ name: to.name }) : m.chat_private_from({ name: fromName });
}

export const ChatLine = memo(function ChatLine({ message }: ChatLineProps) {
  const note = privateNote(message);
  return (
    <li
      className={style.line}
      data-testid="message"
      data-own={message.own || undefined}
      data-private={note !== null || undefined}
      data-delivery={message.delivery}
    >
      <p className={style.head}>
        <span className={style.from}>{message.own ? m.call_you() : message.fromName}</span>
        <time dateTime={new Date(message.sentAt).toISOString()}>{clock(message.sentAt)}</time>
        {note ? (
          <span className={style.note}>
            <Icon name="lock" size={15} />
            {note}
          </span>
        ) : null}
      </p>
      <p className={style.body} dir="auto">
        {message.body}
      </p>
      {message.delivery === 'pending' ? <p className={style.pending}>{m.chat_pending()}</p> : null}
      {message.delivery === 'failed' ? (
        <p className={style.failed}>
          <Icon name="warning" size={16} />
          {m.chat_failed()}
        </p>
      ) : null}
    </li>
  );
});
