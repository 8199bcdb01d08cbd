// The chat: what was written, and a place to write.
import type { Audience } from '../../backend/types/Audience.ts';
import type { MeetingState } from '../../backend/types/MeetingState.ts';
import style from './Chat.module.css';
import { ChatLog } from './ChatLog.tsx';
import { Composer } from './Composer.tsx';

export interface ChatProps {
  meeting: MeetingState;
  audience: Audience;
  onAudience: (audience: Audience) => void;
  draft: string;
  onDraft: (text: string) => void;
}

export function Chat({ meeting, ...composer }: ChatProps) {
  return (
    <div className={style.chat}>
      <ChatLog chat={meeting.chat} />
      <Composer meeting={meeting} {...composer} />
    </div>
  );
}
