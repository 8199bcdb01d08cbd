// Before the engine's first word, and after its last.
import { Sheet } from '../../design/components/Sheet.tsx';
import { Spinner } from '../../design/components/Spinner.tsx';
import { m } from '../../texts/texts.ts';
import { Page } from './Page.tsx';
import { Title } from './Title.tsx';
import style from './Waiting.module.css';

export function LoadingScreen() {
  return (
    <main className={style.loading} aria-busy="true">
      <Spinner />
      <p>{m.loading()}</p>
    </main>
  );
}

export function LostScreen() {
  return (
    <Page narrow>
      <Sheet labelledBy="lost">
        <Title id="lost">{m.backend_lost_title()}</Title>
        <p>{m.backend_lost_text()}</p>
      </Sheet>
    </Page>
  );
}
