// The first page: join a meeting on the left, find a past one on the right.
import type { Problem } from '../../backend/types/Problem.ts';
import type { RecordId } from '../../backend/types/RecordId.ts';
import { ArchivePanel } from '../archive/ArchivePanel.tsx';
import { Page } from '../page/Page.tsx';
import { JoinForm } from './JoinForm.tsx';
import type { JoinWish } from './joinWish.ts';
import style from './StartScreen.module.css';

export interface StartScreenProps {
  audioProblem: Problem | null;
  onWish: (wish: JoinWish) => void;
  onRead: (id: RecordId) => void;
}

export function StartScreen({ audioProblem, onWish, onRead }: StartScreenProps) {
  return (
    <Page>
      <div className={style.columns}>
        <JoinForm audioProblem={audioProblem} onWish={onWish} />
        <ArchivePanel onRead={onRead} />
      </div>
    </Page>
  );
}
