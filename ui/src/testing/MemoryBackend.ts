// A backend in memory that keeps to the contract as the engine does: nothing happens that was not asked for
// or told by a test, refusals carry the engine's codes, and what is shown comes only through updates.
import type { Backend } from '../backend/Backend.ts';
import type { ChatMessage } from '../backend/types/ChatMessage.ts';
import type { Code } from '../backend/types/Code.ts';
import type { Device } from '../backend/types/Device.ts';
import type { EndReason } from '../backend/types/EndReason.ts';
import type { MeetingRecord } from '../backend/types/MeetingRecord.ts';
import type { MeetingState } from '../backend/types/MeetingState.ts';
import type { Reply } from '../backend/types/Reply.ts';
import type { Request } from '../backend/types/Request.ts';
import type { Snapshot } from '../backend/types/Snapshot.ts';
import type { Update } from '../backend/types/Update.ts';
import { MORNING, meeting, person } from './people.ts';

const NAME_LIMIT = 80;
const MESSAGE_LIMIT = 4000;
const RECOVERY_CODE = 'WALD-7K2M-PQ4D-9TXE-HN3V-B6RC-YF8J-L5SA';

export interface Kept {
  meeting: MeetingRecord;
  chat: ChatMessage[];
}

export class MemoryBackend implements Backend {
  /** Everything asked, in order. */
  readonly asked: Request[] = [];
  /** Kept meetings, newest first. */
  kept: Kept[] = [];
  /** Opens the vault besides the recovery code. */
  passphrase: string | null = null;
  /** Refusals to come, by kind of request; each is used once. */
  readonly refusals = new Map<Request['kind'], Code>();
  inputs: Device[] = [
    { id: 'mic-1', name: 'Eingebautes Mikrofon', default: true },
    { id: 'mic-2', name: 'Headset', default: false },
  ];
  outputs: Device[] = [{ id: 'out-1', name: 'Eingebaute Lautsprecher', default: true }];
  savePath: string | null = '/home/person/Dokumente';
  #snapshot: Snapshot;
  #next = 0;
  #preview = false;
  readonly #listeners = new Set<(update: Update) => void>();

