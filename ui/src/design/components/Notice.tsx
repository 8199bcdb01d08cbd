// A problem as people need it: what happened, what to do, and the code for IT.
import { useState } from 'react';
import type { Problem } from '../../backend/types/Problem.ts';
import { problemReport, problemTexts } from '../../texts/problems.ts';
import { m } from '../../texts/texts.ts';
import { Icon } from '../icons/Icon.tsx';
import { useAnnounce } from './Announcer.tsx';
import { Button } from './Button.tsx';
import { IconButton } from './IconButton.tsx';
import style from './Notice.module.css';

export interface NoticeProps {
  problem: Problem;
  onDismiss?: () => void;
}

export function Notice({ problem, onDismiss }: NoticeProps) {
  const { cause, action } = problemTexts(problem);
  const announce = useAnnounce();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(problemReport(problem));
    setCopied(true);
    announce(m.copied());
  };
  return (
    <section className={style.notice} role="alert" data-testid="problem" data-code={problem.code}>
      <span className={style.icon}>
        <Icon name="warning" size={22} />
      </span>
      <div className={style.words}>
        <p className={style.cause}>{cause}</p>
        <p>{action}</p>
        <div className={style.code}>
          <span>{m.notice_code({ code: problem.code })}</span>
          <Button kind="plain" icon={copied ? 'check' : 'copy'} onPress={copy}>
            {copied ? m.copied() : m.notice_copy_it()}
          </Button>
        </div>
      </div>
      {onDismiss ? <IconButton label={m.notice_dismiss()} icon="close" onPress={onDismiss} /> : null}
    </section>
  );
}
