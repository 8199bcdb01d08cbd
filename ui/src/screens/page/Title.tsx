// The heading of a screen. It takes the focus when its screen comes, so that a screen reader says where one is.
import { useEffect, useRef } from 'react';
import style from './Title.module.css';

export interface TitleProps {
  id: string;
  children: string;
  /** The screen has a better place for the focus. */
  focusElsewhere?: boolean;
}

export function Title({ id, children, focusElsewhere = false }: TitleProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!focusElsewhere) title.current?.focus();
  }, [focusElsewhere]);
  return (
    <h1 id={id} ref={title} tabIndex={-1} className={style.title}>
      {children}
    </h1>
  );
}
