// The colours of the theme that is worn.
import style from './Gallery.module.css';

const COLOURS = [
  ['desk', 'ink'],
  ['sheet', 'ink'],
  ['sheet-sunken', 'ink-soft'],
  ['sheet-hover', 'ink'],
  ['leather', 'on-leather'],
  ['leather-tint', 'leather-deep'],
  ['moss-tint', 'moss'],
  ['seal-tint', 'seal'],
  ['seal', 'on-seal'],
  ['amber-tint', 'amber'],
] as const;

export function Palette() {
  return (
    <section className={style.part} aria-labelledby="palette">
      <h2 id="palette">Farben</h2>
      <ul className={style.row}>
        {COLOURS.map(([ground, ink]) => (
          <li
            key={ground}
            className={style.colour}
            style={{ background: `var(--${ground})`, color: `var(--${ink})` }}
          >
            {ground}
          </li>
        ))}
      </ul>
    </section>
  );
}
