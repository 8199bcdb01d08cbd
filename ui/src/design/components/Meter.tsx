// A level from 0 to 1 as a row of ticks, like a ruler that fills up.
import { Meter as AriaMeter } from 'react-aria-components';
import style from './Meter.module.css';

/** Speech lies between about 0.003 and 0.3 of full scale: a root spreads it over the ruler. */
export function shownLevel(level: number): number {
  const bounded = Math.min(1, Math.max(0, Number.isFinite(level) ? level : 0));
  return Math.sqrt(bounded);
}

export function Meter({ label, level }: { label: string; level: number }) {
  const shown = Math.round(shownLevel(level) * 100);
  return (
    <AriaMeter aria-label={label} value={shown} className={style.meter ?? ''}>
      <div className={style.ticks}>
        <div
          className={style.fill}
          style={{ clipPath: `inset(0 ${100 - shown}% 0 0)` }}
          data-loud={shown > 92 || undefined}
        />
      </div>
    </AriaMeter>
  );
}
