// The engine behind a loopback socket, for development and end-to-end tests: JSON lines
// `{id, request}` → `{id, reply}`, and `{update}` at any time.
import type { Backend } from './Backend.ts';
import type { Reply } from './types/Reply.ts';
import type { Request } from './types/Request.ts';
import type { Update } from './types/Update.ts';

type Line = { id: number; reply: Reply } | { update: Update } | { saveFolder: string };

export class SocketBackend implements Backend {
  readonly #listeners = new Set<(update: Update) => void>();
  readonly #waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (why: Error) => void }>();
  readonly #socket: WebSocket;
  readonly #open: Promise<void>;
  #next = 0;
  #saveFolder = '';

  constructor(address: string) {
    this.#socket = new WebSocket(address);
    this.#open = new Promise((resolve, reject) => {
      this.#socket.onopen = () => resolve();
      this.#socket.onclose = () => {
        reject(new Error('the engine’s socket is closed'));
        for (const waiting of this.#waiting.values()) waiting.reject(new Error('the engine’s socket closed'));
        this.#waiting.clear();
      };
    });
    // A refused socket is told by the requests that wait for it.
    this.#open.catch(() => {});
    this.#socket.onmessage = (message) => this.#heard(JSON.parse(String(message.data)) as Line);
  }

  #heard(line: Line) {
    if ('update' in line) {
      for (const listener of this.#listeners) listener(line.update);
    } else if ('saveFolder' in line) {
      this.#saveFolder = line.saveFolder;
    } else {
      this.#waiting.get(line.id)?.resolve(line.reply);
      this.#waiting.delete(line.id);
    }
  }

  async request(request: Request): Promise<Reply> {
    await this.#open;
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, request }));
    });
  }

  subscribe(listener: (update: Update) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async askSavePath(suggestedName: string): Promise<string | null> {
    return this.#saveFolder === '' ? null : `${this.#saveFolder}/${suggestedName}`;
  }
}
