// A list of index cards to walk through with the arrow keys and open with Enter.
import type { ReactNode } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import style from './CardList.module.css';

export interface CardListProps<T> {
  label: string;
  items: readonly T[];
  idOf: (item: T) => string;
  /** What a screen reader and type-ahead read of an item. */
  textOf: (item: T) => string;
  onOpen: (item: T) => void;
  children: (item: T) => ReactNode;
}

export function CardList<T>({ label, items, idOf, textOf, onOpen, children }: CardListProps<T>) {
  return (
    <GridList aria-label={label} className={style.list ?? ''} selectionMode="none">
      {items.map((item) => (
        <GridListItem
          key={idOf(item)}
          id={idOf(item)}
          textValue={textOf(item)}
          className={style.card ?? ''}
          onAction={() => onOpen(item)}
        >
          {children(item)}
        </GridListItem>
      ))}
    </GridList>
  );
}
