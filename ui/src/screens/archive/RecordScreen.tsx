// One kept meeting to read, like a page of a notebook.
import { useEffect, useState } from 'react';
import type { ChatMessage } from '../../backend/types/ChatMessage.ts';
import type { MeetingRecord } from '../../backend/types/MeetingRecord.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import type { RecordId } from '../../backend/types/RecordId.ts';
import { Button } from '../../design/components/Button.tsx';
import { EmptyState } from '../../design/components/EmptyState.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { useEngine } from '../../state/engine.tsx';
import { useLanguage } from '../../texts/language.ts';
import { m } from '../../texts/texts.ts';
import { clock, day } from '../../texts/times.ts';
import { ChatLine } from '../call/ChatLine.tsx';
import { Page } from '../page/Page.tsx';
import { Title } from '../page/Title.tsx';
import { ExportDialog } from './ExportDialog.tsx';
import style from './RecordScreen.module.css';

export function RecordScreen({ id, onBack }: { id: RecordId; onBack: () => void }) {
  const engine = useEngine();
  const language = useLanguage();
  const [record, setRecord] = useState<{ meeting: MeetingRecord; chat: ChatMessage[] } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [exporting, setExporting] = useState(false);

  useEffect(() => {
    let gone = false;
    void engine.ask({ kind: 'open', id }, 'record').then((answer) => {
      if (gone || answer === null) return;
      if (answer.kind === 'record') setRecord(answer);
      else setProblem(answer.problem);
    });
    return () => {
      gone = true;
    };
  }, [engine, id]);

  return (
    <Page>
      <div className={style.tools}>
        <Button kind="plain" icon="back" onPress={onBack} data-testid="back">
          {m.back()}
        </Button>
        {record && record.chat.length > 0 ? (
          <Button icon="save" onPress={() => setExporting(true)} data-testid="export">
            {m.record_export()}
          </Button>
        ) : null}
      </div>
      {problem ? <Notice problem={problem} /> : null}
      {record ? (
        <article className={style.page}>
          <header className={style.head}>
            <Title id="record-title">{record.meeting.title}</Title>
            <p>
              {day(record.meeting.startedAt)}, {span(record.meeting)}
            </p>
            <p>{record.meeting.place}</p>
          </header>
          {record.chat.length === 0 ? (
            <EmptyState icon="chat" title={m.archive_messages_none()} text={m.record_empty()} />
          ) : (
            <ol
              className={style.lines}
              aria-label={m.record_chat_label({ date: day(record.meeting.startedAt) })}
            >
              {record.chat.map((message) => (
                <ChatLine key={message.id} message={message} language={language} />
              ))}
            </ol>
          )}
          <ExportDialog meeting={record.meeting} isOpen={exporting} onClose={() => setExporting(false)} />
        </article>
      ) : null}
    </Page>
  );
}

function span({ startedAt, endedAt }: MeetingRecord): string {
  if (endedAt === null) return `${clock(startedAt)} (${m.archive_interrupted()})`;
  return `${clock(startedAt)} – ${clock(endedAt)}`;
}
