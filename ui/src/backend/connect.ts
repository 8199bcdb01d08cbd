// Finds the engine this page belongs to.
import type { Backend } from './Backend.ts';

/** The shell's window carries the shell's bridge; a page of the development socket carries its token. */
export async function connect(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) {
    const { TauriBackend } = await import('./TauriBackend.ts');
    return new TauriBackend();
  }
  const token = new URLSearchParams(location.search).get('token') ?? '';
  const { SocketBackend } = await import('./SocketBackend.ts');
  return new SocketBackend(`ws://${location.host}/engine?token=${encodeURIComponent(token)}`);
}
