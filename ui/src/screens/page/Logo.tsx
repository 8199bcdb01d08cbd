// The satchel and the name.
import satchel from '../../design/icons/satchel.svg';
import { m } from '../../texts/texts.ts';
import style from './Logo.module.css';

export function Logo() {
  return (
    <div className={style.logo}>
      <img src={satchel} alt="" width="44" height="44" />
      <div>
        <p className={style.name}>{m.app_name()}</p>
        <p className={style.motto}>{m.app_motto()}</p>
      </div>
    </div>
  );
}
