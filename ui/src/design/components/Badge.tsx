// A small mark with a word: a role, a count, a state.
import { Icon, type IconName } from '../icons/Icon.tsx';
import style from './Badge.module.css';

export interface BadgeProps {
  children: string;
  tone?: 'plain' | 'good' | 'warm' | 'bad';
  icon?: IconName;
}

export function Badge({ children, tone = 'plain', icon }: BadgeProps) {
  return (
    <span className={style.badge} data-tone={tone}>
      {icon ? <Icon name={icon} size={15} /> : null}
      {children}
    </span>
  );
}
