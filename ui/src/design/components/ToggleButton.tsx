// A button that stays down: on or off, said as "pressed".
import { type ToggleButtonProps as AriaProps, ToggleButton as AriaToggleButton } from 'react-aria-components';
import { Icon, type IconName } from '../icons/Icon.tsx';
import style from './ToggleButton.module.css';

export interface ToggleButtonProps extends Omit<AriaProps, 'children' | 'className' | 'style'> {
  children: string;
  icon?: IconName;
}

export function ToggleButton({ children, icon, ...props }: ToggleButtonProps) {
  return (
    <AriaToggleButton {...props} className={style.toggle ?? ''}>
      {icon ? <Icon name={icon} size={20} /> : null}
      <span>{children}</span>
    </AriaToggleButton>
  );
}
