// A field to search with; Escape or the cross empties it.
import {
  type SearchFieldProps as AriaProps,
  SearchField as AriaSearchField,
  Button,
  Input,
  Label,
} from 'react-aria-components';
import { m } from '../../texts/texts.ts';
import { Icon } from '../icons/Icon.tsx';
import field from './Field.module.css';
import style from './SearchField.module.css';

export interface SearchFieldProps extends Omit<AriaProps, 'children' | 'className' | 'style'> {
  label: string;
  /** Where tests find the line itself. */
  testId?: string;
}

export function SearchField({ label, testId, ...props }: SearchFieldProps) {
  return (
    <AriaSearchField {...props} className={`${field.field} ${style.search}`}>
      <Label className="visually-hidden">{label}</Label>
      <span className={style.glass}>
        <Icon name="search" size={20} />
      </span>
      <Input className={`${field.input} ${style.input}`} placeholder={label} data-testid={testId} />
      <Button className={style.clear ?? ''} aria-label={m.archive_search_clear()}>
        <Icon name="close" size={18} />
      </Button>
    </AriaSearchField>
  );
}
