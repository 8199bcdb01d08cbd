// The vault is there and locked: a passphrase or the recovery code opens it.
import { type FormEvent, useRef, useState } from 'react';
import type { Problem } from '../../backend/types/Problem.ts';
import { Button } from '../../design/components/Button.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { SecretField } from '../../design/components/SecretField.tsx';
import { Sheet } from '../../design/components/Sheet.tsx';
import { useEngine } from '../../state/engine.tsx';
import { problemTexts } from '../../texts/problems.ts';
import { m } from '../../texts/texts.ts';
import { Page } from '../page/Page.tsx';
import { Title } from '../page/Title.tsx';
import style from './Vault.module.css';

export function UnlockScreen() {
  const engine = useEngine();
  const input = useRef<HTMLInputElement>(null);
  const [secret, setSecret] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const wrong = problem?.code === 'RZ-VAULT-PASSPHRASE';

  const unlock = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setProblem(null);
    if (secret === '') {
      input.current?.focus();
      return;
    }
    setBusy(true);
    const answer = await engine.ask({ kind: 'unlockVault', secret }, 'done');
    setBusy(false);
    if (answer?.kind !== 'problem') return;
    setProblem(answer.problem);
    input.current?.focus();
    input.current?.select();
  };

  const fault = wrong
    ? Object.values(problemTexts(problem)).join(' ')
    : tried && secret === ''
      ? m.vault_unlock_missing()
      : undefined;
  return (
    <Page narrow>
      <Sheet labelledBy="unlock-title" edge>
        <form className={style.form} onSubmit={unlock} noValidate>
          <Title id="unlock-title" focusElsewhere>
            {m.vault_unlock_title()}
          </Title>
          <p>{m.vault_unlock_text()}</p>
          {problem && !wrong ? <Notice problem={problem} /> : null}
          <SecretField
            label={m.vault_unlock_label()}
            error={fault}
            value={secret}
            onChange={(text) => {
              setSecret(text);
              setProblem(null);
            }}
            inputRef={input}
            autoFocus
            testId="secret"
          />
          <Button type="submit" kind="primary" wide isBusy={busy} data-testid="unlock">
            {busy ? m.vault_unlocking() : m.vault_unlock_button()}
          </Button>
        </form>
      </Sheet>
    </Page>
  );
}
