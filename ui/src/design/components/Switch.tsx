// On or off, at once.
import { type SwitchProps as AriaProps, Switch as AriaSwitch } from 'react-aria-components';
import style from './Switch.module.css';

export interface SwitchProps extends Omit<AriaProps, 'children' | 'className' | 'style'> {
  children: string;
}

export function Switch({ children, ...props }: SwitchProps) {
  return (
    <AriaSwitch {...props} className={style.switch ?? ''}>
      <span className={style.track} aria-hidden="true" />
      <span>{children}</span>
    </AriaSwitch>
  );
}
