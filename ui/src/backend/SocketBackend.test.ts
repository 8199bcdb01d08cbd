import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SocketBackend } from './SocketBackend.ts';
import type { Update } from './types/Update.ts';

/** As much of a WebSocket as the backend uses. */
class FakeSocket {
  static last: FakeSocket;
  readonly sent: string[] = [];
  onopen = () => {};
  onclose = () => {};
  onmessage = (_: { data: string }) => {};
  readonly address: string;
  constructor(address: string) {
    this.address = address;
    FakeSocket.last = this;
  }
  send(line: string) {
    this.sent.push(line);
  }
  says(line: unknown) {
    this.onmessage({ data: JSON.stringify(line) });
  }
}

beforeEach(() => vi.stubGlobal('WebSocket', FakeSocket));
afterEach(() => vi.unstubAllGlobals());

test('replies find their requests, whatever the order', async () => {
  const backend = new SocketBackend('ws://127.0.0.1:1/engine?token=t');
  const socket = FakeSocket.last;
  const first = backend.request({ kind: 'meetings' });
  const second = backend.request({ kind: 'leave' });
  socket.onopen();
  await vi.waitFor(() => expect(socket.sent).toHaveLength(2));
  expect(JSON.parse(socket.sent[0] ?? '')).toEqual({ id: 1, request: { kind: 'meetings' } });
  socket.says({ id: 2, reply: { kind: 'done' } });
  socket.says({ id: 1, reply: { kind: 'meetings', meetings: [] } });
  expect(await first).toEqual({ kind: 'meetings', meetings: [] });
  expect(await second).toEqual({ kind: 'done' });
});

test('updates reach everybody who still listens', () => {
  const backend = new SocketBackend('ws://x');
  const heard: Update[] = [];
  const stop = backend.subscribe((update) => heard.push(update));
  FakeSocket.last.says({ update: { kind: 'devicesChanged' } });
  stop();
  FakeSocket.last.says({ update: { kind: 'devicesChanged' } });
  expect(heard).toEqual([{ kind: 'devicesChanged' }]);
});

test('a closed socket fails what waits and what comes', async () => {
  const backend = new SocketBackend('ws://x');
  const waiting = backend.request({ kind: 'meetings' });
  FakeSocket.last.onopen();
  await vi.waitFor(() => expect(FakeSocket.last.sent).toHaveLength(1));
  FakeSocket.last.onclose();
  await expect(waiting).rejects.toThrow('closed');
});

test('saves only where the other side says', async () => {
  const backend = new SocketBackend('ws://x');
  expect(await backend.askSavePath('a.md')).toBeNull();
  FakeSocket.last.says({ saveFolder: '/tmp/exports' });
  expect(await backend.askSavePath('a.md')).toBe('/tmp/exports/a.md');
});
