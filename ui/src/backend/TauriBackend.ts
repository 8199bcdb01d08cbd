// The engine behind the application's own window. The only file that knows the shell.
import { Channel, invoke } from '@tauri-apps/api/core';
import type { Backend } from './Backend.ts';
import type { Reply } from './types/Reply.ts';
import type { Request } from './types/Request.ts';
import type { Update } from './types/Update.ts';

export class TauriBackend implements Backend {
  readonly #listeners = new Set<(update: Update) => void>();

  constructor() {
    const updates = new Channel<Update>();
    updates.onmessage = (update) => {
      for (const listener of this.#listeners) listener(update);
    };
    void invoke('subscribe', { updates });
  }

  request(request: Request): Promise<Reply> {
    return invoke<Reply>('request', { request });
  }

  subscribe(listener: (update: Update) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  askSavePath(suggestedName: string): Promise<string | null> {
    return invoke<string | null>('ask_save_path', { suggestedName });
  }
}
