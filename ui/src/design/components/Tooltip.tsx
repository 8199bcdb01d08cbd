// The tip of a control. Never the only place where something is said.
import type { ReactNode } from 'react';
import { Tooltip as AriaTooltip } from 'react-aria-components';
import style from './Tooltip.module.css';

export function Tooltip({ children }: { children: ReactNode }) {
  return (
    <AriaTooltip className={style.tip ?? ''} offset={6}>
      {children}
    </AriaTooltip>
  );
}
