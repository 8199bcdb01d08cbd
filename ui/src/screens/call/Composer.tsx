// Where one writes: to all, or to one. Who it goes to changes only by the person's own choice.
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { Audience } from '../../backend/types/Audience.ts';
import type { MeetingState } from '../../backend/types/MeetingState.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import { Button } from '../../design/components/Button.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { Select } from '../../design/components/Select.tsx';
import { TextArea } from '../../design/components/TextArea.tsx';
import { useEngine } from '../../state/engine.tsx';
import { m } from '../../texts/texts.ts';
import style from './Chat.module.css';
import { inOrder, nameOf } from './people.ts';

/** The choice that stands for everybody: no participant has such an id. */
const ALL = '(all)';

export interface ComposerProps {
  meeting: MeetingState;
  audience: Audience;
  onAudience: (audience: Audience) => void;
  draft: string;
  onDraft: (text: string) => void;
}

export function Composer({ meeting, audience, onAudience, draft, onDraft }: ComposerProps) {
  const engine = useEngine();
  const area = useRef<HTMLTextAreaElement>(null);
  const hint = useId();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const canAll = meeting.capabilities.includes('publicChat');
  const canOne = meeting.capabilities.includes('privateChat');

  if (!canAll && !canOne) return <p className={style.composer}>{m.chat_off()}</p>;

  const others = inOrder(meeting).filter((one) => one.id !== meeting.own);
  const gone = audience.kind === 'private' && !meeting.participants[audience.with];
  const choices = [
    ...(canAll ? [{ id: ALL, name: m.chat_to_everyone() }] : []),
    ...(canOne ? others.map((one) => ({ id: one.id, name: m.chat_to_private({ name: nameOf(one) }) })) : []),
  ];
  if (gone) choices.push({ id: audience.with, name: m.chat_to_private({ name: audience.name }) });

  const choose = (id: string) => {
    const one = meeting.participants[id];
    if (id === ALL) onAudience({ kind: 'everyone' });
    else if (one) onAudience({ kind: 'private', with: one.id, name: nameOf(one) });
  };
  const ready = draft.trim() !== '' && !gone && !sending;
  const send = async () => {
    if (!ready) return;
    setSending(true);
    const answer = await engine.ask({ kind: 'chat', to: audience, body: draft.trim() }, 'sent');
    setSending(false);
    if (answer?.kind === 'sent') {
      onDraft('');
      setProblem(null);
    } else if (answer) setProblem(answer.problem);
    area.current?.focus();
  };
  const pressed = (event: KeyboardEvent) => {
    // Enter while an input method composes a letter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };

  return (
    <div className={style.composer} data-private={audience.kind === 'private' || undefined}>
      {problem ? <Notice problem={problem} onDismiss={() => setProblem(null)} /> : null}
      <Select
        label={m.chat_to_label()}
        choices={choices}
        chosen={audience.kind === 'private' ? audience.with : ALL}
        onChoose={choose}
        inline
        data-testid="audience"
      />
      {gone ? <p className={style.gone}>{m.chat_gone({ name: audience.name })}</p> : null}
      <div className={style.write}>
        <TextArea
          label={m.chat_write_label()}
          labelHidden
          placeholder={m.chat_write_label()}
          aria-describedby={hint}
          value={draft}
          onChange={onDraft}
          areaRef={area}
          onKeyDown={pressed}
          testId="chat-text"
        />
        <p id={hint} className={style.hint}>
          {m.chat_write_hint()}
        </p>
        <Button icon="send" onPress={send} isDisabled={!ready} data-testid="chat-send">
          {m.chat_send()}
        </Button>
      </div>
    </div>
  );
}
