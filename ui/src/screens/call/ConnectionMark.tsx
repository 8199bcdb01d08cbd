// How the connection stands, in words, exactly as the engine says it.
import type { Connection } from '../../backend/types/Connection.ts';
import type { MediaPhase } from '../../backend/types/MediaPhase.ts';
import { Spinner } from '../../design/components/Spinner.tsx';
import { Icon } from '../../design/icons/Icon.tsx';
import { m } from '../../texts/texts.ts';
import style from './ConnectionMark.module.css';

export interface ConnectionMarkProps {
  connection: Connection;
  media: MediaPhase;
}

function read({ connection, media }: ConnectionMarkProps): { text: string; tone: 'good' | 'busy' | 'bad' } {
  switch (connection) {
    case 'joining':
      return { text: m.call_connection_joining(), tone: 'busy' };
    case 'lobby':
      return { text: m.call_connection_lobby_short(), tone: 'busy' };
    case 'reconnecting':
      return { text: m.call_connection_reconnecting(), tone: 'bad' };
    case 'ended':
      return { text: m.call_connection_ended(), tone: 'bad' };
    case 'joined':
      if (media === 'connecting') return { text: m.call_media_connecting(), tone: 'busy' };
      if (media === 'interrupted') return { text: m.call_media_interrupted(), tone: 'bad' };
      return { text: m.call_connection_joined(), tone: 'good' };
  }
}

export function ConnectionMark(props: ConnectionMarkProps) {
  const { text, tone } = read(props);
  return (
    <p
      className={style.mark}
      data-tone={tone}
      role="status"
      data-testid="connection"
      data-connection={props.connection}
      data-media={props.media}
    >
      {tone === 'good' ? <Icon name="check" size={18} /> : <Spinner />}
      <span>{text}</span>
    </p>
  );
}
