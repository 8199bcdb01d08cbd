// A sheet laid over the page. Escape and the cross close it; focus returns to where it came from.
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { m } from '../../texts/texts.ts';
import style from './Dialog.module.css';
import { IconButton } from './IconButton.tsx';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  return (
    <ModalOverlay
      className={style.veil ?? ''}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
    >
      <Modal className={style.modal ?? ''}>
        <AriaDialog className={style.dialog ?? ''}>
          <header className={style.head}>
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton label={m.close()} icon="close" onPress={onClose} />
          </header>
          <div className={style.body}>{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
