// One person's place card: name, role, and what they are doing. Every mark is also a word.
import type { Participant } from '../../backend/types/Participant.ts';
import { Avatar } from '../../design/components/Avatar.tsx';
import { Badge } from '../../design/components/Badge.tsx';
import { IconButton } from '../../design/components/IconButton.tsx';
import { Icon } from '../../design/icons/Icon.tsx';
import { m } from '../../texts/texts.ts';
import style from './ParticipantCard.module.css';
import { nameOf } from './people.ts';

export interface ParticipantCardProps {
  participant: Participant;
  own: boolean;
  /** The server's choice of who speaks most. */
  dominant: boolean;
  /** Place in the order of raised hands. */
  hand: number | null;
  /** Writes to this person alone; `null` where that can't be done. */
  onWriteTo: (() => void) | null;
}

export function ParticipantCard({ participant, own, dominant, hand, onWriteTo }: ParticipantCardProps) {
  const name = nameOf(participant);
  return (
    <li
      className={style.card}
      data-testid="participant"
      data-name={participant.name}
      data-speaking={participant.speaking || undefined}
      data-muted={participant.audioMuted || undefined}
      data-hand={hand ?? undefined}
      data-dominant={dominant || undefined}
    >
      <Avatar id={participant.id} name={participant.name} speaking={participant.speaking} />
      <div className={style.words}>
        <p className={style.name}>{own ? m.call_you_named({ name }) : name}</p>
        <div className={style.marks}>
          {hand !== null ? (
            <Badge tone="warm" icon="hand">
              {m.call_hand_order({ order: hand })}
            </Badge>
          ) : null}
          {participant.speaking ? (
            <span className={style.speaking}>
              <span className={style.wave} aria-hidden="true" />
              {m.call_speaking()}
            </span>
          ) : null}
          {participant.audioMuted ? (
            <span className={style.muted}>
              <Icon name="micOff" size={17} />
              {m.call_muted()}
            </span>
          ) : null}
          {participant.role === 'moderator' ? <Badge>{m.call_moderator()}</Badge> : null}
        </div>
      </div>
      {onWriteTo ? (
        <span className={style.write}>
          <IconButton label={m.chat_write_to({ name })} icon="chat" onPress={onWriteTo} />
        </span>
      ) : null}
    </li>
  );
}
