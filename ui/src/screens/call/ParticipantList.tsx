// Everybody here, as place cards on a desk.
import type { MeetingState } from '../../backend/types/MeetingState.ts';
import type { Participant } from '../../backend/types/Participant.ts';
import { m } from '../../texts/texts.ts';
import { ParticipantCard } from './ParticipantCard.tsx';
import style from './ParticipantList.module.css';
import { handOrder, inOrder } from './people.ts';

export interface ParticipantListProps {
  meeting: MeetingState;
  onWriteTo: (participant: Participant) => void;
}

export function ParticipantList({ meeting, onWriteTo }: ParticipantListProps) {
  const hands = handOrder(meeting);
  const privateChat = meeting.capabilities.includes('privateChat');
  const alone = Object.keys(meeting.participants).length <= 1 && meeting.connection === 'joined';
  return (
    <>
      <ul className={style.cards} aria-label={m.call_participants()} data-testid="participants">
        {inOrder(meeting).map((one) => (
          <ParticipantCard
            key={one.id}
            participant={one}
            own={one.id === meeting.own}
            dominant={one.id === meeting.dominant}
            hand={hands.get(one.id) ?? null}
            onWriteTo={privateChat && one.id !== meeting.own ? () => onWriteTo(one) : null}
          />
        ))}
      </ul>
      {alone ? <p className={style.alone}>{m.call_media_idle()}</p> : null}
    </>
  );
}
