// Where one is, how the connection stands, and what is wrong though the meeting goes on.
import { useState } from 'react';
import type { MeetingState } from '../../backend/types/MeetingState.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import type { Snapshot } from '../../backend/types/Snapshot.ts';
import { Notice } from '../../design/components/Notice.tsx';
import { m } from '../../texts/texts.ts';
import { Title } from '../page/Title.tsx';
import style from './CallHead.module.css';
import { ConnectionMark } from './ConnectionMark.tsx';

const keyOf = (problem: Problem) => `${problem.code} ${problem.chain}`;

export function CallHead({ meeting, snapshot }: { meeting: MeetingState; snapshot: Snapshot }) {
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  const place = snapshot.place ?? '';
  const problems = [meeting.trouble, snapshot.audioProblem].filter(
    (problem) => problem !== null && !dismissed.includes(keyOf(problem)),
  ) as Problem[];
  return (
    <header className={style.head}>
      <div className={style.line}>
        <div className={style.where}>
          <Title id="call-title">
            {meeting.subject.trim() === '' ? place || m.call_place_label() : meeting.subject}
          </Title>
          {meeting.subject.trim() === '' ? null : <p className={style.place}>{place}</p>}
        </div>
        <ConnectionMark connection={meeting.connection} media={meeting.media} />
      </div>
      {problems.map((problem) => (
        <Notice
          key={keyOf(problem)}
          problem={problem}
          onDismiss={() => setDismissed((known) => [...known, keyOf(problem)])}
        />
      ))}
    </header>
  );
}
