// The vault is there and can't be used: what happened, what to do, nothing touched.
import type { Problem } from '../../backend/types/Problem.ts';
import { Notice } from '../../design/components/Notice.tsx';
import { Sheet } from '../../design/components/Sheet.tsx';
import { m } from '../../texts/texts.ts';
import { Page } from '../page/Page.tsx';
import { Title } from '../page/Title.tsx';
import style from './Vault.module.css';

export function BrokenScreen({ problem }: { problem: Problem | null }) {
  return (
    <Page narrow>
      <Sheet labelledBy="broken-title" edge>
        <div className={style.form}>
          <Title id="broken-title">{m.vault_broken_title()}</Title>
          {problem ? <Notice problem={problem} /> : null}
        </div>
      </Sheet>
    </Page>
  );
}
