// Link, name, sound, join. Three actions at most: paste, type the name once, press.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Code } from '../../backend/types/Code.ts';
import type { Problem } from '../../backend/types/Problem.ts';
import { Button } from '../../design/components/Button.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { Sheet } from '../../design/components/Sheet.tsx';
import { Switch } from '../../design/components/Switch.tsx';
import { TextField } from '../../design/components/TextField.tsx';
import { useEngine } from '../../state/engine.tsx';
import { prefer, usePreferences } from '../../state/preferences.ts';
import { problemTexts } from '../../texts/problems.ts';
import { m } from '../../texts/texts.ts';
import { Title } from '../page/Title.tsx';
import { DevicePicker } from './DevicePicker.tsx';
import style from './JoinForm.module.css';
import type { JoinWish } from './joinWish.ts';
import { type LinkCheck, useLinkCheck } from './useLinkCheck.ts';

const LINK_CODES: readonly Code[] = ['RZ-LINK-INVALID', 'RZ-LINK-UNSUPPORTED'];
const NAME_CODES: readonly Code[] = ['RZ-NAME-MISSING', 'RZ-NAME-LONG'];

function sentence(problem: Problem): string {
  const { cause, action } = problemTexts(problem);
  return `${cause} ${action}`;
}

export interface JoinFormProps {
  audioProblem: Problem | null;
  onWish: (wish: JoinWish) => void;
}

export function JoinForm({ audioProblem, onWish }: JoinFormProps) {
  const engine = useEngine();
  const kept = usePreferences();
  const [link, setLink] = useState('');
  const [name, setName] = useState(kept.name);
  const [tried, setTried] = useState(false);
  const [joining, setJoining] = useState(false);
  const [refusal, setRefusal] = useState<Problem | null>(null);
  const linkInput = useRef<HTMLInputElement>(null);
  const nameInput = useRef<HTMLInputElement>(null);
  const check = useLinkCheck(link);

  // A name in the link is a suggestion for an empty field, nothing more.
  const suggested = check.kind === 'good' ? check.name : null;
  useEffect(() => {
    if (suggested) setName((written) => (written.trim() === '' ? suggested : written));
  }, [suggested]);

  const linkFault = linkError(check, tried, refusal);
  const nameFault = nameError(name, tried, refusal);

  const join = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setRefusal(null);
    if (check.kind === 'empty' || check.kind === 'bad') {
      linkInput.current?.focus();
      return;
    }
    if (name.trim() === '') {
      nameInput.current?.focus();
      return;
    }
    const wish = { link: link.trim(), name: name.trim(), muted: kept.startMuted };
    prefer({ name: wish.name });
    onWish(wish);
    setJoining(true);
    const answer = await engine.ask({ kind: 'join', ...wish, password: null }, 'done');
    setJoining(false);
    if (answer?.kind !== 'problem') return;
    setRefusal(answer.problem);
    if (LINK_CODES.includes(answer.problem.code)) linkInput.current?.focus();
    if (NAME_CODES.includes(answer.problem.code)) nameInput.current?.focus();
  };

  const shownApart = refusal && !LINK_CODES.includes(refusal.code) && !NAME_CODES.includes(refusal.code);
  return (
    <Sheet labelledBy="join-title" edge>
      <form className={style.form} onSubmit={join} noValidate>
        <Title id="join-title" focusElsewhere>
          {m.start_title()}
        </Title>
        {shownApart ? <Notice problem={refusal} onDismiss={() => setRefusal(null)} /> : null}
        <TextField
          label={m.start_link_label()}
          hint={check.kind === 'checking' ? m.start_link_checking() : m.start_link_hint()}
          good={check.kind === 'good' ? m.start_link_good({ place: check.place }) : undefined}
          error={linkFault}
          value={link}
          onChange={(text) => {
            setLink(text);
            setRefusal(null);
          }}
          inputRef={linkInput}
          autoFocus
          type="text"
          inputMode="url"
          autoComplete="off"
          spellCheck="false"
          testId="link"
        />
        <TextField
          label={m.start_name_label()}
          hint={m.start_name_hint()}
          error={nameFault}
          value={name}
          onChange={setName}
          inputRef={nameInput}
          autoComplete="name"
          spellCheck="false"
          testId="name"
        />
        <fieldset className={style.sound}>
          <legend>{m.start_devices_title()}</legend>
          {audioProblem ? <Notice problem={audioProblem} /> : null}
          <DevicePicker check="on-demand" />
          <Switch isSelected={kept.startMuted} onChange={(startMuted) => prefer({ startMuted })}>
            {m.start_muted_label()}
          </Switch>
        </fieldset>
        <Button type="submit" kind="primary" wide isBusy={joining} data-testid="join">
          {joining ? m.start_joining() : m.start_join()}
        </Button>
      </form>
    </Sheet>
  );
}

function linkError(check: LinkCheck, tried: boolean, refusal: Problem | null): string | undefined {
  if (refusal && LINK_CODES.includes(refusal.code)) return sentence(refusal);
  if (check.kind === 'bad') return sentence(check.problem);
  return tried && check.kind === 'empty' ? m.start_link_missing() : undefined;
}

function nameError(name: string, tried: boolean, refusal: Problem | null): string | undefined {
  if (refusal && NAME_CODES.includes(refusal.code)) return sentence(refusal);
  return tried && name.trim() === '' ? m.start_name_missing() : undefined;
}
