// It is over: why, and what can be done next.
import { useEffect, useState } from 'react';
import type { EndReason } from '../../backend/types/EndReason.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import type { RecordId } from '../../backend/types/RecordId.ts';
import { Button } from '../../design/components/Button.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { SecretField } from '../../design/components/SecretField.tsx';
import { Sheet } from '../../design/components/Sheet.tsx';
import { useEngine } from '../../state/engine.tsx';
import { m } from '../../texts/texts.ts';
import { Page } from '../page/Page.tsx';
import { Title } from '../page/Title.tsx';
import type { JoinWish } from '../start/joinWish.ts';
import style from './EndedScreen.module.css';

export interface EndedScreenProps {
  reason: EndReason;
  place: string | null;
  /** One had been in it. */
  entered: boolean;
  /** Something was written in it. */
  chatKept: boolean;
  /** What was asked for when joining, to ask again. */
  lastWish: JoinWish | null;
  onHome: () => void;
  onRead: (id: RecordId) => void;
}

function title(reason: EndReason, entered: boolean): string {
  switch (reason.kind) {
    case 'left':
      return m.ended_left_title();
    case 'kicked':
      return m.ended_kicked_title();
    case 'meetingEnded':
      return m.ended_over_title();
    case 'failed':
      return entered ? m.ended_failed_title() : m.ended_refused_title();
  }
}

export function EndedScreen({
  reason,
  place,
  entered,
  chatKept,
  lastWish,
  onHome,
  onRead,
}: EndedScreenProps) {
  const engine = useEngine();
  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [record, setRecord] = useState<RecordId | null>(null);
  const asksPassword = reason.kind === 'failed' && reason.problem.code === 'RZ-ROOM-PASSWORD';

  useEffect(() => {
    if (!chatKept) return;
    void engine.ask({ kind: 'meetings' }, 'meetings').then((answer) => {
      const newest = answer?.kind === 'meetings' ? answer.meetings[0] : undefined;
      if (newest && newest.place === place) setRecord(newest.id);
    });
  }, [engine, chatKept, place]);

  const again = async () => {
    if (!lastWish) return;
    setBusy(true);
    const secret = asksPassword && password !== '' ? password : null;
    const answer = await engine.ask({ kind: 'join', ...lastWish, password: secret }, 'done');
    setBusy(false);
    setRefusal(answer?.kind === 'problem' ? answer.problem : null);
  };

  return (
    <Page narrow>
      <Sheet labelledBy="ended-title" edge>
        <div className={style.ended} data-testid="ended" data-reason={reason.kind}>
          <Title id="ended-title">{title(reason, entered)}</Title>
          {place ? <p className={style.place}>{place}</p> : null}
          <Why reason={reason} />
          {chatKept ? <p>{m.ended_kept()}</p> : null}
          {refusal ? <Notice problem={refusal} /> : null}
          <form
            className={style.next}
            onSubmit={(event) => {
              event.preventDefault();
              void again();
            }}
          >
            {asksPassword ? (
              <SecretField
                label={m.start_password_label()}
                hint={m.start_password_hint()}
                value={password}
                onChange={setPassword}
                testId="room-password"
              />
            ) : null}
            <div className={style.row}>
              {lastWish ? (
                <Button type="submit" kind="primary" isBusy={busy} data-testid="again">
                  {entered ? m.ended_again() : m.ended_retry()}
                </Button>
              ) : null}
              {record !== null ? (
                <Button icon="page" onPress={() => onRead(record)} data-testid="read">
                  {m.ended_read()}
                </Button>
              ) : null}
              <Button kind={lastWish ? 'quiet' : 'primary'} onPress={onHome} data-testid="home">
                {m.ended_home()}
              </Button>
            </div>
          </form>
        </div>
      </Sheet>
    </Page>
  );
}

function Why({ reason }: { reason: EndReason }) {
  if (reason.kind === 'failed') return <Notice problem={reason.problem} />;
  if (reason.kind === 'left') return null;
  return (
    <div className={style.why}>
      {reason.kind === 'meetingEnded' ? <p>{m.ended_over_text()}</p> : null}
      {reason.kind === 'kicked' && reason.by ? <p>{m.ended_kicked_by({ name: reason.by })}</p> : null}
      {reason.reason ? <p>{m.ended_reason({ reason: reason.reason })}</p> : null}
      {reason.kind === 'kicked' ? <p>{m.ended_kicked_next()}</p> : null}
    </div>
  );
}
