// The recovery code, once: copy it, print it, keep it.
import { useState } from 'react';
import { useAnnounce } from '../../design/components/Announcer.tsx';
import { Button } from '../../design/components/Button.tsx';
import { Checkbox } from '../../design/components/Checkbox.tsx';
import { Sheet } from '../../design/components/Sheet.tsx';
import { m } from '../../texts/texts.ts';
import { day } from '../../texts/times.ts';
import { Title } from '../page/Title.tsx';
import style from './Vault.module.css';

export function RecoveryCode({ code, onKept }: { code: string; onKept: () => void }) {
  const announce = useAnnounce();
  const [kept, setKept] = useState(false);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    setCopied(true);
    announce(m.copied());
  };
  return (
    <Sheet labelledBy="code-title" edge>
      <div className={style.form}>
        <Title id="code-title">{m.vault_code_title()}</Title>
        <p>{m.vault_code_text()}</p>
        <figure className={style.ticket} aria-label={m.vault_code_label()}>
          <figcaption>{m.vault_code_print_title()}</figcaption>
          <code data-testid="recovery-code">{code}</code>
          <p className={style.printed}>{day(Date.now())}</p>
        </figure>
        <div className={style.row}>
          <Button icon={copied ? 'check' : 'copy'} onPress={copy}>
            {copied ? m.copied() : m.copy()}
          </Button>
          <Button icon="print" onPress={() => window.print()}>
            {m.print()}
          </Button>
        </div>
        <Checkbox isSelected={kept} onChange={setKept} data-testid="code-kept">
          {m.vault_code_kept()}
        </Checkbox>
        <Button kind="primary" wide isDisabled={!kept} onPress={onKept} data-testid="code-continue">
          {m.vault_code_continue()}
        </Button>
      </div>
    </Sheet>
  );
}
