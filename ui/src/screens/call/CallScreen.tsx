// The meeting: who is here, what is written, what one can do.
import { useState } from 'react';
import type { Audience } from '../../backend/types/Audience.ts';
import type { MeetingState } from '../../backend/types/MeetingState.ts';
import type { Participant } from '../../backend/types/Participant.ts';
import type { Snapshot } from '../../backend/types/Snapshot.ts';
import { Tabs } from '../../design/components/Tabs.tsx';
import { m } from '../../texts/texts.ts';
import { CallBar } from './CallBar.tsx';
import { CallHead } from './CallHead.tsx';
import style from './CallScreen.module.css';
import { Chat } from './Chat.tsx';
import { Entrance } from './Entrance.tsx';
import { ParticipantList } from './ParticipantList.tsx';
import { nameOf } from './people.ts';
import { useMeetingNews } from './useMeetingNews.ts';
import { useNarrow } from './useNarrow.ts';

const EVERYONE: Audience = { kind: 'everyone' };

export function CallScreen({ meeting, snapshot }: { meeting: MeetingState; snapshot: Snapshot }) {
  const narrow = useNarrow();
  const [audience, setAudience] = useState<Audience>(EVERYONE);
  const [draft, setDraft] = useState('');
  const [sheet, setSheet] = useState('people');
  const [seen, setSeen] = useState(0);
  useMeetingNews(meeting);

  const inside = meeting.own !== null && meeting.connection !== 'joining' && meeting.connection !== 'lobby';
  const written = meeting.chat.length;
  const chatInSight = !narrow || sheet === 'chat';
  if (chatInSight && seen !== written) setSeen(written);
  const unread = Math.max(0, written - seen);

  const writeTo = (participant: Participant) => {
    setAudience({ kind: 'private', with: participant.id, name: nameOf(participant) });
    setSheet('chat');
  };
  const people = <ParticipantList meeting={meeting} onWriteTo={writeTo} />;
  const chat = (
    <Chat meeting={meeting} audience={audience} onAudience={setAudience} draft={draft} onDraft={setDraft} />
  );
  return (
    <div className={style.call}>
      <CallHead meeting={meeting} snapshot={snapshot} />
      <main className={style.main}>
        {!inside ? (
          <Entrance connection={meeting.connection} place={snapshot.place} />
        ) : narrow ? (
          <div className={style.tabs}>
            <Tabs
              label={m.call_views()}
              chosen={sheet}
              onChoose={setSheet}
              sheets={[
                {
                  id: 'people',
                  title: m.call_participants_count({ count: Object.keys(meeting.participants).length }),
                  content: <div className={style.scroll}>{people}</div>,
                },
                {
                  id: 'chat',
                  title: unread > 0 ? m.chat_tab_unread({ count: unread }) : m.chat_title(),
                  content: chat,
                },
              ]}
            />
          </div>
        ) : (
          <div className={style.columns}>
            <section className={style.scroll} aria-labelledby="people-title">
              <h2 id="people-title" className={style.subtitle}>
                {m.call_participants_count({ count: Object.keys(meeting.participants).length })}
              </h2>
              {people}
            </section>
            <section className={style.side} aria-labelledby="chat-title">
              <h2 id="chat-title" className={style.subtitle}>
                {m.chat_title()}
              </h2>
              {chat}
            </section>
          </div>
        )}
      </main>
      <CallBar meeting={meeting} muted={snapshot.muted} />
    </div>
  );
}
