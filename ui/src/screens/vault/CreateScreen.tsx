// First run: makes the vault, then shows the recovery code until the person has kept it.
import { type FormEvent, useState } from 'react';
import type { Problem } from '../../backend/types/Problem.ts';
import { Button } from '../../design/components/Button.tsx';
import { Notice } from '../../design/components/Notice.tsx';
import { SecretField } from '../../design/components/SecretField.tsx';
import { Sheet } from '../../design/components/Sheet.tsx';
import { Switch } from '../../design/components/Switch.tsx';
import { useEngine } from '../../state/engine.tsx';
import { m } from '../../texts/texts.ts';
import { Page } from '../page/Page.tsx';
import { Title } from '../page/Title.tsx';
import { RecoveryCode } from './RecoveryCode.tsx';
import style from './Vault.module.css';

/** Shorter ones are guessed too soon. */
export const PASSPHRASE_MIN = 10;

export interface CreateScreenProps {
  /** From the moment of asking until the code is kept, this screen must stay. */
  onSettingUp: (settingUp: boolean) => void;
}

export function CreateScreen({ onSettingUp }: CreateScreenProps) {
  const engine = useEngine();
  const [own, setOwn] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [code, setCode] = useState<string | null>(null);

  const tooShort = own && Array.from(passphrase).length < PASSPHRASE_MIN;
  const differs = own && passphrase !== again;

  const create = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (tooShort || differs) return;
    setBusy(true);
    onSettingUp(true);
    setProblem(null);
    const answer = await engine.ask(
      { kind: 'createVault', passphrase: own ? passphrase : null },
      'recoveryCode',
    );
    setBusy(false);
    if (answer?.kind === 'recoveryCode') {
      setCode(answer.code);
      setPassphrase('');
      setAgain('');
    } else if (answer) {
      onSettingUp(false);
      setProblem(answer.problem);
      // Without a keychain only a passphrase is left: offer it.
      if (answer.problem.code === 'RZ-KEYCHAIN') {
        setOwn(true);
        setTried(false);
      }
    }
  };

  if (code !== null) {
    return (
      <Page narrow>
        <RecoveryCode code={code} onKept={() => onSettingUp(false)} />
      </Page>
    );
  }
  return (
    <Page narrow>
      <Sheet labelledBy="create-title" edge>
        <form className={style.form} onSubmit={create} noValidate>
          <Title id="create-title">{m.vault_create_title()}</Title>
          <p>{m.vault_create_text()}</p>
          {problem ? <Notice problem={problem} /> : null}
          <Switch isSelected={own} onChange={setOwn}>
            {m.vault_create_passphrase_switch()}
          </Switch>
          {own ? (
            <>
              <SecretField
                label={m.vault_create_passphrase_label()}
                hint={m.vault_create_passphrase_hint()}
                error={tried && tooShort ? m.vault_create_passphrase_short() : undefined}
                value={passphrase}
                onChange={setPassphrase}
              />
              <SecretField
                label={m.vault_create_passphrase_again()}
                error={tried && differs ? m.vault_create_passphrase_differs() : undefined}
                value={again}
                onChange={setAgain}
              />
            </>
          ) : null}
          <Button type="submit" kind="primary" wide isBusy={busy} data-testid="create-vault">
            {busy ? m.vault_creating() : m.vault_create_button()}
          </Button>
        </form>
      </Sheet>
    </Page>
  );
}
