// A control of the call's bar: pictogram over a word. The word says what pressing does; `tone` shows what is.
// On narrow windows the word is left to screen readers and the tip.
import { Button, type ButtonProps, TooltipTrigger } from 'react-aria-components';
import { Icon, type IconName } from '../icons/Icon.tsx';
import style from './BarButton.module.css';
import { Tooltip } from './Tooltip.tsx';

export interface BarButtonProps extends Omit<ButtonProps, 'children' | 'className' | 'style'> {
  label: string;
  icon: IconName;
  tone?: 'plain' | 'on' | 'off' | 'leave';
  /** The key combination, for people (`Strg+Umschalt+M`) and for assistive technology. */
  keys?: { shown: string; aria: string };
}

export function BarButton({ label, icon, tone = 'plain', keys, ...props }: BarButtonProps) {
  return (
    <TooltipTrigger delay={600}>
      <Button
        {...props}
        className={style.button ?? ''}
        data-tone={tone}
        {...(keys ? { render: (own) => <button {...own} aria-keyshortcuts={keys.aria} /> } : {})}
      >
        <Icon name={icon} size={24} />
        <span className={style.label}>{label}</span>
      </Button>
      <Tooltip>{keys ? `${label} (${keys.shown})` : label}</Tooltip>
    </TooltipTrigger>
  );
}
