// A button that shows only a pictogram; its name is spoken, and shown as a tip on hover and focus.
import { Button, type ButtonProps, TooltipTrigger } from 'react-aria-components';
import { Icon, type IconName } from '../icons/Icon.tsx';
import style from './IconButton.module.css';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps
  extends Omit<ButtonProps, 'children' | 'className' | 'style' | 'aria-label'> {
  label: string;
  icon: IconName;
}

export function IconButton({ label, icon, ...props }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <Button {...props} aria-label={label} className={style.button ?? ''}>
        <Icon name={icon} />
      </Button>
      <Tooltip>{label}</Tooltip>
    </TooltipTrigger>
  );
}
