// Where nothing is yet: says what will be here.
import { Icon, type IconName } from '../icons/Icon.tsx';
import style from './EmptyState.module.css';

export function EmptyState({ icon, title, text }: { icon: IconName; title: string; text: string }) {
  return (
    <div className={style.empty}>
      <span className={style.icon}>
        <Icon name={icon} size={28} />
      </span>
      <p className={style.title}>{title}</p>
      <p>{text}</p>
    </div>
  );
}
