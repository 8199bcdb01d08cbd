// The button. `primary` is the leather label of a page: at most one in sight.
import { useEffect } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Icon, type IconName } from '../icons/Icon.tsx';
import { useAnnounce } from './Announcer.tsx';
import style from './Button.module.css';
import { Spinner } from './Spinner.tsx';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style' | 'isPending'> {
  children: string;
  kind?: 'primary' | 'quiet' | 'plain' | 'danger';
  icon?: IconName;
  /** Fills the width of its place. */
  wide?: boolean;
  /** What it began is under way: it keeps the focus, says so, and can't be pressed again. */
  isBusy?: boolean;
}

export function Button({
  children,
  kind = 'quiet',
  icon,
  wide = false,
  isBusy = false,
  ...props
}: ButtonProps) {
  const announce = useAnnounce();
  useEffect(() => {
    if (isBusy) announce(children);
  }, [isBusy, children, announce]);
  const { onPress: _, ...still } = props;
  return (
    <AriaButton
      {...(isBusy ? { ...still, type: 'button' as const } : props)}
      className={style.button ?? ''}
      data-kind={kind}
      data-wide={wide || undefined}
      data-busy={isBusy || undefined}
      {...(isBusy ? { render: (own) => <button {...own} aria-disabled="true" /> } : {})}
    >
      {isBusy ? <Spinner /> : icon ? <Icon name={icon} size={20} /> : null}
      <span>{children}</span>
    </AriaButton>
  );
}