  constructor(start: Partial<Snapshot> = {}) {
    this.#snapshot = {
      meeting: null,
      place: null,
      muted: false,
      vault: 'open',
      vaultProblem: null,
      audioProblem: null,
      ...start,
    };
  }

  subscribe(listener: (update: Update) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async askSavePath(suggestedName: string): Promise<string | null> {
    return this.savePath === null ? null : `${this.savePath}/${suggestedName}`;
  }

  async request(request: Request): Promise<Reply> {
    this.asked.push(structuredClone(request));
    const refusal = this.refusals.get(request.kind);
    if (refusal) {
      this.refusals.delete(request.kind);
      return refused(refusal);
    }
    return structuredClone(this.#answer(request));
  }

  /** What a test lets happen: a change of the state, told as an update. */
  set(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.#tell({ kind: 'snapshot', snapshot: this.#snapshot });
  }

  /** A change of the running meeting. */
  setMeeting(change: Partial<MeetingState>): void {
    const running = this.#snapshot.meeting;
    if (!running) throw new Error('no meeting runs');
    this.set({ meeting: { ...running, ...change } });
  }

  /** The running meeting. */
  get meeting(): MeetingState {
    if (!this.#snapshot.meeting) throw new Error('no meeting runs');
    return this.#snapshot.meeting;
  }

  /** The server lets us in. */
  enter(change: Partial<MeetingState> = {}): void {
    const own = this.#ownName;
    const everybody = meeting().participants;
    this.setMeeting({
      connection: 'joined',
      media: 'connected',
      own: 'own',
      participants: {
        ...everybody,
        own: person('own', own, { role: 'moderator', audioMuted: this.#snapshot.muted }),
      },
      capabilities: meeting().capabilities,
      ...change,
    });
  }

  /** Somebody else's message arrives. */
  hear(message: ChatMessage): void {
    this.setMeeting({ chat: [...this.meeting.chat, message] });
  }

  /** The server takes a message of our own, or does not. */
  deliver(id: string, delivery: 'delivered' | 'failed'): void {
    this.setMeeting({
      chat: this.meeting.chat.map((one) => (one.id === id ? { ...one, delivery } : one)),
    });
  }

  end(reason: EndReason): void {
    this.setMeeting({
      connection: 'ended',
      media: 'idle',
      ended: reason,
      chat: this.meeting.chat.map((one) =>
        one.delivery === 'pending' ? { ...one, delivery: 'failed' } : one,
      ),
    });
  }

  /** Sound; told only while the microphone is open, as the engine does. */
  levels(own: number, others: Array<[string, number]> = []): void {
    const running = this.#snapshot.meeting && !this.#snapshot.meeting.ended;
    if (this.#preview || running) this.#tell({ kind: 'levels', own, others });
  }

  devicesChanged(): void {
    this.#tell({ kind: 'devicesChanged' });
  }

  #ownName = '';

  #tell(update: Update): void {
    const told = structuredClone(update);
    for (const listener of this.#listeners) listener(told);
  }

  #answer(request: Request): Reply {
    switch (request.kind) {
      case 'snapshot':
        return { kind: 'snapshot', snapshot: this.#snapshot };
      case 'checkLink':
        return checkLink(request.text);
      case 'devices':
        return { kind: 'devices', inputs: this.inputs, outputs: this.outputs };
      case 'chooseDevices':
        return { kind: 'done' };
      case 'preview':
        if (request.on && this.inputs.length === 0) return refused('RZ-MIC-MISSING');
        this.#preview = request.on;
        return { kind: 'done' };
      case 'createVault':
        if (this.#snapshot.vault !== 'missing') return refused('RZ-NOT-NOW');
        this.passphrase = request.passphrase;
        this.set({ vault: 'open' });
        return { kind: 'recoveryCode', code: RECOVERY_CODE };
      case 'unlockVault':
        if (request.secret !== this.passphrase && request.secret !== RECOVERY_CODE) {
          return refused('RZ-VAULT-PASSPHRASE');
        }
        this.set({ vault: 'open', vaultProblem: null });
        return { kind: 'done' };
      case 'join':
        return this.#join(request);
      case 'mute':
      case 'raiseHand':
      case 'leave':
      case 'chat':
        return this.#inMeeting(request);
      case 'meetings':
        return this.#vault(() => ({ kind: 'meetings', meetings: this.kept.map((one) => one.meeting) }));
      case 'search':
        return this.#vault(() => this.#search(request.query));
      case 'open':
        return this.#vault(() => {
          const found = this.kept.find((one) => one.meeting.id === request.id);
          return found ? { kind: 'record', ...found } : refused('RZ-ARCHIVE-UNKNOWN');
        });
      case 'export':
        return this.#vault(() => {
          const found = this.kept.some((one) => one.meeting.id === request.id);
          return found ? { kind: 'exported', path: request.path } : refused('RZ-ARCHIVE-UNKNOWN');
        });
    }
  }

  #vault(answer: () => Reply): Reply {
    return this.#snapshot.vault === 'open' ? answer() : refused('RZ-VAULT-LOCKED');
  }

  #join(request: Extract<Request, { kind: 'join' }>): Reply {
    if (this.#snapshot.meeting && !this.#snapshot.meeting.ended) return refused('RZ-NOT-NOW');
    const link = checkLink(request.link);
    if (link.kind !== 'link') return link;
    if (request.name.trim() === '') return refused('RZ-NAME-MISSING');
    if (request.name.length > NAME_LIMIT) return refused('RZ-NAME-LONG', { limit: String(NAME_LIMIT) });
    this.#ownName = request.name;
    this.set({
      place: link.place,
      muted: request.muted,
      meeting: meeting({
        connection: 'joining',
        media: 'idle',
        own: null,
        participants: {},
        dominant: null,
        chat: [],
        capabilities: [],
      }),
    });
    return { kind: 'done' };
  }

  #inMeeting(request: Extract<Request, { kind: 'mute' | 'raiseHand' | 'leave' | 'chat' }>): Reply {
    const running = this.#snapshot.meeting;
    if (!running || running.ended) return refused('RZ-NOT-NOW');
    const own = running.own === null ? undefined : running.participants[running.own];
    switch (request.kind) {
      case 'mute':
        this.set({
          muted: request.muted,
          meeting: own
            ? {
                ...running,
                participants: { ...running.participants, [own.id]: { ...own, audioMuted: request.muted } },
              }
            : running,
        });
        return { kind: 'done' };
      case 'leave':
        this.end({ kind: 'left' });
        return { kind: 'done' };
      case 'raiseHand':
        if (!own || !running.capabilities.includes('raiseHand')) return refused('RZ-NOT-NOW');
        this.setMeeting({
          participants: {
            ...running.participants,
            [own.id]: { ...own, handRaisedAt: request.raised ? MORNING : null },
          },
        });
        return { kind: 'done' };
      case 'chat': {
        if (!own) return refused('RZ-NOT-NOW');
        if (request.body.trim() === '') return refused('RZ-CHAT-EMPTY');
        if (request.body.length > MESSAGE_LIMIT)
          return refused('RZ-CHAT-LONG', { limit: String(MESSAGE_LIMIT) });
        this.#next += 1;
        const id = `sent-${this.#next}`;
        this.hear({
          id,
          from: own.id,
          fromName: own.name,
          to: request.to,
          body: request.body,
          sentAt: MORNING,
          own: true,
          fromHistory: false,
          delivery: 'pending',
        });
        return { kind: 'sent', id };
      }
    }
  }

  #search(query: string): Reply {
    const wanted = query.toLocaleLowerCase();
    const hits = this.kept.flatMap((one) =>
      one.chat.flatMap((message) => {
        const at = message.body.toLocaleLowerCase().indexOf(wanted);
        if (at < 0) return [];
        return [{ meeting: one.meeting, message, marks: [[at, at + wanted.length]] as [number, number][] }];
      }),
    );
    return { kind: 'hits', hits };
  }
}

function refused(code: Code, values: Record<string, string> = {}): Extract<Reply, { kind: 'refused' }> {
  return { kind: 'refused', problem: { code, values, chain: `told by the test: ${code}` } };
}

/** As far as a page can tell: an https link with a room. */
function checkLink(text: string): Extract<Reply, { kind: 'link' | 'refused' }> {
  const found = /https:\/\/([\w.:-]+)\/([^\s?#]+)/.exec(text);
  if (!found) return refused('RZ-LINK-INVALID');
  const [, host = '', room = ''] = found;
  if (room.startsWith('b/')) return refused('RZ-LINK-UNSUPPORTED');
  return { kind: 'link', place: `${host}/${decodeURIComponent(room)}`, name: null };
}
