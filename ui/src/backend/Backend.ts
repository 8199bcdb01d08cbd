// The one way to the engine. The window knows nothing of what is behind it.
import type { Reply } from './types/Reply.ts';
import type { Request } from './types/Request.ts';
import type { Update } from './types/Update.ts';

export interface Backend {
  /** Sends a request. Rejects only when nothing answers any more; a refusal is a reply. */
  request(request: Request): Promise<Reply>;
  /** Hears updates until the returned function is called. */
  subscribe(listener: (update: Update) => void): () => void;
  /** Asks the person where to save; `null` when they changed their mind. */
  askSavePath(suggestedName: string): Promise<string | null>;
}
