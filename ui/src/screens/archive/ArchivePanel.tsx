// Past meetings, and a search over all their chats.
import { useEffect, useState } from 'react';
import type { Hit } from '../../backend/types/Hit.ts';
import type { MeetingRecord } from '../../backend/types/MeetingRecord.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import type { RecordId } from '../../backend/types/RecordId.ts';
import { useAnnounce } from '../../design/components/Announcer.tsx';
import { CardList } from '../../design/components/CardList.tsx';
import { EmptyState } from '../../design/components/EmptyState.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { SearchField } from '../../design/components/SearchField.tsx';
import { useEngine } from '../../state/engine.tsx';
import { m } from '../../texts/texts.ts';
import { moment } from '../../texts/times.ts';
import style from './ArchivePanel.module.css';
import { Marked } from './Marked.tsx';

/** Typing rests this long before a search. */
const REST_MS = 250;

export function messagesText(count: number): string {
  if (count === 0) return m.archive_messages_none();
  return count === 1 ? m.archive_messages_one() : m.archive_messages_many({ count });
}

export function ArchivePanel({ onRead }: { onRead: (id: RecordId) => void }) {
  const engine = useEngine();
  const announce = useAnnounce();
  const [query, setQuery] = useState('');
  const [meetings, setMeetings] = useState<MeetingRecord[] | null>(null);
  const [found, setFound] = useState<{ query: string; hits: Hit[] } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const wanted = query.trim();

  useEffect(() => {
    void engine.ask({ kind: 'meetings' }, 'meetings').then((answer) => {
      if (answer?.kind === 'meetings') setMeetings(answer.meetings);
      else if (answer) setProblem(answer.problem);
    });
  }, [engine]);

  useEffect(() => {
    if (wanted === '') {
      setFound(null);
      return;
    }
    let stale = false;
    const timer = setTimeout(async () => {
      const answer = await engine.ask({ kind: 'search', query: wanted }, 'hits');
      if (stale || answer === null) return;
      if (answer.kind === 'problem') {
        setProblem(answer.problem);
        return;
      }
      setFound({ query: wanted, hits: answer.hits });
      announce(hitsText(answer.hits.length, wanted));
    }, REST_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [engine, wanted, announce]);

  return (
    <section className={style.panel} aria-labelledby="archive-title">
      <h2 id="archive-title">{m.archive_title()}</h2>
      {problem ? <Notice problem={problem} onDismiss={() => setProblem(null)} /> : null}
      {meetings && meetings.length > 0 ? (
        <SearchField label={m.archive_search()} value={query} onChange={setQuery} testId="search" />
      ) : null}
      {found ? <Hits found={found} onRead={onRead} /> : <Meetings meetings={meetings} onRead={onRead} />}
    </section>
  );
}

function hitsText(count: number, query: string): string {
  if (count === 0) return m.archive_no_hits_text({ query });
  return count === 1 ? m.archive_hits_one() : m.archive_hits_many({ count });
}

function Meetings({
  meetings,
  onRead,
}: {
  meetings: MeetingRecord[] | null;
  onRead: (id: RecordId) => void;
}) {
  if (meetings === null) return null;
  if (meetings.length === 0) {
    return <EmptyState icon="page" title={m.archive_empty_title()} text={m.archive_empty_text()} />;
  }
  return (
    <CardList
      label={m.archive_list_label()}
      items={meetings}
      idOf={(meeting) => String(meeting.id)}
      textOf={(meeting) =>
        `${meeting.title}, ${moment(meeting.startedAt)}, ${messagesText(meeting.messages)}`
      }
      onOpen={(meeting) => onRead(meeting.id)}
    >
      {(meeting) => (
        <>
          <p className={style.title}>{meeting.title}</p>
          <p className={style.about}>
            {moment(meeting.startedAt)} · {messagesText(meeting.messages)}
          </p>
          <p className={style.place}>{meeting.place}</p>
        </>
      )}
    </CardList>
  );
}

function Hits({ found, onRead }: { found: { query: string; hits: Hit[] }; onRead: (id: RecordId) => void }) {
  if (found.hits.length === 0) {
    return (
      <EmptyState
        icon="search"
        title={m.archive_no_hits_title()}
        text={m.archive_no_hits_text({ query: found.query })}
      />
    );
  }
  return (
    <>
      <p className={style.count}>{hitsText(found.hits.length, found.query)}</p>
      <CardList
        label={m.archive_hits_label()}
        items={found.hits}
        idOf={(hit) => `${hit.meeting.id} ${hit.message.id}`}
        textOf={(hit) => `${hit.message.fromName}: ${hit.message.body}. ${hit.meeting.title}`}
        onOpen={(hit) => onRead(hit.meeting.id)}
      >
        {(hit) => (
          <>
            <p className={style.quote}>
              <Marked text={hit.message.body} marks={hit.marks} />
            </p>
            <p className={style.about}>
              {hit.message.fromName} · {hit.meeting.title} · {moment(hit.message.sentAt)}
            </p>
          </>
        )}
      </CardList>
    </>
  );
}
