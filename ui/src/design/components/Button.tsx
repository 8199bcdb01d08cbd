// The button. `primary` is the leather label of a page: at most one in sight.
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Icon, type IconName } from '../icons/Icon.tsx';
import style from './Button.module.css';
import { Spinner } from './Spinner.tsx';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  children: string;
  kind?: 'primary' | 'quiet' | 'plain' | 'danger';
  icon?: IconName;
  /** Fills the width of its place. */
  wide?: boolean;
}

export function Button({ children, kind = 'quiet', icon, wide = false, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={style.button ?? ''} data-kind={kind} data-wide={wide || undefined}>
      {props.isPending ? <Spinner /> : icon ? <Icon name={icon} size={20} /> : null}
      <span>{children}</span>
    </AriaButton>
  );
}
