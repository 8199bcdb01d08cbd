// Something is under way. Decoration: the words beside it say what.
import style from './Spinner.module.css';

export function Spinner() {
  return <span className={style.spinner} aria-hidden="true" />;
}
