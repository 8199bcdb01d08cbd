// The written messages. New text never moves the focus, nor what one is reading: only who already looks at
// the end stays at the end.
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { ChatMessage } from '../../backend/types/ChatMessage.ts';
import { Button } from '../../design/components/Button.tsx';
import { EmptyState } from '../../design/components/EmptyState.tsx';
import { useLanguage } from '../../texts/language.ts';
import { m } from '../../texts/texts.ts';
import style from './Chat.module.css';
import { ChatLine } from './ChatLine.tsx';

/** So near to the end counts as the end, in CSS pixels. */
const NEAR_PX = 24;

export function ChatLog({ chat }: { chat: readonly ChatMessage[] }) {
  const language = useLanguage();
  const scroll = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const [read, setRead] = useState(() => chat.length);
  const newer = Math.max(0, chat.length - read);

  const toEnd = useCallback(() => {
    const box = scroll.current;
    if (!box) return;
    box.scrollTop = box.scrollHeight;
    atEnd.current = true;
  }, []);

  const last = chat[chat.length - 1];
  useLayoutEffect(() => {
    // One's own message is where one wants to be; others' only if one was at the end already.
    if (atEnd.current || (last?.own && last.delivery === 'pending')) {
      toEnd();
      setRead(chat.length);
    }
  }, [chat, last, toEnd]);

  const scrolled = () => {
    const box = scroll.current;
    if (!box) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    if (atEnd.current) setRead(chat.length);
  };

  return (
    <div className={style.log}>
      <section
        className={style.scroll}
        ref={scroll}
        onScroll={scrolled}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={m.chat_log_label()}
        data-testid="chat-log"
      >
        {chat.length === 0 ? (
          <EmptyState icon="chat" title={m.chat_empty_title()} text={m.chat_empty_text()} />
        ) : (
          <ol className={style.lines}>
            {chat.map((message) => (
              <ChatLine key={message.id} message={message} language={language} />
            ))}
          </ol>
        )}
      </section>
      {newer > 0 ? (
        <div className={style.newer}>
          <Button
            icon="down"
            onPress={() => {
              toEnd();
              setRead(chat.length);
              scroll.current?.focus({ preventScroll: true });
            }}
            data-testid="newer"
          >
            {newer === 1 ? m.chat_new_one() : m.chat_new_many({ count: newer })}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
