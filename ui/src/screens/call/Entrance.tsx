// Before one is in: connecting, or waiting to be let in.
import type { Connection } from '../../backend/types/Connection.ts';
import { Spinner } from '../../design/components/Spinner.tsx';
import { m } from '../../texts/texts.ts';
import style from './Entrance.module.css';

export function Entrance({ connection, place }: { connection: Connection; place: string | null }) {
  return (
    <div className={style.entrance}>
      <div className={style.card}>
        <Spinner />
        <p className={style.what}>
          {connection === 'lobby' ? m.call_connection_lobby() : m.call_connection_joining()}
        </p>
        {place ? <p className={style.place}>{place}</p> : null}
      </div>
    </div>
  );
}
