// A sheet of paper on the desk.
import type { ReactNode } from 'react';
import style from './Sheet.module.css';

export interface SheetProps {
  children: ReactNode;
  /** The name of the region, where it is one. */
  labelledBy?: string;
  /** The leather edge of the page's main sheet. */
  edge?: boolean;
}

export function Sheet({ children, labelledBy, edge = false }: SheetProps) {
  return (
    <section className={style.sheet} aria-labelledby={labelledBy} data-edge={edge || undefined}>
      {children}
    </section>
  );
}
