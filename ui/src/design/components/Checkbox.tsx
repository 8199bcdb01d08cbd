// A promise to tick.
import { Checkbox as AriaCheckbox, type CheckboxProps as AriaProps } from 'react-aria-components';
import { Icon } from '../icons/Icon.tsx';
import style from './Checkbox.module.css';

export interface CheckboxProps extends Omit<AriaProps, 'children' | 'className' | 'style'> {
  children: string;
}

export function Checkbox({ children, ...props }: CheckboxProps) {
  return (
    <AriaCheckbox {...props} className={style.checkbox ?? ''}>
      <span className={style.box} aria-hidden="true">
        <Icon name="check" size={18} />
      </span>
      <span>{children}</span>
    </AriaCheckbox>
  );
}
